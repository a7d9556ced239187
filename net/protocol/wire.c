#include "net/protocol/wire.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/pack.h"

/* ---- Kinds */

bool wire_kind_allows(uint8_t kind, size_t len)
{
	if (kind >= WIRE_SYNC_FIRST && kind <= WIRE_SYNC_LAST)
		return len <= WIRE_MESSAGE_MAX;
#define WIRE_ROW(name, number, least, most)                                              \
	if (kind == (number))                                                            \
		return len - (least) <= (size_t)((most) - (least));
	WIRE_KINDS(WIRE_ROW)
#undef WIRE_ROW
	return false;
}

/* ---- Reading */

static void begin_anew(struct wire_in *in)
{
	if (in->given)
		buf_clear(&in->held);
	in->given = false;
}

/* Move bytes from `rest` until `want` are held. */
static bool fill(struct wire_in *in, struct bytes *rest, size_t want)
{
	if (in->held.len < want) {
		size_t missing = want - in->held.len;
		struct bytes more;
		bool taken = bytes_take(
			rest, missing < rest->len ? missing : rest->len, &more);
		assert(taken);
		buf_add(&in->held, more);
	}
	return in->held.len >= want;
}

bool wire_take(struct wire_in *in, struct bytes *rest, size_t len, struct bytes *out)
{
	begin_anew(in);
	if (in->held.len == 0 && bytes_take(rest, len, out))
		return true;
	if (!fill(in, rest, len))
		return false;
	*out = buf_bytes(&in->held);
	in->given = true;
	return true;
}

/* The whole frame when it lies in one piece before us: most of a long transfer. */
static bool take_in_place(struct bytes *rest, size_t max, struct bytes *body)
{
	struct bytes ahead = *rest;
	uint16_t len;
	if (!bytes_take_u16(&ahead, &len) || len > max || !bytes_take(&ahead, len, body))
		return false;
	*rest = ahead;
	return true;
}

bool wire_take_frame(struct wire_in *in, struct bytes *rest, size_t max,
	struct bytes *body, enum err *e)
{
	*e = OK;
	begin_anew(in);
	if (in->held.len == 0 && take_in_place(rest, max, body))
		return true;
	if (!fill(in, rest, sizeof(uint16_t)))
		return false;

	uint16_t len;
	struct bytes head = buf_bytes(&in->held);
	bool headed = bytes_take_u16(&head, &len);
	assert(headed);
	if (len > max) {
		*e = ERR_TOO_BIG;
		return false;
	}
	if (!fill(in, rest, sizeof len + len))
		return false;

	struct bytes frame = buf_bytes(&in->held);
	headed = bytes_take_u16(&frame, &len);
	assert(headed);
	*body = frame;
	in->given = true;
	return true;
}

void wire_in_release(struct wire_in *in)
{
	buf_wipe(&in->held);
	in->given = false;
}

void wire_add_frame(struct buf *out, struct bytes body)
{
	assert(body.len <= WIRE_FRAME_MAX);
	buf_add_u16(out, (uint16_t)body.len);
	buf_add(out, body);
}

/* ---- Messages */

size_t wire_padded(size_t len)
{
	assert(len <= NOISE_PLAIN_MAX);
	size_t padded = WIRE_PAD_MIN;
	while (padded < len)
		padded *= 2;
	return padded < NOISE_PLAIN_MAX ? padded : NOISE_PLAIN_MAX;
}

enum err wire_seal(struct noise_channel *channel, const struct wire_message *message,
	struct buf *out)
{
	assert(message->inner.len <= WIRE_INNER_MAX);
	size_t len = wire_padded(WIRE_HEAD + message->inner.len);

	/* Reserved whole, so that growing leaves no copy behind. */
	WIPED(buf) plain = {0};
	memset(buf_extend(&plain, len), 0, len);
	buf_clear(&plain);
	buf_add_u8(&plain, message->kind);
	buf_add_u8(&plain, message->flags);
	buf_add_u16(&plain, (uint16_t)message->inner.len);
	buf_add(&plain, message->inner);
	plain.len = len;

