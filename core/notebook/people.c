#include "core/notebook/people.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/crypto/seal.h"
#include "core/notebook/internal.h"

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

static void read_name(struct pack_reader *r, char out[NAME_MAX_LEN + 1])
{
	struct bytes name = pack_read_text(r, NAME_MAX_LEN);
	memset(out, 0, NAME_MAX_LEN + 1);
	(void)bytes_take_into(&name, out, name.len);
}

static enum err read_me(struct bytes record, struct notebook *n)
{
	struct me *me = &n->me;
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 9);
	if (pack_read_uint(&r, UINT32_MAX) != ME_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, me->person.b, sizeof me->person.b);
	read_name(&r, me->name);
	pack_read_fixed(&r, me->device.b, sizeof me->device.b);
	pack_read_fixed(&r, me->device_public.b, sizeof me->device_public.b);
	pack_read_fixed(&r, me->device_secret.b, sizeof me->device_secret.b);
	pack_read_fixed(&r, me->log_mac.b, sizeof me->log_mac.b);
	struct bytes list = pack_read_bin(&r, 4096);
	pack_read_fixed(&r, n->mine.b, sizeof n->mine.b);
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
			"the store in %s has no person in it: restore a backup", notebook->dir);
	return OK;
}

enum err me_save(struct notebook *notebook, struct store_txn *txn)
{
	CLEAN_BUF struct buf record = {0};
	pack_me(&record, notebook);
	enum err e = store_put(txn, TABLE_SETTINGS, bytes_text(me_key), buf_bytes(&record));
	wipe(record.at, record.len);
	return e;
}

/* The identity secret signs device lists and nothing else. It lies under the recovery key, so that a
 * thief of an unlocked laptop cannot issue a list (DESIGN §3); under the master key alone for
 * someone who declined a recovery sheet. */
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
		return because(why, ERR_INVALID, "a name has 1 to %d bytes", NAME_MAX_LEN);
	memcpy(me->name, clean.at, clean.len);

	struct identity_secret identity;
	identity_pair(&identity, &me->person);
	me->device = random_id();
	dh_pair(&me->device_secret, &me->device_public);
	random_fill(me->log_mac.b, sizeof me->log_mac.b);
	notebook->mine = random_id();
	struct device_list list = {.person = me->person, .number = 1, .count = 1};
	list.devices[0] = (struct device){.id = me->device, .key = me->device_public};
	device_list_sign(&list, &identity, &me->list);
	me->list_number = 1;
	CLEAN_BUF struct buf record = {0};
	pack_identity(&record, &identity, recovery);
	enum err e = store_put(txn, TABLE_SETTINGS, bytes_text("identity"), buf_bytes(&record));
	wipe(&identity, sizeof identity);
	wipe(record.at, record.len);
	return e;
}

const struct me *notebook_me(const struct notebook *notebook)
{
	return &notebook->me;
}

/* ---- Partners: an order of persons in TABLE_SETTINGS, a record each in TABLE_PERSON. */

#define PARTNER_FORMAT 1u

static const char order_key[] = "partners";

static void pack_address(struct buf *out, const struct partner_address *a)
{
	pack_array(out, 3);
	pack_cstr(out, a->text);
	pack_bin(out, BYTES_OF(a->network));
	pack_uint(out, a->seen_s);
}

static void pack_partner(struct buf *out, const struct partner *p)
{
	pack_array(out, 18);
	pack_uint(out, PARTNER_FORMAT);
	pack_bin(out, BYTES_OF(p->person.b));
	pack_cstr(out, p->name);
	pack_cstr(out, p->called);
	pack_uint(out, p->state);
	pack_bin(out, BYTES_OF(p->space.b));
	pack_bool(out, p->i_typed);
	pack_bin(out, BYTES_OF(p->root.b));
	pack_bool(out, p->has_before);
	pack_bin(out, BYTES_OF(p->before.b));
	pack_bool(out, p->typed_before);
	pack_bin(out, buf_bytes(&p->list_bytes));
	pack_array(out, p->address_count);
	for (size_t i = 0; i < p->address_count; i++)
		pack_address(out, &p->addresses[i]);
	pack_int(out, p->clock_offset_s);
	pack_uint(out, p->met_s);
	pack_uint(out, p->verified_s);
	pack_bin(out, BYTES_OF(p->fingerprint));
	pack_bool(out, p->identical);
}

