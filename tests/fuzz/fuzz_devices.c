/*
 * Bytes as a device list: as they are, or, after a first byte that is odd, with a number
 * and devices that are signed for them. What is read signs to the same bytes again.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "core/crypto/devices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct identity_secret secret;
static struct person_id person;

static void start(void)
{
	static const uint8_t seed[32] = {1};
	assert(crypto_start() == OK);
	assert(crypto_sign_ed25519_seed_keypair(person.b, secret.b, seed) == 0);
}

static void add_signed(struct buf *out, struct bytes body)
{
	CLEAN_BUF struct buf labelled = {0};
	buf_add(out, BYTES_OF(person.b));
	buf_add(out, body);
	buf_add_text(&labelled, "kith/devices/1");
	buf_add(&labelled, buf_bytes(out));
	assert(crypto_sign_ed25519_detached(buf_extend(out, 64), NULL, labelled.at,
		       labelled.len, secret.b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (person.b[0] == 0)
		start();
	CLEAN_BUF struct buf input = {0}, again = {0};
	if (size > 0 && data[0] % 2 == 1)
		add_signed(&input, (struct bytes){data + 1, size - 1});
	else
		buf_add_raw(&input, data, size);

	struct device_list list;
	if (device_list_read(buf_bytes(&input), &list) != OK) {
		static const struct device_list none;
		assert(memcmp(&list, &none, sizeof list) == 0);
		return 0;
	}
	assert(list.number > 0 && list.count > 0 && list.count <= DEVICES_MAX);
	for (size_t i = 0; i < list.count; i++)
		assert(device_list_find(&list, &list.devices[i].key) ==
				&list.devices[i] &&
			device_list_find_id(&list, list.devices[i].id) ==
				&list.devices[i]);
	if (person_equal(list.person, person)) {
		assert(device_list_sign(&list, &secret, &again) == OK);
		assert(bytes_equal(buf_bytes(&input), buf_bytes(&again)));
	}
	return 0;
}
