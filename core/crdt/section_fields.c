#include "core/crdt/section_fields.h"

#include <string.h>

#include "core/crdt/change.h"
#include "core/crdt/field_columns.h"
#include "core/crdt/value.h"
#include "core/crdt/value_short.h"
#include "core/crdt/values.h"

enum {
	COLUMN_PLACES = 1,
	COLUMN_RIDS,
	COLUMN_VALUES,
	COLUMN_ACTS,
	COLUMN_COUNTS,
	COLUMN_POSITIONS,
	COLUMN_REPLACED,
	COLUMN_LOGS = COLUMN_KEYS + 1,
};

#define ZEROS                                                                            \
	(FIELD_COLUMNS_ZEROS | 1u << COLUMN_ACTS | 1u << COLUMN_COUNTS |                 \
		1u << COLUMN_POSITIONS | 1u << COLUMN_REPLACED | 1u << COLUMN_LOGS)

/* What a field of that type is there for. */
static enum op_act usual_act(enum field_type type)
{
	switch (type) {
	case FIELD_REGISTER:
		return OP_WRITE;
	case FIELD_SET:
		return OP_ADD;
	case FIELD_LOG:
		return OP_APPEND;
	case FIELD_TEXT:
		break;
	}
	return OP_TEXT;
}

static bool has_places(enum op_act act)
{
	return act == OP_WRITE || act == OP_REMOVE || act == OP_VOID;
}

static bool has_rid(enum op_act act)
{
	return act == OP_APPEND || act == OP_VOID;
}

static bool has_value(enum op_act act)
{
	return act != OP_VOID && act != OP_TEXT;
}

/* How many places an operation names, most often. */
static int64_t usual_places(const struct section *section)
{
	return section->head.type == SECTION_CREATE ? 0 : 1;
}

/* The logs that places name, in the order they are named first. */
struct named_log {
	struct log_id log;
	uint64_t entry; /* the last one named */
};

struct named_logs {
	struct named_log items[VECTOR_LOGS_MAX];
	size_t count;
};

static size_t find_log(const struct named_logs *logs, struct log_id log)
{
	size_t i = 0;
	while (i < logs->count && !log_id_equal(logs->items[i].log, log))
		i++;
	return i;
}

/* ---- Writing. */

struct encoder {
	const struct section *section;
	struct columns columns;
	struct named_logs logs;
};

static void add_place(struct encoder *e, const struct place *place)
{
	size_t number = find_log(&e->logs, place->log);
	column_add(&e->columns, COLUMN_LOGS, number);
	if (number == VECTOR_LOGS_MAX)
		return; /* more than a space has: cannot be read again */
	struct named_log *log = &e->logs.items[number];
	if (number == e->logs.count) {
		*log = (struct named_log){.log = place->log};
		buf_add(&e->columns.at[COLUMN_PLACES], BYTES_OF(place->log.b));
		e->logs.count++;
	}
	column_add_signed(
		&e->columns, COLUMN_PLACES, (int64_t)(place->entry - log->entry));
	column_add(&e->columns, COLUMN_POSITIONS, place->position);
	log->entry = place->entry;
}

static void add_value(
	struct encoder *e, const struct field_schema *field, struct bytes value)
{
	struct buf *out = &e->columns.at[COLUMN_VALUES];
	if (value_fits(field, value)) {
		value_shorten(field, value, out);
		return;
	}
	buf_add_u8(out, SHORT_NEVER);
	buf_add(out, value);
}

static void add_op(
	struct encoder *e, const struct field_schema *field, const struct op *op)
{
	bool is_usual = op->act == usual_act(field->type);
	column_add(&e->columns, COLUMN_ACTS, is_usual ? 0 : (uint64_t)op->act + 1);
	if (has_places(op->act))
		column_add_signed(&e->columns, COLUMN_REPLACED,
			(int64_t)op->replaced_count - usual_places(e->section));
	for (size_t i = 0; has_places(op->act) && i < op->replaced_count; i++)
		add_place(e, &op->replaced[i]);
	if (has_rid(op->act))
		buf_add(&e->columns.at[COLUMN_RIDS], BYTES_OF(op->rid));
	if (has_value(op->act))
		add_value(e, field, op->value);
}

static void add_fields(struct encoder *e)
{
	CLEAN_ARENA struct arena arena = {0};
	const struct section *section = e->section;
	struct field_name *names =
		arena_array(&arena, section->field_count, sizeof *names);
	for (size_t i = 0; i < section->field_count; i++) {
		const struct field_ops *field = &section->fields[i];
		names[i] = (struct field_name){field->field, field->key};
		column_add_signed(&e->columns, COLUMN_COUNTS, (int64_t)field->count - 1);
		for (size_t k = 0; k < field->count; k++)
			add_op(e, field->field, &field->ops[k]);
	}
	field_names_add(&e->columns, section->kind, names, section->field_count);
}

