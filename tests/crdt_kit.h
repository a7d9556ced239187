/*
 * For tests of documents: a small schema with fields of every type and right, two persons
 * with devices, and sections that go through their bytes as they would between nodes.
 */
#ifndef KITH_TESTS_CRDT_KIT_H
#define KITH_TESTS_CRDT_KIT_H

#include "core/base/mem.h"
#include "core/crdt/document.h"

#define KIT_FIELDS 6

/* What both may write at once, and one's own that another may look at. */
extern const struct field_schema kit_page_fields[KIT_FIELDS];
extern const struct field_schema kit_note_fields[KIT_FIELDS];
extern const struct kind_schema kit_kinds[3]; /* page, note, lesson */
extern const struct schema kit_schema;

/* ---- Persons and their devices. */

struct person_id kit_person(char letter);

/* A device of the person of that letter: "a1" is anna's first. */
struct kit_hand {
	struct log_id log;
	struct person_id person;
	uint64_t entry, lamport;
	struct vector seen; /* of others and itself, up to its last entry */
};

struct kit_hand kit_hand(const char *name);
void kit_hand_release(struct kit_hand *hand);

#define CLEAN_HAND __attribute__((cleanup(kit_hand_release)))

/* The next entry of that hand. */
struct author kit_next(struct kit_hand *hand);

/* `hand` takes in all that `other` has written and seen. */
void kit_meet(struct kit_hand *hand, const struct kit_hand *other);

/* ---- Sections: made here, checked where they arrive. */

struct kit_section {
	struct arena arena;
	struct section section;
};

void kit_release(struct kit_section *s);
#define CLEAN_SECTION __attribute__((cleanup(kit_release)))

struct kit_section kit_edit(void);
struct kit_section kit_create(const struct kind_schema *kind, struct person_id owner,
	enum role role, enum way way);

/* One more operation on that field; fields are given in the schema's order. */
struct op *kit_op(struct kit_section *s, const struct field_schema *field,
	const char *key, enum op_act act);

/* Values, in the section's arena: a str; a record with that text. */
struct bytes kit_str(struct kit_section *s, const char *text);
struct bytes kit_record(struct kit_section *s, const char *text);

/* The places an operation names. */
void kit_replaces(
	struct kit_section *s, struct op *op, const struct place *places, size_t count);

/* One operation each, of a str or a record with that text. */
struct op *kit_write(struct kit_section *s, const struct field_schema *field,
	const char *key, const char *text);
struct op *kit_add(
	struct kit_section *s, const struct field_schema *field, const char *text);
struct op *kit_append(struct kit_section *s, const struct field_schema *field,
	const char *rid, const char *text);

/* Insert `text` at `pos` when `del` is 0; else delete `del` there. */
struct op *kit_text(struct kit_section *s, const struct field_schema *field,
	const char *key, size_t pos, size_t del, const char *text);

struct place kit_place(const struct kit_hand *hand, uint64_t entry, uint32_t position);

/* Scalar values of a text. */
size_t kit_scalars(struct bytes text);

/* ---- Between nodes: encoded, decoded, applied. */

/* An edit; `own` and `draft` as for document_apply(). */
enum err kit_send(struct kit_section *s, const struct author *author,
	struct document *document, struct log_id own, struct draft *draft);
enum err kit_apply(
	struct kit_section *s, const struct author *author, struct document *document);
/* A create. */
enum err kit_begin(
	struct kit_section *s, const struct author *author, struct document **out);

#endif
