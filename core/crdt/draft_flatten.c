/*
 * A birth made of all that a document shows (DESIGN §4.1): what is shared, moved or kept
 * begins a new document with the present state, and what it was before stays behind.
 */
#include <string.h>

#include "core/base/pack.h"
#include "core/base/utf8.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/value.h"

/* What is read and where it goes. */
struct flatten {
	const struct document *sealed;
	const struct draft *draft;
	struct draft *out;
	struct arena arena;
};

static void flatten_value(
	struct flatten *flatten, const struct field_schema *field, struct bytes key)
{
	struct reading values;
	read_values(
		flatten->sealed, flatten->draft, field, key, &flatten->arena, &values);
	if (values.count > 0)
		draft_write(flatten->out, NULL, field, key, values.items[0].value,
			(struct places){0});
}

static void flatten_text(
	struct flatten *flatten, const struct field_schema *field, struct bytes key)
{
	struct bytes text;
	if (!read_text(
		    flatten->sealed, flatten->draft, field, key, &flatten->arena, &text))
		return;
	if (field_is_whole(field, flatten->out->head.way)) {
		CLEAN_BUF struct buf value = {0};
		pack_text(&value, text);
		draft_write(flatten->out, NULL, field, key, buf_bytes(&value),
			(struct places){0});
		return;
	}
	struct draft_field *work = draft_want(flatten->out, field, key, WORK_TEXT);
	patch_splice(work->as.patch, 0, 0, text);
}

static void flatten_set(
	struct flatten *flatten, const struct field_schema *field, struct bytes key)
{
	struct reading set;
	read_set(flatten->sealed, flatten->draft, field, key, &flatten->arena, &set);
	for (size_t i = 0; i < set.count; i++)
		draft_put_in(flatten->out, NULL, field, key, set.items[i].value);
}

/* A name among the records so far that no other has: two people may have used one. */
static void free_rid(
	const struct draft *draft, const struct field_schema *field, uint8_t rid[8])
{
	const struct draft_log *log = draft_log_of(draft, field);
	while (draft_find_record(log, rid) < log->appended_count)
		for (size_t i = 8; i > 0 && ++rid[i - 1] == 0; i--)
			;
}

static void flatten_log(struct flatten *flatten, const struct field_schema *field)
{
	struct reading log;
	read_log(flatten->sealed, flatten->draft, field, &flatten->arena, &log);
	for (size_t i = 0; i < log.count; i++) {
		free_rid(flatten->out, field, log.items[i].rid);
		draft_put_record(
			flatten->out, field, log.items[i].rid, log.items[i].value);
	}
}

static void flatten_member(
	struct flatten *flatten, const struct field_schema *field, struct bytes key)
{
	switch (field->type) {
	case FIELD_REGISTER:
		flatten_value(flatten, field, key);
		break;
	case FIELD_TEXT:
		flatten_text(flatten, field, key);
		break;
	case FIELD_SET:
		flatten_set(flatten, field, key);
		break;
	case FIELD_LOG:
		flatten_log(flatten, field);
		break;
	}
}

static void flatten_field(struct flatten *flatten, const struct field_schema *field)
{
	struct bytes *keys = NULL;
	size_t count = 0;
	if (!field->family) {
		flatten_member(flatten, field, (struct bytes){0});
		return;
	}
	read_keys(flatten->sealed, flatten->draft, field, &flatten->arena, &keys, &count);
	for (size_t i = 0; i < count; i++)
		flatten_member(flatten, field, keys[i]);
}

struct draft *draft_flatten(const struct document *sealed, const struct draft *draft,
	struct id id, const struct document_head *head)
{
	static const uint8_t no_nonce[16];
	static const struct vector nothing;
	struct flatten flatten = {.sealed = sealed,
		.draft = draft,
		.out = draft_new(id, &nothing, head, no_nonce)};
	for (size_t i = 0; i < head->kind->field_count; i++)
		flatten_field(&flatten, &head->kind->fields[i]);
	arena_release(&flatten.arena);
	return flatten.out;
}

void draft_rebirth(
	struct draft *draft, const uint8_t nonce[16], const struct vector *since)
{
	memcpy(draft->nonce, nonce, sizeof draft->nonce);
	vector_release(&draft->since);
	vector_copy(&draft->since, since);
}
