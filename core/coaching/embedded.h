/*
 * Data files that travel inside the program: shipped instruments, prompt packs. Written
 * by embed.py when kith is built.
 */
#ifndef KITH_COACHING_EMBEDDED_H
#define KITH_COACHING_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* of the file, without its ending */
	const char *text;
};

extern const struct embedded embedded_instruments[];
extern const size_t embedded_instruments_count;
extern const struct embedded embedded_packs[];
extern const size_t embedded_packs_count;

#endif
