/*
 * What every edit is asked first: whether the schema has what it says, and whether there
 * is room for it (DESIGN §4.7). Limits hold at the edit, never at a merge.
 */
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"
#include "core/crdt/value.h"

/* ---- The field. */

static const struct kind_schema *kind_of(
	const struct draft *draft, const struct document *sealed)
{
	return sealed != NULL ? document_head(sealed)->kind : draft->kind;
}

static bool has_field(const struct kind_schema *kind, const struct field_schema *field)
{
	for (size_t i = 0; i < kind->field_count; i++)
		if (&kind->fields[i] == field)
			return true;
	return false;
}

/* Keys of the family that stand in the draft or the sealed content, `key` left out. */
static size_t other_keys(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key)
{
	static const struct bytes first;
	size_t count = 0;
	size_t i = sealed != NULL ? document_fields_before(sealed, field, first) : 0;
	for (; sealed != NULL && i < sealed->field_count; i++) {
		const struct field_state *state = &sealed->fields[i];
		if (state->field != field)
			break;
		count += !bytes_equal(state->key, key);
	}
	for (i = draft_fields_before(draft, field, first); i < draft->field_count; i++) {
		const struct draft_field *work = &draft->fields[i];
		if (work->field != field)
			break;
		bool is_new = sealed == NULL ||
			      document_field(sealed, field, work->key) == NULL;
		count += is_new && !bytes_equal(work->key, key);
	}
	return count;
}

static enum err check_key(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct why *why)
{
	if (!field->family && key.len > 0)
		return because(
			why, ERR_INVALID, "%s is one, it takes no name", field->name);
	if (field->family && key.len > KEY_MAX)
		return because(why, ERR_TOO_BIG,
			"the name of one %s may have %u bytes, not more", field->name,
			KEY_MAX);
	if (!value_valid_key(field, key))
		return because(why, ERR_INVALID, "say which %s: a name, in one line",
			field->name);
	if (field->family && other_keys(draft, sealed, field, key) >= KEYS_MAX)
		return because(why, ERR_TOO_BIG, "a document may have %u of %s, not more",
			KEYS_MAX, field->name);
	return OK;
}

enum err draft_check(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, enum work work,
	struct why *why)
{
	static const char *const is[] = {
		[FIELD_REGISTER] = N_("one value"),
		[FIELD_TEXT] = N_("a text"),
		[FIELD_SET] = N_("a set"),
		[FIELD_LOG] = N_("a list of records"),
	};
	const struct kind_schema *kind = kind_of(draft, sealed);
	if (kind == NULL || !has_field(kind, field))
		return because(why, ERR_INVALID, "this document has no field \"%s\"",
			field->name);
	if (field_work(field, draft_way(draft, sealed)) != work)
		return because(
			why, ERR_INVALID, "%s is %s", field->name, tr(is[field->type]));
	enum err e = check_key(draft, sealed, field, key, why);
	if (e == OK)
		draft->kind = kind;
	return e;
}

/* ---- The value. */

/* Whether a text in it, or all of it, is longer than any value may be. */
static bool is_long(struct bytes value)
{
	struct pack_reader r = pack_read(value);
	struct pack_item item;
	while (pack_next(&r, &item) == OK)
		if (item.type == PACK_TEXT && item.v.bytes.len > VALUE_TEXT_MAX)
			return true;
	return false;
}

static void add_choices(const char *const *choices, struct buf *out)
{
	for (size_t i = 0; choices != NULL && choices[i] != NULL; i++)
		buf_add_format(out, "%s%s", i > 0 ? ", " : "", choices[i]);
}

/* What a value of that field is, to go after "is". */
static void add_expected(const struct field_schema *field, struct buf *out)
{
	switch (field->value) {
	case VALUE_TEXT:
		buf_add_text(out, tr("a text"));
		break;
	case VALUE_LINE:
		buf_add_format(
			out, tr("one line of at most %u bytes of text"), VALUE_LINE_MAX);
		break;
	case VALUE_DATE:
		buf_add_text(out, tr("a day, like 2026-09-01"));
		break;
	case VALUE_CHOICE:
		buf_add_text(out, tr("one of: "));
		add_choices(field->choices, out);
		break;
	case VALUE_INT:
		if (field->type == FIELD_REGISTER && field->max > field->min)
			buf_add_format(out, tr("a whole number from %lld to %lld"),
				(long long)field->min, (long long)field->max);
		else
			buf_add_text(out, tr("a whole number"));
		break;
	case VALUE_NUMBER:
		buf_add_text(out, tr("a number"));
		break;
	case VALUE_BOOL:
		buf_add_text(out, tr("yes or no"));
		break;
	case VALUE_REF:
		buf_add_text(out, tr("a document"));
		break;
	case VALUE_HASH:
		buf_add_text(out, tr("a hash"));
		break;
	case VALUE_RECORD:
		buf_add_text(out, tr("a record"));
		break;
	case VALUE_ANY:
		buf_add_format(out, tr("a value of at most %u bytes"), VALUE_TEXT_MAX);
		break;
	}
}

