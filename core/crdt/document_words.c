/* What one person wrote in a document, for the note that stays with them when it ends. */
#include <assert.h>

#include "core/base/mem.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"
#include "core/crdt/value.h"

/* One field as it is told: own words, and a mark where those of others stood. */
struct telling {
	const struct document *document; /* may be NULL, as may be the draft */
	const struct draft *draft;
	const struct person_id *person;
	struct buf *out;
	const char *between; /* two items of the field */
	bool has_told, has_gap;
};

static const char gap_mark[] = "…";

static void tell(struct telling *t, struct bytes words)
{
	if (words.len == 0)
		return;
	if (t->has_told)
		buf_add_text(t->out, t->between);
	else if (t->out->len > 0)
		buf_add_text(t->out, "\n\n");
	if (t->has_gap) {
		buf_add_text(t->out, gap_mark);
		buf_add_text(t->out, t->between);
	}
	buf_add(t->out, words);
	t->has_told = true;
	t->has_gap = false;
}

static void tell_end(struct telling *t)
{
	if (t->has_told && t->has_gap) {
		buf_add_text(t->out, t->between);
		buf_add_text(t->out, gap_mark);
	}
	t->has_told = t->has_gap = false;
}

static void tell_value(struct telling *t, struct bytes value)
{
	CLEAN_BUF struct buf plain = {0};
	value_plain(value, &plain);
	tell(t, buf_bytes(&plain));
}

static void tell_written(struct telling *t, const struct written *item)
{
	if (person_equal(item->by, *t->person))
		tell_value(t, item->value);
	else
		t->has_gap = true;
}

/* ---- Registers, sets, logs. */

static void tell_values(struct telling *t, const struct values *values,
	const struct places *replaced, const struct draft_value *own)
{
	t->between = "\n";
	for (size_t i = 0; i < values->count; i++)
		if (!places_hold(replaced, &values->items[i].place))
			tell_written(t, &values->items[i]);
	if (own != NULL)
		tell_value(t, own->value);
}

static bool is_removed(const struct draft_set *set, const struct place *place)
{
	for (size_t i = 0; i < set->removed_count; i++)
		if (places_hold(&set->removed[i].seen, place))
			return true;
	return false;
}

static void tell_set(
	struct telling *t, const struct values *values, const struct draft_set *set)
{
	t->between = ", ";
	for (size_t i = 0; i < values->count; i++)
		if (person_equal(values->items[i].by, *t->person) &&
			!is_removed(set, &values->items[i].place))
			tell_value(t, values->items[i].value);
	for (size_t i = 0; i < set->added_count; i++)
		tell_value(t, set->added[i].value);
}

static void tell_log(
	struct telling *t, const struct records *records, const struct draft_log *log)
{
	t->between = "\n";
	for (size_t i = 0; i < records->count; i++)
		if (!records->items[i].is_void &&
			!draft_has_voided(log, &records->items[i].at.place))
			tell_written(t, &records->items[i].at);
	for (size_t i = 0; i < log->appended_count; i++)
		tell_value(t, log->appended[i].value);
}

/* ---- Texts. */

/* The sealed text as runs of one's own and of others, read from left to right. */
struct trace {
	const struct rope *rope; /* NULL: what the draft lies over is not known */
	struct text_run *runs;
	size_t count, at;
	uint32_t used; /* of runs[at] */
	size_t pos;
};

static bool is_own(const struct telling *t, struct log_id log)
{
	const struct writer *writer = document_writer(t->document, log);
	return writer != NULL && person_equal(writer->person, *t->person);
}

static void pass_over(struct trace *trace, size_t len)
{
	trace->pos += len;
	while (len > 0 && trace->at < trace->count) {
		size_t left = trace->runs[trace->at].len - trace->used;
		size_t n = len < left ? len : left;
		trace->used += (uint32_t)n;
		len -= n;
		if (n == left) {
			trace->at++;
			trace->used = 0;
		}
	}
}

