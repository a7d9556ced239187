/*
 * Documents of registers, sets and logs: a thousand records, two people who make two
 * thousand changes each while apart, and one of them meeting the other's. One JSON line;
 * times in ms, medians of RUNS; sizes in bytes. records.mjs does the same with peers.
 *
 * build_ms   every record as a draft, sealed, encoded, decoded and applied
 * load_ms    from what the store keeps of each to the JSON of all
 * edits_ms   the changes into drafts, and these sealed and encoded
 * merge_ms   the other's sealed changes decoded, checked and applied
 * base_bytes, final_bytes    what the store keeps of all documents, before and after
 * sent_bytes                 the other's changes, sealed
 * *_squeezed                 the same as one piece, squeezed: what keeping each document
 *                            apart, so that it can be erased alone, costs
 * one_document_*             the same in one document, as the peers have it: each of a
 *                            record's fields is a family with a member for each record
 *                            (sixteen families, as one has at most 64 members), what is
 *                            said a log whose records name theirs. Its build and edits
 *                            are one draft each, and building ends with what is kept, as
 *                            the peers' does
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/base/squeeze.h"
#include "core/crdt/draft.h"
#include "core/crdt/value.h"
#include "tests/bench/records_one.h"

static const struct record_field SAID_PARTS[] = {
	{.name = "text", .type = VALUE_TEXT},
	{0},
};

enum { TITLE, DONE, STARS, DUE, TAGS, SAID, FIELDS };

static const struct field_schema RECORD_FIELDS[FIELDS] = {
	[TITLE] = {.name = "title", .who = WHO_EDIT, .value = VALUE_LINE},
	[DONE] = {.name = "done", .who = WHO_EDIT, .value = VALUE_BOOL},
	[STARS] = {.name = "stars", .who = WHO_EDIT, .value = VALUE_INT},
	[DUE] = {.name = "due", .who = WHO_EDIT, .value = VALUE_DATE},
	[TAGS] = {.name = "tags",
		.type = FIELD_SET,
		.who = WHO_EDIT,
		.value = VALUE_LINE},
	[SAID] = {.name = "said",
		.type = FIELD_LOG,
		.who = WHO_EDIT,
		.value = VALUE_RECORD,
		.record = SAID_PARTS},
};

static const char *const RECORD_TITLE[] = {"title", NULL};

static const struct kind_schema KIND = {.name = "record",
	.letter = 'r',
	.ways = 1u << WAY_TOGETHER,
	.roles = 1u << ROLE_EDIT,
	.default_role = ROLE_EDIT,
	.owner = OWNER_BOTH,
	.fields = RECORD_FIELDS,
	.field_count = FIELDS,
	.title = RECORD_TITLE};

static const struct schema SCHEMA = {.number = 1, .kinds = &KIND, .count = 1};

static const struct bytes NO_KEY;

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench_records: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare_ms(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *ms)
{
	qsort(ms, RUNS, sizeof(*ms), compare_ms);
	return ms[RUNS / 2];
}

/* ---- a person with a copy of every record ---- */

struct side {
	struct log_id log;
	struct person_id person;
	struct vector seen;
	struct document *documents[RECORDS];
	struct draft *drafts[RECORDS];
	struct buf sections[RECORDS]; /* of its entry; empty where it changed nothing */
};

static void side_begin(struct side *side, uint8_t name)
{
	*side = (struct side){.log.b = {name}, .person.b = {name}};
}

static void side_release(struct side *side)
{
	for (size_t i = 0; i < RECORDS; i++) {
		document_free(side->documents[i]);
		draft_free(side->drafts[i]);
		buf_release(&side->sections[i]);
	}
	vector_release(&side->seen);
}

static void seal(struct side *side, size_t i)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	draft_seal(side->drafts[i], side->documents[i], &SCHEMA, &side->seen, &arena,
		&section);
	section_encode(&section, &side->sections[i]);
	section_head_release(&section.head);
	draft_free(side->drafts[i]);
	side->drafts[i] = NULL;
}

