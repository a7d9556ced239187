#include "tests/bench/records_one.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/crdt/draft.h"
#include "core/crdt/value.h"

#define GROUPS ((RECORDS + KEYS_MAX - 1) / KEYS_MAX)

static const struct record_field SAID_PARTS[] = {
	{.name = "of", .type = VALUE_INT},
	{.name = "text", .type = VALUE_TEXT},
	{0},
};

enum { TITLE, DONE, STARS, DUE, TAGS, FIELDS };

static const struct field_schema FAMILY[FIELDS] = {
	[TITLE] = {.name = "title", .value = VALUE_LINE},
	[DONE] = {.name = "done", .value = VALUE_BOOL},
	[STARS] = {.name = "stars", .value = VALUE_INT},
	[DUE] = {.name = "due", .value = VALUE_DATE},
	[TAGS] = {.name = "tags", .type = FIELD_SET, .value = VALUE_LINE},
};

#define SAID (FIELDS * GROUPS)

static struct field_schema fields[SAID + 1];
static char names[SAID][16];
static const char *const TITLE_OF[] = {"title00", NULL};
static const struct kind_schema KIND = {.name = "records",
	.letter = 'r',
	.ways = 1u << WAY_TOGETHER,
	.roles = 1u << ROLE_EDIT,
	.default_role = ROLE_EDIT,
	.owner = OWNER_BOTH,
	.fields = fields,
	.field_count = SAID + 1,
	.title = TITLE_OF};
static const struct schema SCHEMA = {.number = 1, .kinds = &KIND, .count = 1};

void record_id(uint8_t who, size_t n, uint8_t out[8])
{
	uint64_t v = (n * 256 + who) * UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	v ^= v >> 31;
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> 8 * i);
}

static void make_fields(void)
{
	for (size_t i = 0; i < SAID; i++) {
		fields[i] = FAMILY[i / GROUPS];
		(void)snprintf(names[i], sizeof(names[i]), "%s%02zu", fields[i].name,
			i % GROUPS);
		fields[i].name = names[i];
		fields[i].who = WHO_EDIT;
		fields[i].family = true;
	}
	fields[SAID] = (struct field_schema){.name = "said",
		.type = FIELD_LOG,
		.who = WHO_EDIT,
		.value = VALUE_RECORD,
		.record = SAID_PARTS};
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench_records: one document: %s\n", what);
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

/* ---- A person with a copy. */

struct side {
	struct log_id log;
	struct person_id person;
	struct vector seen;
	struct document *document;
	struct draft *draft;
	struct buf section;
};

static void side_begin(struct side *side, uint8_t name)
{
	*side = (struct side){.log.b = {name}, .person.b = {name}};
}

static void side_release(struct side *side)
{
	document_free(side->document);
	draft_free(side->draft);
	buf_release(&side->section);
	vector_release(&side->seen);
}

static void seal(struct side *side)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	draft_seal(side->draft, side->document, &SCHEMA, &side->seen, &arena, &section);
	buf_clear(&side->section);
	section_encode(&section, &side->section);
	section_head_release(&section.head);
	draft_free(side->draft);
	side->draft = NULL;
}

static void take(struct side *side, const struct side *from, uint64_t entry,
	const struct vector *seen)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = {.log = from->log,
		.entry = entry,
		.lamport = entry,
		.person = from->person,
		.seen = seen};
	const struct kind_schema *kind = side->document != NULL ? &KIND : NULL;
	enum err e = section_decode(
		buf_bytes(&from->section), &SCHEMA, kind, &arena, &section);
	if (e == OK && kind == NULL)
		e = document_create(&section, &author, &side->document);
	else if (e == OK)
		e = document_apply(side->document, &section, &author, side->log, NULL);
	need(e == OK, "a section is not taken");
	section_head_release(&section.head);
}

/* ---- What is written: as bench_records.c has it. */

static const struct field_schema *field_of(size_t i, int field)
{
	return &fields[(size_t)field * GROUPS + i / KEYS_MAX];
}

