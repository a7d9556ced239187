#include "net/protocol/pairing_who.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"

/* ---- Ourselves */

void pairing_self_init(struct pairing_self *self, const struct pairing_config *config)
{
	struct bytes name = utf8_cut(bytes_text(config->name), PAIRING_NAME_MAX);
	*self = (struct pairing_self){.person = config->person};
	buf_add_u8(&self->who, (uint8_t)name.len);
	buf_add(&self->who, name);
	buf_add(&self->who, config->list);

	self->known = mem_array(config->known_count, sizeof *self->known);
	self->known_count = config->known_count;
	if (config->known_count > 0)
		memcpy(self->known, config->known,
			config->known_count * sizeof *self->known);
}

void pairing_self_release(struct pairing_self *self)
{
	buf_release(&self->who);
	wipe(self->known, self->known_count * sizeof *self->known);
	mem_free(self->known);
	*self = (struct pairing_self){0};
}

static const struct pairing_known *find_known(
	const struct pairing_self *self, struct person_id person)
{
	for (size_t i = 0; i < self->known_count; i++)
		if (person_equal(self->known[i].person, person))
			return &self->known[i];
	return NULL;
}

/* ---- The other side */

void pairing_who_release(struct pairing_who *who)
{
	buf_release(&who->list_bytes);
	*who = (struct pairing_who){0};
}

/* What is left of a name without controls; false for one that is no text, or nothing. */
static bool read_name(struct bytes *rest, char out[PAIRING_NAME_MAX + 1])
{
	uint8_t len;
	struct bytes name;
	if (!bytes_take_u8(rest, &len) || len > PAIRING_NAME_MAX ||
		!bytes_take(rest, len, &name) || !utf8_valid(name))
		return false;
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, name, false);
	memset(out, 0, PAIRING_NAME_MAX + 1);
	if (clean.len == 0)
		return false;
	memcpy(out, clean.at, clean.len);
	return true;
}

static enum err check(const struct pairing_self *self, const struct pairing_who *who,
	const struct dh_public *device, struct why *why)
{
	const struct device *entry = device_list_find(&who->list, device);
	if (person_equal(who->list.person, self->person))
		return because(
			why, ERR_REFUSED, "that is yourself: pairing is for two people");
	if (!entry)
		return ERR_AUTH;
	if (entry->removed)
		return because(why, ERR_REFUSED,
			"%s's device was removed from their list: "
			"it may not pair any more",
			who->name);
	if (who->known && who->list.number < who->known->list_number)
		return because(why, ERR_REFUSED,
			"%s's device does not know of their newer devices yet: "
			"let those two meet first",
			who->name);
	return OK;
}

static enum err read_who(const struct pairing_self *self, struct bytes inner,
	const struct dh_public *device, struct pairing_who *out, struct why *why)
{
	if (!read_name(&inner, out->name))
		return ERR_CORRUPT;
	enum err e = device_list_read(inner, &out->list);
	if (e != OK)
		return e;
	buf_add(&out->list_bytes, inner);
	out->known = find_known(self, out->list.person);
	return check(self, out, device, why);
}

enum err pairing_who_read(const struct pairing_self *self, struct bytes inner,
	const struct dh_public *device, struct pairing_who *out, struct why *why)
{
	pairing_who_release(out);
	enum err e = read_who(self, inner, device, out, why);
	if (e != OK)
		pairing_who_release(out);
	return e;
}

/* ---- The space */

struct pairing_shared pairing_shared_of(const struct pairing_known *known)
{
	struct pairing_shared shared = {.state = PAIRING_SPACE_NONE};
	if (!known || known->state == PAIRING_SPACE_NONE)
		return shared;
	shared.state = known->state;
	shared.space = known->space;
	if (known->state == PAIRING_SPACE_OPEN)
		shared.space_key = known->space_key;
	return shared;
}

void pairing_shared_add(struct buf *out, const struct pairing_shared *shared)
{
	buf_add_u8(out, (uint8_t)shared->state);
	if (shared->state != PAIRING_SPACE_NONE)
		buf_add(out, BYTES_OF(shared->space.b));
	if (shared->state == PAIRING_SPACE_OPEN)
		buf_add(out, BYTES_OF(shared->space_key.b));
}

bool pairing_shared_read(struct bytes *rest, struct pairing_shared *out)
{
	uint8_t state;
	*out = (struct pairing_shared){.state = PAIRING_SPACE_NONE};
	if (!bytes_take_u8(rest, &state) || state > PAIRING_SPACE_CLOSED)
		return false;
	out->state = (enum pairing_space)state;
	if (state != PAIRING_SPACE_NONE &&
		!bytes_take_into(rest, out->space.b, sizeof out->space.b))
		return false;
	return state != PAIRING_SPACE_OPEN ||
	       bytes_take_into(rest, out->space_key.b, sizeof out->space_key.b);
}

/* Whether `other` lets live what someone holds open. Of two that are open and differ
 * neither side can tell which the other had ended: a new one begins. */
static bool lets_live(
	const struct pairing_shared *open, const struct pairing_shared *other)
{
	bool same = id_equal(open->space, other->space);
	switch (other->state) {
	case PAIRING_SPACE_NONE:
		return true;
	case PAIRING_SPACE_OPEN:
		return same && secret_equal(open->space_key.b, other->space_key.b,
				       sizeof open->space_key.b);
	case PAIRING_SPACE_CLOSED:
		return !same;
	}
	return false;
}

const struct pairing_shared *pairing_kept_space(
	const struct pairing_shared *ours, const struct pairing_shared *theirs)
{
	if (ours->state == PAIRING_SPACE_OPEN && lets_live(ours, theirs))
		return ours;
	if (theirs->state == PAIRING_SPACE_OPEN && lets_live(theirs, ours))
		return theirs;
	return NULL;
}
