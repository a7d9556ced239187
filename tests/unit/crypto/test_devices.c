#include "tests/test.h"

#include <sodium.h>

#include "core/crypto/devices.h"

static struct identity_secret secret;

/* Two devices, one of them removed. */
static struct device_list list;

static int start(void **state)
{
	(void)state;
	if (crypto_start() != OK)
		return -1;
	struct dh_secret own;
	list = (struct device_list){.number = 3, .count = 2};
	identity_pair(&secret, &list.person);
	for (size_t i = 0; i < 2; i++) {
		list.devices[i].id = random_id();
		dh_pair(&own, &list.devices[i].key);
	}
	list.devices[1].removed = true;
	return 0;
}

static void sign(const struct device_list *which, struct buf *out)
{
	assert_int_equal(device_list_sign(which, &secret, out), OK);
}

/* Sign by hand what device_list_sign() would refuse to. */
static void sign_bytes(struct bytes text, struct buf *out)
{
	CLEAN_BUF struct buf labelled = {0};
	buf_add_text(&labelled, "kith/devices/1");
	buf_add(&labelled, text);
	buf_add(out, text);
	assert_int_equal(crypto_sign_ed25519_detached(buf_extend(out, 64), NULL,
				 labelled.at, labelled.len, secret.b),
		0);
}

static void assert_refused(struct bytes bytes, enum err expected)
{
	static const struct device_list none;
	struct device_list read;
	memset(&read, 1, sizeof read);
	assert_int_equal(device_list_read(bytes, &read), expected);
	assert_memory_equal(&read, &none, sizeof read);
}

static void a_list_reads_as_it_was_signed(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	struct device_list read;
	sign(&list, &bytes);
	assert_int_equal(bytes.len, 32 + 4 + 2 * 49 + 64);
	assert_int_equal(device_list_read(buf_bytes(&bytes), &read), OK);
	assert_true(person_equal(read.person, list.person));
	assert_int_equal(read.number, 3);
	assert_int_equal(read.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(id_equal(read.devices[i].id, list.devices[i].id));
		assert_true(dh_public_equal(&read.devices[i].key, &list.devices[i].key));
		assert_int_equal(read.devices[i].removed, i == 1);
	}
}

static void every_flipped_bit_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	sign(&list, &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		struct device_list read;
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum err e = device_list_read(buf_bytes(&bytes), &read);
		assert_true(e == ERR_AUTH || e == ERR_CORRUPT);
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	sign(&list, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		struct device_list read;
		enum err e = device_list_read((struct bytes){bytes.at, len}, &read);
		assert_true(e == ERR_CORRUPT || e == ERR_AUTH);
	}
	buf_add_u8(&bytes, 0);
	assert_refused(buf_bytes(&bytes), ERR_CORRUPT);
}

/* Sixteen at most, and not one byte more is looked at. */
static void more_devices_than_there_may_be_are_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf text = {0}, bytes = {0};
	struct device_list full = list;
	full.count = DEVICES_MAX;
	for (size_t i = 2; i < DEVICES_MAX; i++) {
		full.devices[i].id = random_id();
		random_fill(&full.devices[i].key, sizeof full.devices[i].key);
	}
	sign(&full, &bytes);
	assert_int_equal(bytes.len, DEVICE_LIST_MAX);
	struct device_list read;
	assert_int_equal(device_list_read(buf_bytes(&bytes), &read), OK);
	assert_int_equal(read.count, DEVICES_MAX);

	buf_add_raw(&text, bytes.at, bytes.len - 64);
	buf_clear(&bytes);
	random_fill(buf_extend(&text, 48), 48);
	buf_add_u8(&text, 0);
	sign_bytes(buf_bytes(&text), &bytes);
	assert_refused(buf_bytes(&bytes), ERR_TOO_BIG);
	full.count = DEVICES_MAX + 1;
	assert_int_equal(device_list_sign(&full, &secret, &text), ERR_INVALID);
}

static void a_list_that_is_none_is_neither_signed_nor_read(void **state)
{
	(void)state;
	struct device_list cases[5];
	for (size_t i = 0; i < 5; i++)
		cases[i] = list;
	cases[0].number = 0;
	cases[1].count = 0;
	cases[2].devices[1].id = cases[2].devices[0].id;
	cases[3].devices[1].key = cases[3].devices[0].key;
	cases[4].person.b[0] ^= 1; /* another's */
	for (size_t i = 0; i < 5; i++) {
		CLEAN_BUF struct buf out = {0}, bytes = {0};
		assert_int_equal(device_list_sign(&cases[i], &secret, &out), ERR_INVALID);
		assert_int_equal(out.len, 0);

		buf_add(&out, BYTES_OF(cases[i].person.b));
		buf_add_u32(&out, cases[i].number);
		for (size_t k = 0; k < cases[i].count; k++) {
			buf_add(&out, BYTES_OF(cases[i].devices[k].id.b));
			buf_add(&out, BYTES_OF(cases[i].devices[k].key.b));
			buf_add_u8(&out, 0);
		}
		sign_bytes(buf_bytes(&out), &bytes);
		assert_refused(buf_bytes(&bytes), i == 4 ? ERR_AUTH : ERR_CORRUPT);
	}
}

static void an_unknown_status_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0}, again = {0};
	sign(&list, &bytes);
	bytes.at[32 + 4 + 48] = 2;
	sign_bytes((struct bytes){bytes.at, bytes.len - 64}, &again);
	assert_refused(buf_bytes(&again), ERR_CORRUPT);
}

/* The label keeps a signature from meaning anything else. */
static void a_signature_without_the_label_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	sign(&list, &bytes);
	assert_int_equal(crypto_sign_ed25519_detached(bytes.at + bytes.len - 64, NULL,
				 bytes.at, bytes.len - 64, secret.b),
		0);
	assert_refused(buf_bytes(&bytes), ERR_AUTH);
}

static void devices_are_found_by_key_and_by_id(void **state)
{
	(void)state;
	struct dh_public unknown = {{9}};
	assert_ptr_equal(device_list_find(&list, &list.devices[1].key), &list.devices[1]);
	assert_ptr_equal(
		device_list_find_id(&list, list.devices[0].id), &list.devices[0]);
	assert_null(device_list_find(&list, &unknown));
	assert_null(device_list_find_id(&list, (struct id){{9}}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_reads_as_it_was_signed),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(more_devices_than_there_may_be_are_refused),
		cmocka_unit_test(a_list_that_is_none_is_neither_signed_nor_read),
		cmocka_unit_test(an_unknown_status_is_refused),
		cmocka_unit_test(a_signature_without_the_label_is_refused),
		cmocka_unit_test(devices_are_found_by_key_and_by_id),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
