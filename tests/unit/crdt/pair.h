/*
 * For tests of drafts: a kind with a field of every type, and two people who write one
 * document of it. What they seal is encoded, decoded and applied as entries are.
 */
#ifndef KITH_TESTS_CRDT_PAIR_H
#define KITH_TESTS_CRDT_PAIR_H

#include "tests/test.h"

#include "core/base/pack.h"
#include "core/crdt/document.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/value.h"

static const struct record_field COMMENT[] = {{.name = "text", .type = VALUE_TEXT}, {0}};
static const struct record_field READING[] = {{.name = "date", .type = VALUE_DATE},
	{.name = "value", .type = VALUE_NUMBER, .optional = true}, {0}};
static const char *const STATES[] = {"open", "done", NULL};

static const struct field_schema FIELDS[] = {
	{.name = "title",
		.type = FIELD_REGISTER,
		.who = WHO_EDIT,
		.value = VALUE_LINE,
		.since_schema = 1},
	{.name = "state",
		.type = FIELD_REGISTER,
		.who = WHO_EDIT,
		.value = VALUE_CHOICE,
		.since_schema = 1,
		.choices = STATES},
	{.name = "size",
		.type = FIELD_REGISTER,
		.who = WHO_EDIT,
		.value = VALUE_INT,
		.since_schema = 2,
		.min = 1,
		.max = 60},
	{.name = "body",
		.type = FIELD_TEXT,
		.who = WHO_EDIT,
		.value = VALUE_TEXT,
		.since_schema = 1},
	{.name = "wanted",
		.type = FIELD_SET,
		.who = WHO_EDIT,
		.value = VALUE_LINE,
		.since_schema = 1,
		.max = 3},
	{.name = "comments",
		.type = FIELD_LOG,
		.who = WHO_COMMENT,
		.value = VALUE_RECORD,
		.since_schema = 1,
		.record = COMMENT},
	{.name = "readings",
		.type = FIELD_LOG,
		.who = WHO_EDIT,
		.value = VALUE_RECORD,
		.since_schema = 1,
		.record = READING,
		.order_by = "date"},
	{.name = "answer",
		.type = FIELD_TEXT,
		.who = WHO_EDIT,
		.value = VALUE_TEXT,
		.since_schema = 1,
		.family = true},
	{.name = "code",
		.type = FIELD_REGISTER,
		.who = WHO_EDIT,
		.value = VALUE_LINE,
		.since_schema = 1,
		.family = true},
};
static const struct field_schema
	*const TITLE = &FIELDS[0],
	       *const STATE = &FIELDS[1], *const SIZE = &FIELDS[2],
	       *const BODY = &FIELDS[3], *const WANTED = &FIELDS[4],
	       *const COMMENTS = &FIELDS[5], *const READINGS = &FIELDS[6],
	       *const ANSWER = &FIELDS[7], *const CODE = &FIELDS[8];

static const struct kind_schema KIND = {.name = "sheet",
	.letter = 'x',
	.ways = 31,
	.roles = 7,
	.owner = OWNER_AUTHOR,
	.fields = FIELDS,
	.field_count = sizeof FIELDS / sizeof FIELDS[0]};
static const struct schema SCHEMA = {.number = 2, .kinds = &KIND, .count = 1};

static const struct bytes NO_KEY;
static const uint8_t NONCE[16] = {5, 5, 5};

/* One person at one device: their replica, their draft over it, and what they have seen.
 */
struct side {
	struct person_id person;
	struct log_id log;
	struct document *sealed;
	struct draft *draft; /* NULL: none */
	struct vector seen;
	uint64_t lamport;
};

/* An entry on its way. */
struct sent {
	struct buf section;
	struct log_id log;
	struct person_id person;
	uint64_t entry, lamport;
	struct vector seen;
};

struct pair {
	struct side anna, ben;
	struct sent sent[32];
	size_t count;
};

static inline struct author author_of(const struct sent *sent)
{
	return (struct author){.log = sent->log,
		.entry = sent->entry,
		.lamport = sent->lamport,
		.person = sent->person,
		.seen = &sent->seen};
}

