#include "core/base/pack.h"

#include <assert.h>
#include <math.h>
#include <msgpack.h>
#include <string.h>

#include "core/base/utf8.h"

/* msgpack-c writes through this; it never fails, because buf_add_raw() never does. */
static int add_to_buf(void *data, const char *at, size_t len)
{
	buf_add_raw(data, at, len);
	return 0;
}

static msgpack_packer packer(struct buf *out)
{
	return (msgpack_packer){.data = out, .callback = add_to_buf};
}

void pack_nil(struct buf *out)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_nil(&pk);
}

void pack_bool(struct buf *out, bool v)
{
	msgpack_packer pk = packer(out);
	if (v)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

void pack_uint(struct buf *out, uint64_t v)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_uint64(&pk, v);
}

void pack_int(struct buf *out, int64_t v)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_int64(&pk, v);
}

void pack_number(struct buf *out, double v)
{
	assert(isfinite(v));
	/* 2^53: beyond it a double no longer tells neighbouring integers apart. */
	if (v >= -9007199254740992.0 && v <= 9007199254740992.0 && trunc(v) >= v &&
		trunc(v) <= v) {
		pack_int(out, (int64_t)v);
		return;
	}
	msgpack_packer pk = packer(out);
	msgpack_pack_double(&pk, v);
}

void pack_text(struct buf *out, struct bytes text)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_str(&pk, text.len);
	msgpack_pack_str_body(&pk, text.at, text.len);
}

void pack_cstr(struct buf *out, const char *text)
{
	pack_text(out, bytes_text(text));
}

void pack_bin(struct buf *out, struct bytes bytes)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_bin(&pk, bytes.len);
	msgpack_pack_bin_body(&pk, bytes.at, bytes.len);
}

void pack_array(struct buf *out, size_t count)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_array(&pk, count);
}

void pack_map(struct buf *out, size_t pairs)
{
	msgpack_packer pk = packer(out);
	msgpack_pack_map(&pk, pairs);
}

/* A big-endian integer of `width` bytes that is not below `least`, else no shortest form.
 */
static bool take_uint(struct bytes *rest, size_t width, uint64_t least, uint64_t *out)
{
	struct bytes part;
	if (!bytes_take(rest, width, &part))
		return false;
	*out = 0;
	for (size_t i = 0; i < width; i++)
		*out = *out << 8 | part.at[i];
	return *out >= least;
}

static int64_t sign_extend(uint64_t v, size_t width)
{
	uint64_t sign = UINT64_C(1) << (8 * width - 1);
	return (int64_t)((v ^ sign) - sign);
}

static bool take_negative(struct bytes *rest, size_t width, int64_t above, int64_t *out)
{
	uint64_t v = 0;
	if (!take_uint(rest, width, 0, &v))
		return false;
	*out = sign_extend(v, width);
	return *out <
	       above; /* positive ones have unsigned forms, small ones shorter forms */
}

static bool take_blob(
	struct bytes *rest, enum pack_type type, uint64_t len, struct pack_item *out)
{
	out->type = type;
	if (len > rest->len || !bytes_take(rest, (size_t)len, &out->v.bytes))
		return false;
	return type == PACK_BIN || utf8_valid(out->v.bytes);
}

static bool take_head(
	struct bytes *rest, enum pack_type type, uint64_t count, struct pack_item *out)
{
	out->type = type;
	/* Each item takes a byte at least: a count that the rest cannot hold is a lie. */
	if (count > (type == PACK_MAP ? rest->len / 2 : rest->len))
		return false;
	out->v.count = (size_t)count;
	return true;
}

static bool take_number(struct bytes *rest, double *out)
{
	uint64_t bits = 0;
	if (!take_uint(rest, 8, 0, &bits))
		return false;
	memcpy(out, &bits, sizeof *out);
	/* What pack_number() would have written as an integer is not the shortest form.
	 */
	bool whole = *out >= -9007199254740992.0 && *out <= 9007199254740992.0 &&
		     trunc(*out) >= *out && trunc(*out) <= *out;
	return !isnan(*out) && !isinf(*out) && !whole;
}

