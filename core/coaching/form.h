/*
 * Small text files of the form "word: value | value", for instruments and prompt packs:
 * taken apart line by line. Empty lines and those that begin with # are passed over.
 */
#ifndef KITH_COACHING_FORM_H
#define KITH_COACHING_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct form {
	struct bytes rest;
	size_t number; /* of the line that was read last, from 1 */
	struct why *why;
};

/* The next line that says something. `bare`: it has no colon. False at the end. */
bool form_next(struct form *form, struct bytes *word, struct bytes *value, bool *bare);

/* What stands before the next bar, without blanks around it; `value` goes on behind it.
 */
struct bytes form_part(struct bytes *value);

/* A whole number from 1 to `max`; false, and a sentence, when it is none. */
bool form_number(struct form *form, struct bytes word, unsigned max, unsigned *out);

/* ERR_INVALID and "line 3: WHAT: "WORD"". */
enum err form_bad(struct form *form, const char *what, struct bytes word);

#endif
