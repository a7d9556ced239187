/*
 * A draft as bytes, for the store:
 *
 *   draft  = [1, id bin 16, since, kind str or nil, birth or nil, fields]
 *   birth  = [owner bin 32, role, way, creator bin 32, nonce bin 16]
 *   fields = [[name, key bin, work, what it does] …], in the order of the draft
 *
 *   a value: [value, places] · a set: [[element …], [[element, places] …]]
 *   a log: [[rid bin 8, record] …], [[rid bin 8, log, entry, position] …]
 *   a text: bin of patch_save()
 *   places = [log bin 8, entry, position, …]
 *
 * Only the form that draft_save() writes is read, so that a draft has one.
 */
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/value.h"

#define DRAFT_FORMAT 1u

/* ---- Saving. */

static void save_place(const struct place *place, struct buf *out)
{
	pack_bin(out, BYTES_OF(place->log.b));
	pack_uint(out, place->entry);
	pack_uint(out, place->position);
}

static void save_value(const struct draft_value *value, struct buf *out)
{
	pack_array(out, 2);
	buf_add(out, value->value);
	pack_array(out, 3 * value->seen.count);
	for (size_t i = 0; i < value->seen.count; i++)
		save_place(&value->seen.items[i], out);
}

static void save_set(const struct draft_set *set, struct buf *out)
{
	pack_array(out, 2);
	pack_array(out, set->added_count);
	for (size_t i = 0; i < set->added_count; i++)
		buf_add(out, set->added[i].value);
	pack_array(out, set->removed_count);
	for (size_t i = 0; i < set->removed_count; i++)
		save_value(&set->removed[i], out);
}

static void save_log(const struct draft_log *log, struct buf *out)
{
	pack_array(out, 2);
	pack_array(out, log->appended_count);
	for (size_t i = 0; i < log->appended_count; i++) {
		pack_array(out, 2);
		pack_bin(out, BYTES_OF(log->appended[i].rid));
		buf_add(out, log->appended[i].value);
	}
	pack_array(out, log->voided_count);
	for (size_t i = 0; i < log->voided_count; i++) {
		pack_array(out, 4);
		pack_bin(out, BYTES_OF(log->voided[i].rid));
		save_place(&log->voided[i].place, out);
	}
}

static void save_text(const struct patch *patch, struct buf *out)
{
	CLEAN_BUF struct buf saved = {0};
	patch_save(patch, &saved);
	pack_bin(out, buf_bytes(&saved));
}

static void save_field(const struct draft_field *field, struct buf *out)
{
	pack_array(out, 4);
	pack_cstr(out, field->field->name);
	pack_bin(out, field->key);
	pack_uint(out, field->work);
	switch (field->work) {
	case WORK_VALUE:
		save_value(&field->as.value, out);
		break;
	case WORK_SET:
		save_set(&field->as.set, out);
		break;
	case WORK_LOG:
		save_log(&field->as.log, out);
		break;
	case WORK_TEXT:
		save_text(field->as.patch, out);
		break;
	}
}

static void save_birth(const struct draft *draft, struct buf *out)
{
	if (!draft->is_birth) {
		pack_nil(out);
		return;
	}
	pack_array(out, 5);
	pack_bin(out, BYTES_OF(draft->head.owner.b));
	pack_uint(out, draft->head.role);
	pack_uint(out, draft->head.way);
	pack_bin(out, BYTES_OF(draft->head.creator.b));
	pack_bin(out, BYTES_OF(draft->nonce));
}

void draft_save(const struct draft *draft, struct buf *out)
{
	pack_array(out, 6);
	pack_uint(out, DRAFT_FORMAT);
	pack_bin(out, BYTES_OF(draft->id.b));
	vector_pack(&draft->since, out);
	/* Of one that does nothing no kind is said: it may have been edited, or not. */
	if (draft->is_birth || draft->field_count > 0)
		pack_cstr(out, draft->kind->name);
	else
		pack_nil(out);
	save_birth(draft, out);
	pack_array(out, draft->field_count);
	for (size_t i = 0; i < draft->field_count; i++)
		save_field(&draft->fields[i], out);
}

/* ---- Loading. Lists are taken as they come; whether they are in order and hold what
 * may stand there is looked at once, by saving again: see draft_load(). */

static struct place load_place(struct pack_reader *r)
{
	struct place place;
	pack_read_fixed(r, place.log.b, sizeof place.log.b);
	place.entry = pack_read_uint(r, UINT64_MAX);
	place.position = (uint32_t)pack_read_uint(r, UINT32_MAX);
	return place;
}

/* One value that may stand in that field. */
static struct bytes load_item(
	struct pack_reader *r, const struct field_schema *field, enum work work)
{
	struct bytes item = pack_read_any(r);
	bool is_valid = field->type == FIELD_TEXT && work == WORK_VALUE
				? value_valid_whole(item) || value_is_nil(item)
				: value_valid(field, item);
	if (!r->failed && !is_valid)
		r->failed = true;
	return item;
}

static void load_places(struct pack_reader *r, struct places *out)
{
	size_t count = pack_read_array(r, r->rest.len);
	if (count % 3 != 0)
		r->failed = true;
	for (size_t i = 0; i < count / 3 && !r->failed; i++) {
		struct place place = load_place(r);
		if (!r->failed)
			places_add(out, &place);
	}
}

static void load_value(struct pack_reader *r, struct draft_field *field)
{
	(void)pack_read_array(r, 2);
	struct bytes value = load_item(r, field->field, WORK_VALUE);
	if (r->failed)
		return;
	field->as.value.value = draft_own(value);
	load_places(r, &field->as.value.seen);
}

