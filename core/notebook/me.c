#include <string.h>

#include "core/base/utf8.h"
#include "core/crypto/seal.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"

/* ---- Me: one record, TABLE_SETTINGS "me". */

#define ME_FORMAT 1u

static const char me_key[] = "me";

static void pack_me(struct buf *out, const struct notebook *n)
{
	const struct me *me = &n->me;
	pack_array(out, 9);
	pack_uint(out, ME_FORMAT);
	pack_bin(out, BYTES_OF(me->person.b));
	pack_cstr(out, me->name);
	pack_bin(out, BYTES_OF(me->device.b));
	pack_bin(out, BYTES_OF(me->device_public.b));
	pack_bin(out, BYTES_OF(me->device_secret.b));
	pack_bin(out, BYTES_OF(me->log_mac.b));
	pack_bin(out, buf_bytes(&me->list));
	pack_bin(out, BYTES_OF(n->mine.b));
}

static enum err read_me(struct bytes record, struct notebook *n)
{
	struct me *me = &n->me;
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 9);
	if (pack_read_uint(&r, UINT32_MAX) != ME_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, me->person.b, sizeof me->person.b);
	name_unpack(&r, me->name);
	pack_read_fixed(&r, me->device.b, sizeof me->device.b);
	pack_read_fixed(&r, me->device_public.b, sizeof me->device_public.b);
	pack_read_fixed(&r, me->device_secret.b, sizeof me->device_secret.b);
	pack_read_fixed(&r, me->log_mac.b, sizeof me->log_mac.b);
	struct bytes list = pack_read_bin(&r, 4096);
	pack_read_fixed(&r, n->mine.b, sizeof n->mine.b);
	card_pages_begin(n);
	words_pages_begin(n);
	if (!pack_done(&r))
		return ERR_DAMAGED;
	buf_clear(&me->list);
	buf_add(&me->list, list);
	struct device_list devices;
	if (device_list_read(list, &devices) != OK)
		return ERR_DAMAGED;
	me->list_number = devices.number;
	return OK;
}

enum err me_load(struct notebook *notebook, struct store_txn *txn, struct why *why)
{
	CLEAN_BUF struct buf record = {0};
	enum err e = store_get(txn, TABLE_SETTINGS, bytes_text(me_key), &record);
	if (e == OK)
		e = read_me(buf_bytes(&record), notebook);
	wipe(record.at, record.len);
	if (e != OK)
		return because(why, ERR_DAMAGED,
			"the store in %s has no person in it: restore a backup",
			notebook->dir);
	return OK;
}

enum err me_save(struct notebook *notebook, struct store_txn *txn)
{
	CLEAN_BUF struct buf record = {0};
	pack_me(&record, notebook);
	enum err e =
		store_put(txn, TABLE_SETTINGS, bytes_text(me_key), buf_bytes(&record));
	wipe(record.at, record.len);
	return e;
}

/* The identity secret signs device lists and nothing else. It lies under the recovery
 * key, so that a thief of an unlocked laptop cannot issue a list (DESIGN §3); under the
 * master key alone for someone who declined a recovery sheet. */
static void pack_identity(
	struct buf *out, const struct identity_secret *identity, struct bytes recovery)
{
	pack_array(out, 2);
	pack_bool(out, recovery.len > 0);
	if (recovery.len == 0) {
		pack_bin(out, BYTES_OF(identity->b));
		return;
	}
	struct hash hash = hash_of("kith/identity/1", &recovery, 1);
	struct secret key;
	memcpy(key.b, hash.b, sizeof key.b);
	CLEAN_BUF struct buf box = {0};
	seal(&key, bytes_text("identity"), BYTES_OF(identity->b), &box);
	pack_bin(out, buf_bytes(&box));
	wipe(&key, sizeof key);
	wipe(&hash, sizeof hash);
}

enum err me_new(struct notebook *notebook, struct store_txn *txn, const char *name,
	struct bytes recovery, struct why *why)
{
	struct me *me = &notebook->me;
	CLEAN_BUF struct buf clean = {0};
	if (!utf8_valid(bytes_text(name)))
		return because(why, ERR_INVALID, "the name is not valid UTF-8");
	utf8_add_clean(&clean, bytes_text(name), false);
	if (clean.len == 0 || clean.len > NAME_MAX_LEN)
		return because(
			why, ERR_INVALID, "a name has 1 to %d bytes", NAME_MAX_LEN);
	memcpy(me->name, clean.at, clean.len);

	struct identity_secret identity;
	identity_pair(&identity, &me->person);
	me->device = random_id();
	dh_pair(&me->device_secret, &me->device_public);
	random_fill(me->log_mac.b, sizeof me->log_mac.b);
	notebook->mine = random_id();
	card_pages_begin(notebook);
	words_pages_begin(notebook);
	struct device_list list = {.person = me->person, .number = 1, .count = 1};
	list.devices[0] = (struct device){.id = me->device, .key = me->device_public};
	enum err e = device_list_sign(&list, &identity, &me->list);
	me->list_number = 1;
	CLEAN_BUF struct buf record = {0};
	pack_identity(&record, &identity, recovery);
	if (e == OK)
		e = store_put(
			txn, TABLE_SETTINGS, bytes_text("identity"), buf_bytes(&record));
	wipe(&identity, sizeof identity);
	wipe(record.at, record.len);
	return e;
}

const struct me *notebook_me(const struct notebook *notebook)
{
	return &notebook->me;
}
