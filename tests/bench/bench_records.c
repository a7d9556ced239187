/*
 * Documents of registers, sets and logs: a thousand records, two people who make two
 * thousand changes each while apart, and one of them meeting the other's; with each
 * record a document, and with all in one (records.h). One JSON line; times in ms, medians
 * of RUNS; sizes in bytes. records.mjs does the same with peers.
 *
 * build_ms   every record into a draft, sealed, encoded, decoded, applied, and saved
 * load_ms    from what the store keeps to the JSON of all
 * edits_ms   the changes into drafts, and these sealed and encoded
 * merge_ms   the other's sealed changes decoded, checked and applied
 * base_bytes, final_bytes    what the store keeps of all documents, before and after
 * sent_bytes                 the other's changes, sealed
 * *_squeezed                 the same as one piece, squeezed: what keeping each document
 *                            apart, so that it can be erased alone, costs
 * one_document_*             the figures of the second shape
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/base/squeeze.h"
#include "core/crdt/draft.h"
#include "core/crdt/value.h"
#include "tests/bench/records.h"
#include "tests/bench/timing.h"

#define RUNS 9u

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench_records: %s\n", what);
	exit(1);
}

/* ---- A person with a copy of all. */

struct side {
	const struct shape *shape;
	struct log_id log;
	struct person_id person;
	struct vector seen;
	struct document *documents[RECORDS];
	struct draft *drafts[RECORDS];
	struct buf sections[RECORDS]; /* of its entry; empty where it changed nothing */
};

static void side_begin(struct side *side, const struct shape *shape, uint8_t name)
{
	*side = (struct side){.shape = shape, .log.b = {name}, .person.b = {name}};
}

static void side_release(struct side *side)
{
	for (size_t d = 0; d < side->shape->documents; d++) {
		document_free(side->documents[d]);
		draft_free(side->drafts[d]);
		buf_release(&side->sections[d]);
	}
	vector_release(&side->seen);
}

static void seal(struct side *side, size_t d)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	draft_seal(side->drafts[d], side->documents[d], side->shape->schema, &side->seen,
		&arena, &section);
	section_encode(&section, &side->sections[d]);
	section_head_release(&section.head);
	draft_free(side->drafts[d]);
	side->drafts[d] = NULL;
}

static void seal_all(struct side *side)
{
	for (size_t d = 0; d < side->shape->documents; d++) {
		buf_clear(&side->sections[d]);
		if (side->drafts[d] != NULL)
			seal(side, d);
	}
}

/* What `from` sealed of one document as its entry, on what it had seen. */
static void take(struct side *side, size_t d, const struct side *from, uint64_t entry,
	const struct vector *seen)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = {.log = from->log,
		.entry = entry,
		.lamport = entry,
		.person = from->person,
		.seen = seen};
	const struct schema *schema = side->shape->schema;
	const struct kind_schema *kind =
		side->documents[d] != NULL ? schema->kinds : NULL;
	enum err e = section_decode(
		buf_bytes(&from->sections[d]), schema, kind, &arena, &section);
	if (e == OK && kind == NULL)
		e = document_create(&section, &author, &side->documents[d]);
	else if (e == OK)
		e = document_apply(
			side->documents[d], &section, &author, side->log, NULL);
	need(e == OK, "a section is not taken");
	section_head_release(&section.head);
}

static void take_all(struct side *side, const struct side *from, uint64_t entry,
	const struct vector *seen)
{
	for (size_t d = 0; d < side->shape->documents; d++)
		if (from->sections[d].len > 0)
			take(side, d, from, entry, seen);
}

/* ---- What is written. */

/* Where a field of a record is written, and the draft it is written to. */
struct spot {
	struct draft *draft;
	const struct document *document;
	const struct field_schema *field;
	struct bytes key;
	char room[4];
};

