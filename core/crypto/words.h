/*
 * Bytes as words to be said aloud: the PGP word list. Bytes at even places become words
 * of two syllables, at odd places of three, so that a swap or an omission is noticed.
 *
 * A pairing code is a nameplate and three words: "07-crusade-everyday-dropper".
 *
 * Source: P. Juola and P. Zimmermann, "Whole-word phonetic distances and the PGPfone
 * alphabet" (ICSLP 1996); SECURITY §2.5.
 */
#ifndef KITH_CRYPTO_WORDS_H
#define KITH_CRYPTO_WORDS_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define WORDS_NAMEPLATES 100 /* 00 … 99 */
#define WORDS_TEXT_MAX   64  /* any text made here, with its NUL */

/* A nameplate says which screen is meant and is public; `r` is the secret. */
struct words_code {
	uint8_t nameplate;
	uint8_t r[3];
};

void words_code_wipe(struct words_code *code);

/* "NN-word-word-word"; and three words alone, "word word word", for comparing. */
void words_code_text(const struct words_code *code, char out[WORDS_TEXT_MAX]);
void words_three_text(const uint8_t bytes[3], char out[WORDS_TEXT_MAX]);

/*
 * Read a code that someone typed: any case; space, dash or dot between; the first four
 * letters of a word or more where they say which. A local check that reveals nothing.
 *
 * Errors: ERR_INVALID, with `why` saying what looks wrong ("word 2 looks wrong"). `code`
 * is zero then.
 */
MUST_USE enum err words_code_read(
	const char *text, struct words_code *code, struct why *why);

#endif
