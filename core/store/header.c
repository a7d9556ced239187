#include "core/store/header.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/trouble.h"

static const char magic[8] = "kithhdr";

#define MAC_LEN   32u
#define CHECK_LEN 8u
#define MAC_AT    (HEADER_COPY - CHECK_LEN - MAC_LEN)
#define CHECK_AT  (HEADER_COPY - CHECK_LEN)
#define TRIES     5

_Static_assert(HEADER_FILE == 2 * HEADER_STRIDE, "two copies");

/* What ERR_FULL at KDF_MODERATE falls back to (SECURITY §4.1): never lower. */
#define FALLBACK_OPS 6u
#define FALLBACK_MEM (UINT64_C(64) << 20)

void store_keys_wipe(struct store_keys *keys)
{
	wipe(keys, sizeof *keys);
}

void store_keys_derive(const struct secret *master, struct store_keys *out)
{
	static const char context[8] = {'s', 't', 'o', 'r', 'e', '_', '_', '1'};
	secret_derive(master, context, 1, &out->name);
	secret_derive(master, context, 2, &out->record);
	secret_derive(master, context, 3, &out->erasure);
	secret_derive(master, context, 4, &out->mac);
	secret_derive(master, context, 5, &out->owner);
	secret_derive(master, context, 6, &out->backup);
}

/* ---- Slots. */

/* A slot's key wraps the master key of this store with these parameters and no other. */
static void slot_context(struct buf *ad, struct id store, const struct header_slot *slot)
{
	buf_add_text(ad, "slot1");
	buf_add(ad, BYTES_OF(store.b));
	buf_add_u8(ad, slot->type);
	buf_add(ad, BYTES_OF(slot->salt));
	buf_add_u64(ad, slot->ops);
	buf_add_u64(ad, slot->mem);
}

static void slot_close(struct id store, struct header_slot *slot,
	const struct secret *key, const struct secret *master)
{
	CLEAN_BUF struct buf ad = {0};
	slot_context(&ad, store, slot);
	secret_wrap(key, buf_bytes(&ad), master, slot->wrapped);
}

static bool slot_opens(struct id store, const struct header_slot *slot,
	const struct secret *key, struct secret *master)
{
	CLEAN_BUF struct buf ad = {0};
	slot_context(&ad, store, slot);
	return secret_unwrap(key, buf_bytes(&ad), slot->wrapped, master) == OK;
}

static void recovery_key(const struct header_slot *slot, const struct recovery *recovery,
	struct secret *out)
{
	struct bytes parts[] = {BYTES_OF(slot->salt)};
	keyed_hash(BYTES_OF(recovery->b), "kith/recovery/1", parts, 1, out->b,
		sizeof out->b);
}

static enum err costly_key(struct bytes passphrase, enum kdf kdf,
	struct header_slot *slot, struct secret *key)
{
	static const struct {
		uint64_t ops, mem;
	} cost[] = {
		[KDF_MODERATE] = {3, UINT64_C(256) << 20},
		[KDF_INTERACTIVE] = {2, UINT64_C(64) << 20},
		[KDF_SENSITIVE] = {4, UINT64_C(1) << 30},
	};
	slot->ops = cost[kdf].ops;
	slot->mem = cost[kdf].mem;
	enum err e = passphrase_key(passphrase, slot->salt, slot->ops, slot->mem, key);
	if (e != ERR_FULL || kdf != KDF_MODERATE)
		return e;
	slot->ops = FALLBACK_OPS;
	slot->mem = FALLBACK_MEM;
	return passphrase_key(passphrase, slot->salt, slot->ops, slot->mem, key);
}

enum err header_make_slot(struct id store, struct bytes passphrase, const enum kdf *kdf,
	const struct header_slot *before, const struct secret *master,
	struct header_slot *out)
{
	WIPED(secret) key;
	*out = (struct header_slot){.type = SLOT_PASSPHRASE};
	random_fill(out->salt, sizeof out->salt);
	enum err e;
	if (kdf == NULL && before != NULL) {
		out->ops = before->ops;
		out->mem = before->mem;
		e = passphrase_key(passphrase, out->salt, out->ops, out->mem, &key);
	} else {
		e = costly_key(passphrase, kdf != NULL ? *kdf : KDF_MODERATE, out, &key);
	}
	if (e != OK)
		return e == ERR_INVALID ? ERR_DAMAGED : e;
	slot_close(store, out, &key, master);
	return OK;
}

struct header_slot *header_slot_of(struct header *header, enum slot_type type)
{
	for (size_t i = 0; i < 2; i++)
		if (header->slots[i].type == type)
			return &header->slots[i];
	return NULL;
}