static void load_set(struct pack_reader *r, struct draft_field *field)
{
	struct draft_set *set = &field->as.set;
	(void)pack_read_array(r, 2);
	size_t count = pack_read_array(r, SET_MAX);
	for (size_t i = 0; i < count && !r->failed; i++)
		draft_set_insert(&set->added, &set->added_count, &set->added_cap,
			load_item(r, field->field, WORK_SET));
	count = pack_read_array(r, r->rest.len);
	for (size_t i = 0; i < count && !r->failed; i++) {
		(void)pack_read_array(r, 2);
		struct draft_value *removed =
			draft_set_insert(&set->removed, &set->removed_count,
				&set->removed_cap, load_item(r, field->field, WORK_SET));
		load_places(r, &removed->seen);
	}
}

static void load_log(
	struct pack_reader *r, struct draft *draft, const struct field_schema *schema)
{
	(void)pack_read_array(r, 2);
	size_t count = pack_read_array(r, LOG_MAX);
	for (size_t i = 0; i < count && !r->failed; i++) {
		uint8_t rid[8] = {0};
		(void)pack_read_array(r, 2);
		pack_read_fixed(r, rid, sizeof rid);
		struct bytes record = load_item(r, schema, WORK_LOG);
		if (!r->failed)
			draft_put_record(draft, schema, rid, record);
	}
	count = pack_read_array(r, LOG_MAX);
	for (size_t i = 0; i < count && !r->failed; i++) {
		struct draft_void out = {0};
		(void)pack_read_array(r, 4);
		pack_read_fixed(r, out.rid, sizeof out.rid);
		out.place = load_place(r);
		if (!r->failed)
			draft_put_void(draft, schema, &out);
	}
}

static void load_text(struct pack_reader *r, struct draft_field *field)
{
	struct patch *patch = NULL;
	struct bytes saved = pack_read_bin(r, r->rest.len);
	if (r->failed || patch_load(saved, &patch) != OK) {
		r->failed = true;
		return;
	}
	patch_free(field->as.patch);
	field->as.patch = patch;
}

/* Whether a document, of that way where it is known, works so on the field. */
static bool may_work(
	const struct draft *draft, const struct field_schema *field, uint64_t work)
{
	if (draft->is_birth)
		return work == field_work(field, draft->head.way);
	return work == field_work(field, WAY_PRIVATE) ||
	       work == field_work(field, WAY_SHOWN);
}

static void load_field(struct pack_reader *r, struct draft *draft)
{
	(void)pack_read_array(r, 4);
	struct bytes name = pack_read_text(r, r->rest.len);
	struct bytes key = pack_read_bin(r, KEY_MAX);
	uint64_t work = pack_read_uint(r, WORK_TEXT);
	const struct field_schema *schema =
		r->failed ? NULL : kind_field(draft->kind, name);
	if (schema == NULL || !value_valid_key(schema, key) ||
		!may_work(draft, schema, work) ||
		draft_field(draft, schema, key) != NULL) {
		r->failed = true;
		return;
	}
	struct draft_field *field = draft_want(draft, schema, key, (enum work)work);
	switch (field->work) {
	case WORK_VALUE:
		load_value(r, field);
		break;
	case WORK_SET:
		load_set(r, field);
		break;
	case WORK_LOG:
		load_log(r, draft, schema);
		break;
	case WORK_TEXT:
		load_text(r, field);
		break;
	}
	draft_tidy(draft, schema, key);
}

static void load_birth(struct pack_reader *r, struct draft *draft)
{
	if (pack_read_nil(r))
		return;
	draft->is_birth = true;
	draft->head.kind = draft->kind;
	(void)pack_read_array(r, 5);
	pack_read_fixed(r, draft->head.owner.b, sizeof draft->head.owner.b);
	draft->head.role = (enum role)pack_read_uint(r, ROLE_EDIT);
	draft->head.way = (enum way)pack_read_uint(r, WAY_COPY);
	pack_read_fixed(r, draft->head.creator.b, sizeof draft->head.creator.b);
	pack_read_fixed(r, draft->nonce, sizeof draft->nonce);
}

static void load_head(
	struct pack_reader *r, const struct schema *schema, struct draft *draft)
{
	(void)pack_read_array(r, 6);
	if (pack_read_uint(r, UINT32_MAX) != DRAFT_FORMAT)
		r->failed = true;
	pack_read_fixed(r, draft->id.b, sizeof draft->id.b);
	vector_unpack(r, VECTOR_LOGS_MAX, &draft->since);
	if (!pack_read_nil(r)) {
		draft->kind = schema_kind(schema, pack_read_text(r, r->rest.len));
		r->failed = r->failed || draft->kind == NULL;
	}
	load_birth(r, draft);
}

static bool saves_as(const struct draft *draft, struct bytes saved)
{
	CLEAN_BUF struct buf again = {0};
	draft_save(draft, &again);
	return bytes_equal(buf_bytes(&again), saved);
}

enum err draft_load(const struct schema *schema, struct bytes saved, struct draft **out)
{
	struct pack_reader r = pack_read(saved);
	struct draft *draft = mem_new(sizeof *draft);
	load_head(&r, schema, draft);
	size_t count = pack_read_array(&r, r.rest.len);
	if (draft->kind == NULL && (count > 0 || draft->is_birth))
		r.failed = true;
	for (size_t i = 0; i < count && !r.failed; i++)
		load_field(&r, draft);
	if (!pack_done(&r) || !saves_as(draft, saved)) {
		draft_free(draft);
		*out = NULL;
		return ERR_CORRUPT;
	}
	*out = draft;
	return OK;
}
