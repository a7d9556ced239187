/*
 * Reading: the sealed content with the draft laid over it. What the draft replaces,
 * removes or voids is not shown; of equal values one is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"
#include "core/crdt/value.h"

static void show(struct reading *out, struct arena *arena, struct bytes value,
	const struct written *sealed)
{
	struct reading_item *item = &out->items[out->count++];
	item->value = arena_bytes(arena, value);
	item->is_draft = sealed == NULL;
	if (sealed != NULL)
		item->by = sealed->by;
}

/* The values of a reading, by value, then as they stand. */
static int by_value(const void *a, const void *b)
{
	const struct reading_item *x = *(struct reading_item *const *)a;
	const struct reading_item *y = *(struct reading_item *const *)b;
	int order = bytes_compare(x->value, y->value);
	return order != 0 ? order : (x > y) - (x < y);
}

/* Of equal values the one that stands first is shown. */
static void show_once(struct reading *reading)
{
	if (reading->count < 2)
		return;
	struct reading_item **sorted = mem_array(reading->count, sizeof *sorted);
	for (size_t i = 0; i < reading->count; i++)
		sorted[i] = &reading->items[i];
	qsort(sorted, reading->count, sizeof *sorted, by_value);
	struct bytes last = sorted[0]->value;
	for (size_t i = 1; i < reading->count; i++) {
		if (bytes_equal(sorted[i]->value, last))
			sorted[i]->value = (struct bytes){0};
		else
			last = sorted[i]->value;
	}
	mem_free(sorted);
	size_t count = 0;
	for (size_t i = 0; i < reading->count; i++)
		if (reading->items[i].value.len > 0)
			reading->items[count++] = reading->items[i];
	reading->count = count;
}

/* ---- Registers. */