static void find_spot(struct side *side, size_t i, int field, struct spot *out)
{
	const struct shape *shape = side->shape;
	size_t d = shape_document(shape, i);
	uint8_t nonce[16] = {(uint8_t)d, (uint8_t)(d >> 8)};
	struct document_head head = {.kind = shape->schema->kinds,
		.owner = side->person,
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER,
		.creator = side->person};
	bool is_new = side->documents[d] == NULL;
	if (side->drafts[d] == NULL)
		side->drafts[d] = draft_new((struct id){.b = {is_new ? 1 : 2}},
			&side->seen, is_new ? &head : NULL, is_new ? nonce : NULL);
	out->draft = side->drafts[d];
	out->document = side->documents[d];
	out->field = shape_field(shape, i, field);
	out->key = shape_key(shape, i, out->room);
}

static void set(struct side *side, size_t i, int field, const struct buf *value)
{
	struct spot at;
	find_spot(side, i, field, &at);
	need(draft_set(at.draft, at.document, at.field, at.key, buf_bytes(value), NULL) ==
			OK,
		"a value is not set");
}

static void set_line(struct side *side, size_t i, int field, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	set(side, i, field, &value);
}

static void set_stars(struct side *side, size_t i, int64_t number)
{
	CLEAN_BUF struct buf value = {0};
	pack_int(&value, number);
	set(side, i, STARS, &value);
}

static void set_done(struct side *side, size_t i, bool done)
{
	CLEAN_BUF struct buf value = {0};
	pack_bool(&value, done);
	set(side, i, DONE, &value);
}

static void tag(struct side *side, size_t i, const char *text, bool is_put)
{
	CLEAN_BUF struct buf value = {0};
	struct spot at;
	find_spot(side, i, TAGS, &at);
	pack_cstr(&value, text);
	enum err e = is_put ? draft_add(at.draft, at.document, at.field, at.key,
				      buf_bytes(&value), NULL)
			    : draft_remove(at.draft, at.document, at.field, at.key,
				      buf_bytes(&value), NULL);
	need(e == OK || !is_put, "a tag is not put in"); /* may be out already */
}

static void say(struct side *side, size_t i, size_t n, const char *text)
{
	CLEAN_BUF struct buf record = {0};
	struct spot at;
	uint8_t rid[8];
	find_spot(side, i, SAID, &at);
	record_id(side->log.b[0], n, rid);
	shape_pack_said(side->shape, i, text, &record);
	need(draft_append(at.draft, at.document, at.field, rid, buf_bytes(&record),
		     NULL) == OK,
		"a record is not appended");
}

static const char *const COLOURS[] = {"red", "green", "blue", "early", "late"};

static void write_record(struct side *side, size_t i)
{
	char text[64];
	(void)snprintf(text, sizeof(text), "Record %zu of a long list", i);
	set_line(side, i, TITLE, text);
	set_done(side, i, i % 3 == 0);
	set_stars(side, i, (int64_t)(i % 10));
	(void)snprintf(text, sizeof(text), "2026-%02zu-%02zu", 1 + i % 12, 1 + i % 28);
	set_line(side, i, DUE, text);
	tag(side, i, COLOURS[i % 3], true);
	tag(side, i, COLOURS[3 + i % 2], true);
	say(side, i, i, "noted");
}

