/*
 * The recovery key: 160 random bits on paper, for the day the passphrase is forgotten.
 *
 * Its text is eight groups of four base 32 characters and a check character, dashes
 * between: a wrong character, or two swapped, is noticed before any key is tried.
 *
 * Source: https://www.crockford.com/base32.html, the check symbol modulo 37.
 */
#ifndef KITH_STORE_RECOVERY_H
#define KITH_STORE_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

#define RECOVERY_LEN 20

struct recovery {
	uint8_t b[RECOVERY_LEN];
};

void recovery_wipe(struct recovery *key);

void recovery_new(struct recovery *out);

/* Append the text. */
void recovery_text(const struct recovery *key, struct buf *out);

/* Whether `text` is one, however typed: any case, dashes and blanks anywhere. */
bool recovery_read(struct bytes text, struct recovery *out);

#endif