static enum err refuse_value(
	const struct field_schema *field, struct bytes value, struct why *why)
{
	if (is_long(value) || value.len > RECORD_MAX)
		return because(why, ERR_TOO_BIG, "%s may have %u bytes, not more",
			field->name, VALUE_TEXT_MAX);
	CLEAN_BUF struct buf expected = {0};
	add_expected(field, &expected);
	return because(why, ERR_INVALID, "%s is %s", field->name, buf_text(&expected));
}

/* The part of a record that does not fit, if it is one part's fault. */
static enum err refuse_record(
	const struct field_schema *field, struct bytes record, struct why *why)
{
	const struct record_field *part = field->record;
	for (; part != NULL && part->name != NULL; part++) {
		struct bytes value;
		const struct field_schema alone = {.name = part->name,
			.type = FIELD_SET,
			.value = part->type,
			.choices = part->choices};
		bool is_there = value_part(record, part->name, &value);
		if (!is_there && !part->optional)
			return because(why, ERR_INVALID, "a record of %s needs its %s",
				field->name, part->name);
		if (is_there && !value_valid(&alone, value))
			return refuse_value(&alone, value, why);
	}
	return refuse_value(field, record, why);
}

enum err draft_check_value(const struct field_schema *field, enum way way,
	struct bytes value, struct why *why)
{
	if (field_is_whole(field, way)) {
		if (value_is_nil(value) || value_valid_whole(value))
			return OK;
		return value.len > VALUE_WHOLE_MAX
			       ? because(why, ERR_TOO_BIG,
					 "%s may have %zu KiB here, not more",
					 field->name, VALUE_WHOLE_MAX / 1024)
			       : because(why, ERR_INVALID, "%s is a text", field->name);
	}
	if (value_valid(field, value))
		return OK;
	return field->value == VALUE_RECORD ? refuse_record(field, value, why)
					    : refuse_value(field, value, why);
}

/* ---- The room. */

/* What one operation, one place, and one span of a text come to, at most. */
#define OP_WEIGHT    32u
#define PLACE_WEIGHT 32u

size_t draft_field_weight(const struct draft_field *field)
{
	size_t weight = OP_WEIGHT + field->key.len;
	switch (field->work) {
	case WORK_VALUE:
		return weight + field->as.value.value.len +
		       PLACE_WEIGHT * field->as.value.seen.count;
	case WORK_SET:
		for (size_t i = 0; i < field->as.set.added_count; i++)
			weight += OP_WEIGHT + field->as.set.added[i].value.len;
		for (size_t i = 0; i < field->as.set.removed_count; i++)
			weight += OP_WEIGHT + field->as.set.removed[i].value.len +
				  PLACE_WEIGHT * field->as.set.removed[i].seen.count;
		return weight;
	case WORK_LOG:
		for (size_t i = 0; i < field->as.log.appended_count; i++)
			weight += OP_WEIGHT + field->as.log.appended[i].value.len;
		return weight + OP_WEIGHT * field->as.log.voided_count;
	case WORK_TEXT:
		return weight + rope_bytes(patch_text(field->as.patch)) +
		       OP_WEIGHT * patch_span_count(field->as.patch);
	}
	return weight;
}

size_t draft_weight(const struct draft *draft)
{
	if (draft->in_hand == 0)
		return draft->weight;
	return draft->weight + draft_field_weight(&draft->fields[draft->in_hand - 1]);
}

enum err draft_check_room(const struct draft *draft, const struct document *sealed,
	size_t more, struct why *why)
{
	if (draft_way(draft, sealed) == WAY_PRIVATE ||
		draft_weight(draft) + OP_WEIGHT + more <= DRAFT_MAX)
		return OK;
	return because(why, ERR_TOO_BIG,
		"so much is written here that it cannot be sent at once: "
		"sync first, then go on");
}