/* Each change to a text in its place; only counted where `out` is NULL. */
static size_t add_changes(const struct section *section, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < section->field_count; i++) {
		const struct field_ops *field = &section->fields[i];
		for (size_t k = 0; k < field->count; k++) {
			if (field->ops[k].act != OP_TEXT)
				continue;
			count++;
			if (out != NULL)
				pack_bin(out, field->ops[k].change);
		}
	}
	return count;
}

void section_fields_encode(const struct section *section, struct buf *out)
{
	struct encoder e = {.section = section};
	CLEAN_BUF struct buf packed = {0};
	add_fields(&e);
	columns_pack(&e.columns, ZEROS, SECTION_COLUMNS_MAX, &packed);
	columns_release(&e.columns);
	pack_array(out, 1 + add_changes(section, NULL));
	pack_bin(out, buf_bytes(&packed));
	(void)add_changes(section, out);
}

/* ---- Reading. What cannot be read fails; what can, but is no value of its field, makes
 * the section void; both are looked for to the end. */

struct decoder {
	struct pack_reader *r; /* the changes to texts */
	size_t changes;        /* left there */
	struct column_reader columns;
	struct named_logs logs;
	struct arena *arena;
	struct section *out;
	struct buf value;
	size_t ops;
	bool is_void, is_too_big;
};

static void fail(struct decoder *d)
{
	d->columns.failed = true;
}

static void take_place(struct decoder *d, struct place *out)
{
	size_t number = (size_t)column_take(&d->columns, COLUMN_LOGS, d->logs.count);
	if (d->columns.failed || number == VECTOR_LOGS_MAX) {
		fail(d);
		return;
	}
	struct named_log *log = &d->logs.items[number];
	if (number == d->logs.count) {
		column_take_fixed(
			&d->columns, COLUMN_PLACES, out->log.b, sizeof out->log.b);
		if (find_log(&d->logs, out->log) < d->logs.count)
			fail(d);
		*log = (struct named_log){.log = out->log};
		d->logs.count++;
	}
	log->entry += (uint64_t)column_take_signed(&d->columns, COLUMN_PLACES);
	if (log->entry == 0)
		fail(d);
	out->log = log->log;
	out->entry = log->entry;
	out->position = (uint32_t)column_take(&d->columns, COLUMN_POSITIONS, UINT32_MAX);
}

static void take_places(struct decoder *d, struct op *op)
{
	int64_t more = column_take_signed(&d->columns, COLUMN_REPLACED);
	size_t most = d->columns.at[COLUMN_PLACES].len; /* a byte each, at least */
	if (more < -usual_places(d->out) || more > (int64_t)most - usual_places(d->out))
		fail(d);
	size_t count = d->columns.failed ? 0 : (size_t)(more + usual_places(d->out));
	if (count == 0)
		return;
	struct place *places = arena_array(d->arena, count, sizeof *places);
	op->replaced = places;
	op->replaced_count = count;
	for (size_t i = 0; i < op->replaced_count && !d->columns.failed; i++) {
		take_place(d, &places[i]);
		if (i > 0 && place_compare(&places[i - 1], &places[i]) >= 0)
			fail(d);
	}
}

/* A value that is said to be none of that field's. */
static void take_strange(struct decoder *d, struct op *op)
{
	(void)column_take_bytes(&d->columns, COLUMN_VALUES, 1);
	struct pack_reader r = pack_read(d->columns.at[COLUMN_VALUES]);
	op->value = pack_read_any(&r);
	d->columns.at[COLUMN_VALUES] = r.rest;
	d->columns.failed |= r.failed;
	d->is_void = true;
}

static void take_value(struct decoder *d, const struct field_schema *field, struct op *op)
{
	struct bytes *rest = &d->columns.at[COLUMN_VALUES];
	if (rest->len > 0 && rest->at[0] == SHORT_NEVER) {
		take_strange(d, op);
		return;
	}
	buf_clear(&d->value);
	if (d->columns.failed || !value_lengthen(field, rest, &d->value)) {
		fail(d);
		return;
	}
	op->value = arena_bytes(d->arena, buf_bytes(&d->value));
	if (!value_fits(field, op->value))
		d->is_void = true;
}

static void count_ops(struct decoder *d, size_t more)
{
	d->ops += more;
	if (d->ops > SECTION_OPS_MAX)
		d->is_too_big = true;
}

