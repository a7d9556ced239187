/* One section, taken into a document: looked at whole, then done. */
#include <assert.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/values.h"

struct taking {
	struct document *document;
	const struct section *section;
	const struct author *author;
	struct draft *draft;
	struct log_id own;
	struct arena arena;
	/* Of each field of the section that is a text, its change; in the arena. */
	struct text_change *changes;
};

/* ---- Looking. Nothing here asks how the document is now: only for what the author had
 * seen of it, which is here whole, since entries come in causal order. */

/* Whether that entry lies in the author's past. A log has seen itself. */
static bool had_seen(const struct author *author, struct log_id log, uint64_t entry)
{
	if (log_id_equal(log, author->log))
		return entry < author->entry;
	return entry <= vector_get(author->seen, log);
}

static bool had_seen_all(const struct author *author, const struct vector *vector)
{
	for (size_t i = 0; i < vector->count; i++)
		if (!had_seen(author, vector->items[i].log, vector->items[i].entry))
			return false;
	return true;
}

static bool places_fit(const struct taking *t, const struct op *op)
{
	for (size_t i = 0; i < op->replaced_count; i++)
		if (!had_seen(t->author, op->replaced[i].log, op->replaced[i].entry))
			return false;
	return true;
}

/* The field as it is; one that was never written has no state yet. */
static struct field_state *state_of(const struct taking *t, const struct field_ops *ops)
{
	const struct field_state *state =
		document_field(t->document, ops->field, ops->key);
	return state == NULL ? NULL : &t->document->fields[state - t->document->fields];
}

/* Whether a void names a record of its author's. */
static bool is_own_record(
	const struct taking *t, const struct field_state *state, const struct op *op)
{
	size_t i = 0;
	if (state == NULL || op->replaced_count != 1 ||
		!records_find(&state->as.records, t->document, op->replaced, &i))
		return false;
	const struct record *record = &state->as.records.items[i];
	return memcmp(record->rid, op->rid, sizeof op->rid) == 0 &&
	       person_equal(record->at.by, t->author->person);
}

static bool op_fits(const struct taking *t, const struct field_ops *ops,
	const struct field_state *state, const struct op *op)
{
	enum held held = field_held(ops->field, t->document->head.way);
	switch (op->act) {
	case OP_WRITE:
		return held == HELD_VALUES && ops->field->type != FIELD_SET &&
		       places_fit(t, op);
	case OP_ADD:
	case OP_REMOVE:
		return ops->field->type == FIELD_SET && places_fit(t, op);
	case OP_APPEND:
		return held == HELD_RECORDS;
	case OP_VOID:
		return held == HELD_RECORDS && places_fit(t, op) &&
		       is_own_record(t, state, op);
	case OP_TEXT:
		return held == HELD_TEXT;
	}
	return false;
}

static bool change_fits(struct taking *t, const struct field_ops *ops,
	const struct field_state *state, struct text_change *change)
{
	if (text_change_decode(ops->ops[0].change, &t->arena, change) != OK)
		return false;
	struct text *none = state == NULL ? text_new() : NULL;
	const struct text *text = state == NULL ? none : state->as.text;
	enum err e = text_fits(
		text, t->author->log, t->author->entry, t->author->seen, change);
	text_free(none);
	return e == OK;
}

static bool field_fits(struct taking *t, size_t index, bool creating)
{
	const struct field_ops *ops = &t->section->fields[index];
	const struct field_state *state = state_of(t, ops);
	if (!document_may(&t->document->head, &t->author->person, ops->field, creating))
		return false;
	bool is_one =
		ops->field->type == FIELD_REGISTER || ops->field->type == FIELD_TEXT;
	if (is_one && ops->count != 1)
		return false;
	for (size_t i = 0; i < ops->count; i++)
		if (!op_fits(t, ops, state, &ops->ops[i]))
			return false;
	return field_held(ops->field, t->document->head.way) != HELD_TEXT ||
	       change_fits(t, ops, state, &t->changes[index]);
}

