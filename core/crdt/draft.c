#include "core/crdt/draft.h"

#include <string.h>

#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"

struct draft *draft_new(struct id id, const struct vector *since,
	const struct document_head *head, const uint8_t nonce[16])
{
	struct draft *draft = mem_new(sizeof *draft);
	draft->id = id;
	vector_copy(&draft->since, since);
	if (head == NULL)
		return draft;
	draft->is_birth = true;
	draft->head = *head;
	draft->kind = head->kind;
	memcpy(draft->nonce, nonce, sizeof draft->nonce);
	return draft;
}

/* ---- The four shapes. */

struct bytes draft_own(struct bytes bytes)
{
	return (struct bytes){mem_copy(bytes.at, bytes.len), bytes.len};
}

void draft_disown(struct bytes *bytes)
{
	mem_free((void *)(uintptr_t)bytes->at);
	*bytes = (struct bytes){0};
}

void draft_value_release(struct draft_value *value)
{
	draft_disown(&value->value);
	mem_free(value->seen.items);
	*value = (struct draft_value){0};
}

static void release_values(struct draft_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		draft_value_release(&values[i]);
	mem_free(values);
}

static void release_log(struct draft_log *log)
{
	for (size_t i = 0; i < log->appended_count; i++)
		draft_disown(&log->appended[i].value);
	mem_free(log->appended);
	mem_free(log->voided);
}

static void release_field(struct draft_field *field)
{
	switch (field->work) {
	case WORK_VALUE:
		draft_value_release(&field->as.value);
		break;
	case WORK_SET:
		release_values(field->as.set.added, field->as.set.added_count);
		release_values(field->as.set.removed, field->as.set.removed_count);
		break;
	case WORK_LOG:
		release_log(&field->as.log);
		break;
	case WORK_TEXT:
		patch_free(field->as.patch);
		break;
	}
	draft_disown(&field->key);
}

static bool does_nothing(const struct draft_field *field)
{
	switch (field->work) {
	case WORK_VALUE:
		return field->as.value.value.len == 0;
	case WORK_SET:
		return field->as.set.added_count + field->as.set.removed_count == 0;
	case WORK_LOG:
		return field->as.log.appended_count + field->as.log.voided_count == 0;
	case WORK_TEXT:
		return patch_is_empty(field->as.patch);
	}
	return true;
}

enum work field_work(const struct field_schema *field, enum way way)
{
	switch (field->type) {
	case FIELD_REGISTER:
		return WORK_VALUE;
	case FIELD_TEXT:
		return field_is_whole(field, way) ? WORK_VALUE : WORK_TEXT;
	case FIELD_SET:
		return WORK_SET;
	case FIELD_LOG:
		return WORK_LOG;
	}
	return WORK_VALUE;
}

void draft_free(struct draft *draft)
{
	if (draft == NULL)
		return;
	for (size_t i = 0; i < draft->field_count; i++)
		release_field(&draft->fields[i]);
	mem_free(draft->fields);
	vector_release(&draft->since);
	mem_free(draft);
}

/* ---- What it is of. */

struct id draft_id(const struct draft *draft)
{
	return draft->id;
}

const struct document_head *draft_head(const struct draft *draft)
{
	return draft->is_birth ? &draft->head : NULL;
}

const uint8_t *draft_nonce(const struct draft *draft)
{
	return draft->is_birth ? draft->nonce : NULL;
}

bool draft_is_empty(const struct draft *draft)
{
	return draft->field_count == 0;
}

enum way draft_way(const struct draft *draft, const struct document *sealed)
{
	if (sealed != NULL)
		return document_head(sealed)->way;
	return draft != NULL && draft->is_birth ? draft->head.way : WAY_PRIVATE;
}

/* ---- Its fields. */

