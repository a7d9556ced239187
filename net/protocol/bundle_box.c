#include "net/protocol/bundle_box.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/noise.h"
#include "core/crypto/stream.h"
#include "net/protocol/wire.h"

static const char magic[] = "KITHB1";
#define MAGIC_LEN   (sizeof magic - 1)
#define MAC_LEN     32
#define RECORD_HEAD 5 /* kind, length */

static struct bytes prologue(void)
{
	return bytes_text("kith/bundle/1");
}

bool bundle_looks_so(struct bytes beginning)
{
	struct bytes name;
	return bytes_take(&beginning, MAGIC_LEN - 1, &name) &&
	       memcmp(name.at, magic, name.len) == 0;
}

/* What is sealed or checked with the file key, each under a key of its own. */
static void mac_of(const struct secret *file_key, struct bytes head, uint8_t out[MAC_LEN])
{
	WIPED(secret) key;
	secret_derive(file_key, "bndlhdr1", 1, &key);
	keyed_hash(BYTES_OF(key.b), "kith/bundle/1", &head, 1, out, MAC_LEN);
}

static void body_key(const struct secret *file_key, struct secret *out)
{
	secret_derive(file_key, "bndlbdy1", 1, out);
}

static struct bundle_id name_of(const uint8_t mac[MAC_LEN])
{
	struct bundle_id id;
	memcpy(id.b, mac, sizeof id.b);
	return id;
}

/* ---- Writing. */

struct bundle_writer {
	struct stream *stream;
	struct buf plain; /* of the chunk that is not full yet */
	size_t len;       /* of all content */
};

static void add_stanza(const struct dh_secret *own, const struct bundle_reader_key *key,
	const struct secret *file_key, struct buf *out)
{
	struct noise_config config = {.pattern = "Kpsk0",
		.initiator = true,
		.prologue = prologue(),
		.psk = &key->psk,
		.own = own,
		.remote = &key->device};
	CLEANUP(noise_freep) struct noise *noise = noise_new(&config);
	size_t before = out->len;
	/* Only a key of small order fails, and such a device is in no signed list that
	 * pairing would take; nobody could open what is put in its place. */
	if (noise_write(noise, BYTES_OF(file_key->b), out) != OK) {
		out->len = before;
		random_fill(buf_extend(out, BUNDLE_STANZA), BUNDLE_STANZA);
	}
	assert(out->len - before == BUNDLE_STANZA);
}

/* For nobody. It begins with a true public key: 32 random bytes would be told apart. */
static void add_blind(struct buf *out)
{
	WIPED(dh_secret) secret;
	struct dh_public pub;
	dh_pair(&secret, &pub);
	buf_add(out, BYTES_OF(pub.b));
	random_fill(buf_extend(out, BUNDLE_STANZA - sizeof pub.b),
		BUNDLE_STANZA - sizeof pub.b);
}

static size_t stanzas_for(size_t count)
{
	size_t n = 4;
	while (n < count)
		n *= 2;
	assert(n <= BUNDLE_STANZAS_MAX);
	return n;
}

/* Where each stanza stands: `order` becomes 0 … n - 1, shuffled. */
static void shuffle(size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = random_below((uint32_t)i), kept = order[k];
		order[k] = order[i - 1];
		order[i - 1] = kept;
	}
}

struct bundle_writer *bundle_writer_new(const struct dh_secret *own,
	const struct bundle_reader_key *keys, size_t count, struct buf *out,
	struct bundle_id *id)
{
	WIPED(secret) file_key, key;
	size_t order[BUNDLE_STANZAS_MAX], n = stanzas_for(count);
	CLEAN_BUF struct buf head = {0};
	uint8_t mac[MAC_LEN], header[STREAM_HEADER];
	random_secret(&file_key);
	shuffle(order, n);
	buf_add_text(&head, magic);
	buf_add_u8(&head, (uint8_t)n);
	for (size_t i = 0; i < n; i++) {
		if (order[i] < count)
			add_stanza(own, &keys[order[i]], &file_key, &head);
		else
			add_blind(&head);
	}
	mac_of(&file_key, buf_bytes(&head), mac);
	*id = name_of(mac);

