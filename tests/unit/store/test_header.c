#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/header.h"

/* A header in a file without a name, and all of its keys. */
struct made {
	int fd;
	struct header header;
	struct secret master, erasure;
	struct store_keys keys;
};

static void made_end(struct made *made)
{
	(void)close(made->fd);
}

#define MADE CLEANUP(made_end) struct made

/* Argon2 takes its time: one for all tests, and a copy of it for each. */
static struct header first;
static struct secret first_master;
static struct recovery first_recovery;

static int make_first(void **state)
{
	(void)state;
	if (crypto_start() != OK)
		return -1;
	recovery_new(&first_recovery);
	return header_make(bytes_text(PASSPHRASE), KDF_INTERACTIVE, &first_recovery,
		       &first, &first_master) == OK
		       ? 0
		       : -1;
}

static void made_start(struct made *made)
{
	*made = (struct made){.header = first, .master = first_master};
	made->fd = memfd_create("header", MFD_CLOEXEC);
	assert_true(made->fd >= 0);
	store_keys_derive(&made->master, &made->keys);
	random_secret(&made->erasure);
	header_add_erasure(&made->header, &made->keys, 1, &made->erasure);
	assert_int_equal(header_write(made->fd, &made->keys, &made->header), OK);
}

static void get_file(int fd, uint8_t out[HEADER_FILE])
{
	memset(out, 0, HEADER_FILE);
	assert_true(pread(fd, out, HEADER_FILE, 0) >= 0);
}

static void set_file(int fd, const uint8_t *in, size_t len)
{
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, in, len, 0), len);
}

/* ---- Two copies. */

static void both_copies_are_the_same_and_each_is_enough(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE], half[HEADER_FILE];
	get_file(made.fd, file);
	assert_memory_equal(file, file + HEADER_STRIDE, HEADER_COPY);
	for (size_t copy = 0; copy < 2; copy++) {
		memcpy(half, file, sizeof half);
		memset(half + copy * HEADER_STRIDE, 0, HEADER_COPY);
		set_file(made.fd, half, sizeof half);
		struct header read;
		bool torn = false;
		assert_int_equal(header_read(made.fd, &made.keys, &read, &torn), OK);
		assert_true(torn);
		assert_true(id_equal(read.store, made.header.store));
		assert_int_equal(read.generation, 1);
	}
}

static void the_newer_of_two_good_copies_counts(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t old[HEADER_FILE], new[HEADER_FILE];
	struct header read;
	get_file(made.fd, old);
	assert_int_equal(header_write(made.fd, &made.keys, &made.header), OK);
	get_file(made.fd, new);
	for (size_t copy = 0; copy < 2; copy++) {
		uint8_t mixed[HEADER_FILE];
		memcpy(mixed, new, sizeof mixed);
		memcpy(mixed + copy * HEADER_STRIDE, old, HEADER_COPY);
		set_file(made.fd, mixed, sizeof mixed);
		bool torn = false;
		assert_int_equal(header_read(made.fd, &made.keys, &read, &torn), OK);
		assert_int_equal(read.generation, 2);
		assert_true(torn);
	}
}

static void every_changed_byte_of_a_copy_is_noticed(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE];
	struct header read;
	get_file(made.fd, file);
	for (size_t at = 0; at < HEADER_COPY; at++) {
		file[at] ^= 1;
		file[HEADER_STRIDE + at] ^= 1;
		set_file(made.fd, file, sizeof file);
		enum err e = header_read(made.fd, &made.keys, &read, NULL);
		assert_int_equal(e, at < 8 ? ERR_FOREIGN : ERR_DAMAGED);
		assert_int_equal(header_read(made.fd, NULL, &read, NULL), e);
		file[at] ^= 1;
		file[HEADER_STRIDE + at] ^= 1;
	}
}

/* Who changes it and mends the check has not the key to mend the MAC. */
static void a_forged_copy_is_not_this_keys(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE];
	struct header read;
	get_file(made.fd, file);
	for (size_t at = 12; at < HEADER_COPY - 8; at += 7) {
		uint8_t forged[HEADER_FILE];
		memcpy(forged, file, sizeof forged);
		for (size_t copy = 0; copy < HEADER_FILE; copy += HEADER_STRIDE) {
			forged[copy + at] ^= 1;
			struct bytes part = {forged + copy, HEADER_COPY - 8};
			struct hash check = hash_of("kith/header/check/1", &part, 1);
			memcpy(forged + copy + HEADER_COPY - 8, check.b, 8);
		}
		set_file(made.fd, forged, sizeof forged);
		enum err e = header_read(made.fd, &made.keys, &read, NULL);
		assert_true(e == ERR_PASSPHRASE || e == ERR_DAMAGED);
	}
}

/* The magic ends in a zero, which a file that is shorter has too. */
static void every_truncation_is_refused_or_reads_the_same(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE];
	struct header read;
	get_file(made.fd, file);
	for (size_t len = 0; len <= HEADER_COPY; len++) {
		set_file(made.fd, file, len);
		assert_int_equal(header_read(made.fd, &made.keys, &read, NULL),
			len < 7             ? ERR_FOREIGN
			: len < HEADER_COPY ? ERR_DAMAGED
					    : OK);
	}
}

