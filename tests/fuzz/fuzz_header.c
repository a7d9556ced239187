/*
 * Bytes as a store's header file: as they are, or, after a first byte that is odd, as the
 * body of a copy whose MAC and check are right, so that what lies behind them is reached.
 */
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/store/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAC_AT   (HEADER_COPY - 40)
#define CHECK_AT (HEADER_COPY - 8)

static int fd = -1;
static struct store_keys keys;

static void start(void)
{
	static const struct secret master = {{1}};
	assert(crypto_start() == OK);
	store_keys_derive(&master, &keys);
	fd = memfd_create("header", MFD_CLOEXEC);
	assert(fd >= 0);
}

static void set_file(const uint8_t *at, size_t len)
{
	assert(ftruncate(fd, 0) == 0);
	assert(len == 0 || pwrite(fd, at, len, 0) == (ssize_t)len);
}

static void set_copy(const uint8_t *at, size_t len)
{
	uint8_t copy[HEADER_COPY] = "kithhdr\0\0\0\0\1";
	memcpy(copy + 12, at, len < MAC_AT - 12 ? len : MAC_AT - 12);
	struct bytes body = {copy, MAC_AT}, all = {copy, CHECK_AT};
	keyed_hash(BYTES_OF(keys.mac.b), "kith/header/1", &body, 1, copy + MAC_AT, 32);
	struct hash check = hash_of("kith/header/check/1", &all, 1);
	memcpy(copy + CHECK_AT, check.b, 8);
	set_file(copy, sizeof copy);
}

/* Argon2id within its bounds takes a tenth of a second: not here. */
static bool is_cheap(const struct header *header)
{
	for (size_t i = 0; i < 2; i++) {
		const struct header_slot *s = &header->slots[i];
		if (s->type == SLOT_PASSPHRASE && s->ops >= PASSPHRASE_OPS_MIN &&
			s->ops <= PASSPHRASE_OPS_MAX && s->mem >= PASSPHRASE_MEM_MIN &&
			s->mem <= PASSPHRASE_MEM_MAX)
			return false;
	}
	return true;
}

static void use(struct header *header)
{
	WIPED(secret) key;
	assert(header->erasure_count == 1 || header->erasure_count == 2);
	if (is_cheap(header)) {
		struct bytes sheet =
			bytes_text("0000-0000-0000-0000-0000-0000-0000-0000-0");
		enum err e = header_unlock(header, sheet, &key);
		assert(e == ERR_PASSPHRASE || e == ERR_DAMAGED || e == OK);
	}
	for (size_t i = 0; i < header->erasure_count; i++)
		(void)header_erasure_key(header, &keys, header->erasure[i].number, &key);

	struct header again;
	bool torn = true;
	assert(header_keep_erasure(header, header->erasure[0].number));
	assert(header_write(fd, &keys, header) == OK);
	assert(header_read(fd, &keys, &again, &torn) == OK && !torn);
	assert(again.generation == header->generation && again.erasure_count == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fd < 0)
		start();
	struct header header;
	if (size > 0 && data[0] % 2 == 1)
		set_copy(data + 1, size - 1);
	else
		set_file(data, size);
	enum err without = header_read(fd, NULL, &header, NULL);
	enum err with = header_read(fd, &keys, &header, NULL);
	assert(with != OK || without == OK);
	if (with == OK)
		use(&header);
	return 0;
}