static bool take_item(struct bytes *rest, struct pack_item *out)
{
	uint8_t b = 0;
	uint64_t n = 0;
	memset(out, 0, sizeof *out);
	if (!bytes_take_u8(rest, &b))
		return false;
	if (b < 0x80 || (b >= 0xcc && b <= 0xcf)) {
		static const uint64_t least[] = {
			0x80, 0x100, 0x10000, UINT64_C(0x100000000)};
		out->type = PACK_UINT;
		out->v.u = b;
		return b < 0x80 || take_uint(rest, (size_t)1 << (b - 0xcc),
					   least[b - 0xcc], &out->v.u);
	}
	if (b >= 0xe0) {
		out->type = PACK_INT;
		out->v.i = (int64_t)b - 256;
		return true;
	}
	if (b < 0x90)
		return take_head(rest, PACK_MAP, b & 0x0f, out);
	if (b < 0xa0)
		return take_head(rest, PACK_ARRAY, b & 0x0f, out);
	if (b < 0xc0)
		return take_blob(rest, PACK_TEXT, b & 0x1f, out);
	switch (b) {
	case 0xc0:
		out->type = PACK_NIL;
		return true;
	case 0xc2:
	case 0xc3:
		out->type = PACK_BOOL;
		out->v.b = b == 0xc3;
		return true;
	case 0xc4:
		return take_uint(rest, 1, 0, &n) && take_blob(rest, PACK_BIN, n, out);
	case 0xc5:
		return take_uint(rest, 2, 0x100, &n) && take_blob(rest, PACK_BIN, n, out);
	case 0xc6:
		return take_uint(rest, 4, 0x10000, &n) &&
		       take_blob(rest, PACK_BIN, n, out);
	case 0xcb:
		out->type = PACK_NUMBER;
		return take_number(rest, &out->v.number);
	case 0xd0:
		out->type = PACK_INT;
		return take_negative(rest, 1, -32, &out->v.i);
	case 0xd1:
		out->type = PACK_INT;
		return take_negative(rest, 2, INT8_MIN, &out->v.i);
	case 0xd2:
		out->type = PACK_INT;
		return take_negative(rest, 4, INT16_MIN, &out->v.i);
	case 0xd3:
		out->type = PACK_INT;
		return take_negative(rest, 8, INT32_MIN, &out->v.i);
	case 0xd9:
		return take_uint(rest, 1, 32, &n) && take_blob(rest, PACK_TEXT, n, out);
	case 0xda:
		return take_uint(rest, 2, 0x100, &n) &&
		       take_blob(rest, PACK_TEXT, n, out);
	case 0xdb:
		return take_uint(rest, 4, 0x10000, &n) &&
		       take_blob(rest, PACK_TEXT, n, out);
	case 0xdc:
		return take_uint(rest, 2, 16, &n) && take_head(rest, PACK_ARRAY, n, out);
	case 0xdd:
		return take_uint(rest, 4, 0x10000, &n) &&
		       take_head(rest, PACK_ARRAY, n, out);
	case 0xde:
		return take_uint(rest, 2, 16, &n) && take_head(rest, PACK_MAP, n, out);
	case 0xdf:
		return take_uint(rest, 4, 0x10000, &n) &&
		       take_head(rest, PACK_MAP, n, out);
	default:
		return false; /* ext, float 32, never used */
	}
}

struct pack_reader pack_read(struct bytes input)
{
	return (struct pack_reader){.rest = input};
}

enum err pack_next(struct pack_reader *r, struct pack_item *out)
{
	if (r->failed || !take_item(&r->rest, out)) {
		memset(out, 0, sizeof *out);
		r->failed = true;
		return ERR_CORRUPT;
	}
	return OK;
}

bool pack_peek(const struct pack_reader *r, enum pack_type *out)
{
	struct bytes rest = r->rest;
	struct pack_item item;
	if (r->failed || !take_item(&rest, &item))
		return false;
	*out = item.type;
	return true;
}