static bool section_fits(struct taking *t)
{
	const struct section_head *head = &t->section->head;
	const struct writer *writer = document_writer(t->document, t->author->log);
	/* One section a document in an entry: else two things had one place. */
	if (writer != NULL &&
		writer->touches[writer->touch_count - 1].entry >= t->author->entry)
		return false;
	if (head->has_since && !had_seen_all(t->author, &head->since))
		return false;
	for (size_t i = 0; i < t->section->field_count; i++)
		if (!field_fits(t, i, head->type == SECTION_CREATE))
			return false;
	return true;
}

/* ---- Doing. Nothing here can fail. */

static struct writer *own_writer(struct taking *t)
{
	struct document *d = t->document;
	size_t at = 0;
	while (at < d->writer_count &&
		log_id_compare(d->writers[at].log, t->author->log) < 0)
		at++;
	if (at < d->writer_count && log_id_equal(d->writers[at].log, t->author->log))
		return &d->writers[at];
	d->writers =
		mem_grow(d->writers, d->writer_count, &d->writer_cap, sizeof *d->writers);
	memmove(d->writers + at + 1, d->writers + at,
		(d->writer_count - at) * sizeof *d->writers);
	d->writers[at] =
		(struct writer){.log = t->author->log, .person = t->author->person};
	d->writer_count++;
	return &d->writers[at];
}

/* Of what was seen when the work began, what says something about this document: of the
 * logs of others that wrote in it, up to where they last did. */
static void since_here(const struct taking *t, struct vector *out)
{
	const struct section_head *head = &t->section->head;
	const struct vector *since = head->has_since ? &head->since : t->author->seen;
	for (size_t i = 0; i < t->document->writer_count; i++) {
		const struct writer *w = &t->document->writers[i];
		if (person_equal(w->person, t->author->person))
			continue;
		uint64_t last = w->touches[w->touch_count - 1].entry;
		uint64_t entry = vector_get(since, w->log);
		vector_set(out, w->log, entry < last ? entry : last);
	}
}

static void note_entry(struct taking *t)
{
	struct vector since = {0};
	since_here(t, &since);
	struct writer *w = own_writer(t);
	w->touches =
		mem_grow(w->touches, w->touch_count, &w->touch_cap, sizeof *w->touches);
	w->touches[w->touch_count++] =
		(struct touch){.entry = t->author->entry, .lamport = t->author->lamport};
	const struct vector *before = writer_since(w, t->author->entry);
	if (before == NULL ? since.count == 0 : vector_equal(before, &since)) {
		vector_release(&since);
		return;
	}
	w->began = mem_grow(w->began, w->began_count, &w->began_cap, sizeof *w->began);
	w->began[w->began_count++] =
		(struct began){.entry = t->author->entry, .since = since};
}

static struct field_state *state_or_new(struct taking *t, const struct field_ops *ops)
{
	struct document *d = t->document;
	struct field_state *state = state_of(t, ops);
	if (state != NULL)
		return state;
	size_t at = document_fields_before(d, ops->field, ops->key);
	d->fields = mem_grow(d->fields, d->field_count, &d->field_cap, sizeof *d->fields);
	memmove(d->fields + at + 1, d->fields + at,
		(d->field_count - at) * sizeof *d->fields);
	d->field_count++;
	state = &d->fields[at];
	*state = (struct field_state){.field = ops->field,
		.key = bytes_keep(ops->key),
		.held = field_held(ops->field, d->head.way)};
	if (state->held == HELD_TEXT)
		state->as.text = text_new();
	return state;
}

static struct written written_now(const struct taking *t, size_t position)
{
	return (struct written){.place = {.log = t->author->log,
					.entry = t->author->entry,
					.position = (uint32_t)position},
		.lamport = t->author->lamport,
		.by = t->author->person};
}