	struct bundle_writer *w = mem_new(sizeof *w);
	body_key(&file_key, &key);
	w->stream = stream_new_writer(&key, header);
	buf_add(out, buf_bytes(&head));
	buf_add(out, BYTES_OF(mac));
	buf_add(out, BYTES_OF(header));

	CLEAN_BUF struct buf versions = {0};
	struct wire_versions own_versions = wire_versions_own();
	wire_versions_add(&versions, &own_versions);
	buf_add_u16(&w->plain, (uint16_t)versions.len);
	buf_add(&w->plain, buf_bytes(&versions));
	w->len = w->plain.len;
	return w;
}

void bundle_writer_free(struct bundle_writer *w)
{
	if (w == NULL)
		return;
	stream_free(w->stream);
	buf_wipe(&w->plain);
	mem_free(w);
}

/* A full chunk is sealed once something follows it: the last one is marked as such. */
static void add_plain(struct bundle_writer *w, struct bytes bytes, struct buf *out)
{
	w->len += bytes.len;
	while (bytes.len > 0) {
		struct bytes part;
		if (w->plain.len == STREAM_CHUNK) {
			stream_seal(w->stream, buf_bytes(&w->plain), false, out);
			buf_clear(&w->plain);
		}
		size_t room = STREAM_CHUNK - w->plain.len;
		bool taken =
			bytes_take(&bytes, bytes.len < room ? bytes.len : room, &part);
		assert(taken);
		buf_add(&w->plain, part);
	}
}

void bundle_writer_add(
	struct bundle_writer *w, uint8_t kind, struct bytes record, struct buf *out)
{
	assert(record.len <= BUNDLE_RECORD_MAX);
	CLEAN_BUF struct buf head = {0};
	buf_add_u8(&head, kind);
	buf_add_u32(&head, (uint32_t)record.len);
	add_plain(w, buf_bytes(&head), out);
	add_plain(w, record, out);
}

size_t bundle_writer_len(const struct bundle_writer *w)
{
	return w->len;
}

void bundle_writer_end(struct bundle_writer *w, struct buf *out)
{
	bundle_writer_add(w, BUNDLE_END, (struct bytes){0}, out);
	size_t padded = BUNDLE_PAD_MIN;
	if (w->len > STREAM_CHUNK)
		padded = STREAM_CHUNK;
	while (padded < w->plain.len)
		padded *= 2;
	size_t zeros = padded - w->plain.len;
	if (zeros > 0)
		memset(buf_extend(&w->plain, zeros), 0, zeros);
	stream_seal(w->stream, buf_bytes(&w->plain), true, out);
}

/* ---- Reading. */

struct bundle_reader {
	struct dh_secret own;
	const struct bundle_writer_key *keys;
	size_t key_count;
	enum { AT_HEAD, AT_VERSIONS, AT_RECORDS, AT_ZEROS, AT_REST } state;
	enum err err; /* once there was one, for good */
	struct why why;
	bool all_given; /* bundle_reader_end() */
	bool all_open;  /* the chunk that is marked as last */
	struct buf in;  /* of the file, not opened yet */
	struct buf plain;
	size_t given; /* bytes in front of `plain` that the caller has */
	size_t len;   /* of all content so far */
	struct stream *stream;
	const struct bundle_writer_key *key;
	struct bundle_id id;
};

struct bundle_reader *bundle_reader_new(
	const struct dh_secret *own, const struct bundle_writer_key *keys, size_t count)
{
	struct bundle_reader *r = mem_new(sizeof *r);
	r->own = *own;
	r->keys = keys;
	r->key_count = count;
	return r;
}

void bundle_reader_free(struct bundle_reader *r)
{
	if (r == NULL)
		return;
	stream_free(r->stream);
	buf_release(&r->in);
	buf_wipe(&r->plain);
	wipe(r, sizeof *r);
	mem_free(r);
}

void bundle_reader_recv(struct bundle_reader *r, struct bytes bytes)
{
	if (r->err == OK)
		buf_add(&r->in, bytes);
}

void bundle_reader_end(struct bundle_reader *r)
{
	r->all_given = true;
}

static enum err damaged(struct why *why)
{
	return because(why, ERR_CORRUPT,
		"it is damaged, or was not copied whole: nothing was changed");
}

static enum err too_big(struct why *why)
{
	return because(why, ERR_TOO_BIG,
		"it is larger than kith ever writes one: nothing was changed");
}

