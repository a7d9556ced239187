#include "core/notebook/trail.h"

#include <string.h>

static bool same(struct bundle_id a, struct bundle_id b)
{
	return memcmp(a.b, b.b, sizeof a.b) == 0;
}

static bool among(const struct bundle_id *ids, size_t count, struct bundle_id id)
{
	for (size_t i = 0; i < count; i++)
		if (same(ids[i], id))
			return true;
	return false;
}

/* In front of the others; the last one falls off a full list. */
static void put_first(
	struct bundle_id *ids, size_t *count, size_t max, struct bundle_id id)
{
	if (*count < max)
		(*count)++;
	memmove(ids + 1, ids, (*count - 1) * sizeof *ids);
	ids[0] = id;
}

void trail_write(struct trail *trail, struct bundle_id id)
{
	put_first(trail->written, &trail->written_count, TRAIL_WRITTEN, id);
	if (trail->fresh_count < TRAIL_WRITTEN)
		trail->fresh_count++;
	if (trail->met_count < TRAIL_WRITTEN)
		trail->met_count++;
}

void trail_hear(struct trail *trail, struct bundle_id id)
{
	trail->heard = id;
	trail->has_heard = true;
}

void trail_read(struct trail *trail, struct bundle_id id, const struct bundle_id *earlier,
	size_t count)
{
	for (size_t i = count; i > 0; i--)
		if (!trail_knows(trail, earlier[i - 1]))
			put_first(trail->read, &trail->read_count, TRAIL_READ,
				earlier[i - 1]);
	if (!trail_knows(trail, id))
		put_first(trail->read, &trail->read_count, TRAIL_READ, id);
}

bool trail_wrote(const struct trail *trail, struct bundle_id id)
{
	return among(trail->written, trail->written_count, id);
}

bool trail_knows(const struct trail *trail, struct bundle_id id)
{
	return among(trail->read, trail->read_count, id);
}

bool trail_is_fresh(const struct trail *trail, struct bundle_id id)
{
	return among(trail->written, trail->fresh_count, id);
}

void trail_restart(struct trail *trail)
{
	trail->fresh_count = 0;
}

bool trail_is_since_met(const struct trail *trail, struct bundle_id id)
{
	return among(trail->written, trail->met_count, id);
}

void trail_meet(struct trail *trail)
{
	trail->met_count = 0;
}

void trail_pack_ids(struct buf *out, const struct bundle_id *ids, size_t count)
{
	pack_array(out, count);
	for (size_t i = 0; i < count; i++)
		pack_bin(out, BYTES_OF(ids[i].b));
}

size_t trail_unpack_ids(struct pack_reader *r, struct bundle_id *out, size_t max)
{
	size_t count = pack_read_array(r, max);
	for (size_t i = 0; i < count; i++)
		pack_read_fixed(r, out[i].b, sizeof out[i].b);
	return count;
}

void trail_pack(struct buf *out, const struct trail *trail)
{
	pack_array(out, 5);
	trail_pack_ids(out, trail->written, trail->written_count);
	pack_uint(out, trail->fresh_count);
	pack_uint(out, trail->met_count);
	trail_pack_ids(out, trail->read, trail->read_count);
	if (trail->has_heard)
		pack_bin(out, BYTES_OF(trail->heard.b));
	else
		pack_nil(out);
}

void trail_unpack(struct pack_reader *r, struct trail *out)
{
	*out = (struct trail){0};
	if (pack_read_array(r, 5) != 5)
		r->failed = true;
	out->written_count = trail_unpack_ids(r, out->written, TRAIL_WRITTEN);
	out->fresh_count = (size_t)pack_read_uint(r, out->written_count);
	out->met_count = (size_t)pack_read_uint(r, out->written_count);
	out->read_count = trail_unpack_ids(r, out->read, TRAIL_READ);
	out->has_heard = !pack_read_nil(r);
	if (out->has_heard)
		pack_read_fixed(r, out->heard.b, sizeof out->heard.b);
}