/* Take out what a write replaces or a removal saw: of an element only that. */
static void take_replaced(
	const struct taking *t, struct values *values, const struct op *op)
{
	for (size_t i = 0; i < op->replaced_count; i++) {
		size_t at = 0;
		if (values_find(values, t->document, &op->replaced[i], &at) &&
			(op->act == OP_WRITE ||
				bytes_equal(values->items[at].value, op->value)))
			values_take(values, at);
	}
}

static size_t count_acts(const struct field_ops *ops, enum op_act act, size_t *first)
{
	size_t count = 0;
	for (size_t i = ops->count; i-- > 0;)
		if (ops->ops[i].act == act) {
			*first = i;
			count++;
		}
	return count;
}

static void take_values(
	const struct taking *t, const struct field_ops *ops, struct values *values)
{
	enum op_act act = ops->field->type == FIELD_SET ? OP_ADD : OP_WRITE;
	bool takes = false;
	for (size_t i = 0; i < ops->count; i++) {
		take_replaced(t, values, &ops->ops[i]);
		takes = takes || ops->ops[i].replaced_count > 0;
	}
	if (takes)
		values_settle(values);
	size_t first = 0, count = count_acts(ops, act, &first);
	if (count == 0)
		return;
	struct written at = written_now(t, first);
	struct written *in = values_insert(values, &at, count);
	for (size_t i = first; i < ops->count; i++) {
		if (ops->ops[i].act != act)
			continue;
		*in = written_now(t, i);
		in->value = bytes_keep(ops->ops[i].value);
		in++;
	}
}

static void take_records(
	const struct taking *t, const struct field_ops *ops, struct records *records)
{
	for (size_t i = 0; i < ops->count; i++) {
		size_t at = 0;
		if (ops->ops[i].act != OP_VOID ||
			!records_find(records, t->document, ops->ops[i].replaced, &at))
			continue;
		records->items[at].is_void = true;
		bytes_drop(&records->items[at].at.value);
	}
	size_t first = 0, count = count_acts(ops, OP_APPEND, &first);
	if (count == 0)
		return;
	struct written at = written_now(t, first);
	struct record *in = records_insert(records, &at, count);
	for (size_t i = first; i < ops->count; i++) {
		if (ops->ops[i].act != OP_APPEND)
			continue;
		in->at = written_now(t, i);
		in->at.value = bytes_keep(ops->ops[i].value);
		memcpy(in->rid, ops->ops[i].rid, sizeof in->rid);
		in++;
	}
}

static void take_text(struct taking *t, const struct field_ops *ops, struct text *text,
	const struct text_change *change)
{
	CLEAN_EFFECT struct effect effect = {0};
	enum err e = text_apply(text, t->author->log, t->author->entry, t->author->seen,
		change, t->draft != NULL ? &effect : NULL);
	assert(e == OK); /* it was looked at */
	if (t->draft != NULL)
		draft_over(t->draft, ops->field, ops->key, &effect, t->own);
}

static void take_field(struct taking *t, size_t index)
{
	const struct field_ops *ops = &t->section->fields[index];
	struct field_state *state = state_or_new(t, ops);
	switch (state->held) {
	case HELD_VALUES:
		take_values(t, ops, &state->as.values);
		break;
	case HELD_TEXT:
		take_text(t, ops, state->as.text, &t->changes[index]);
		break;
	case HELD_RECORDS:
		take_records(t, ops, &state->as.records);
		break;
	}
}

enum err document_take(struct document *document, const struct section *section,
	const struct author *author, struct draft *draft, struct log_id own)
{
	struct taking t = {.document = document,
		.section = section,
		.author = author,
		.draft = draft,
		.own = own};
	t.changes = arena_array(&t.arena, section->field_count, sizeof *t.changes);
	enum err e = section_fits(&t) ? OK : ERR_VOID;
	if (e == OK) {
		note_entry(&t);
		for (size_t i = 0; i < section->field_count; i++)
			take_field(&t, i);
	}
	arena_release(&t.arena);
	return e;
}
