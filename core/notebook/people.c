#include "core/notebook/people.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"

/* ---- Partners: an order of persons in TABLE_SETTINGS, a record each in TABLE_PERSON. */

static const char order_key[] = "partners";

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
			e = partner_unpack(
				buf_bytes(&record), &txn->partners[txn->partner_count++]);
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
		partner_pack(&record, p);
		enum err e = store_put(txn->store, TABLE_PERSON, BYTES_OF(p->person.b),
			buf_bytes(&record));
		wipe(record.at, record.len);
		if (e != OK)
			return e;
	}
	if (!txn->partners_dirty)
		return OK;
	return store_put(
		txn->store, TABLE_SETTINGS, bytes_text(order_key), buf_bytes(&order));
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
		if (!begins_with(p->called, name) &&
			!(strlen(name) >= HANDLE_MIN && begins_with(id, name)))
			continue;
		*out = p;
		found++;
		buf_add_format(&all, "%s%s", found > 1 ? ", " : "", p->called);
	}
	if (found == 1)
		return OK;
	if (found > 1)
		return because(why, ERR_AMBIGUOUS,
			"\"%s\" may be %s: say more of the name", name, buf_text(&all));
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
			taken = taken ||
				(&txn->partners[i] != p &&
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
		return because(why, ERR_REFUSED, "%d partners are the most kith keeps",
			PARTNERS_MAX);
	struct partner *p = &txn->partners[txn->partner_count++];
	*p = (struct partner){.person = result->list.person};
	txn->partners_dirty = true;
	*out = p;
	return OK;
}

/* The space before is over for both: each keeps what was in it as private copies. */
static enum err leave_space(struct notebook_txn *txn, struct partner *p, struct why *why)
{
	struct space *space = NULL;
	enum err e = space_open(txn, p->space, &space);
	if (e != OK || space->closed_by_them)
		return e == ERR_NOT_FOUND ? OK : e;
	space_forget_ends(space);
	idset_clear(&space->follows);
	space->closed_by_them = true;
	space_touch(space);
	return ending_close(txn, space, &p->person, NULL, why);
}

static enum err start_space(struct notebook_txn *txn, struct partner *p,
	const struct pairing_result *result, struct why *why)
{
	struct space *space = NULL;
	enum err e = OK;
	if (!id_is_zero(p->space) && !id_equal(p->space, result->space))
		e = leave_space(txn, p, why);
	if (e != OK)
		return e;
	e = space_open(txn, result->space, &space);
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
		return because(why, ERR_REFUSED,
			"that is your own kith: pair with somebody else");
	struct partner *p = people_partner(txn, &result->list.person);
	bool known = p != NULL;
	if (!known)
		e = new_partner(txn, result, &p, why);
	if (e != OK || p == NULL)
		return e;
	if (known && result->list.number < p->list.number)
		return because(
			why, ERR_REFUSED, "the other side showed an old list of devices");
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
		unique_called(
			txn, p, result->called[0] != '\0' ? result->called : p->name);
	/* A partner known before was met before: only a first pairing is provisional. */
	p->state = result->provisional && !known ? PARTNER_PROVISIONAL : PARTNER_ACTIVE;
	people_touch(txn, p);
	return start_space(txn, p, result, why);
}

bool people_was_left(struct notebook_txn *txn, const struct partner *partner)
{
	struct space *space = NULL;
	return partner->state == PARTNER_LEFT &&
	       space_open(txn, partner->space, &space) == OK && !space->closed_by_me;
}

bool people_open_space(struct notebook_txn *txn, const struct person_id *person,
	struct id *space, struct secret *space_key)
{
	struct partner *p = people_partner(txn, person);
	struct space *s = NULL;
	if (p == NULL || p->state == PARTNER_LEAVING || p->state == PARTNER_LEFT ||
		space_open(txn, p->space, &s) != OK || s->closed_by_me ||
		s->closed_by_them)
		return false;
	*space = s->id;
	*space_key = s->key;
	return true;
}

enum err people_list(struct notebook_txn *txn, struct partner *partner,
	struct bytes signed_list, struct why *why)
{
	struct device_list list;
	enum err e = device_list_read(signed_list, &list);
	if (e != OK)
		return because(why, e, "%s sent a device list that is not signed right",
			partner->called);
	if (!person_equal(list.person, partner->person) ||
		list.number < partner->list.number)
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