/* What `from` sealed of one record as its entry, on what it had seen. */
static void take(struct side *side, size_t i, const struct side *from, uint64_t entry,
	const struct vector *seen)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = {.log = from->log,
		.entry = entry,
		.lamport = entry,
		.person = from->person,
		.seen = seen};
	const struct kind_schema *kind = side->documents[i] != NULL ? &KIND : NULL;
	enum err e = section_decode(
		buf_bytes(&from->sections[i]), &SCHEMA, kind, &arena, &section);
	if (e == OK && kind == NULL)
		e = document_create(&section, &author, &side->documents[i]);
	else if (e == OK)
		e = document_apply(
			side->documents[i], &section, &author, side->log, NULL);
	need(e == OK, "a section is not taken");
	section_head_release(&section.head);
}

/* ---- what is written ---- */

static void set_line(struct side *side, size_t i, int field, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	need(draft_set(side->drafts[i], side->documents[i], &RECORD_FIELDS[field], NO_KEY,
		     buf_bytes(&value), NULL) == OK,
		"a value is not set");
}

static void set_int(struct side *side, size_t i, int64_t number)
{
	CLEAN_BUF struct buf value = {0};
	pack_int(&value, number);
	need(draft_set(side->drafts[i], side->documents[i], &RECORD_FIELDS[STARS], NO_KEY,
		     buf_bytes(&value), NULL) == OK,
		"a number is not set");
}

static void set_done(struct side *side, size_t i, bool done)
{
	CLEAN_BUF struct buf value = {0};
	pack_bool(&value, done);
	need(draft_set(side->drafts[i], side->documents[i], &RECORD_FIELDS[DONE], NO_KEY,
		     buf_bytes(&value), NULL) == OK,
		"a mark is not set");
}

static void tag(struct side *side, size_t i, const char *text, bool is_put)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	const struct field_schema *field = &RECORD_FIELDS[TAGS];
	enum err e = is_put ? draft_add(side->drafts[i], side->documents[i], field,
				      NO_KEY, buf_bytes(&value), NULL)
			    : draft_remove(side->drafts[i], side->documents[i], field,
				      NO_KEY, buf_bytes(&value), NULL);
	need(e == OK || !is_put, "a tag is not put in"); /* may be out already */
}

static void say(struct side *side, size_t i, size_t n, const char *text)
{
	CLEAN_BUF struct buf record = {0};
	uint8_t rid[8];
	record_id(side->log.b[0], n, rid);
	pack_map(&record, 1);
	pack_cstr(&record, "text");
	pack_cstr(&record, text);
	need(draft_append(side->drafts[i], side->documents[i], &RECORD_FIELDS[SAID], rid,
		     buf_bytes(&record), NULL) == OK,
		"a record is not appended");
}

static const char *const COLOURS[] = {"red", "green", "blue", "early", "late"};

/* Every record, sealed as entry 1 and taken by its own writer. */
static void build(struct side *side)
{
	struct document_head head = {.kind = &KIND,
		.owner = side->person,
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER,
		.creator = side->person};
	for (size_t i = 0; i < RECORDS; i++) {
		uint8_t nonce[16] = {(uint8_t)i, (uint8_t)(i >> 8)};
		char text[64];
		side->drafts[i] =
			draft_new((struct id){.b = {1}}, &side->seen, &head, nonce);
		(void)snprintf(text, sizeof(text), "Record %zu of a long list", i);
		set_line(side, i, TITLE, text);
		set_done(side, i, i % 3 == 0);
		set_int(side, i, (int64_t)(i % 10));
		(void)snprintf(
			text, sizeof(text), "2026-%02zu-%02zu", 1 + i % 12, 1 + i % 28);
		set_line(side, i, DUE, text);
		tag(side, i, COLOURS[i % 3], true);
		tag(side, i, COLOURS[3 + i % 2], true);
		say(side, i, i, "noted");
		seal(side, i);
		take(side, i, side, 1, &side->seen);
	}
}