/* Where the field stands, or would. */
static size_t find(const struct draft *draft, const struct field_schema *field,
	struct bytes key, bool *stands)
{
	size_t low = 0, high = draft->field_count;
	*stands = false;
	while (low < high && !*stands) {
		size_t middle = low + (high - low) / 2;
		const struct draft_field *at = &draft->fields[middle];
		int order = field_compare(at->field, at->key, field, key);
		*stands = order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return *stands ? high : low;
}

const struct draft_field *draft_field(
	const struct draft *draft, const struct field_schema *field, struct bytes key)
{
	bool stands = false;
	if (draft == NULL)
		return NULL;
	size_t i = find(draft, field, key, &stands);
	return stands ? &draft->fields[i] : NULL;
}

size_t draft_fields_before(
	const struct draft *draft, const struct field_schema *field, struct bytes key)
{
	bool stands = false;
	return find(draft, field, key, &stands);
}

/* Put down the field in hand: it is weighed now. */
static void put_down(struct draft *draft)
{
	if (draft->in_hand == 0)
		return;
	struct draft_field *field = &draft->fields[draft->in_hand - 1];
	field->weight = draft_field_weight(field);
	draft->weight += field->weight;
	draft->in_hand = 0;
}

/* Take the field in hand: its weight is about to change. */
static struct draft_field *take_up(struct draft *draft, size_t i)
{
	struct draft_field *field = &draft->fields[i];
	if (draft->in_hand == i + 1)
		return field;
	put_down(draft);
	draft->weight -= field->weight;
	field->weight = 0;
	draft->in_hand = i + 1;
	return field;
}

struct draft_field *draft_want(struct draft *draft, const struct field_schema *field,
	struct bytes key, enum work work)
{
	bool stands = false;
	size_t i = find(draft, field, key, &stands);
	if (stands)
		return take_up(draft, i);
	put_down(draft);
	draft->fields = mem_grow(draft->fields, draft->field_count, &draft->field_cap,
		sizeof *draft->fields);
	memmove(&draft->fields[i + 1], &draft->fields[i],
		(draft->field_count - i) * sizeof *draft->fields);
	draft->field_count++;
	draft->fields[i] =
		(struct draft_field){.field = field, .key = draft_own(key), .work = work};
	if (work == WORK_TEXT)
		draft->fields[i].as.patch = patch_new();
	return take_up(draft, i);
}

void draft_tidy(struct draft *draft, const struct field_schema *field, struct bytes key)
{
	bool stands = false;
	size_t i = find(draft, field, key, &stands);
	if (!stands || !does_nothing(&draft->fields[i]))
		return;
	release_field(take_up(draft, i));
	draft->in_hand = 0;
	draft->field_count--;
	memmove(&draft->fields[i], &draft->fields[i + 1],
		(draft->field_count - i) * sizeof *draft->fields);
}

void draft_over(struct draft *draft, const struct field_schema *field, struct bytes key,
	const struct effect *effect, struct log_id own)
{
	bool stands = false;
	size_t i = find(draft, field, key, &stands);
	if (!stands || draft->fields[i].work != WORK_TEXT)
		return;
	patch_carry(take_up(draft, i)->as.patch, effect, own);
	draft_tidy(draft, field, key);
}

static void add_text(
	const struct document *sealed, const struct draft_field *work, struct buf *out)
{
	const struct rope *text = sealed_text(sealed, work->field, work->key);
	if (text != NULL)
		rope_add(text, out);
}

/* By nobody: what is in the text already stands before what is only drafted. */
static void move_text(struct draft_field *work, const struct document *before,
	const struct document *after, struct log_id own)
{
	static const struct log_id nobody;
	CLEAN_BUF struct buf was = {0};
	CLEAN_BUF struct buf is = {0};
	add_text(before, work, &was);
	add_text(after, work, &is);
	if (bytes_equal(buf_bytes(&was), buf_bytes(&is)))
		return;
	CLEANUP(patch_freep)
	struct patch *meanwhile = patch_between(buf_bytes(&was), buf_bytes(&is));
	CLEAN_EFFECT struct effect effect = {0};
	patch_effect(meanwhile, nobody, &effect);
	patch_carry(work->as.patch, &effect, own);
}

void draft_move(struct draft *draft, const struct document *before,
	const struct document *after, struct log_id own)
{
	for (size_t i = draft->field_count; i > 0; i--) {
		struct draft_field *work = &draft->fields[i - 1];
		if (work->work != WORK_TEXT)
			continue;
		move_text(take_up(draft, i - 1), before, after, own);
		draft_tidy(draft, work->field, work->key);
	}
}

/* ---- Places. */

static size_t find_place(
	const struct places *places, const struct place *place, bool *stands)
{
	size_t low = 0, high = places->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (place_compare(&places->items[middle], place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*stands = low < places->count && place_compare(&places->items[low], place) == 0;
	return low;
}

bool places_hold(const struct places *places, const struct place *place)
{
	bool stands = false;
	(void)find_place(places, place, &stands);
	return stands;
}

void places_add(struct places *places, const struct place *place)
{
	bool stands = false;
	size_t i = find_place(places, place, &stands);
	if (stands)
		return;
	places->items = mem_grow(
		places->items, places->count, &places->cap, sizeof *places->items);
	memmove(&places->items[i + 1], &places->items[i],
		(places->count - i) * sizeof *places->items);
	places->items[i] = *place;
	places->count++;
}

/* ---- The sealed content under it. */

static const struct field_state *state_of(const struct document *sealed,
	const struct field_schema *field, struct bytes key, enum held held)
{
	const struct field_state *state =
		sealed != NULL ? document_field(sealed, field, key) : NULL;
	return state != NULL && state->held == held ? state : NULL;
}

const struct values *sealed_values(
	const struct document *sealed, const struct field_schema *field, struct bytes key)
{
	static const struct values none;
	const struct field_state *state = state_of(sealed, field, key, HELD_VALUES);
	return state != NULL ? &state->as.values : &none;
}

const struct records *sealed_records(
	const struct document *sealed, const struct field_schema *field)
{
	static const struct records none;
	const struct field_state *state =
		state_of(sealed, field, (struct bytes){0}, HELD_RECORDS);
	return state != NULL ? &state->as.records : &none;
}

const struct rope *sealed_text(
	const struct document *sealed, const struct field_schema *field, struct bytes key)
{
	const struct field_state *state = state_of(sealed, field, key, HELD_TEXT);
	return state != NULL ? text_rope(state->as.text) : NULL;
}
