/*
 * The signed list that says which devices are a person's (DESIGN §3, SECURITY §1.1).
 * The greatest number wins; a removed device stays listed as removed.
 *
 * It is the only thing an identity key ever signs: nothing a person writes is signed.
 *
 * bytes = identity[32] ‖ number u32 ‖ n × (id[16] ‖ dh[32] ‖ status u8) ‖ signature[64],
 * signed with "kith/devices/1" in front. Status: 0 in use, 1 removed.
 */
#ifndef KITH_CRYPTO_DEVICES_H
#define KITH_CRYPTO_DEVICES_H

#include "core/crypto/keys.h"

#define DEVICES_MAX 16

/* The longest list in bytes: compare before keeping one from a peer. */
#define DEVICE_LIST_MAX (32 + 4 + DEVICES_MAX * 49 + 64)

struct device {
	struct id id;
	struct dh_public key;
	bool removed;
};

/* `count` from 1, `number` from 1, no id and no key twice. A value. */
struct device_list {
	struct person_id person;
	uint32_t number;
	struct device devices[DEVICES_MAX];
	size_t count;
};

/*
 * Append the signed list to `out`. `person` in the list must be the secret's.
 *
 * Errors: ERR_INVALID for a list that device_list_read() would refuse.
 */
MUST_USE enum err device_list_sign(const struct device_list *list,
	const struct identity_secret *secret, struct buf *out);

/*
 * Read a list and check its signature. Whose it is stands in it: the caller compares
 * `person` with the one it pinned, and `number` with the one it holds.
 *
 * Errors: ERR_CORRUPT, ERR_TOO_BIG (more than DEVICES_MAX), ERR_AUTH. `out` is zeroed
 * then.
 */
MUST_USE enum err device_list_read(struct bytes bytes, struct device_list *out);

/* The device with this key or this id, removed or not; NULL when the list has none.
 * Borrowed from `list`. */
const struct device *device_list_find(
	const struct device_list *list, const struct dh_public *key);
const struct device *device_list_find_id(const struct device_list *list, struct id id);

#endif