/* Changes here and there, the same ones that records.mjs makes. */
static void edit(struct side *side, size_t number)
{
	for (size_t n = 0; n < EDITS; n++) {
		size_t i = (n * 379 + number * 13) % RECORDS;
		char text[64];
		if (side->drafts[i] == NULL)
			side->drafts[i] =
				draft_new((struct id){.b = {2}}, &side->seen, NULL, NULL);
		switch (n % 5) {
		case 0:
			(void)snprintf(
				text, sizeof(text), "Edited %zu by %zu", n, number);
			set_line(side, i, TITLE, text);
			break;
		case 1:
			set_int(side, i, (int64_t)(n % 10));
			break;
		case 2:
			(void)snprintf(text, sizeof(text), "t%zu", n % 7);
			tag(side, i, text, true);
			break;
		case 3:
			tag(side, i, COLOURS[i % 3], false);
			break;
		default:
			(void)snprintf(text, sizeof(text), "said %zu", n);
			say(side, i, n, text);
		}
	}
	for (size_t i = 0; i < RECORDS; i++) {
		buf_clear(&side->sections[i]);
		if (side->drafts[i] != NULL)
			seal(side, i);
	}
}

static void take_all(struct side *side, const struct side *from, uint64_t entry,
	const struct vector *seen)
{
	for (size_t i = 0; i < RECORDS; i++) {
		if (from->sections[i].len > 0)
			take(side, i, from, entry, seen);
	}
}

/* ---- the JSON of all ---- */

static void add_values(const struct document *document, int field, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	const struct field_schema *schema = &RECORD_FIELDS[field];
	if (schema->type == FIELD_SET)
		read_set(document, NULL, schema, NO_KEY, &arena, &reading);
	else if (schema->type == FIELD_LOG)
		read_log(document, NULL, schema, &arena, &reading);
	else
		read_values(document, NULL, schema, NO_KEY, &arena, &reading);
	bool is_one = schema->type == FIELD_REGISTER;
	buf_add_format(out, "\"%s\":%s", schema->name, is_one ? "" : "[");
	for (size_t i = 0; i < reading.count && (i == 0 || !is_one); i++) {
		struct bytes value = reading.items[i].value;
		bool is_text = schema->value == VALUE_LINE || schema->value == VALUE_DATE;
		if (i > 0)
			buf_add_u8(out, ',');
		if (schema->type == FIELD_LOG) {
			(void)value_part(value, "text", &value);
			buf_add(out, bytes_text("{\"text\":\""));
		} else if (is_text) {
			buf_add_u8(out, '"');
		}
		value_plain(value, out);
		if (schema->type == FIELD_LOG)
			buf_add(out, bytes_text("\"}"));
		else if (is_text)
			buf_add_u8(out, '"');
	}
	if (!is_one)
		buf_add_u8(out, ']');
}

static void add_json(const struct document *document, struct buf *out)
{
	for (int field = 0; field < FIELDS; field++) {
		buf_add_u8(out, field == 0 ? '{' : ',');
		add_values(document, field, out);
	}
	buf_add(out, bytes_text("}\n"));
}

/* ---- sizes ---- */

static size_t squeezed(struct bytes bytes)
{
	CLEAN_BUF struct buf small = {0};
	squeeze(bytes, &small);
	return small.len;
}

static void save_all(const struct side *side, struct buf *out, size_t *ends)
{
	for (size_t i = 0; i < RECORDS; i++) {
		document_save(side->documents[i], out);
		ends[i] = out->len;
	}
}

static double bench_load(const struct buf *saved, const size_t *ends, size_t *json)
{
	double ms[RUNS];
	for (size_t run = 0; run < RUNS; run++) {
		CLEAN_BUF struct buf text = {0};
		double began = now_ms();
		for (size_t i = 0, at = 0; i < RECORDS; at = ends[i++]) {
			struct document *document = NULL;
			need(document_load(&SCHEMA,
				     (struct bytes){saved->at + at, ends[i] - at},
				     &document) == OK,
				"a document is not loaded");
			add_json(document, &text);
			document_free(document);
		}
		ms[run] = now_ms() - began;
		*json = text.len;
	}
	return median(ms);
}