static void read_address(struct pack_reader *r, struct partner_address *a)
{
	*a = (struct partner_address){0};
	(void)pack_read_array(r, 3);
	struct bytes text = pack_read_text(r, sizeof a->text - 1);
	(void)bytes_take_into(&text, a->text, text.len);
	pack_read_fixed(r, a->network, sizeof a->network);
	a->seen_s = pack_read_uint(r, UINT64_MAX);
}

static enum err read_partner(struct bytes record, struct partner *p)
{
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 18);
	if (pack_read_uint(&r, UINT32_MAX) != PARTNER_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, p->person.b, sizeof p->person.b);
	read_name(&r, p->name);
	read_name(&r, p->called);
	p->state = (enum partner_state)pack_read_uint(&r, PARTNER_LEFT);
	pack_read_fixed(&r, p->space.b, sizeof p->space.b);
	p->i_typed = pack_read_bool(&r);
	pack_read_fixed(&r, p->root.b, sizeof p->root.b);
	p->has_before = pack_read_bool(&r);
	pack_read_fixed(&r, p->before.b, sizeof p->before.b);
	p->typed_before = pack_read_bool(&r);
	struct bytes list = pack_read_bin(&r, 4096);
	buf_add(&p->list_bytes, list);
	p->address_count = pack_read_array(&r, PARTNER_ADDRESSES);
	for (size_t i = 0; i < p->address_count; i++)
		read_address(&r, &p->addresses[i]);
	p->clock_offset_s = pack_read_int(&r);
	p->met_s = pack_read_uint(&r, UINT64_MAX);
	p->verified_s = pack_read_uint(&r, UINT64_MAX);
	pack_read_fixed(&r, p->fingerprint, sizeof p->fingerprint);
	p->identical = pack_read_bool(&r);
	if (!pack_done(&r) || device_list_read(list, &p->list) != OK)
		return ERR_DAMAGED;
	return OK;
}

static enum err load_partners(struct notebook_txn *txn)
{
	if (txn->partners_loaded)
		return OK;
	CLEAN_BUF struct buf order = {0};
	enum err e = store_get(txn->store, TABLE_SETTINGS, bytes_text(order_key), &order);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	struct bytes persons = buf_bytes(&order);
	txn->partners = mem_array(PARTNERS_MAX, sizeof *txn->partners);
	txn->partner_dirty = mem_array(PARTNERS_MAX, sizeof *txn->partner_dirty);
	struct person_id person;
	while (txn->partner_count < PARTNERS_MAX &&
		bytes_take_into(&persons, person.b, sizeof person.b)) {
		CLEAN_BUF struct buf record = {0};
		e = store_get(txn->store, TABLE_PERSON, BYTES_OF(person.b), &record);
		if (e == OK)
			e = read_partner(buf_bytes(&record),
				&txn->partners[txn->partner_count++]);
		wipe(record.at, record.len);
		if (e != OK)
			return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
	}
	txn->partners_loaded = true;
	return OK;
}

enum err people_save(struct notebook_txn *txn)
{
	CLEAN_BUF struct buf order = {0};
	for (size_t i = 0; i < txn->partner_count; i++) {
		const struct partner *p = &txn->partners[i];
		buf_add(&order, BYTES_OF(p->person.b));
		if (!txn->partner_dirty[i])
			continue;
		CLEAN_BUF struct buf record = {0};
		pack_partner(&record, p);
		enum err e = store_put(
			txn->store, TABLE_PERSON, BYTES_OF(p->person.b), buf_bytes(&record));
		wipe(record.at, record.len);
		if (e != OK)
			return e;
	}
	if (!txn->partners_dirty)
		return OK;
	return store_put(txn->store, TABLE_SETTINGS, bytes_text(order_key), buf_bytes(&order));
}

