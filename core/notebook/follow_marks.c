#include <string.h>

#include "core/crdt/value.h"
#include "core/notebook/follow_parts.h"

struct bytes follow_marks(const struct buf *carried, const char *name, struct bytes key)
{
	struct pack_reader r = pack_read(buf_bytes(carried));
	while (r.rest.len > 0 && !r.failed) {
		struct bytes field = pack_read_text(&r, 256);
		struct bytes member = pack_read_bin(&r, KEY_MAX);
		struct bytes marks = pack_read_bin(&r, SIZE_MAX);
		if (!r.failed && bytes_equal(field, bytes_text(name)) &&
			bytes_equal(member, key))
			return marks;
	}
	return (struct bytes){0};
}

void follow_add_marks(
	struct buf *carried, const char *name, struct bytes key, struct bytes marks)
{
	if (marks.len == 0)
		return;
	pack_cstr(carried, name);
	pack_bin(carried, key);
	pack_bin(carried, marks);
}

void follow_mark(struct bytes value, uint8_t out[MARK])
{
	struct hash hash = hash_of("kith/carried/1", &value, 1);
	memcpy(out, hash.b, MARK);
}

bool follow_marked(struct bytes marks, const uint8_t *mark, size_t len)
{
	struct bytes one;
	while (bytes_take(&marks, len, &one))
		if (memcmp(one.at, mark, len) == 0)
			return true;
	return false;
}

bool follow_value_marked(struct bytes marks, struct bytes value)
{
	uint8_t mark[MARK];
	follow_mark(value, mark);
	return follow_marked(marks, mark, MARK);
}
