/*
 * The PGP word list, lower case: for each byte the word of two syllables, for even
 * places, and the one of three, for odd places. The inside of words.h.
 *
 * Source: P. Juola and P. Zimmermann, as in words.h.
 */
#ifndef KITH_CRYPTO_WORDS_LIST_H
#define KITH_CRYPTO_WORDS_LIST_H

extern const char *const words_list[256][2];

#endif