void people_release(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->partner_count; i++) {
		buf_release(&txn->partners[i].list_bytes);
		wipe(&txn->partners[i].root, sizeof txn->partners[i].root);
		wipe(&txn->partners[i].before, sizeof txn->partners[i].before);
	}
	mem_free(txn->partners);
	mem_free(txn->partner_dirty);
}

enum err people_partners(struct notebook_txn *txn, struct partner **out, size_t *count)
{
	enum err e = load_partners(txn);
	*out = txn->partners;
	*count = e == OK ? txn->partner_count : 0;
	return e;
}

struct partner *people_partner(struct notebook_txn *txn, const struct person_id *person)
{
	if (load_partners(txn) != OK)
		return NULL;
	for (size_t i = 0; i < txn->partner_count; i++)
		if (person_equal(txn->partners[i].person, *person))
			return &txn->partners[i];
	return NULL;
}

void people_touch(struct notebook_txn *txn, struct partner *partner)
{
	txn->partner_dirty[partner - txn->partners] = true;
}

static bool begins_with(const char *text, const char *start)
{
	for (; *start != '\0'; text++, start++) {
		char a = *text, b = *start;
		if (a >= 'A' && a <= 'Z')
			a = (char)(a - 'A' + 'a');
		if (b >= 'A' && b <= 'Z')
			b = (char)(b - 'A' + 'a');
		if (a != b)
			return false;
	}
	return true;
}

static bool named(const struct partner *p, const char *name)
{
	return begins_with(p->called, name) && strlen(p->called) == strlen(name);
}

enum err people_find(
	struct notebook_txn *txn, const char *name, struct partner **out, struct why *why)
{
	enum err e = load_partners(txn);
	if (e != OK)
		return because(why, e, "cannot read the partners: %s", err_text(e));
	size_t found = 0;
	CLEAN_BUF struct buf all = {0};
	for (size_t i = 0; i < txn->partner_count && name[0] != '\0'; i++) {
		struct partner *p = &txn->partners[i];
		char id[PERSON_TEXT + 1];
		person_text(p->person, id);
		if (named(p, name)) {
			*out = p;
			return OK;
		}
		if (!begins_with(p->called, name) && !(strlen(name) >= HANDLE_MIN && begins_with(id, name)))
			continue;
		*out = p;
		found++;
		buf_add_format(&all, "%s%s", found > 1 ? ", " : "", p->called);
	}
	if (found == 1)
		return OK;
	if (found > 1)
		return because(why, ERR_AMBIGUOUS, "\"%s\" may be %s: say more of the name", name,
			buf_text(&all));
	return because(why, ERR_NOT_FOUND,
		"no partner is called \"%s\": `kith partners` lists them", name);
}

/* ---- Pairing's end, device lists. */

static void unique_called(struct notebook_txn *txn, struct partner *p, const char *wanted)
{
	/* Two Bens: the second is "Ben 2", so that a name always means one person. */
	for (unsigned n = 1; n <= PARTNERS_MAX + 1; n++) {
		CLEAN_BUF struct buf name = {0};
		struct bytes base = utf8_cut(bytes_text(wanted), NAME_MAX_LEN - 4);
		buf_add(&name, base);
		if (n > 1)
			buf_add_format(&name, " %u", n);
		bool taken = false;
		for (size_t i = 0; i < txn->partner_count; i++)
			taken = taken || (&txn->partners[i] != p &&
						 named(&txn->partners[i], buf_text(&name)));
		if (taken)
			continue;
		memset(p->called, 0, sizeof p->called);
		memcpy(p->called, name.at, name.len);
		return;
	}
}