/* What arrives at a writer, or comes back to its own author. */
static inline void receive(struct side *to, const struct sent *sent)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = author_of(sent);
	const struct kind_schema *kind = to->sealed != NULL ? &KIND : NULL;
	assert_int_equal(section_decode(buf_bytes(&sent->section), &SCHEMA, kind, &arena,
				 &section),
		OK);
	enum err e = to->sealed == NULL ? document_create(&section, &author, &to->sealed)
					: document_apply(to->sealed, &section, &author,
						  to->log, to->draft);
	assert_int_equal(e, OK);
	section_head_release(&section.head);
	vector_set(&to->seen, sent->log, sent->entry);
	if (to->lamport < sent->lamport)
		to->lamport = sent->lamport;
}

/* The draft becomes an entry of its writer's log; nobody else has it yet. */
static inline const struct sent *seal(struct pair *pair, struct side *from)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	assert_true(pair->count < sizeof pair->sent / sizeof pair->sent[0]);
	struct sent *sent = &pair->sent[pair->count++];
	*sent = (struct sent){.log = from->log,
		.person = from->person,
		.entry = vector_get(&from->seen, from->log) + 1,
		.lamport = from->lamport + 1};
	vector_copy(&sent->seen, &from->seen);
	draft_seal(from->draft, from->sealed, &SCHEMA, &from->seen, &arena, &section);
	section_encode(&section, &sent->section);
	section_head_release(&section.head);
	draft_free(from->draft);
	from->draft = NULL;
	receive(from, sent);
	return sent;
}

/* The draft of a writer; begun where there is none. */
static inline struct draft *draft_of(struct side *writer)
{
	if (writer->draft == NULL)
		writer->draft = draft_new(
			(struct id){{writer->log.b[0], 9}}, &writer->seen, NULL, NULL);
	return writer->draft;
}

static inline void pair_init_as(struct pair *pair, enum way way)
{
	*pair = (struct pair){.anna = {.person = {{1}}, .log = {{1}}},
		.ben = {.person = {{2}}, .log = {{2}}}};
	struct document_head head = {.kind = &KIND,
		.owner = pair->anna.person,
		.role = way == WAY_SHOWN ? ROLE_COMMENT : ROLE_EDIT,
		.way = way,
		.creator = pair->anna.person};
	pair->anna.draft = draft_new((struct id){{7}}, &pair->anna.seen, &head, NONCE);
}

/* A document together, born empty, that both have. */
static inline void pair_init(struct pair *pair)
{
	pair_init_as(pair, WAY_TOGETHER);
	receive(&pair->ben, seal(pair, &pair->anna));
}

static inline void side_release(struct side *writer)
{
	document_free(writer->sealed);
	draft_free(writer->draft);
	vector_release(&writer->seen);
}

static inline void pair_release(struct pair *pair)
{
	side_release(&pair->anna);
	side_release(&pair->ben);
	for (size_t i = 0; i < pair->count; i++) {
		buf_release(&pair->sent[i].section);
		vector_release(&pair->sent[i].seen);
	}
}
#define CLEAN_PAIR CLEANUP(pair_release)

/* Each seals what they have, and then both receive it. */
static inline void meet(struct pair *pair)
{
	const struct sent *a = pair->anna.draft ? seal(pair, &pair->anna) : NULL;
	const struct sent *b = pair->ben.draft ? seal(pair, &pair->ben) : NULL;
	if (b != NULL)
		receive(&pair->anna, b);
	if (a != NULL)
		receive(&pair->ben, a);
}

/* ---- Edits, in plain words. */

static inline void write_text_value(struct side *w, const struct field_schema *field,
	const char *key, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	assert_int_equal(draft_set(draft_of(w), w->sealed, field, bytes_text(key),
				 buf_bytes(&value), NULL),
		OK);
}

static inline void set(struct side *w, const struct field_schema *field, const char *text)
{
	write_text_value(w, field, "", text);
}

