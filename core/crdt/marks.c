#include "core/crdt/marks.h"

#include <string.h>

#include "core/crdt/body.h"
#include "core/crdt/rope.h"
#include "core/crdt/value.h"

struct marking {
	const struct document *document;
	struct arena *arena;
	struct mark *marks; /* owned while they grow */
	size_t count, cap;
};

static struct bytes keep_in(struct arena *arena, const struct buf *bytes)
{
	return arena_bytes(arena, buf_bytes(bytes));
}

/* ---- Names. They tell marks of one document apart, on both sides alike: nobody gains by
 * making two the same. */

static uint64_t mix(uint64_t h)
{
	h ^= h >> 30;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	h ^= h >> 27;
	h *= UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

/* FNV-1a, finished by a mix of bits. */
static uint64_t hash_of(struct bytes bytes, uint64_t seed)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;
	for (size_t i = 0; i < bytes.len; i++)
		h = (h ^ bytes.at[i]) * UINT64_C(0x100000001b3);
	return mix(h);
}

static void add_place(struct buf *out, const struct place *place)
{
	buf_add(out, BYTES_OF(place->log.b));
	buf_add_u64(out, place->entry);
	buf_add_u32(out, place->position);
}

static void name_mark(struct mark *mark, const struct place *a, const struct place *b)
{
	CLEAN_BUF struct buf all = {0};
	CLEAN_BUF struct buf name = {0};
	buf_add_text(&all, mark->field->name);
	buf_add_u8(&all, 0);
	buf_add_varint(&all, mark->key.len);
	buf_add(&all, mark->key);
	add_place(&all, place_compare(a, b) < 0 ? a : b);
	add_place(&all, place_compare(a, b) < 0 ? b : a);
	buf_add_u64(&name, hash_of(buf_bytes(&all), 1));
	buf_add_u64(&name, hash_of(buf_bytes(&all), 2));
	memcpy(mark->name, name.at, sizeof mark->name);
}

static struct mark *add_mark(struct marking *m, const struct field_state *field)
{
	m->marks = mem_grow(m->marks, m->count, &m->cap, sizeof *m->marks);
	struct mark *mark = &m->marks[m->count++];
	*mark = (struct mark){
		.field = field->field, .key = arena_bytes(m->arena, field->key)};
	return mark;
}

/* ---- Registers: the value shown first, beside each other one that nobody replaced. */

static struct bytes plain_of(struct marking *m, struct bytes value)
{
	CLEAN_BUF struct buf plain = {0};
	value_plain(value, &plain);
	return keep_in(m->arena, &plain);
}

static bool is_said_later(const struct values *values, size_t index)
{
	for (size_t i = index + 1; i < values->count; i++)
		if (bytes_equal(values->items[i].value, values->items[index].value))
			return true;
	return false;
}

/* Of so many values a person needs no list; and none costs more than a look. */
#define VALUES_MARKED 64u

static void mark_values(struct marking *m, const struct field_state *field)
{
	const struct values *values = &field->as.values;
	if (field->field->type == FIELD_SET || values->count < 2)
		return;
	const struct written *first = &values->items[values->count - 1];
	size_t least = values->count > VALUES_MARKED ? values->count - VALUES_MARKED : 0;
	for (size_t i = values->count - 1; i-- > least;) {
		const struct written *other = &values->items[i];
		if (is_said_later(values, i))
			continue;
		struct mark *mark = add_mark(m, field);
		mark->a = plain_of(m, first->value);
		mark->b = plain_of(m, other->value);
		mark->a_by = first->by;
		mark->b_by = other->by;
		name_mark(mark, &first->place, &other->place);
	}
}

/* ---- Texts. */

static uint64_t seen_of(
	const struct writer *writer, uint64_t entry, const struct writer *other)
{
	const struct vector *since = writer_since(writer, entry);
	return since != NULL ? vector_get(since, other->log) : 0;
}

