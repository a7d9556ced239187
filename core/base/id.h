/*
 * Ids and their text: Crockford base 32, lower case
 * (https://www.crockford.com/base32.html), and the handles people type.
 */
#ifndef KITH_BASE_ID_H
#define KITH_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* 128 bits: a document, a device, a space, a draft. A value; random ones:
 * core/crypto/keys.h. */
struct id {
	uint8_t b[16];
};

/* A person: an Ed25519 public identity key. */
struct person_id {
	uint8_t b[32];
};

/* One log: a device and an incarnation in one space (SECURITY §5.1). */
struct log_id {
	uint8_t b[8];
};

#define ID_TEXT     26 /* characters of an id, without the NUL */
#define PERSON_TEXT 52
#define HANDLE_MIN  5 /* characters after the letter and the dash */

int id_compare(struct id a, struct id b);
bool id_equal(struct id a, struct id b);
bool id_is_zero(struct id a);
int log_id_compare(struct log_id a, struct log_id b);
bool log_id_equal(struct log_id a, struct log_id b);
bool person_equal(struct person_id a, struct person_id b);

/* Base 32 of any bytes, high bits first, closing NUL included: ceil(len * 8 / 5) + 1
 * chars. */
void base32_text(struct bytes bytes, char *out);
/* The reverse, exact length; reads o as 0, i and l as 1, any case. */
bool base32_read(const char *text, size_t len, uint8_t *out, size_t out_len);

void id_text(struct id id, char out[ID_TEXT + 1]);
bool id_read(const char *text, struct id *out);
void person_text(struct person_id person, char out[PERSON_TEXT + 1]);

/*
 * Whether `text` is a handle: a letter, a dash, at least one base 32 character. The
 * digits come out lower case and with the look-alikes folded, ready to compare with
 * id_text().
 */
bool handle_read(const char *text, char *letter, char digits[ID_TEXT + 1]);

#endif
