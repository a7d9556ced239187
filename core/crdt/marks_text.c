/*
 * Where two persons wrote in one place of a text: passages side by side, and words inside
 * of what the other deleted. Each time neither had seen the other's when their work
 * began.
 */
#include "core/base/mem.h"
#include "core/crdt/marks_body.h"
#include "core/crdt/rope.h"

/* An entry as who was there: of a run of text, or of a deletion. */
struct said {
	struct log_id log;
	uint64_t entry;
};

static struct said said_in(const struct text_run *run)
{
	return (struct said){run->log, run->entry};
}

static struct said said_by(const struct text_deleter *by)
{
	return (struct said){by->log, by->entry};
}

static uint64_t seen_of(
	const struct writer *writer, uint64_t entry, const struct writer *other)
{
	const struct vector *since = writer_since(writer, entry);
	return since != NULL ? vector_get(since, other->log) : 0;
}

/* Whether two persons wrote these entries, each without having seen the other's. */
static bool are_apart(const struct marking *m, struct said a, struct said b)
{
	const struct writer *x = document_writer(m->document, a.log);
	const struct writer *y = document_writer(m->document, b.log);
	return x != NULL && y != NULL && !person_equal(x->person, y->person) &&
	       seen_of(x, a.entry, y) < b.entry && seen_of(y, b.entry, x) < a.entry;
}

static bool are_of_one(const struct marking *m, struct said a, struct said b)
{
	const struct writer *x = document_writer(m->document, a.log);
	const struct writer *y = document_writer(m->document, b.log);
	return x != NULL && y != NULL && person_equal(x->person, y->person);
}

static struct person_id person_of(const struct marking *m, struct said said)
{
	return document_writer(m->document, said.log)->person;
}

/* The first entry of the log here after that one; NULL: none. */
static const struct touch *touch_after(const struct writer *writer, uint64_t entry)
{
	size_t low = 0, high = writer->touch_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (writer->touches[middle].entry <= entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low < writer->touch_count ? &writer->touches[low] : NULL;
}

static bool were_ever_apart(const struct writer *x, const struct writer *y)
{
	if (person_equal(x->person, y->person))
		return false;
	for (size_t i = 0; i < x->touch_count; i++) {
		uint64_t entry = x->touches[i].entry;
		const struct touch *unseen = touch_after(y, seen_of(x, entry, y));
		if (unseen != NULL && seen_of(y, unseen->entry, x) < entry)
			return true;
	}
	return false;
}

bool marks_at_once(const struct document *document)
{
	for (size_t i = 0; i < document->writer_count; i++)
		for (size_t k = i + 1; k < document->writer_count; k++)
			if (were_ever_apart(&document->writers[i], &document->writers[k]))
				return true;
	return false;
}

/* The visible runs of a text, where each starts, and the gap before each: NULL where
 * there is none. One start and one gap more: of the end. */
struct traced {
	const struct field_state *field;
	const struct text_run **runs;
	const struct text_piece **gaps;
	size_t *starts;
	bool *is_marked; /* stands beside another's */
	size_t count;
};

static void trace(const struct field_state *field, struct arena *arena, struct traced *t)
{
	struct text_piece *pieces = NULL;
	size_t count = 0;
	text_trail(field->as.text, arena, &pieces, &count);
	*t = (struct traced){.field = field};
	t->runs = arena_array(arena, count, sizeof *t->runs);
	t->gaps = arena_array(arena, count + 1, sizeof *t->gaps);
	t->starts = arena_array(arena, count + 1, sizeof *t->starts);
	t->is_marked = arena_array(arena, count, sizeof *t->is_marked);
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].run.len == 0) {
			t->gaps[t->count] = &pieces[i];
			continue;
		}
		t->runs[t->count] = &pieces[i].run;
		t->starts[t->count + 1] = t->starts[t->count] + pieces[i].run.len;
		t->count++;
	}
}

static struct said said_at(const struct traced *t, size_t run)
{
	return said_in(t->runs[run]);
}

