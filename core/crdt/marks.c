#include <string.h>

#include "core/crdt/marks_body.h"
#include "core/crdt/value.h"

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

void marks_name(struct mark *mark, const struct place *a, const struct place *b)
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

struct mark *marks_add(struct marking *m, const struct field_state *field)
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
	return arena_bytes(m->arena, buf_bytes(&plain));
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
		struct mark *mark = marks_add(m, field);
		mark->a = plain_of(m, first->value);
		mark->b = plain_of(m, other->value);
		mark->a_by = first->by;
		mark->b_by = other->by;
		marks_name(mark, &first->place, &other->place);
	}
}

void document_marks(const struct document *document, struct arena *arena,
	struct mark **out, size_t *count)
{
	struct marking m = {.document = document, .arena = arena};
	bool at_once = marks_at_once(document);
	for (size_t i = 0; i < document->field_count; i++) {
		const struct field_state *field = &document->fields[i];
		if (field->held == HELD_VALUES)
			mark_values(&m, field);
		else if (field->held == HELD_TEXT && at_once)
			marks_in_text(&m, field);
	}
	*count = m.count;
	*out = arena_array(arena, m.count, sizeof **out);
	if (m.count > 0)
		memcpy(*out, m.marks, m.count * sizeof **out);
	mem_free(m.marks);
}