/* Whether two persons wrote these entries, each without having seen the other's. */
static bool are_apart(const struct document *document, const struct text_run *a,
	const struct text_run *b)
{
	const struct writer *x = document_writer(document, a->log);
	const struct writer *y = document_writer(document, b->log);
	return x != NULL && y != NULL && !person_equal(x->person, y->person) &&
	       seen_of(x, a->entry, y) < b->entry && seen_of(y, b->entry, x) < a->entry;
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

/* Most documents were never written in by two at once: then no text need be traced. */
static bool was_written_at_once(const struct document *document)
{
	for (size_t i = 0; i < document->writer_count; i++)
		for (size_t k = i + 1; k < document->writer_count; k++)
			if (were_ever_apart(&document->writers[i], &document->writers[k]))
				return true;
	return false;
}

struct traced {
	const struct field_state *field;
	struct text_run *runs;
	size_t *starts; /* of each run in the text, and its end */
	size_t count;
};

static bool is_same_person(const struct document *document, const struct text_run *a,
	const struct text_run *b)
{
	const struct writer *x = document_writer(document, a->log);
	const struct writer *y = document_writer(document, b->log);
	return x != NULL && y != NULL && person_equal(x->person, y->person);
}

static struct bytes passage(
	struct marking *m, const struct traced *t, size_t from, size_t to)
{
	CLEAN_BUF struct buf words = {0};
	rope_add_range(text_rope(t->field->as.text), t->starts[from],
		t->starts[to + 1] - t->starts[from], &words);
	return keep_in(m->arena, &words);
}

static struct person_id person_of(const struct marking *m, const struct text_run *run)
{
	return document_writer(m->document, run->log)->person;
}

/* Run `i` and the one after it stand beside each other: how far does what each wrote go?
 */
static void mark_beside(struct marking *m, const struct traced *t, size_t i)
{
	const struct text_run *a = &t->runs[i], *b = &t->runs[i + 1];
	size_t from = i, to = i + 1;
	while (from > 0 && is_same_person(m->document, &t->runs[from - 1], a) &&
		are_apart(m->document, &t->runs[from - 1], b))
		from--;
	while (to + 1 < t->count && is_same_person(m->document, &t->runs[to + 1], b) &&
		are_apart(m->document, a, &t->runs[to + 1]))
		to++;
	struct mark *mark = add_mark(m, t->field);
	mark->is_text = true;
	mark->a = passage(m, t, from, i);
	mark->b = passage(m, t, i + 1, to);
	mark->a_by = person_of(m, a);
	mark->b_by = person_of(m, b);
	name_mark(mark, &(struct place){a->log, a->entry, a->at},
		&(struct place){b->log, b->entry, b->at});
}

static void mark_text(struct marking *m, const struct field_state *field)
{
	CLEAN_ARENA struct arena arena = {0};
	struct traced t = {.field = field};
	text_trace(field->as.text, &arena, &t.runs, &t.count);
	t.starts = arena_array(&arena, t.count + 1, sizeof *t.starts);
	for (size_t i = 0; i < t.count; i++)
		t.starts[i + 1] = t.starts[i] + t.runs[i].len;
	for (size_t i = 0; i + 1 < t.count; i++)
		if (are_apart(m->document, &t.runs[i], &t.runs[i + 1]))
			mark_beside(m, &t, i);
}

void document_marks(const struct document *document, struct arena *arena,
	struct mark **out, size_t *count)
{
	struct marking m = {.document = document, .arena = arena};
	bool at_once = was_written_at_once(document);
	for (size_t i = 0; i < document->field_count; i++) {
		const struct field_state *field = &document->fields[i];
		if (field->held == HELD_VALUES)
			mark_values(&m, field);
		else if (field->held == HELD_TEXT && at_once)
			mark_text(&m, field);
	}
	*count = m.count;
	*out = arena_array(arena, m.count, sizeof **out);
	if (m.count > 0)
		memcpy(*out, m.marks, m.count * sizeof **out);
	mem_free(m.marks);
}
