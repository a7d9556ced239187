/*
 * Writing and reading fields by their names, with values as C has them: what the commands
 * of this room are made of. Whether a value lies in the schema is the draft's to say.
 */
#ifndef KITH_COACHING_WRITING_H
#define KITH_COACHING_WRITING_H

#include "core/notebook/notebook.h"

/* A new private document of that kind. */
MUST_USE enum err write_new(
	struct notebook_txn *txn, const char *kind, struct id *out, struct why *why);

/* Set a text or a register to this text; nothing is written for an empty one. */
MUST_USE enum err write_text(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes text, struct why *why);
MUST_USE enum err write_key(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes key, struct bytes text, struct why *why);
MUST_USE enum err write_int(struct notebook_txn *txn, struct id id, const char *name,
	int64_t value, struct why *why);
MUST_USE enum err write_ref(struct notebook_txn *txn, struct id id, const char *name,
	struct id target, struct why *why);
/* Any packed value of a register. */
MUST_USE enum err write_packed(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes packed, struct why *why);
/* One more element of a set. */
MUST_USE enum err write_add(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes text, struct why *why);

/* One part of a record: the first of text, hash, number that is given. */
struct part {
	const char *name;
	struct bytes text;   /* left out where empty and nothing else is given */
	const uint8_t *hash; /* 32 bytes */
	bool is_number;
	double number;
};

/* Append a record; `rid` (may be NULL) receives its random id. */
MUST_USE enum err write_record(struct notebook_txn *txn, struct id id, const char *name,
	const struct part *parts, size_t count, uint8_t rid[8], struct why *why);
MUST_USE enum err write_void(struct notebook_txn *txn, struct id id, const char *name,
	const uint8_t rid[8], struct why *why);

/* ---- Reading, from a leaf; in the transaction's arena. */

/* The text of a text or register; empty where there is none. */
struct bytes have_text(
	struct notebook_txn *txn, const struct leaf *leaf, const char *name);
const char *have_line(
	struct notebook_txn *txn, const struct leaf *leaf, const char *name);
int64_t have_int(struct notebook_txn *txn, const struct leaf *leaf, const char *name,
	int64_t otherwise);
/* The id a reference holds; zero where there is none. */
struct id have_ref(struct notebook_txn *txn, const struct leaf *leaf, const char *name);
/* Of a set its values, of a log its records. */
void have_all(struct notebook_txn *txn, const struct leaf *leaf, const char *name,
	struct reading *out);

/* Parts of a record: its text, its number; empty and `otherwise` where it has none. */
struct bytes part_text(struct bytes record, const char *name);
double part_number(struct bytes record, const char *name, double otherwise);
struct id part_ref(struct bytes record, const char *name); /* zero: none */
bool part_is(struct bytes record, const char *name, const char *word);

#endif
