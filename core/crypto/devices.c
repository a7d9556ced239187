#include "core/crypto/devices.h"

#include <sodium.h>
#include <string.h>

#define LABEL     "kith/devices/1"
#define SIGNATURE crypto_sign_ed25519_BYTES

enum status { STATUS_IN_USE = 0, STATUS_REMOVED = 1 };

static bool is_sound(const struct device_list *list)
{
	if (list->number == 0 || list->count == 0 || list->count > DEVICES_MAX)
		return false;
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < i; k++)
			if (id_equal(list->devices[i].id, list->devices[k].id) ||
				dh_public_equal(
					&list->devices[i].key, &list->devices[k].key))
				return false;
	return true;
}

/* What is signed: the label, then the list as it travels. */
static void add_signed(struct buf *out, struct bytes list)
{
	buf_add_text(out, LABEL);
	buf_add(out, list);
}

static void add_list(struct buf *out, const struct device_list *list)
{
	buf_add(out, BYTES_OF(list->person.b));
	buf_add_u32(out, list->number);
	for (size_t i = 0; i < list->count; i++) {
		const struct device *device = &list->devices[i];
		buf_add(out, BYTES_OF(device->id.b));
		buf_add(out, BYTES_OF(device->key.b));
		buf_add_u8(out, device->removed ? STATUS_REMOVED : STATUS_IN_USE);
	}
}

enum err device_list_sign(const struct device_list *list,
	const struct identity_secret *secret, struct buf *out)
{
	/* The public half stands behind the seed. */
	if (!is_sound(list) || memcmp(secret->b + 32, list->person.b, 32) != 0)
		return ERR_INVALID;

	CLEAN_BUF struct buf text = {0};
	add_list(&text, list);
	buf_add(out, buf_bytes(&text));
	CLEAN_BUF struct buf labelled = {0};
	add_signed(&labelled, buf_bytes(&text));
	(void)crypto_sign_ed25519_detached(
		buf_extend(out, SIGNATURE), NULL, labelled.at, labelled.len, secret->b);
	return OK;
}

static bool take_device(struct bytes *rest, struct device *out)
{
	uint8_t status = 0;
	if (!bytes_take_into(rest, out->id.b, sizeof out->id.b) ||
		!bytes_take_into(rest, out->key.b, sizeof out->key.b) ||
		!bytes_take_u8(rest, &status) || status > STATUS_REMOVED)
		return false;
	out->removed = status == STATUS_REMOVED;
	return true;
}

static enum err read_list(struct bytes rest, struct device_list *out)
{
	if (!bytes_take_into(&rest, out->person.b, sizeof out->person.b) ||
		!bytes_take_u32(&rest, &out->number))
		return ERR_CORRUPT;
	while (rest.len > 0) {
		if (out->count == DEVICES_MAX)
			return ERR_TOO_BIG;
		if (!take_device(&rest, &out->devices[out->count++]))
			return ERR_CORRUPT;
	}
	return is_sound(out) ? OK : ERR_CORRUPT;
}

static enum err verify(
	struct bytes list, struct bytes signature, const struct person_id *person)
{
	CLEAN_BUF struct buf labelled = {0};
	add_signed(&labelled, list);
	if (crypto_sign_ed25519_verify_detached(
		    signature.at, labelled.at, labelled.len, person->b) != 0)
		return ERR_AUTH;
	return OK;
}

enum err device_list_read(struct bytes bytes, struct device_list *out)
{
	memset(out, 0, sizeof *out);
	if (bytes.len > DEVICE_LIST_MAX)
		return ERR_TOO_BIG;
	struct bytes list, signature = bytes;
	if (bytes.len < SIGNATURE ||
		!bytes_take(&signature, bytes.len - SIGNATURE, &list))
		return ERR_CORRUPT;

	enum err e = read_list(list, out);
	if (e == OK)
		e = verify(list, signature, &out->person);
	if (e != OK)
		memset(out, 0, sizeof *out);
	return e;
}

const struct device *device_list_find(
	const struct device_list *list, const struct dh_public *key)
{
	for (size_t i = 0; i < list->count; i++)
		if (dh_public_equal(&list->devices[i].key, key))
			return &list->devices[i];
	return NULL;
}

const struct device *device_list_find_id(const struct device_list *list, struct id id)
{
	for (size_t i = 0; i < list->count; i++)
		if (id_equal(list->devices[i].id, id))
			return &list->devices[i];
	return NULL;
}