void read_values(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct reading *out)
{
	static const struct draft_value nothing;
	const struct values *values = sealed_values(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	const struct draft_value *own = work != NULL ? &work->as.value : &nothing;
	*out = (struct reading){
		.items = arena_array(arena, values->count + 1, sizeof *out->items)};
	if (work != NULL)
		show(out, arena, own->value, NULL);
	for (size_t i = values->count; i > 0; i--)
		if (!places_hold(&own->seen, &values->items[i - 1].place))
			show(out, arena, values->items[i - 1].value,
				&values->items[i - 1]);
	show_once(out);
}

/* ---- Sets. */

static bool is_taken_out(const struct draft_set *set, const struct place *place)
{
	for (size_t i = 0; i < set->removed_count; i++)
		if (places_hold(&set->removed[i].seen, place))
			return true;
	return false;
}

void read_set(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct reading *out)
{
	static const struct draft_set nothing;
	const struct values *values = sealed_values(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	const struct draft_set *set = work != NULL ? &work->as.set : &nothing;
	*out = (struct reading){
		.items = arena_array(
			arena, values->count + set->added_count, sizeof *out->items)};
	for (size_t i = 0; i < values->count; i++)
		if (!is_taken_out(set, &values->items[i].place))
			show(out, arena, values->items[i].value, &values->items[i]);
	for (size_t i = 0; i < set->added_count; i++)
		show(out, arena, set->added[i].value, NULL);
	show_once(out);
}

/* ---- Logs. */

struct ordered {
	struct reading_item item;
	struct bytes by; /* what it is ordered by; empty where it has none */
	size_t index;
};

static int by_part(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	int order = (x->by.len > 0) - (y->by.len > 0);
	if (order == 0 && x->by.len > 0)
		order = value_compare(x->by, y->by);
	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* By a part that the schema names; those without it first, equal ones as they were. */
static void order_records(struct reading *reading, const char *part)
{
	struct ordered *all = mem_array(reading->count, sizeof *all);
	for (size_t i = 0; i < reading->count; i++) {
		all[i] = (struct ordered){.item = reading->items[i], .index = i};
		(void)value_part(all[i].item.value, part, &all[i].by);
	}
	if (reading->count > 1)
		qsort(all, reading->count, sizeof *all, by_part);
	for (size_t i = 0; i < reading->count; i++)
		reading->items[i] = all[i].item;
	mem_free(all);
}

static struct reading_item *add_record(struct reading *out, struct arena *arena,
	const uint8_t rid[8], struct bytes value)
{
	struct reading_item *item = &out->items[out->count++];
	item->value = arena_bytes(arena, value);
	memcpy(item->rid, rid, sizeof item->rid);
	return item;
}

void read_log(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct arena *arena, struct reading *out)
{
	const struct records *records = sealed_records(sealed, field);
	const struct draft_log *log = draft_log_of(draft, field);
	*out = (struct reading){
		.items = arena_array(
			arena, records->count + log->appended_count, sizeof *out->items)};
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		if (record->is_void || draft_has_voided(log, &record->at.place))
			continue;
		add_record(out, arena, record->rid, record->at.value)->by = record->at.by;
	}
	for (size_t i = 0; i < log->appended_count; i++)
		add_record(out, arena, log->appended[i].rid, log->appended[i].value)
			->is_draft = true;
	if (field->order_by != NULL)
		order_records(out, field->order_by);
}

/* ---- Texts. */

static bool read_whole(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct bytes *out)
{
	struct reading values;
	read_values(sealed, draft, field, key, arena, &values);
	*out = values.count > 0 ? value_text(values.items[0].value) : (struct bytes){0};
	return out->len > 0;
}

bool read_text(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct bytes *out)
{
	if (field_is_whole(field, draft_way(draft, sealed)))
		return read_whole(sealed, draft, field, key, arena, out);
	*out = (struct bytes){0};
	const struct rope *base = sealed_text(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	CLEAN_BUF struct buf text = {0};
	if (work != NULL) {
		CLEANUP(rope_freep)
		struct rope *now = draft_rope(draft, sealed, field, key);
		rope_add(now, &text);
	} else if (base != NULL) {
		rope_add(base, &text);
	}
	*out = arena_bytes(arena, buf_bytes(&text));
	return out->len > 0;
}

/* ---- Families. */

static int by_bytes(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;
	return bytes_compare(*x, *y);
}

static bool holds(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading = {0};
	struct bytes text;
	switch (field->type) {
	case FIELD_TEXT:
		return read_text(sealed, draft, field, key, &arena, &text);
	case FIELD_REGISTER:
		read_values(sealed, draft, field, key, &arena, &reading);
		return reading.count > 1 ||
		       (reading.count == 1 && !value_is_nil(reading.items[0].value));
	case FIELD_SET:
		read_set(sealed, draft, field, key, &arena, &reading);
		return reading.count > 0;
	case FIELD_LOG:
		break; /* no family */
	}
	return false;
}

/* All keys of the family that stand anywhere, in the order they are met. */
static size_t collect_keys(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes *keys)
{
	size_t count = 0;
	for (size_t i = 0; sealed != NULL && i < sealed->field_count; i++)
		if (sealed->fields[i].field == field)
			keys[count++] = sealed->fields[i].key;
	for (size_t i = 0; draft != NULL && i < draft->field_count; i++) {
		const struct draft_field *work = &draft->fields[i];
		bool is_new = sealed == NULL ||
			      document_field(sealed, field, work->key) == NULL;
		if (work->field == field && is_new)
			keys[count++] = work->key;
	}
	return count;
}

void read_keys(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct arena *arena, struct bytes **out,
	size_t *count)
{
	size_t most = (sealed != NULL ? sealed->field_count : 0) +
		      (draft != NULL ? draft->field_count : 0);
	struct bytes *keys = arena_array(arena, most, sizeof *keys);
	size_t all = collect_keys(sealed, draft, field, keys);
	*out = keys;
	*count = 0;
	for (size_t i = 0; i < all; i++)
		if (holds(sealed, draft, field, keys[i]))
			keys[(*count)++] = arena_bytes(arena, keys[i]);
	if (*count > 1)
		qsort(keys, *count, sizeof *keys, by_bytes);
}