enum err header_make(struct bytes passphrase, enum kdf kdf,
	const struct recovery *recovery, struct header *out, struct secret *master)
{
	*out = (struct header){.store = random_id()};
	random_secret(master);
	enum err e = header_make_slot(
		out->store, passphrase, &kdf, NULL, master, &out->slots[0]);
	if (e != OK) {
		secret_wipe(master);
		return e;
	}

	if (recovery == NULL)
		return OK;
	WIPED(secret) key;
	struct header_slot *slot = &out->slots[1];
	slot->type = SLOT_RECOVERY;
	random_fill(slot->salt, sizeof slot->salt);
	recovery_key(slot, recovery, &key);
	slot_close(out->store, slot, &key, master);
	return OK;
}

static bool unlock_by_recovery(
	const struct header *header, struct bytes text, struct secret *master)
{
	WIPED(recovery) recovery;
	if (!recovery_read(text, &recovery))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const struct header_slot *slot = &header->slots[i];
		if (slot->type != SLOT_RECOVERY)
			continue;
		WIPED(secret) key;
		recovery_key(slot, &recovery, &key);
		if (slot_opens(header->store, slot, &key, master))
			return true;
	}
	return false;
}

enum err header_unlock(
	const struct header *header, struct bytes passphrase, struct secret *master)
{
	if (unlock_by_recovery(header, passphrase, master))
		return OK;
	secret_wipe(master);
	for (size_t i = 0; i < 2; i++) {
		const struct header_slot *slot = &header->slots[i];
		if (slot->type != SLOT_PASSPHRASE)
			continue;
		WIPED(secret) key;
		/* Checks the bounds first: the file may ask for anything. */
		enum err e = passphrase_key(
			passphrase, slot->salt, slot->ops, slot->mem, &key);
		if (e != OK)
			return e == ERR_INVALID ? ERR_DAMAGED : e;
		if (slot_opens(header->store, slot, &key, master))
			return OK;
	}
	return ERR_PASSPHRASE;
}

/* ---- Erasure keys. */

static void erasure_context(struct buf *ad, struct id store, uint64_t number)
{
	buf_add_text(ad, "erasure1");
	buf_add(ad, BYTES_OF(store.b));
	buf_add_u64(ad, number);
}

bool header_erasure_key(const struct header *header, const struct store_keys *keys,
	uint64_t number, struct secret *out)
{
	for (size_t i = 0; i < header->erasure_count; i++) {
		if (header->erasure[i].number != number)
			continue;
		CLEAN_BUF struct buf ad = {0};
		erasure_context(&ad, header->store, number);
		return secret_unwrap(&keys->erasure, buf_bytes(&ad),
			       header->erasure[i].wrapped, out) == OK;
	}
	return false;
}

void header_add_erasure(struct header *header, const struct store_keys *keys,
	uint64_t number, const struct secret *key)
{
	assert(header->erasure_count < 2);
	struct header_erasure *place = &header->erasure[header->erasure_count++];
	CLEAN_BUF struct buf ad = {0};
	erasure_context(&ad, header->store, number);
	place->number = number;
	secret_wrap(&keys->erasure, buf_bytes(&ad), key, place->wrapped);
}

bool header_keep_erasure(struct header *header, uint64_t number)
{
	for (size_t i = 0; i < header->erasure_count; i++) {
		if (header->erasure[i].number != number)
			continue;
		header->erasure[0] = header->erasure[i];
		header->erasure[1] = (struct header_erasure){0};
		header->erasure_count = 1;
		return true;
	}
	return false;
}

/* ---- One copy as bytes. */

static void mac_of(
	const struct store_keys *keys, const uint8_t *copy, uint8_t out[MAC_LEN])
{
	struct bytes parts[] = {{copy, MAC_AT}};
	keyed_hash(BYTES_OF(keys->mac.b), "kith/header/1", parts, 1, out, MAC_LEN);
}

/* Tells a copy cut short from a whole one without any key. */
static void check_of(const uint8_t *copy, uint8_t out[CHECK_LEN])
{
	struct bytes parts[] = {{copy, CHECK_AT}};
	struct hash hash = hash_of("kith/header/check/1", parts, 1);
	memcpy(out, hash.b, CHECK_LEN);
}

void header_pack(
	const struct header *h, const struct store_keys *keys, uint8_t out[HEADER_COPY])
{
	CLEAN_BUF struct buf b = {0};
	buf_add_raw(&b, magic, sizeof magic);
	buf_add_u32(&b, HEADER_VERSION);
	buf_add(&b, BYTES_OF(h->store.b));
	buf_add_u64(&b, h->generation);
	for (size_t i = 0; i < 2; i++) {
		const struct header_slot *slot = &h->slots[i];
		buf_add_u8(&b, slot->type);
		buf_add(&b, BYTES_OF(slot->salt));
		buf_add_u64(&b, slot->ops);
		buf_add_u64(&b, slot->mem);
		buf_add(&b, BYTES_OF(slot->wrapped));
	}
	buf_add_u8(&b, h->erasure_count);
	for (size_t i = 0; i < 2; i++) {
		buf_add_u64(&b, h->erasure[i].number);
		buf_add(&b, BYTES_OF(h->erasure[i].wrapped));
	}
	assert(b.len <= MAC_AT);
	memset(out, 0, HEADER_COPY);
	memcpy(out, b.at, b.len);
	mac_of(keys, out, out + MAC_AT);
	check_of(out, out + CHECK_AT);
}

