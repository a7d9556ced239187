/*
 * The right word nearest to a wrong one, by the number of letters to change, add, drop or
 * swap (the optimal string alignment distance).
 */
#ifndef KITH_CLI_SUGGEST_H
#define KITH_CLI_SUGGEST_H

#include <stddef.h>

/* Longer words are never near anything. */
#define SUGGEST_MAX 32

/* The distance; SUGGEST_MAX when either word is too long. */
size_t suggest_distance(const char *a, const char *b);

/*
 * The nearest of `count` words; NULL when none is near enough to be meant: at most a
 * third of its letters wrong (one in a word of two or three).
 */
const char *suggest(const char *wrong, const char *const words[], size_t count);

#endif