static void tell_retained(struct telling *t, struct trace *trace, size_t len)
{
	if (trace->rope == NULL)
		t->has_gap = t->has_gap || len > 0;
	while (len > 0 && trace->at < trace->count) {
		const struct text_run *run = &trace->runs[trace->at];
		size_t left = run->len - trace->used, n = len < left ? len : left;
		if (is_own(t, run->log)) {
			CLEAN_BUF struct buf words = {0};
			rope_add_range(trace->rope, trace->pos, n, &words);
			tell(t, buf_bytes(&words));
		} else {
			t->has_gap = true;
		}
		pass_over(trace, n);
		len -= n;
	}
}

static void tell_patch(struct telling *t, struct trace *trace, const struct patch *patch)
{
	size_t index = 0, inserted = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span)) {
		tell_retained(t, trace, span.retained);
		CLEAN_BUF struct buf words = {0};
		rope_add_range(patch_text(patch), inserted, span.inserted, &words);
		tell(t, buf_bytes(&words));
		inserted += span.inserted;
		pass_over(trace, span.deleted);
	}
}

static void tell_text(
	struct telling *t, const struct text *text, const struct patch *patch)
{
	CLEAN_ARENA struct arena arena = {0};
	struct trace trace = {0};
	t->between = "";
	if (text != NULL) {
		trace.rope = text_rope(text);
		text_trace(text, &arena, &trace.runs, &trace.count);
	}
	if (patch != NULL)
		tell_patch(t, &trace, patch);
	if (text != NULL)
		tell_retained(t, &trace, text_len(text) - trace.pos);
}

/* ---- Field after field. */

static enum work work_in(const struct field_state *sealed, const struct draft_field *work)
{
	if (work != NULL)
		return work->work;
	assert(sealed != NULL);
	switch (sealed->held) {
	case HELD_VALUES:
		return sealed->field->type == FIELD_SET ? WORK_SET : WORK_VALUE;
	case HELD_TEXT:
		return WORK_TEXT;
	case HELD_RECORDS:
		break;
	}
	return WORK_LOG;
}

/* One field; what is sealed of it or what the draft does may be NULL, not both. */
static void tell_field(struct telling *t, const struct field_state *sealed,
	const struct draft_field *work)
{
	static const struct values no_values;
	static const struct records no_records;
	static const struct places no_places;
	static const struct draft_set no_set;
	static const struct draft_log no_log;
	switch (work_in(sealed, work)) {
	case WORK_VALUE:
		tell_values(t, sealed != NULL ? &sealed->as.values : &no_values,
			work != NULL ? &work->as.value.seen : &no_places,
			work != NULL ? &work->as.value : NULL);
		break;
	case WORK_SET:
		tell_set(t, sealed != NULL ? &sealed->as.values : &no_values,
			work != NULL ? &work->as.set : &no_set);
		break;
	case WORK_LOG:
		tell_log(t, sealed != NULL ? &sealed->as.records : &no_records,
			work != NULL ? &work->as.log : &no_log);
		break;
	case WORK_TEXT:
		tell_text(t, sealed != NULL ? sealed->as.text : NULL,
			work != NULL ? work->as.patch : NULL);
		break;
	}
	tell_end(t);
}

void document_words(const struct document *document, const struct draft *draft,
	const struct person_id *person, struct buf *out)
{
	struct telling t = {
		.document = document, .draft = draft, .person = person, .out = out};
	size_t i = 0, k = 0, sealed = document != NULL ? document->field_count : 0;
	size_t drafted = draft != NULL ? draft->field_count : 0;
	while (i < sealed || k < drafted) {
		const struct field_state *s = i < sealed ? &document->fields[i] : NULL;
		const struct draft_field *w = k < drafted ? &draft->fields[k] : NULL;
		int order = s == NULL ? 1
			    : w == NULL
				    ? -1
				    : field_compare(s->field, s->key, w->field, w->key);
		tell_field(&t, order <= 0 ? s : NULL, order >= 0 ? w : NULL);
		i += order <= 0 ? 1 : 0;
		k += order >= 0 ? 1 : 0;
	}
}
