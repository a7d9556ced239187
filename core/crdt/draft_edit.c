/*
 * Edits of registers and sets. What a write replaces and a removal takes out is
 * what stands in the sealed content at that moment: a value that nobody saw is never
 * named, whatever is merged before the draft is sealed (DESIGN §4.4).
 */
#include <string.h>

#include "core/crdt/draft_body.h"
#include "core/crdt/value.h"

/* ---- Registers. */

/* Whether writing `value` in place of `seen` would change nothing: it is all that stands
 * there, or there is nothing to empty. */
static bool is_no_change(
	const struct values *sealed, struct bytes value, const struct places *seen)
{
	bool stands = value_is_nil(value) && seen->count == 0;
	for (size_t i = 0; i < sealed->count; i++) {
		const struct written *item = &sealed->items[i];
		bool is_same = bytes_equal(item->value, value);
		if (!is_same && places_hold(seen, &item->place))
			return false;
		stands = stands || is_same;
	}
	return stands;
}

void draft_write(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct places seen)
{
	struct draft_value work = {.value = draft_own(value), .seen = seen};
	if (is_no_change(sealed_values(sealed, field, key), value, &seen))
		draft_value_release(&work);
	struct draft_field *at = draft_want(draft, field, key, WORK_VALUE);
	draft_value_release(&at->as.value);
	at->as.value = work;
	draft_tidy(draft, field, key);
}

enum err draft_set(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why)
{
	enum err e = draft_check(draft, sealed, field, key, WORK_VALUE, why);
	if (e == OK)
		e = draft_check_value(field, draft_way(draft, sealed), value, why);
	if (e == OK)
		e = draft_check_room(draft, sealed, value.len, why);
	if (e != OK)
		return e;
	struct places seen = {0};
	const struct values *values = sealed_values(sealed, field, key);
	size_t least = values->count > PLACES_MAX ? values->count - PLACES_MAX : 0;
	for (size_t i = least; i < values->count; i++)
		places_add(&seen, &values->items[i].place);
	draft_write(draft, sealed, field, key, value, seen);
	return OK;
}

/* ---- Sets. */

/* Where an element stands in a bytewise list, or would. */
static size_t find_element(
	const struct draft_value *list, size_t count, struct bytes value, bool *stands)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (bytes_compare(list[middle].value, value) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*stands = low < count && bytes_equal(list[low].value, value);
	return low;
}

struct draft_value *draft_set_insert(
	struct draft_value **list, size_t *count, size_t *cap, struct bytes value)
{
	bool stands = false;
	size_t i = find_element(*list, *count, value, &stands);
	if (stands)
		return &(*list)[i];
	*list = mem_grow(*list, *count, cap, sizeof **list);
	memmove(&(*list)[i + 1], &(*list)[i], (*count - i) * sizeof **list);
	(*list)[i] = (struct draft_value){.value = draft_own(value)};
	++*count;
	return &(*list)[i];
}

static bool take_element(struct draft_value *list, size_t *count, struct bytes value)
{
	bool stands = false;
	size_t i = find_element(list, *count, value, &stands);
	if (!stands)
		return false;
	draft_value_release(&list[i]);
	--*count;
	memmove(&list[i], &list[i + 1], (*count - i) * sizeof *list);
	return true;
}

static bool is_sealed(const struct values *values, struct bytes value)
{
	for (size_t i = 0; i < values->count; i++)
		if (bytes_equal(values->items[i].value, value))
			return true;
	return false;
}

void draft_put_in(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value)
{
	struct draft_set *set = &draft_want(draft, field, key, WORK_SET)->as.set;
	(void)take_element(set->removed, &set->removed_count, value);
	if (!is_sealed(sealed_values(sealed, field, key), value))
		(void)draft_set_insert(
			&set->added, &set->added_count, &set->added_cap, value);
	draft_tidy(draft, field, key);
}

void draft_take_out(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value)
{
	const struct values *values = sealed_values(sealed, field, key);
	struct draft_set *set = &draft_want(draft, field, key, WORK_SET)->as.set;
	(void)take_element(set->added, &set->added_count, value);
	for (size_t i = 0; i < values->count; i++) {
		if (!bytes_equal(values->items[i].value, value))
			continue;
		struct draft_value *out = draft_set_insert(
			&set->removed, &set->removed_count, &set->removed_cap, value);
		if (out->seen.count < PLACES_MAX)
			places_add(&out->seen, &values->items[i].place);
	}
	draft_tidy(draft, field, key);
}

static enum err check_element(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why)
{
	enum err e = draft_check(draft, sealed, field, key, WORK_SET, why);
	return e == OK ? draft_check_value(field, draft_way(draft, sealed), value, why)
		       : e;
}

enum err draft_add(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why)
{
	enum err e = check_element(draft, sealed, field, key, value, why);
	if (e != OK)
		return e;
	CLEAN_ARENA struct arena arena = {0};
	struct reading now = {0};
	read_set(sealed, draft, field, key, &arena, &now);
	for (size_t i = 0; i < now.count; i++)
		if (bytes_equal(now.items[i].value, value))
			return OK;
	size_t max = field->max > 0 ? (size_t)field->max : SET_MAX;
	if (now.count >= max)
		return because(
			why, ERR_TOO_BIG, "%s may hold %zu, not more", field->name, max);
	e = draft_check_room(draft, sealed, value.len, why);
	if (e == OK)
		draft_put_in(draft, sealed, field, key, value);
	return e;
}

enum err draft_remove(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why)
{
	enum err e = check_element(draft, sealed, field, key, value, why);
	const struct values *values = sealed_values(sealed, field, key);
	size_t places = 0;
	for (size_t i = 0; i < values->count && places < PLACES_MAX; i++)
		places += bytes_equal(values->items[i].value, value);
	if (e == OK)
		e = draft_check_room(
			draft, sealed, value.len + places * sizeof(struct place), why);
	if (e == OK)
		draft_take_out(draft, sealed, field, key, value);
	return e;
}