static struct pack_item read_as(struct pack_reader *r, enum pack_type type)
{
	struct pack_item item;
	if (pack_next(r, &item) == OK && item.type != type) {
		r->failed = true;
		memset(&item, 0, sizeof item);
	}
	return item;
}

bool pack_read_bool(struct pack_reader *r)
{
	return read_as(r, PACK_BOOL).v.b;
}

uint64_t pack_read_uint(struct pack_reader *r, uint64_t max)
{
	uint64_t v = read_as(r, PACK_UINT).v.u;
	if (v > max)
		r->failed = true;
	return r->failed ? 0 : v;
}

int64_t pack_read_int(struct pack_reader *r)
{
	struct pack_item item;
	if (pack_next(r, &item) != OK)
		return 0;
	if (item.type == PACK_INT)
		return item.v.i;
	if (item.type == PACK_UINT && item.v.u <= INT64_MAX)
		return (int64_t)item.v.u;
	r->failed = true;
	return 0;
}

double pack_read_number(struct pack_reader *r)
{
	struct pack_item item;
	if (pack_next(r, &item) != OK)
		return 0;
	if (item.type == PACK_NUMBER)
		return item.v.number;
	if (item.type == PACK_INT)
		return (double)item.v.i;
	if (item.type == PACK_UINT)
		return (double)item.v.u;
	r->failed = true;
	return 0;
}

static struct bytes read_blob(struct pack_reader *r, enum pack_type type, size_t max)
{
	struct bytes v = read_as(r, type).v.bytes;
	if (v.len > max)
		r->failed = true;
	return r->failed ? (struct bytes){0} : v;
}

struct bytes pack_read_text(struct pack_reader *r, size_t max)
{
	return read_blob(r, PACK_TEXT, max);
}

struct bytes pack_read_bin(struct pack_reader *r, size_t max)
{
	return read_blob(r, PACK_BIN, max);
}

void pack_read_fixed(struct pack_reader *r, void *out, size_t len)
{
	struct bytes v = read_blob(r, PACK_BIN, len);
	if (v.len != len)
		r->failed = true;
	memset(out, 0, len);
	if (!r->failed && len > 0)
		memcpy(out, v.at, len);
}

static size_t read_count(struct pack_reader *r, enum pack_type type, size_t max)
{
	size_t count = read_as(r, type).v.count;
	if (count > max)
		r->failed = true;
	return r->failed ? 0 : count;
}

size_t pack_read_array(struct pack_reader *r, size_t max)
{
	return read_count(r, PACK_ARRAY, max);
}

size_t pack_read_map(struct pack_reader *r, size_t max)
{
	return read_count(r, PACK_MAP, max);
}

bool pack_read_nil(struct pack_reader *r)
{
	enum pack_type type;
	if (!pack_peek(r, &type) || type != PACK_NIL)
		return false;
	struct pack_item item;
	return pack_next(r, &item) == OK;
}

struct bytes pack_read_any(struct pack_reader *r)
{
	size_t left[PACK_DEPTH]; /* items still to come, one count for each open level */
	size_t depth = 0;
	struct bytes start = r->rest;
	do {
		struct pack_item item;
		if (depth > 0)
			left[depth - 1]--;
		if (pack_next(r, &item) != OK)
			return (struct bytes){0};
		if (item.type == PACK_ARRAY || item.type == PACK_MAP) {
			if (depth == PACK_DEPTH) {
				r->failed = true;
				return (struct bytes){0};
			}
			left[depth++] =
				item.type == PACK_MAP ? item.v.count * 2 : item.v.count;
		}
		while (depth > 0 && left[depth - 1] == 0)
			depth--;
	} while (depth > 0);
	return (struct bytes){start.at, start.len - r->rest.len};
}

bool pack_done(const struct pack_reader *r)
{
	return !r->failed && r->rest.len == 0;
}

bool pack_valid(struct bytes input)
{
	struct pack_reader r = pack_read(input);
	(void)pack_read_any(&r);
	return pack_done(&r);
}
