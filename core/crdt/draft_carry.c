/*
 * What is carried into a document that follows one of one's own (DESIGN §4.1): the
 * draft says what stands there now, in place of what this store knows it carried before.
 */
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/draft_body.h"

static bool array_has(struct bytes array, struct bytes value)
{
	struct pack_reader r = pack_read(array);
	size_t count = pack_read_array(&r, array.len);
	for (size_t i = 0; i < count && !r.failed; i++)
		if (bytes_equal(pack_read_any(&r), value))
			return true;
	return false;
}

static bool is_array(struct bytes array)
{
	struct pack_reader r = pack_read(array);
	size_t count = pack_read_array(&r, array.len);
	for (size_t i = 0; i < count && !r.failed; i++)
		(void)pack_read_any(&r);
	return pack_done(&r);
}

/* What the draft replaces already, and every value that was carried before. */
static struct places carried_places(const struct draft *draft,
	const struct document *sealed, const struct field_schema *field, struct bytes key,
	struct bytes known)
{
	struct places places = {0};
	const struct values *values = sealed_values(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	for (size_t i = 0; i < values->count; i++) {
		const struct written *item = &values->items[i];
		if (array_has(known, item->value) ||
			(work != NULL && places_hold(&work->as.value.seen, &item->place)))
			places_add(&places, &item->place);
	}
	return places;
}

static enum err carry_value(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct bytes known, struct why *why)
{
	enum err e = draft_check_value(field, draft_way(draft, sealed), value, why);
	if (e == OK)
		e = draft_check_room(draft, sealed, value.len, why);
	if (e == OK)
		draft_write(draft, sealed, field, key, value,
			carried_places(draft, sealed, field, key, known));
	return e;
}

/* ---- Sets: `value` and `known` are arrays of elements. */

static enum err check_elements(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes array, struct why *why)
{
	struct pack_reader r = pack_read(array);
	size_t count = pack_read_array(&r, array.len);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++)
		e = draft_check_value(
			field, draft_way(draft, sealed), pack_read_any(&r), why);
	return e != OK ? e : draft_check_room(draft, sealed, array.len, why);
}

/* Elements that this draft put in, and that are no longer carried. */
static void drop_added(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value)
{
	const struct draft_field *work = draft_field(draft, field, key);
	for (size_t i = work != NULL ? work->as.set.added_count : 0; i > 0; i--) {
		struct bytes element = work->as.set.added[i - 1].value;
		if (array_has(value, element))
			continue;
		CLEAN_BUF struct buf copy = {0};
		buf_add(&copy, element);
		draft_take_out(draft, sealed, field, key, buf_bytes(&copy));
	}
}

static enum err carry_set(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct bytes known, struct why *why)
{
	enum err e = check_elements(draft, sealed, field, value, why);
	if (e != OK)
		return e;
	drop_added(draft, sealed, field, key, value);
	struct pack_reader r = pack_read(known);
	for (size_t n = pack_read_array(&r, known.len); n > 0; n--) {
		struct bytes element = pack_read_any(&r);
		if (!array_has(value, element))
			draft_take_out(draft, sealed, field, key, element);
	}
	r = pack_read(value);
	for (size_t n = pack_read_array(&r, value.len); n > 0; n--)
		draft_put_in(draft, sealed, field, key, pack_read_any(&r));
	return OK;
}

enum err draft_carry(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct bytes known, struct why *why)
{
	enum work work = field_work(field, draft_way(draft, sealed));
	enum err e = draft_check(draft, sealed, field, key, work, why);
	if (e != OK)
		return e;
	bool is_set = work == WORK_SET;
	if (!is_array(known) || (is_set && !is_array(value)) ||
		(work != WORK_SET && work != WORK_VALUE))
		return because(why, ERR_INVALID, "%s cannot be carried so", field->name);
	return is_set ? carry_set(draft, sealed, field, key, value, known, why)
		      : carry_value(draft, sealed, field, key, value, known, why);
}