/* Change `n` of person `number`: the same ones that records.mjs makes. */
static void change_record(struct side *side, size_t n, size_t number)
{
	size_t i = (n * 379 + number * 13) % RECORDS;
	char text[64];
	switch (n % 5) {
	case 0:
		(void)snprintf(text, sizeof(text), "Edited %zu by %zu", n, number);
		set_line(side, i, TITLE, text);
		break;
	case 1:
		set_stars(side, i, (int64_t)(n % 10));
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

static void build(struct side *side)
{
	for (size_t i = 0; i < RECORDS; i++)
		write_record(side, i);
	seal_all(side);
	take_all(side, side, 1, &side->seen);
}

static void edit(struct side *side, size_t number)
{
	for (size_t n = 0; n < EDITS; n++)
		change_record(side, n, number);
	seal_all(side);
}

/* ---- What the store keeps, and the JSON of it. */

struct saved {
	struct buf bytes;
	size_t ends[RECORDS];
};

static void save_all(const struct side *side, struct saved *out)
{
	buf_clear(&out->bytes);
	for (size_t d = 0; d < side->shape->documents; d++) {
		document_save(side->documents[d], &out->bytes);
		out->ends[d] = out->bytes.len;
	}
}

static void load_all(const struct saved *saved, struct side *side)
{
	for (size_t d = 0, at = 0; d < side->shape->documents; at = saved->ends[d++])
		need(document_load(side->shape->schema,
			     (struct bytes){saved->bytes.at + at, saved->ends[d] - at},
			     &side->documents[d]) == OK,
			"a document is not loaded");
}

static void add_value(enum value_type type, struct bytes value, struct buf *out)
{
	bool is_text = type == VALUE_LINE || type == VALUE_DATE || type == VALUE_TEXT;
	buf_add_text(out, is_text ? "\"" : "");
	value_plain(value, out);
	buf_add_text(out, is_text ? "\"" : "");
}

static void add_values(const struct side *side, size_t i, int field, struct buf *out)
{
	static const char *const called[] = {"title", "done", "stars", "due", "tags"};
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	char room[4];
	const struct field_schema *schema = shape_field(side->shape, i, field);
	const struct document *document = side->documents[shape_document(side->shape, i)];
	struct bytes key = shape_key(side->shape, i, room);
	bool is_set = schema->type == FIELD_SET;
	if (is_set)
		read_set(document, NULL, schema, key, &arena, &reading);
	else
		read_values(document, NULL, schema, key, &arena, &reading);
	buf_add_format(out, "\"%s\":%s", called[field], is_set ? "[" : "");
	for (size_t k = 0; k < reading.count && (k == 0 || is_set); k++) {
		buf_add_text(out, k > 0 ? "," : "");
		add_value(schema->value, reading.items[k].value, out);
	}
	buf_add_text(out, is_set ? "]," : ",");
}

/* What is said of each record, in its order. */
struct said {
	struct bytes *items[RECORDS];
	size_t count[RECORDS];
};

static void read_said(const struct side *side, struct arena *arena, struct said *out)
{
	static struct reading logs[RECORDS];
	const struct shape *shape = side->shape;
	for (size_t d = 0; d < shape->documents; d++) {
		read_log(side->documents[d], NULL, shape_field(shape, d, SAID), arena,
			&logs[d]);
		for (size_t k = 0; k < logs[d].count; k++)
			out->count[shape_said_of(shape, d, logs[d].items[k].value)]++;
	}
	for (size_t i = 0; i < RECORDS; i++) {
		out->items[i] = arena_array(arena, out->count[i], sizeof(struct bytes));
		out->count[i] = 0;
	}
	for (size_t d = 0; d < shape->documents; d++)
		for (size_t k = 0; k < logs[d].count; k++) {
			struct bytes text, said = logs[d].items[k].value;
			size_t i = shape_said_of(shape, d, said);
			need(value_part(said, "text", &text), "a record is not whole");
			out->items[i][out->count[i]++] = text;
		}
}

static void add_json(const struct side *side, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct said said = {0};
	read_said(side, &arena, &said);
	for (size_t i = 0; i < RECORDS; i++) {
		buf_add_u8(out, '{');
		for (int field = 0; field < SAID; field++)
			add_values(side, i, field, out);
		buf_add_text(out, "\"said\":[");
		for (size_t k = 0; k < said.count[i]; k++) {
			buf_add_text(out, k > 0 ? ",{\"text\":" : "{\"text\":");
			add_value(VALUE_TEXT, said.items[i][k], out);
			buf_add_u8(out, '}');
		}
		buf_add_text(out, "]}\n");
	}
}

static double bench_load(
	const struct shape *shape, const struct saved *saved, size_t *json)
{
	static struct side side;
	double ms[RUNS];
	for (size_t run = 0; run < RUNS; run++) {
		CLEAN_BUF struct buf text = {0};
		side_begin(&side, shape, 1);
		double began = now_ms();
		load_all(saved, &side);
		add_json(&side, &text);
		side_release(&side);
		ms[run] = now_ms() - began;
		*json = text.len;
	}
	return median_ms(ms, RUNS);
}

static bool are_equal(const struct side *a, const struct side *b)
{
	bool are = true;
	for (size_t d = 0; are && d < a->shape->documents; d++) {
		CLEAN_BUF struct buf x = {0}, y = {0};
		document_canonical(a->documents[d], &x);
		document_canonical(b->documents[d], &y);
		are = bytes_equal(buf_bytes(&x), buf_bytes(&y));
	}
	return are;
}

/* ---- The runs. */

struct result {
	double build[RUNS], edits[RUNS], merge[RUNS], load;
	struct saved base, final;
	size_t sent, json, json_after;
	bool ok;
};

static void run_once(const struct shape *shape, struct result *result, size_t number)
{
	static struct side a, b;
	CLEAN_VECTOR struct vector nothing = {0};
	side_begin(&a, shape, 1);
	side_begin(&b, shape, 2);
	double began = now_ms();
	build(&a);
	save_all(&a, &result->base);
	result->build[number] = now_ms() - began;
	take_all(&b, &a, 1, &nothing);
	vector_set(&a.seen, a.log, 1);
	vector_set(&b.seen, a.log, 1);
	began = now_ms();
	edit(&a, 0);
	result->edits[number] = now_ms() - began;
	edit(&b, 1);
	take_all(&a, &a, 2, &a.seen);
	take_all(&b, &b, 1, &b.seen);
	began = now_ms();
	take_all(&a, &b, 1, &b.seen);
	result->merge[number] = now_ms() - began;
	take_all(&b, &a, 2, &a.seen);
	save_all(&a, &result->final);
	result->sent = 0;
	for (size_t d = 0; d < shape->documents; d++)
		result->sent += b.sections[d].len;
	result->ok = result->ok && are_equal(&a, &b);
	side_release(&a);
	side_release(&b);
}

static void run_all(const struct shape *shape, struct result *result)
{
	result->ok = true;
	for (size_t i = 0; i < RUNS; i++)
		run_once(shape, result, i);
	result->load = bench_load(shape, &result->base, &result->json);
	(void)bench_load(shape, &result->final, &result->json_after);
}

static size_t squeezed(const struct saved *saved)
{
	CLEAN_BUF struct buf small = {0};
	squeeze(buf_bytes(&saved->bytes), &small);
	return small.len;
}

static void say_figures(const struct shape *shape, struct result *result)
{
	const char *p = shape->prefix;
	(void)printf("\"%sbuild_ms\":%.2f,\"%sload_ms\":%.2f,\"%sedits_ms\":%.2f,"
		     "\"%smerge_ms\":%.2f,\"%sbase_bytes\":%zu,\"%sfinal_bytes\":%zu,"
		     "\"%ssent_bytes\":%zu,",
		p, median_ms(result->build, RUNS), p, result->load, p,
		median_ms(result->edits, RUNS), p, median_ms(result->merge, RUNS), p,
		result->base.bytes.len, p, result->final.bytes.len, p, result->sent);
}

int main(void)
{
	static struct result each, one;
	shapes_begin();
	run_all(&apart, &each);
	run_all(&together, &one);
	bool ok = each.ok && one.ok && each.json == one.json &&
		  each.json_after == one.json_after;
	(void)printf("{\"records\":%u,\"edits\":%u,", RECORDS, EDITS);
	say_figures(&apart, &each);
	(void)printf("\"base_squeezed\":%zu,\"final_squeezed\":%zu,\"json_bytes\":%zu,"
		     "\"json_bytes_after\":%zu,",
		squeezed(&each.base), squeezed(&each.final), each.json, each.json_after);
	say_figures(&together, &one);
	(void)printf("\"ok\":%s}\n", ok ? "true" : "false");
	buf_release(&each.base.bytes);
	buf_release(&each.final.bytes);
	buf_release(&one.base.bytes);
	buf_release(&one.final.bytes);
	return ok ? 0 : 1;
}
