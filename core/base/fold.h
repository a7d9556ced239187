/*
 * Text as it is sought: one case and no accents, so that "cafe" finds "Café" and
 * "strasse" finds "Straße". Forms that only look different are one ("ﬁ" is "fi"), every
 * dash, apostrophe and space is the plain one, and what is invisible is left out.
 *
 * Marks that make another letter stay: the voicing of Japanese kana, viramas, nuktas and
 * vowel signs.
 *
 * Source: Unicode normalization form KD (UAX #15) and case folding, by utf8proc
 * (https://juliastrings.github.io/utf8proc/), whose other door is
 * core/base/columns.c.
 */
#ifndef KITH_BASE_FOLD_H
#define KITH_BASE_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Append `text` folded. It ends where it is not UTF-8. */
void fold_add(struct buf *out, struct bytes text);

/* A part of a text: bytes from `at` on, whole scalar values. */
struct fold_span {
	size_t at, len;
};

/* The part of `text` from which the folded bytes `at` … `at` + `len` come, the marks
 * on its last letter included. */
struct fold_span fold_source(struct bytes text, size_t at, size_t len);

/* Whether `words`, folded and not empty, stand in `text`, and where first. `scratch` is
 * cleared and used: one for many texts saves their memory. */
bool fold_find(struct bytes text, struct bytes words, struct buf *scratch,
	struct fold_span *out);

/*
 * `text` as one and the same keystrokes give it on every machine: composed (normalization
 * form C), so that a passphrase typed on another system opens. The bytes are written into
 * `scratch`, of `room` elements, which the caller wipes where they are secret. False: it
 * is not UTF-8, or has no room there.
 */
bool fold_compose(struct bytes text, int32_t *scratch, size_t room, struct bytes *out);

/* Where `word`, folded and not empty, first stands in a folded text as a word of its own:
 * no letter, digit or mark beside it. */
bool fold_find_word(struct bytes folded, struct bytes word, struct fold_span *out);

/* A letter, a digit or a mark: what a word is made of. */
bool fold_is_word(uint32_t scalar);

#endif