static bool open_stanza(const struct bundle_reader *r, struct bytes stanza,
	const struct bundle_writer_key *key, struct secret *file_key)
{
	struct noise_config config = {.pattern = "Kpsk0",
		.prologue = prologue(),
		.psk = &key->psk,
		.own = &r->own,
		.remote = &key->device};
	CLEANUP(noise_freep) struct noise *noise = noise_new(&config);
	WIPED(buf) payload = {0};
	if (noise_read(noise, stanza, &payload) != OK ||
		payload.len != sizeof file_key->b)
		return false;
	memcpy(file_key->b, payload.at, sizeof file_key->b);
	return true;
}

/* Every stanza by every key: at most 16 times the devices of all partners. */
static bool open_head(struct bundle_reader *r, struct bytes stanzas, struct secret *key)
{
	struct bytes stanza;
	while (bytes_take(&stanzas, BUNDLE_STANZA, &stanza))
		for (size_t i = 0; i < r->key_count; i++)
			if (open_stanza(r, stanza, &r->keys[i], key)) {
				r->key = &r->keys[i];
				return true;
			}
	return false;
}

struct head {
	struct bytes covered, stanzas; /* by the mac; of those, the stanzas */
	uint8_t mac[MAC_LEN], stream[STREAM_HEADER];
};

/* False where more bytes are needed. ERR_CORRUPT, ERR_VERSION. */
static bool take_head(struct bytes *rest, struct head *out, enum err *e)
{
	struct bytes all = *rest, name;
	uint8_t n = 0;
	*e = OK;
	if (!bytes_take(rest, MAGIC_LEN, &name))
		return false;
	if (memcmp(name.at, magic, MAGIC_LEN) != 0)
		*e = bundle_looks_so(name) ? ERR_VERSION : ERR_CORRUPT;
	if (*e != OK || !bytes_take_u8(rest, &n))
		return false;
	if (n != 4 && n != 8 && n != 16)
		*e = ERR_CORRUPT;
	if (*e != OK || !bytes_take(rest, (size_t)n * BUNDLE_STANZA, &out->stanzas))
		return false;
	all.len -= rest->len;
	out->covered = all;
	return bytes_take_into(rest, out->mac, MAC_LEN) &&
	       bytes_take_into(rest, out->stream, STREAM_HEADER);
}

static enum err refuse_head(enum err e, struct why *why)
{
	if (e == ERR_VERSION)
		return because(why, e, "it was written by a newer kith: update this one");
	return because(why, ERR_CORRUPT, "it is no bundle of kith");
}

/* ERR_GAP: more bytes are needed. */
static enum err read_head(struct bundle_reader *r, struct why *why)
{
	struct bytes rest = buf_bytes(&r->in);
	struct head head;
	WIPED(secret) file_key, key;
	uint8_t mac[MAC_LEN];
	enum err e;
	if (!take_head(&rest, &head, &e)) {
		if (e != OK)
			return refuse_head(e, why);
		if (!r->all_given)
			return ERR_GAP;
		return bundle_looks_so(buf_bytes(&r->in)) ? damaged(why)
							  : refuse_head(OK, why);
	}
	if (!open_head(r, head.stanzas, &file_key))
		return because(why, ERR_AUTH,
			"it is for somebody else, or from somebody you are not paired "
			"with");
	mac_of(&file_key, head.covered, mac);
	if (!secret_equal(mac, head.mac, MAC_LEN))
		return damaged(why);
	r->id = name_of(mac);
	body_key(&file_key, &key);
	r->stream = stream_new_reader(&key, head.stream);
	buf_drop_front(&r->in, r->in.len - rest.len);
	r->state = AT_VERSIONS;
	return OK;
}

/* The next chunk into `plain`. ERR_GAP: more bytes are needed. */
static enum err open_chunk(struct bundle_reader *r, struct why *why)
{
	struct bytes rest = buf_bytes(&r->in), box;
	size_t whole = STREAM_BOX(STREAM_CHUNK);
	if (r->all_open || (r->all_given && rest.len == 0))
		return damaged(why);
	if (!r->all_given && rest.len < whole)
		return ERR_GAP;
	bool taken = bytes_take(&rest, rest.len < whole ? rest.len : whole, &box);
	assert(taken);
	size_t before = r->plain.len;
	if (stream_open(r->stream, box, &r->plain, &r->all_open) != OK)
		return damaged(why);
	r->len += r->plain.len - before;
	if (r->len > BUNDLE_CONTENT_MAX)
		return too_big(why);
	buf_drop_front(&r->in, box.len);
	return OK;
}