	size_t before = out->len;
	buf_add_u16(out, (uint16_t)(len + NOISE_TAG));
	enum err e = channel_seal(channel, buf_bytes(&plain), out);
	if (e != OK)
		out->len = before;
	return e;
}

static bool all_zero(struct bytes bytes)
{
	uint8_t any = 0;
	for (size_t i = 0; i < bytes.len; i++)
		any |= bytes.at[i];
	return any == 0;
}

enum err wire_open(struct noise_channel *channel, struct bytes body, struct buf *plain,
	struct wire_message *out)
{
	buf_clear(plain);
	enum err e = channel_open(channel, body, plain);
	if (e != OK)
		return e;

	struct bytes rest = buf_bytes(plain);
	uint16_t len;
	if (!bytes_take_u8(&rest, &out->kind) || !bytes_take_u8(&rest, &out->flags) ||
		!bytes_take_u16(&rest, &len) || !bytes_take(&rest, len, &out->inner))
		return ERR_CORRUPT;
	if (plain->len != wire_padded((size_t)WIRE_HEAD + len) || !all_zero(rest))
		return ERR_CORRUPT;
	return OK;
}

/* ---- Versions */

struct wire_versions wire_versions_own(void)
{
	return (struct wire_versions){.min = WIRE_VERSION, .max = WIRE_VERSION};
}

enum { KEY_MIN, KEY_MAX, KEY_FEATURES, KEYS };
#define VERSION_KEYS_MAX 64 /* pairs a newer side may send */

void wire_versions_add(struct buf *out, const struct wire_versions *versions)
{
	pack_map(out, KEYS);
	pack_uint(out, KEY_MIN);
	pack_uint(out, versions->min);
	pack_uint(out, KEY_MAX);
	pack_uint(out, versions->max);
	pack_uint(out, KEY_FEATURES);
	pack_uint(out, versions->features);
}

/* A key we know; KEYS for any other, of whatever type. */
static uint64_t read_key(struct pack_reader *r)
{
	enum pack_type type;
	if (pack_peek(r, &type) && type == PACK_UINT) {
		uint64_t key = pack_read_uint(r, UINT64_MAX);
		return key < KEYS ? key : KEYS;
	}
	pack_read_any(r);
	return KEYS;
}

enum err wire_versions_read(struct bytes bytes, struct wire_versions *out)
{
	if (bytes.len > WIRE_VERSIONS_MAX)
		return ERR_TOO_BIG;

	uint64_t value[KEYS] = {0};
	bool seen[KEYS] = {false};
	struct pack_reader r = pack_read(bytes);
	for (size_t pairs = pack_read_map(&r, VERSION_KEYS_MAX); pairs > 0; pairs--) {
		uint64_t key = read_key(&r);
		if (key == KEYS) {
			pack_read_any(&r);
			continue;
		}
		if (seen[key])
			return ERR_CORRUPT;
		seen[key] = true;
		value[key] = pack_read_uint(
			&r, key == KEY_FEATURES ? UINT64_MAX : (uint64_t)UINT16_MAX);
	}
	if (!pack_done(&r) || !seen[KEY_MIN] || !seen[KEY_MAX] || !seen[KEY_FEATURES] ||
		value[KEY_MIN] > value[KEY_MAX])
		return ERR_CORRUPT;

	*out = (struct wire_versions){.min = (uint16_t)value[KEY_MIN],
		.max = (uint16_t)value[KEY_MAX],
		.features = value[KEY_FEATURES]};
	return OK;
}

enum err wire_versions_agree(const struct wire_versions *own,
	const struct wire_versions *theirs, struct wire_versions *out, struct why *why)
{
	uint16_t most = own->max < theirs->max ? own->max : theirs->max;
	if (theirs->min > own->max)
		return because(why, ERR_VERSION,
			"the other side's kith is newer: update this one");
	if (own->min > theirs->max)
		return because(why, ERR_VERSION,
			"the other side's kith is older: it must be updated there");

	*out = (struct wire_versions){
		.min = most, .max = most, .features = own->features & theirs->features};
	return OK;
}