static bool are_equal(const struct side *a, const struct side *b)
{
	for (size_t i = 0; i < RECORDS; i++) {
		CLEAN_BUF struct buf x = {0};
		CLEAN_BUF struct buf y = {0};
		document_canonical(a->documents[i], &x);
		document_canonical(b->documents[i], &y);
		if (!bytes_equal(buf_bytes(&x), buf_bytes(&y)))
			return false;
	}
	return true;
}

/* ---- the run ---- */

struct result {
	double build[RUNS], edits[RUNS], merge[RUNS];
	struct buf base, final, sent;
	size_t base_ends[RECORDS], final_ends[RECORDS];
	bool ok;
};

static struct side sides[2];

static void run(struct result *result, size_t number)
{
	struct side *a = &sides[0], *b = &sides[1];
	CLEAN_VECTOR struct vector nothing = {0};
	side_begin(a, 1);
	side_begin(b, 2);
	double began = now_ms();
	build(a);
	result->build[number] = now_ms() - began;
	take_all(b, a, 1, &nothing);
	buf_clear(&result->base);
	save_all(a, &result->base, result->base_ends);
	vector_set(&a->seen, a->log, 1);
	vector_set(&b->seen, a->log, 1);
	began = now_ms();
	edit(a, 0);
	result->edits[number] = now_ms() - began;
	edit(b, 1);
	take_all(a, a, 2, &a->seen);
	take_all(b, b, 1, &b->seen);
	began = now_ms();
	take_all(a, b, 1, &b->seen);
	result->merge[number] = now_ms() - began;
	take_all(b, a, 2, &a->seen);
	buf_clear(&result->final);
	save_all(a, &result->final, result->final_ends);
	buf_clear(&result->sent);
	for (size_t i = 0; i < RECORDS; i++)
		buf_add(&result->sent, buf_bytes(&b->sections[i]));
	result->ok = result->ok && are_equal(a, b);
	side_release(a);
	side_release(b);
}

int main(void)
{
	static struct result result = {.ok = true};
	struct one_document one;
	size_t json = 0, json_after = 0;
	for (size_t i = 0; i < RUNS; i++)
		run(&result, i);
	double load = bench_load(&result.base, result.base_ends, &json);
	(void)bench_load(&result.final, result.final_ends, &json_after);
	one_document_run(&one);
	(void)printf("{\"records\":%u,\"edits\":%u,\"build_ms\":%.2f,\"load_ms\":%.2f,"
		     "\"edits_ms\":%.2f,\"merge_ms\":%.2f,\"base_bytes\":%zu,"
		     "\"final_bytes\":%zu,\"sent_bytes\":%zu,\"base_squeezed\":%zu,"
		     "\"final_squeezed\":%zu,\"json_bytes\":%zu,\"json_bytes_after\":%zu,"
		     "\"one_document_build_ms\":%.2f,\"one_document_load_ms\":%.2f,"
		     "\"one_document_edits_ms\":%.2f,\"one_document_merge_ms\":%.2f,"
		     "\"one_document_base_bytes\":%zu,\"one_document_final_bytes\":%zu,"
		     "\"one_document_sent_bytes\":%zu,\"ok\":%s}\n",
		RECORDS, EDITS, median(result.build), load, median(result.edits),
		median(result.merge), result.base.len, result.final.len, result.sent.len,
		squeezed(buf_bytes(&result.base)), squeezed(buf_bytes(&result.final)),
		json, json_after, one.build, one.load, one.edits, one.merge, one.base,
		one.final, one.sent, result.ok && one.ok ? "true" : "false");
	buf_release(&result.base);
	buf_release(&result.final);
	buf_release(&result.sent);
	return result.ok && one.ok && one.json == json ? 0 : 1;
}
