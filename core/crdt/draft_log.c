/*
 * Edits of logs: records appended, and records of one's own taken out again.
 */
#include <string.h>

#include "core/crdt/draft_body.h"
#include "core/crdt/value.h"

size_t draft_find_record(const struct draft_log *log, const uint8_t rid[8])
{
	size_t i = 0;
	while (i < log->appended_count && memcmp(log->appended[i].rid, rid, 8) != 0)
		i++;
	return i;
}

const struct draft_log *draft_log_of(
	const struct draft *draft, const struct field_schema *field)
{
	static const struct draft_log nothing;
	const struct draft_field *work = draft_field(draft, field, (struct bytes){0});
	return work != NULL ? &work->as.log : &nothing;
}

void draft_put_record(struct draft *draft, const struct field_schema *field,
	const uint8_t rid[8], struct bytes record)
{
	struct draft_log *log =
		&draft_want(draft, field, (struct bytes){0}, WORK_LOG)->as.log;
	log->appended = mem_grow(log->appended, log->appended_count, &log->appended_cap,
		sizeof *log->appended);
	struct draft_record *at = &log->appended[log->appended_count++];
	*at = (struct draft_record){.value = draft_own(record)};
	memcpy(at->rid, rid, sizeof at->rid);
}

enum err draft_append(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, const uint8_t rid[8], struct bytes record,
	struct why *why)
{
	static const struct bytes no_key;
	enum err e = draft_check(draft, sealed, field, no_key, WORK_LOG, why);
	if (e == OK)
		e = draft_check_value(field, draft_way(draft, sealed), record, why);
	if (e == OK)
		e = draft_check_room(draft, sealed, record.len, why);
	if (e != OK)
		return e;
	const struct draft_log *now = draft_log_of(draft, field);
	if (draft_find_record(now, rid) < now->appended_count)
		return because(why, ERR_INVALID, "that record of %s is there already",
			field->name);
	if (sealed_records(sealed, field)->count + now->appended_count >= LOG_MAX)
		return because(why, ERR_TOO_BIG, "%s may hold %u records, not more",
			field->name, LOG_MAX);
	draft_put_record(draft, field, rid, record);
	return OK;
}

bool draft_has_voided(const struct draft_log *log, const struct place *place)
{
	size_t low = 0, high = log->voided_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (place_compare(&log->voided[middle].place, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < log->voided_count &&
	       place_compare(&log->voided[low].place, place) == 0;
}

void draft_put_void(struct draft *draft, const struct field_schema *field,
	const struct draft_void *record)
{
	struct draft_log *log =
		&draft_want(draft, field, (struct bytes){0}, WORK_LOG)->as.log;
	log->voided = mem_grow(
		log->voided, log->voided_count, &log->voided_cap, sizeof *log->voided);
	size_t i = log->voided_count++;
	for (; i > 0 && place_compare(&log->voided[i - 1].place, &record->place) > 0; i--)
		log->voided[i] = log->voided[i - 1];
	log->voided[i] = *record;
}

/* Takes a record of this draft out of it, as if it had never been. */
static bool unwrite(
	struct draft *draft, const struct field_schema *field, const uint8_t rid[8])
{
	size_t i = draft_find_record(draft_log_of(draft, field), rid);
	if (i == draft_log_of(draft, field)->appended_count)
		return false;
	struct draft_log *log =
		&draft_want(draft, field, (struct bytes){0}, WORK_LOG)->as.log;
	draft_disown(&log->appended[i].value);
	log->appended_count--;
	memmove(&log->appended[i], &log->appended[i + 1],
		(log->appended_count - i) * sizeof *log->appended);
	draft_tidy(draft, field, (struct bytes){0});
	return true;
}

enum err draft_void(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, const uint8_t rid[8],
	const struct person_id *me, struct why *why)
{
	enum err e = draft_check(draft, sealed, field, (struct bytes){0}, WORK_LOG, why);
	if (e != OK || unwrite(draft, field, rid))
		return e;
	const struct records *records = sealed_records(sealed, field);
	bool is_theirs = false;
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		if (memcmp(record->rid, rid, sizeof record->rid) != 0 ||
			record->is_void ||
			draft_has_voided(draft_log_of(draft, field), &record->at.place))
			continue;
		if (person_equal(record->at.by, *me)) {
			struct draft_void out = {.place = record->at.place};
			memcpy(out.rid, rid, sizeof out.rid);
			draft_put_void(draft, field, &out);
			return OK;
		}
		is_theirs = true;
	}
	if (is_theirs)
		return because(why, ERR_REFUSED,
			"that record is your partner's: only they can take it out");
	return because(why, ERR_NOT_FOUND, "%s has no such record", field->name);
}