static enum err read_versions(struct bundle_reader *r, struct why *why)
{
	struct bytes rest = buf_bytes(&r->plain), bytes;
	struct wire_versions own = wire_versions_own(), theirs, both;
	uint16_t len;
	if (!bytes_take_u16(&rest, &len))
		return ERR_GAP;
	if (len > WIRE_VERSIONS_MAX)
		return damaged(why);
	if (!bytes_take(&rest, len, &bytes))
		return ERR_GAP;
	if (wire_versions_read(bytes, &theirs) != OK)
		return damaged(why);
	enum err e = wire_versions_agree(&own, &theirs, &both, NULL);
	if (e != OK && theirs.min > own.max)
		return refuse_head(ERR_VERSION, why);
	if (e != OK)
		return because(
			why, e, "it was written by an older kith: have theirs updated");
	buf_drop_front(&r->plain, r->plain.len - rest.len);
	r->state = AT_RECORDS;
	return OK;
}

/* ERR_GAP: more bytes are needed. */
static enum err read_record(
	struct bundle_reader *r, struct bundle_record *out, bool *got, struct why *why)
{
	struct bytes rest = buf_bytes(&r->plain), bytes;
	uint8_t kind;
	uint32_t len;
	if (!bytes_take_u8(&rest, &kind) || !bytes_take_u32(&rest, &len))
		return ERR_GAP;
	if (len > BUNDLE_RECORD_MAX || (kind == BUNDLE_END && len > 0))
		return damaged(why);
	if (!bytes_take(&rest, len, &bytes))
		return ERR_GAP;
	r->given = RECORD_HEAD + (size_t)len;
	if (kind == BUNDLE_END) {
		r->state = AT_ZEROS;
		return OK;
	}
	*out = (struct bundle_record){kind, bytes};
	*got = true;
	return OK;
}

/* Behind the last record there is nothing, up to the end of the last chunk. */
static enum err read_zeros(struct bundle_reader *r, struct why *why)
{
	for (size_t i = 0; i < r->plain.len; i++)
		if (r->plain.at[i] != 0)
			return damaged(why);
	buf_clear(&r->plain);
	if (!r->all_open)
		return ERR_GAP;
	r->state = AT_REST;
	return OK;
}

static enum err step(
	struct bundle_reader *r, struct bundle_record *out, bool *got, struct why *why)
{
	buf_drop_front(&r->plain, r->given);
	r->given = 0;
	switch (r->state) {
	case AT_HEAD:
		return read_head(r, why);
	case AT_VERSIONS:
		return read_versions(r, why);
	case AT_RECORDS:
		return read_record(r, out, got, why);
	case AT_ZEROS:
		return read_zeros(r, why);
	case AT_REST:
		break;
	}
	return r->in.len > 0 ? damaged(why) : ERR_GAP;
}

enum err bundle_reader_next(
	struct bundle_reader *r, struct bundle_record *out, bool *got, struct why *why)
{
	*got = false;
	while (r->err == OK && !*got) {
		enum err e = step(r, out, got, &r->why);
		if (e == ERR_GAP && r->state == AT_REST)
			return OK;
		if (e == ERR_GAP && r->state != AT_HEAD)
			e = open_chunk(r, &r->why);
		if (e == ERR_GAP)
			return OK;
		r->err = e;
	}
	return r->err == OK ? OK : because(why, r->err, "%s", r->why.text);
}

const struct bundle_writer_key *bundle_reader_key(const struct bundle_reader *r)
{
	return r->key;
}

struct bundle_id bundle_reader_id(const struct bundle_reader *r)
{
	return r->id;
}

bool bundle_reader_name(const struct bundle_reader *r, struct bundle_id *out)
{
	struct bytes rest = buf_bytes(&r->in);
	struct head head;
	enum err e;
	if (r->state != AT_HEAD || !take_head(&rest, &head, &e))
		return false;
	*out = name_of(head.mac);
	return true;
}