static struct bytes key_of(size_t i, char key[4])
{
	(void)snprintf(key, 4, "%02zu", i % KEYS_MAX);
	return bytes_text(key);
}

static void set(struct side *side, size_t i, int field, const struct buf *value)
{
	char key[4];
	need(draft_set(side->draft, side->document, field_of(i, field), key_of(i, key),
		     buf_bytes(value), NULL) == OK,
		"a value is not set");
}

static void set_line(struct side *side, size_t i, int field, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	set(side, i, field, &value);
}

static void set_int(struct side *side, size_t i, int64_t number)
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
	char key[4];
	pack_cstr(&value, text);
	enum err e = is_put ? draft_add(side->draft, side->document, field_of(i, TAGS),
				      key_of(i, key), buf_bytes(&value), NULL)
			    : draft_remove(side->draft, side->document, field_of(i, TAGS),
				      key_of(i, key), buf_bytes(&value), NULL);
	need(e == OK || !is_put, "a tag is not put in"); /* may be out already */
}

static void say(struct side *side, size_t i, size_t n, const char *text)
{
	CLEAN_BUF struct buf record = {0};
	uint8_t rid[8];
	record_id(side->log.b[0], n, rid);
	pack_map(&record, 2);
	pack_cstr(&record, "of");
	pack_uint(&record, i);
	pack_cstr(&record, "text");
	pack_cstr(&record, text);
	need(draft_append(side->draft, side->document, &fields[SAID], rid,
		     buf_bytes(&record), NULL) == OK,
		"a record is not appended");
}

static const char *const COLOURS[] = {"red", "green", "blue", "early", "late"};

static void build_record(struct side *side, size_t i)
{
	char text[64];
	(void)snprintf(text, sizeof(text), "Record %zu of a long list", i);
	set_line(side, i, TITLE, text);
	set_done(side, i, i % 3 == 0);
	set_int(side, i, (int64_t)(i % 10));
	(void)snprintf(text, sizeof(text), "2026-%02zu-%02zu", 1 + i % 12, 1 + i % 28);
	set_line(side, i, DUE, text);
	tag(side, i, COLOURS[i % 3], true);
	tag(side, i, COLOURS[3 + i % 2], true);
	say(side, i, i, "noted");
}

static void build(struct side *side)
{
	static const uint8_t nonce[16];
	struct document_head head = {.kind = &KIND,
		.owner = side->person,
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER,
		.creator = side->person};
	side->draft = draft_new((struct id){.b = {1}}, &side->seen, &head, nonce);
	for (size_t i = 0; i < RECORDS; i++)
		build_record(side, i);
	seal(side);
	take(side, side, 1, &side->seen);
}