static struct bytes passage(
	struct marking *m, const struct traced *t, size_t from, size_t to)
{
	CLEAN_BUF struct buf words = {0};
	rope_add_range(text_rope(t->field->as.text), t->starts[from],
		t->starts[to + 1] - t->starts[from], &words);
	return arena_bytes(m->arena, buf_bytes(&words));
}

static struct place place_of(const struct text_run *run)
{
	return (struct place){run->log, run->entry, run->at};
}

/* ---- Side by side. */

/* Run `i` and the one after it: how far does what each wrote go? */
static void mark_beside(struct marking *m, struct traced *t, size_t i)
{
	struct said a = said_at(t, i), b = said_at(t, i + 1);
	size_t from = i, to = i + 1;
	while (from > 0 && are_of_one(m, said_at(t, from - 1), a) &&
		are_apart(m, said_at(t, from - 1), b))
		from--;
	while (to + 1 < t->count && are_of_one(m, said_at(t, to + 1), b) &&
		are_apart(m, a, said_at(t, to + 1)))
		to++;
	for (size_t k = from; k <= to; k++)
		t->is_marked[k] = true;
	struct mark *mark = marks_add(m, t->field);
	struct place left = place_of(t->runs[i]), right = place_of(t->runs[i + 1]);
	mark->is_text = true;
	mark->a = passage(m, t, from, i);
	mark->b = passage(m, t, i + 1, to);
	mark->a_at = t->starts[from];
	mark->b_at = t->starts[i + 1];
	mark->a_by = person_of(m, a);
	mark->b_by = person_of(m, b);
	marks_name(mark, &left, &right);
}

/* ---- Inside of what the other deleted. */

/* The runs one passage is looked for in. */
#define PASSAGE_RUNS 256u

/* Whether that person, and at once with `said`, deleted the character where the gap
 * begins. */
static bool is_closed(const struct marking *m, const struct text_piece *gap,
	struct said said, struct said deleter)
{
	for (size_t i = 0; gap != NULL && i < gap->left_count; i++) {
		struct said other = said_by(&gap->left[i]);
		if (are_of_one(m, other, deleter) && are_apart(m, said, other))
			return true;
	}
	return false;
}

/* The last run of those from `from` on that lie inside of what was deleted; t->count:
 * none do. */
static size_t inside_end(
	const struct marking *m, const struct traced *t, size_t from, struct said deleter)
{
	size_t end = t->count;
	for (size_t i = from; i < t->count && i < from + PASSAGE_RUNS; i++) {
		if (t->is_marked[i] || !are_apart(m, said_at(t, i), deleter))
			break;
		if (is_closed(m, t->gaps[i + 1], said_at(t, i), deleter))
			end = i;
	}
	return end;
}

static void mark_inside(struct marking *m, const struct traced *t, size_t from, size_t to,
	struct said deleter)
{
	struct mark *mark = marks_add(m, t->field);
	struct place place = place_of(t->runs[from]);
	struct place gone = {deleter.log, deleter.entry, UINT32_MAX};
	mark->is_text = true;
	mark->a = passage(m, t, from, to);
	mark->a_at = t->starts[from];
	mark->b_at = t->starts[to + 1];
	mark->a_by = person_of(m, said_at(t, from));
	mark->b_by = person_of(m, deleter);
	marks_name(mark, &place, &gone);
}

/* The run, of which a gap is directly before; returns the run to go on after. */
static size_t look_inside(struct marking *m, const struct traced *t, size_t run)
{
	const struct text_piece *gap = t->gaps[run];
	for (size_t i = 0; i < gap->right_count; i++) {
		struct said deleter = said_by(&gap->right[i]);
		size_t end = inside_end(m, t, run, deleter);
		if (end == t->count)
			continue;
		mark_inside(m, t, run, end, deleter);
		return end;
	}
	return run;
}

void marks_in_text(struct marking *m, const struct field_state *field)
{
	CLEAN_ARENA struct arena arena = {0};
	struct traced t;
	trace(field, &arena, &t);
	for (size_t i = 0; i + 1 < t.count; i++)
		if (are_apart(m, said_at(&t, i), said_at(&t, i + 1)))
			mark_beside(m, &t, i);
	for (size_t i = 0; i < t.count; i++)
		if (t.gaps[i] != NULL)
			i = look_inside(m, &t, i);
}
