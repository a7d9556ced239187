/*
 * Edits of texts: a splice at a place of the text as it is, and a text handed in as what
 * it was and what it became (DESIGN §4.4).
 */
#include "core/base/pack.h"
#include "core/base/utf8.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"
#include "core/crdt/value.h"

static enum work work_of(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field)
{
	return field_work(field, draft_way(draft, sealed));
}

static struct rope *whole_rope(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key)
{
	CLEAN_ARENA struct arena arena = {0};
	struct bytes text;
	(void)read_text(sealed, draft, field, key, &arena, &text);
	return rope_from(text);
}

struct rope *draft_rope(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key)
{
	if (work_of(draft, sealed, field) == WORK_VALUE)
		return whole_rope(draft, sealed, field, key);
	const struct rope *base = sealed_text(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	struct rope *now = rope_new();
	CLEANUP(patch_freep) struct patch *nothing = patch_new();
	CLEANUP(rope_freep) struct rope *empty = rope_new();
	patch_apply(work != NULL ? work->as.patch : nothing, base != NULL ? base : empty,
		now);
	return now;
}

/* The length of draft_rope() without making it. */
static size_t text_len_now(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key)
{
	if (work_of(draft, sealed, field) == WORK_VALUE) {
		CLEANUP(rope_freep)
		struct rope *now = whole_rope(draft, sealed, field, key);
		return rope_len(now);
	}
	const struct rope *base = sealed_text(sealed, field, key);
	const struct draft_field *work = draft_field(draft, field, key);
	size_t len = base != NULL ? rope_len(base) : 0;
	if (work != NULL)
		len += patch_inserted(work->as.patch) - patch_deleted(work->as.patch);
	return len;
}

static enum err check_text(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes text,
	struct why *why)
{
	if (field->type != FIELD_TEXT)
		return because(why, ERR_INVALID, "%s is not a text", field->name);
	enum err e = draft_check(
		draft, sealed, field, key, work_of(draft, sealed, field), why);
	if (e == OK && !utf8_valid(text))
		return because(why, ERR_INVALID, "the text is not valid UTF-8");
	return e;
}

/* A text may be longer than the limit, by a merge: then it may not grow. */
static enum err check_len(
	const struct field_schema *field, size_t before, size_t after, struct why *why)
{
	if (after <= TEXT_MAX || after <= before)
		return OK;
	return because(why, ERR_TOO_BIG,
		"%s would be %zu characters long: a text may have %u, not more",
		field->name, after, TEXT_MAX);
}

/* What an edit puts in, and how long the text is before and after it. */
static enum err check_edit(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, const struct patch *edit, size_t before,
	struct why *why)
{
	size_t after = before + patch_inserted(edit) - patch_deleted(edit);
	enum err e = check_len(field, before, after, why);
	if (e != OK || patch_inserted(edit) == 0)
		return e;
	return draft_check_room(draft, sealed, rope_bytes(patch_text(edit)), why);
}

/* A text that is carried whole, made another. */
static enum err edit_whole(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, const struct patch *edit,
	struct why *why)
{
	CLEANUP(rope_freep) struct rope *now = whole_rope(draft, sealed, field, key);
	CLEANUP(rope_freep) struct rope *then = rope_new();
	patch_apply(edit, now, then);
	CLEAN_BUF struct buf text = {0};
	CLEAN_BUF struct buf value = {0};
	rope_add(then, &text);
	pack_text(&value, buf_bytes(&text));
	return draft_set(draft, sealed, field, key, buf_bytes(&value), why);
}

/* Do to the text as it is now what `edit` says. */
static enum err edit_text(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, const struct patch *edit,
	size_t before, struct why *why)
{
	enum err e = check_edit(draft, sealed, field, edit, before, why);
	if (e != OK || patch_is_empty(edit))
		return e;
	if (work_of(draft, sealed, field) == WORK_VALUE)
		return edit_whole(draft, sealed, field, key, edit, why);
	struct draft_field *work = draft_want(draft, field, key, WORK_TEXT);
	patch_compose(work->as.patch, edit);
	draft_tidy(draft, field, key);
	return OK;
}

enum err draft_splice(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, size_t pos, size_t del,
	struct bytes text, struct why *why)
{
	enum err e = check_text(draft, sealed, field, key, text, why);
	if (e != OK)
		return e;
	size_t len = text_len_now(draft, sealed, field, key);
	if (pos > len || del > len - pos)
		return because(why, ERR_INVALID, "that place is outside %s", field->name);
	if (text.len > VALUE_WHOLE_MAX)
		return check_len(field, 0, TEXT_MAX + 1, why);
	CLEANUP(patch_freep) struct patch *edit = patch_new();
	patch_splice(edit, pos, del, text);
	return edit_text(draft, sealed, field, key, edit, len, why);
}

/*
 * What the writer did, carried over what the text became meanwhile. Where both put
 * something in one place, what came first stands first.
 */
static struct patch *edit_since(
	struct bytes from, struct bytes to, const struct rope *now)
{
	static const struct log_id before = {{0}}, after = {{1}};
	struct patch *edit = patch_between(from, to);
	if (rope_is(now, from))
		return edit;
	CLEAN_BUF struct buf text = {0};
	rope_add(now, &text);
	CLEANUP(patch_freep)
	struct patch *meanwhile = patch_between(from, buf_bytes(&text));
	CLEAN_EFFECT struct effect effect = {0};
	patch_effect(meanwhile, before, &effect);
	patch_carry(edit, &effect, after);
	return edit;
}

enum err draft_text(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes from,
	struct bytes to, struct why *why)
{
	enum err e = check_text(draft, sealed, field, key, to, why);
	if (e == OK && !utf8_valid(from))
		return because(why, ERR_INVALID, "the text is not valid UTF-8");
	if (e == OK)
		e = check_len(field, utf8_count(from), utf8_count(to), why);
	if (e != OK)
		return e;
	CLEANUP(rope_freep) struct rope *now = draft_rope(draft, sealed, field, key);
	CLEANUP(patch_freep) struct patch *edit = edit_since(from, to, now);
	return edit_text(draft, sealed, field, key, edit, rope_len(now), why);
}

/* A range of the base as the patch is read over it, span by span. */
struct range {
	size_t from, to;
	size_t inserted, deleted; /* before the range */
	size_t gone;              /* of its characters */
	bool is_split;            /* something is inserted between them */
};

static size_t overlap(size_t a_from, size_t a_to, size_t b_from, size_t b_to)
{
	size_t from = a_from > b_from ? a_from : b_from;
	size_t to = a_to < b_to ? a_to : b_to;
	return to > from ? to - from : 0;
}

/* What one span, at `base`, does to the range and before it. */
static void range_pass(struct range *range, size_t base, const struct patch_span *span)
{
	if (base <= range->from)
		range->inserted += span->inserted;
	else if (base < range->to && span->inserted > 0)
		range->is_split = true;
	range->deleted += overlap(base, base + span->deleted, 0, range->from);
	range->gone += overlap(base, base + span->deleted, range->from, range->to);
}

enum err draft_where(const struct draft *draft, const struct field_schema *field,
	struct bytes key, size_t pos, size_t len, size_t *now)
{
	struct range range = {.from = pos, .to = pos + len};
	const struct draft_field *work = draft_field(draft, field, key);
	size_t index = 0, base = 0;
	struct patch_span span;
	*now = pos;
	if (work == NULL || work->work != WORK_TEXT)
		return OK;
	while (patch_next(work->as.patch, &index, &span)) {
		base += span.retained;
		range_pass(&range, base, &span);
		base += span.deleted;
	}
	*now = pos + range.inserted - range.deleted;
	if (range.gone == len && len > 0)
		return ERR_NOT_FOUND;
	return range.gone > 0 || range.is_split ? ERR_REFUSED : OK;
}