static enum err new_partner(struct notebook_txn *txn, const struct pairing_result *result,
	struct partner **out, struct why *why)
{
	if (txn->partner_count == PARTNERS_MAX)
		return because(why, ERR_REFUSED, "%d partners are the most kith keeps", PARTNERS_MAX);
	struct partner *p = &txn->partners[txn->partner_count++];
	*p = (struct partner){.person = result->list.person};
	txn->partners_dirty = true;
	*out = p;
	return OK;
}

static enum err start_space(
	struct notebook_txn *txn, struct partner *p, const struct pairing_result *result)
{
	struct space *space = NULL;
	enum err e = space_open(txn, result->space, &space);
	if (e == ERR_NOT_FOUND)
		e = space_new(txn, result->space, &result->space_key, &p->person, &space);
	p->space = result->space;
	return e;
}

enum err people_pair(
	struct notebook_txn *txn, const struct pairing_result *result, struct why *why)
{
	enum err e = load_partners(txn);
	if (e != OK)
		return because(why, e, "cannot read the partners: %s", err_text(e));
	if (person_equal(result->list.person, txn->notebook->me.person))
		return because(why, ERR_REFUSED, "that is your own kith: pair with somebody else");
	struct partner *p = people_partner(txn, &result->list.person);
	bool known = p != NULL;
	if (!known)
		e = new_partner(txn, result, &p, why);
	if (e != OK)
		return e;
	if (known && result->list.number < p->list.number)
		return because(why, ERR_REFUSED, "the other side showed an old list of devices");
	if (known && p->state != PARTNER_LEFT) {
		p->before = p->root;
		p->typed_before = p->i_typed;
		p->has_before = true;
	}
	p->root = result->root;
	p->i_typed = result->i_typed;
	p->list = result->list;
	buf_clear(&p->list_bytes);
	buf_add(&p->list_bytes, result->list_bytes);
	memset(p->name, 0, sizeof p->name);
	struct bytes name = utf8_cut(bytes_text(result->name), NAME_MAX_LEN);
	memcpy(p->name, name.at, name.len);
	if (!known || result->called[0] != '\0')
		unique_called(txn, p, result->called[0] != '\0' ? result->called : p->name);
	/* A partner known before was met before: only a first pairing is provisional. */
	p->state = result->provisional && !known ? PARTNER_PROVISIONAL : PARTNER_ACTIVE;
	people_touch(txn, p);
	return start_space(txn, p, result);
}

bool people_open_space(struct notebook_txn *txn, const struct person_id *person, struct id *space,
	struct secret *space_key)
{
	struct partner *p = people_partner(txn, person);
	struct space *s = NULL;
	if (p == NULL || p->state == PARTNER_LEAVING || p->state == PARTNER_LEFT ||
		space_open(txn, p->space, &s) != OK || s->closed_by_me || s->closed_by_them)
		return false;
	*space = s->id;
	*space_key = s->key;
	return true;
}

enum err people_list(
	struct notebook_txn *txn, struct partner *partner, struct bytes signed_list, struct why *why)
{
	struct device_list list;
	enum err e = device_list_read(signed_list, &list);
	if (e != OK)
		return because(why, e, "%s sent a device list that is not signed right",
			partner->called);
	if (!person_equal(list.person, partner->person) || list.number < partner->list.number)
		return because(why, ERR_REFUSED, "%s sent an old or foreign device list",
			partner->called);
	if (list.number == partner->list.number)
		return OK;
	partner->list = list;
	buf_clear(&partner->list_bytes);
	buf_add(&partner->list_bytes, signed_list);
	people_touch(txn, partner);
	return OK;
}

void people_met(struct notebook_txn *txn, struct partner *partner)
{
	if (partner->state == PARTNER_PROVISIONAL)
		partner->state = PARTNER_ACTIVE;
	if (partner->has_before) {
		wipe(&partner->before, sizeof partner->before);
		partner->has_before = false;
	}
	partner->met_s = txn->now_s;
	people_touch(txn, partner);
}