static inline void empty(struct side *w, const struct field_schema *field)
{
	CLEAN_BUF struct buf value = {0};
	pack_nil(&value);
	assert_int_equal(
		draft_set(draft_of(w), w->sealed, field, NO_KEY, buf_bytes(&value), NULL),
		OK);
}

static inline enum err try_add(struct side *w, const char *text, struct why *why)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	return draft_add(draft_of(w), w->sealed, WANTED, NO_KEY, buf_bytes(&value), why);
}

static inline void add(struct side *w, const char *text)
{
	assert_int_equal(try_add(w, text, NULL), OK);
}

static inline void take(struct side *w, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	assert_int_equal(draft_remove(draft_of(w), w->sealed, WANTED, NO_KEY,
				 buf_bytes(&value), NULL),
		OK);
}

static inline enum err try_say(
	struct side *w, uint8_t rid, const char *text, struct why *why)
{
	CLEAN_BUF struct buf record = {0};
	const uint8_t name[8] = {rid};
	pack_map(&record, 1);
	pack_cstr(&record, "text");
	pack_cstr(&record, text);
	return draft_append(
		draft_of(w), w->sealed, COMMENTS, name, buf_bytes(&record), why);
}

static inline void say(struct side *w, uint8_t rid, const char *text)
{
	assert_int_equal(try_say(w, rid, text, NULL), OK);
}

static inline enum err unsay(struct side *w, uint8_t rid)
{
	const uint8_t name[8] = {rid};
	return draft_void(draft_of(w), w->sealed, COMMENTS, name, &w->person, NULL);
}

static inline void rewrite(struct side *w, const char *from, const char *to)
{
	assert_int_equal(draft_text(draft_of(w), w->sealed, BODY, NO_KEY,
				 bytes_text(from), bytes_text(to), NULL),
		OK);
}

/* ---- What is shown: values side by side with bars between, own unsealed ones starred.
 */

static inline void join(const struct reading *reading, struct buf *out)
{
	for (size_t i = 0; i < reading->count; i++) {
		buf_add_text(out, i > 0 ? "|" : "");
		if (value_is_nil(reading->items[i].value))
			buf_add_text(out, "nil");
		value_plain(reading->items[i].value, out);
		buf_add_text(out, reading->items[i].is_draft ? "*" : "");
	}
}

static inline void check_values(
	const struct side *w, const struct field_schema *field, const char *wanted)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf is = {0};
	struct reading reading;
	read_values(w->sealed, w->draft, field, NO_KEY, &arena, &reading);
	join(&reading, &is);
	assert_string_equal(buf_text(&is), wanted);
}

static inline void check_set(const struct side *w, const char *wanted)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf is = {0};
	struct reading reading;
	read_set(w->sealed, w->draft, WANTED, NO_KEY, &arena, &reading);
	join(&reading, &is);
	assert_string_equal(buf_text(&is), wanted);
}

static inline void check_log(
	const struct side *w, const struct field_schema *field, const char *wanted)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf is = {0};
	struct reading reading;
	read_log(w->sealed, w->draft, field, &arena, &reading);
	join(&reading, &is);
	assert_string_equal(buf_text(&is), wanted);
}

static inline void check_text(const struct side *w, const char *wanted)
{
	CLEAN_ARENA struct arena arena = {0};
	struct bytes text;
	assert_int_equal(read_text(w->sealed, w->draft, BODY, NO_KEY, &arena, &text),
		wanted[0] != '\0');
	assert_string_equal(arena_string(&arena, text), wanted);
}

static inline void check_nothing_unsent(const struct side *w)
{
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf clean = {0};
	if (w->draft == NULL)
		return;
	struct draft *fresh = draft_new(draft_id(w->draft), &w->draft->since, NULL, NULL);
	assert_true(draft_is_empty(w->draft));
	draft_save(w->draft, &saved);
	draft_save(fresh, &clean);
	draft_free(fresh);
	assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&clean)));
}

#endif