static void another_masters_keys_do_not_open_it(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	struct store_keys other;
	struct header read;
	made.master.b[0] ^= 1;
	store_keys_derive(&made.master, &other);
	assert_int_equal(header_read(made.fd, &other, &read, NULL), ERR_PASSPHRASE);
}

/* Byte by byte, as FORMAT.md has it. */
static void a_copy_is_laid_out_as_the_format_says(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE];
	get_file(made.fd, file);
	struct bytes at = {file, HEADER_COPY}, part;
	uint32_t version = 0;
	uint64_t number = 0;
	assert_true(bytes_take(&at, 8, &part));
	assert_memory_equal(part.at, "kithhdr", 8);
	assert_true(bytes_take_u32(&at, &version) && version == 2);
	assert_true(bytes_take(&at, 16, &part));
	assert_memory_equal(part.at, made.header.store.b, 16);
	assert_true(bytes_take_u64(&at, &number) && number == 1);
	assert_ptr_equal(at.at, file + 36);
	for (size_t i = 0; i < 2; i++) {
		const struct header_slot *slot = &made.header.slots[i];
		assert_int_equal(file[36 + 105 * i], i == 0 ? 1 : 2);
		assert_memory_equal(file + 36 + 105 * i + 1, slot->salt, 16);
		assert_memory_equal(file + 36 + 105 * i + 33, slot->wrapped, 72);
	}
	assert_int_equal(file[246], 1);
	at = (struct bytes){file + 247, HEADER_COPY - 247};
	assert_true(bytes_take_u64(&at, &number) && number == 1);
	assert_memory_equal(at.at, made.header.erasure[0].wrapped, 72);
	for (size_t i = 247 + 80; i < 472; i++)
		assert_int_equal(file[i], 0);
	uint8_t mac[32];
	struct bytes body = {file, 472}, all = {file, 504};
	keyed_hash(BYTES_OF(made.keys.mac.b), "kith/header/1", &body, 1, mac, 32);
	assert_memory_equal(file + 472, mac, 32);
	struct hash check = hash_of("kith/header/check/1", &all, 1);
	assert_memory_equal(file + 504, check.b, 8);
}

/* ---- Slots. */

static void the_passphrase_and_the_recovery_key_give_the_same_master_key(void **state)
{
	(void)state;
	WIPED(secret) master;
	CLEAN_BUF struct buf text = {0};
	recovery_text(&first_recovery, &text);
	assert_int_equal(header_unlock(&first, bytes_text(PASSPHRASE), &master), OK);
	assert_memory_equal(&master, &first_master, sizeof master);
	assert_int_equal(header_unlock(&first, buf_bytes(&text), &master), OK);
	assert_memory_equal(&master, &first_master, sizeof master);
}

static void a_header_without_a_recovery_slot_has_one_way_in(void **state)
{
	(void)state;
	WIPED(secret) master;
	struct header header = first;
	CLEAN_BUF struct buf text = {0};
	recovery_text(&first_recovery, &text);
	header.slots[1] = (struct header_slot){0};
	assert_int_equal(
		header_unlock(&header, buf_bytes(&text), &master), ERR_PASSPHRASE);
	assert_int_equal(header_unlock(&header, bytes_text(PASSPHRASE), &master), OK);
}

static void a_slot_opens_only_as_it_was_written(void **state)
{
	(void)state;
	WIPED(secret) master;
	static const struct secret none;
	CLEAN_BUF struct buf text = {0};
	recovery_text(&first_recovery, &text);
	/* By the recovery key, which costs nothing. */
	for (size_t at = 0; at < WRAPPED_LEN; at++) {
		struct header header = first;
		header.slots[0].type = SLOT_EMPTY;
		header.slots[1].wrapped[at] ^= 1;
		assert_int_equal(header_unlock(&header, buf_bytes(&text), &master),
			ERR_PASSPHRASE);
		assert_memory_equal(&master, &none, sizeof master);
	}
	struct header header = first;
	header.slots[0].type = SLOT_EMPTY;
	header.slots[1].salt[3] ^= 1;
	assert_int_equal(
		header_unlock(&header, buf_bytes(&text), &master), ERR_PASSPHRASE);
	header = first;
	header.slots[0].type = SLOT_EMPTY;
	header.store.b[0] ^= 1;
	assert_int_equal(
		header_unlock(&header, buf_bytes(&text), &master), ERR_PASSPHRASE);
}

/* A header that asks for 2^63 bytes, or for none: with 1 GiB of address space at most,
 * and no time to think. */
static bool is_refused_at_once(void *arg)
{
	WIPED(secret) master;
	const struct rlimit room = {UINT64_C(1) << 30, UINT64_C(1) << 30};
#if !defined(__SANITIZE_ADDRESS__)
	if (setrlimit(RLIMIT_AS, &room) != 0)
		return false;
#else
	(void)room;
#endif
	(void)alarm(5);
	return header_unlock(arg, bytes_text(PASSPHRASE), &master) == ERR_DAMAGED;
}