static bool take_slot(struct bytes *rest, struct header_slot *slot)
{
	return bytes_take_u8(rest, &slot->type) && slot->type <= SLOT_RECOVERY &&
	       bytes_take_into(rest, slot->salt, sizeof slot->salt) &&
	       bytes_take_u64(rest, &slot->ops) && bytes_take_u64(rest, &slot->mem) &&
	       bytes_take_into(rest, slot->wrapped, sizeof slot->wrapped);
}

static bool take_erasure(struct bytes *rest, struct header_erasure *erasure)
{
	return bytes_take_u64(rest, &erasure->number) &&
	       bytes_take_into(rest, erasure->wrapped, sizeof erasure->wrapped);
}

static bool take_body(struct bytes *rest, struct header *h)
{
	return bytes_take_into(rest, h->store.b, sizeof h->store.b) &&
	       bytes_take_u64(rest, &h->generation) && take_slot(rest, &h->slots[0]) &&
	       take_slot(rest, &h->slots[1]) && bytes_take_u8(rest, &h->erasure_count) &&
	       h->erasure_count >= 1 && h->erasure_count <= 2 &&
	       take_erasure(rest, &h->erasure[0]) && take_erasure(rest, &h->erasure[1]) &&
	       (h->erasure_count == 1 ||
		       h->erasure[1].number == h->erasure[0].number + 1);
}

enum err header_unpack(const uint8_t copy[HEADER_COPY], const struct store_keys *keys,
	struct header *out)
{
	struct bytes rest = {copy, MAC_AT};
	uint8_t head[sizeof magic];
	uint32_t version = 0;
	(void)bytes_take_into(&rest, head, sizeof head);
	if (memcmp(head, magic, sizeof magic) != 0)
		return ERR_FOREIGN;
	uint8_t check[CHECK_LEN];
	check_of(copy, check);
	if (memcmp(check, copy + CHECK_AT, sizeof check) != 0)
		return ERR_DAMAGED;
	(void)bytes_take_u32(&rest, &version);
	if (version != HEADER_VERSION)
		return ERR_VERSION;
	*out = (struct header){0};
	if (!take_body(&rest, out))
		return ERR_DAMAGED;
	if (keys == NULL)
		return OK;
	uint8_t mac[MAC_LEN];
	mac_of(keys, copy, mac);
	return secret_equal(mac, copy + MAC_AT, sizeof mac) ? OK : ERR_PASSPHRASE;
}

/* ---- The file. */

/* Which of two refusals to tell. */
static enum err telling(enum err a, enum err b)
{
	static const enum err order[] = {ERR_PASSPHRASE, ERR_VERSION, ERR_DAMAGED};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return ERR_FOREIGN;
}

enum err header_read(
	int fd, const struct store_keys *keys, struct header *out, bool *torn)
{
	uint8_t file[HEADER_STRIDE + HEADER_COPY] = {0};
	ssize_t got = pread(fd, file, sizeof file, 0);
	if (got < 0)
		return ERR_IO;

	struct header copies[2];
	enum err errors[2];
	for (size_t i = 0; i < 2; i++)
		errors[i] = header_unpack(file + i * HEADER_STRIDE, keys, &copies[i]);
	if (errors[0] != OK && errors[1] != OK)
		return telling(errors[0], errors[1]);

	size_t best = errors[0] != OK ? 1 : 0;
	if (errors[0] == OK && errors[1] == OK &&
		copies[1].generation > copies[0].generation)
		best = 1;
	*out = copies[best];
	if (torn != NULL)
		*torn = memcmp(file, file + HEADER_STRIDE, HEADER_COPY) != 0;
	return OK;
}

enum err header_load(
	int fd, const struct store_keys *keys, struct header *out, bool *torn)
{
	enum err e = header_read(fd, keys, out, torn);
	for (int i = 1; e == ERR_DAMAGED && i < TRIES; i++) {
		(void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
		e = header_read(fd, keys, out, torn);
	}
	return e;
}

static enum err write_at(int fd, const uint8_t *copy, off_t at)
{
	ssize_t done = pwrite(fd, copy, HEADER_COPY, at);
	if (done < 0)
		return trouble_of(errno, fd);
	if (done != HEADER_COPY)
		return ERR_IO;
	return fsync(fd) == 0 ? OK : trouble_of(errno, fd);
}

enum err header_write(int fd, const struct store_keys *keys, struct header *header)
{
	uint8_t copy[HEADER_COPY];
	header->generation++;
	header_pack(header, keys, copy);
	enum err e = write_at(fd, copy, 0);
	return e == OK ? write_at(fd, copy, HEADER_STRIDE) : e;
}