static void take_change(struct decoder *d, struct op *op)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change = {0};
	op->change = pack_read_bin(d->r, SIZE_MAX);
	if (d->r->failed || d->changes == 0) {
		fail(d);
		return;
	}
	d->changes--;
	enum err e = text_change_decode(op->change, &arena, &change);
	if (e == ERR_TOO_BIG)
		d->is_too_big = true;
	else if (e != OK)
		fail(d);
	count_ops(d, change.count);
}

/* Whether a field of that type knows that operation. A text that is carried whole is
 * written as a register is: which it is, only the document knows. */
static bool knows(enum field_type type, enum op_act act)
{
	switch (act) {
	case OP_WRITE:
		return type == FIELD_REGISTER || type == FIELD_TEXT;
	case OP_ADD:
	case OP_REMOVE:
		return type == FIELD_SET;
	case OP_APPEND:
	case OP_VOID:
		return type == FIELD_LOG;
	case OP_TEXT:
		return type == FIELD_TEXT;
	}
	return false;
}

static enum op_act take_act(struct decoder *d, enum field_type type)
{
	uint64_t act = column_take(&d->columns, COLUMN_ACTS, OP_TEXT + 1);
	if (act == 0)
		return usual_act(type);
	if (act - 1 == usual_act(type))
		fail(d);
	return (enum op_act)(act - 1);
}

static void take_op(struct decoder *d, const struct field_schema *field, struct op *op)
{
	op->act = take_act(d, field->type);
	if (!knows(field->type, op->act))
		d->is_void = true;
	if (has_places(op->act))
		take_places(d, op);
	if (op->act == OP_VOID && op->replaced_count != 1)
		d->is_void = true;
	if (has_rid(op->act))
		column_take_fixed(&d->columns, COLUMN_RIDS, op->rid, sizeof op->rid);
	if (has_value(op->act))
		take_value(d, field, op);
	if (op->act == OP_TEXT)
		take_change(d, op);
}

/* Each operation has a byte at least: of a value, of a rid, or a change. */
static size_t most_ops(const struct decoder *d)
{
	return d->columns.at[COLUMN_VALUES].len + d->columns.at[COLUMN_RIDS].len +
	       d->changes;
}

static void take_ops(struct decoder *d, struct field_ops *out)
{
	enum field_type type = out->field->type;
	int64_t more = column_take_signed(&d->columns, COLUMN_COUNTS);
	if (more < -1 || more >= (int64_t)most_ops(d))
		fail(d);
	if (d->columns.failed)
		return;
	out->count = (size_t)(more + 1);
	count_ops(d, out->count);
	if (d->is_too_big)
		return;
	bool is_one = type == FIELD_REGISTER || type == FIELD_TEXT;
	if (is_one ? out->count != 1 : out->count == 0)
		d->is_void = true;
	out->ops = arena_array(d->arena, out->count, sizeof *out->ops);
	for (size_t i = 0; i < out->count && !d->columns.failed; i++)
		take_op(d, out->field, &out->ops[i]);
}

static enum err take_fields(struct decoder *d)
{
	struct section *out = d->out;
	struct field_name *names = NULL;
	size_t count = 0;
	enum err e = field_names_take(
		&d->columns, out->kind, out->head.schema, d->arena, &names, &count);
	if (e != OK)
		return e;
	out->fields = arena_array(d->arena, count, sizeof *out->fields);
	for (size_t i = 0; i < count && !d->columns.failed && !d->is_too_big; i++) {
		out->fields[i] =
			(struct field_ops){.field = names[i].field, .key = names[i].key};
		out->field_count = i + 1;
		take_ops(d, &out->fields[i]);
	}
	if (d->is_too_big)
		return ERR_TOO_BIG;
	if (!columns_done(&d->columns) || d->changes > 0)
		return ERR_CORRUPT;
	return d->is_void ? ERR_VOID : OK;
}

enum err section_fields_decode(
	struct pack_reader *r, struct arena *arena, struct section *out)
{
	struct decoder d = {.r = r, .arena = arena, .out = out};
	size_t items = pack_read_array(r, SIZE_MAX);
	struct bytes packed = pack_read_bin(r, SIZE_MAX);
	if (r->failed || items == 0)
		return ERR_CORRUPT;
	d.changes = items - 1;
	enum err e =
		columns_unpack(&packed, SECTION_COLUMNS_MAX, ZEROS, arena, &d.columns);
	if (e == OK && packed.len > 0)
		e = ERR_CORRUPT;
	if (e == OK)
		e = take_fields(&d);
	buf_release(&d.value);
	return e;
}