static void a_header_that_asks_for_the_impossible_is_refused_before_memory_is_taken(
	void **state)
{
	(void)state;
	static const struct {
		uint64_t ops, mem;
	} cases[] = {
		{0, PASSPHRASE_MEM_MIN},
		{1, PASSPHRASE_MEM_MIN},
		{PASSPHRASE_OPS_MAX + 1, PASSPHRASE_MEM_MIN},
		{UINT64_MAX, PASSPHRASE_MEM_MIN},
		{3, 0},
		{3, 8192},
		{3, PASSPHRASE_MEM_MIN - 1},
		{3, PASSPHRASE_MEM_MAX + 1},
		{3, UINT64_C(1) << 63},
		{3, UINT64_MAX},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct header header = first;
		header.slots[0].ops = cases[i].ops;
		header.slots[0].mem = cases[i].mem;
		assert_true(in_child(is_refused_at_once, &header));
	}
}

/* Moderate wants 256 MiB; there are 200. */
static bool falls_back(void *arg)
{
	struct header header;
	WIPED(secret) master;
	const struct rlimit room = {UINT64_C(200) << 20, UINT64_C(200) << 20};
	(void)arg;
	return setrlimit(RLIMIT_AS, &room) == 0 &&
	       header_make(bytes_text("x"), KDF_MODERATE, NULL, &header, &master) == OK &&
	       header.slots[0].ops == 6 && header.slots[0].mem == UINT64_C(64) << 20 &&
	       header_make(bytes_text("x"), KDF_SENSITIVE, NULL, &header, &master) ==
		       ERR_FULL;
}

static void a_machine_with_little_memory_gets_more_passes_over_less(void **state)
{
	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	skip(); /* it takes terabytes of address space for itself */
#endif
	assert_true(in_child(falls_back, NULL));
}

/* ---- Erasure keys. */

static void an_erasure_key_is_found_by_its_number_only(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	WIPED(secret) found, second;
	random_secret(&second);
	header_add_erasure(&made.header, &made.keys, 2, &second);
	assert_int_equal(header_write(made.fd, &made.keys, &made.header), OK);
	struct header read;
	assert_int_equal(header_read(made.fd, &made.keys, &read, NULL), OK);
	assert_int_equal(read.erasure_count, 2);
	assert_true(header_erasure_key(&read, &made.keys, 1, &found));
	assert_memory_equal(&found, &made.erasure, sizeof found);
	assert_true(header_erasure_key(&read, &made.keys, 2, &found));
	assert_memory_equal(&found, &second, sizeof found);
	assert_false(header_erasure_key(&read, &made.keys, 3, &found));
	assert_false(header_keep_erasure(&read, 3));
	assert_int_equal(read.erasure_count, 2);
	assert_true(header_keep_erasure(&read, 2));
	assert_int_equal(read.erasure_count, 1);
	assert_false(header_erasure_key(&read, &made.keys, 1, &found));
	assert_true(header_erasure_key(&read, &made.keys, 2, &found));
	/* A key under another's number does not open. */
	read.erasure[0].number = 1;
	assert_false(header_erasure_key(&read, &made.keys, 1, &found));
}

static void nothing_secret_stands_in_the_file(void **state)
{
	(void)state;
	MADE made;
	made_start(&made);
	uint8_t file[HEADER_FILE];
	get_file(made.fd, file);
	struct bytes secrets[] = {BYTES_OF(made.master.b), BYTES_OF(made.erasure.b),
		BYTES_OF(first_recovery.b), bytes_text(PASSPHRASE),
		BYTES_OF(made.keys.erasure.b), BYTES_OF(made.keys.mac.b)};
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		assert_null(memmem(file, sizeof file, secrets[i].at, secrets[i].len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_laid_out_as_the_format_says),
		cmocka_unit_test(both_copies_are_the_same_and_each_is_enough),
		cmocka_unit_test(the_newer_of_two_good_copies_counts),
		cmocka_unit_test(every_changed_byte_of_a_copy_is_noticed),
		cmocka_unit_test(a_forged_copy_is_not_this_keys),
		cmocka_unit_test(every_truncation_is_refused_or_reads_the_same),
		cmocka_unit_test(another_masters_keys_do_not_open_it),
		cmocka_unit_test(
			the_passphrase_and_the_recovery_key_give_the_same_master_key),
		cmocka_unit_test(a_header_without_a_recovery_slot_has_one_way_in),
		cmocka_unit_test(a_slot_opens_only_as_it_was_written),
		cmocka_unit_test(
			a_header_that_asks_for_the_impossible_is_refused_before_memory_is_taken),
		cmocka_unit_test(a_machine_with_little_memory_gets_more_passes_over_less),
		cmocka_unit_test(an_erasure_key_is_found_by_its_number_only),
		cmocka_unit_test(nothing_secret_stands_in_the_file),
	};
	return cmocka_run_group_tests(tests, make_first, NULL);
}