static void edit_record(struct side *side, size_t n, size_t number)
{
	size_t i = (n * 379 + number * 13) % RECORDS;
	char text[64];
	switch (n % 5) {
	case 0:
		(void)snprintf(text, sizeof(text), "Edited %zu by %zu", n, number);
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

static void edit(struct side *side, size_t number)
{
	side->draft = draft_new((struct id){.b = {2}}, &side->seen, NULL, NULL);
	for (size_t n = 0; n < EDITS; n++)
		edit_record(side, n, number);
	seal(side);
}

/* ---- The JSON of all. */

static void add_value(enum value_type type, struct bytes value, struct buf *out)
{
	bool is_text = type == VALUE_LINE || type == VALUE_DATE || type == VALUE_TEXT;
	buf_add_text(out, is_text ? "\"" : "");
	value_plain(value, out);
	buf_add_text(out, is_text ? "\"" : "");
}

static void add_values(
	const struct document *document, size_t i, int field, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	char key[4];
	const struct field_schema *schema = field_of(i, field);
	bool is_set = schema->type == FIELD_SET;
	if (is_set)
		read_set(document, NULL, schema, key_of(i, key), &arena, &reading);
	else
		read_values(document, NULL, schema, key_of(i, key), &arena, &reading);
	buf_add_format(out, "\"%s\":%s", FAMILY[field].name, is_set ? "[" : "");
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

static void sort_said(
	const struct reading *reading, struct arena *arena, struct said *out)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t k = 0; k < reading->count; k++) {
			struct bytes of, text, record = reading->items[k].value;
			need(value_part(record, "of", &of) &&
					value_part(record, "text", &text),
				"a record is not whole");
			struct pack_reader r = pack_read(of);
			size_t i = (size_t)pack_read_uint(&r, RECORDS - 1);
			if (pass == 0)
				out->count[i]++;
			else
				*out->items[i]++ = text;
			if (k + 1 < reading->count)
				continue;
			for (size_t n = 0; n < RECORDS; n++)
				out->items[n] =
					pass == 0 ? arena_array(arena, out->count[n],
							    sizeof(text))
						  : out->items[n] - out->count[n];
		}
}

static void add_json(const struct document *document, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	struct said said = {0};
	read_log(document, NULL, &fields[SAID], &arena, &reading);
	sort_said(&reading, &arena, &said);
	for (size_t i = 0; i < RECORDS; i++) {
		buf_add_u8(out, '{');
		for (int field = 0; field < FIELDS; field++)
			add_values(document, i, field, out);
		buf_add_text(out, "\"said\":[");
		for (size_t k = 0; k < said.count[i]; k++) {
			buf_add_text(out, k > 0 ? ",{\"text\":" : "{\"text\":");
			add_value(VALUE_TEXT, said.items[i][k], out);
			buf_add_u8(out, '}');
		}
		buf_add_text(out, "]}\n");
	}
}

static double bench_load(const struct buf *saved, size_t *json)
{
	double ms[RUNS];
	for (size_t run = 0; run < RUNS; run++) {
		CLEAN_BUF struct buf text = {0};
		struct document *document = NULL;
		double began = now_ms();
		need(document_load(&SCHEMA, buf_bytes(saved), &document) == OK,
			"it is not loaded");
		add_json(document, &text);
		document_free(document);
		ms[run] = now_ms() - began;
		*json = text.len;
	}
	return median(ms);
}

static bool are_equal(const struct document *a, const struct document *b)
{
	CLEAN_BUF struct buf x = {0};
	CLEAN_BUF struct buf y = {0};
	document_canonical(a, &x);
	document_canonical(b, &y);
	return bytes_equal(buf_bytes(&x), buf_bytes(&y));
}

/* ---- The run. */

struct run {
	double build[RUNS], edits[RUNS], merge[RUNS];
	struct buf base, final;
};

static void run_once(struct run *run, size_t number, struct one_document *out)
{
	CLEAN_VECTOR struct vector nothing = {0};
	struct side a, b;
	side_begin(&a, 1);
	side_begin(&b, 2);
	double began = now_ms();
	build(&a);
	buf_clear(&run->base);
	document_save(a.document, &run->base);
	run->build[number] = now_ms() - began;
	take(&b, &a, 1, &nothing);
	vector_set(&a.seen, a.log, 1);
	vector_set(&b.seen, a.log, 1);
	began = now_ms();
	edit(&a, 0);
	run->edits[number] = now_ms() - began;
	edit(&b, 1);
	take(&a, &a, 2, &a.seen);
	take(&b, &b, 1, &b.seen);
	began = now_ms();
	take(&a, &b, 1, &b.seen);
	run->merge[number] = now_ms() - began;
	take(&b, &a, 2, &a.seen);
	buf_clear(&run->final);
	document_save(a.document, &run->final);
	out->sent = b.section.len;
	out->ok = out->ok && are_equal(a.document, b.document);
	side_release(&a);
	side_release(&b);
}

void one_document_run(struct one_document *out)
{
	static struct run run;
	*out = (struct one_document){.ok = true};
	make_fields();
	for (size_t i = 0; i < RUNS; i++)
		run_once(&run, i, out);
	out->load = bench_load(&run.base, &out->json);
	out->build = median(run.build);
	out->edits = median(run.edits);
	out->merge = median(run.merge);
	out->base = run.base.len;
	out->final = run.final.len;
	buf_release(&run.base);
	buf_release(&run.final);
}
