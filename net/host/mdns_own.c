#include "net/host/mdns_own.h"

#include <avahi-common/error.h>
#include <avahi-common/strlst.h>
#include <avahi-core/core.h>
#include <avahi-core/publish.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "net/host/clock.h"
#include "net/host/loop.h"

#define TXT_STRING_MAX 255 /* one byte of length on the wire */
#define LABEL_MAX      63

enum own_state {
	OWN_NOTHING, /* wanted */
	OWN_WAITING, /* for a server, or an address */
	OWN_PROBING,
	OWN_OUT,
};

struct own {
	struct loop_timer *wake;
	enum own_state state;
	char instance[MDNS_NAME_MAX + 1], host[LABEL_MAX + 1];
	uint16_t port;
	struct buf txt; /* the strings one after the other */
	size_t txt_lens[MDNS_STRINGS], txt_count;
	AvahiSEntryGroup *group;
	bool has_left; /* this machine: not on the loopback alone */

	/* What is to be told: at most one of each, in this order. */
	bool tell_withdrawn, tell_collision, tell_published;
	char told[MDNS_NAME_MAX + 1]; /* the name it is about */
};

struct own *own_new(struct loop_timer *wake)
{
	struct own *own = mem_new(sizeof *own);
	own->wake = wake;
	return own;
}

static void free_group(struct own *own)
{
	if (own->group != NULL)
		avahi_s_entry_group_free(own->group);
	own->group = NULL;
}

void own_free(struct own *own)
{
	if (own == NULL)
		return;
	free_group(own);
	buf_release(&own->txt);
	mem_free(own);
}

static void tell(struct own *own, bool *what)
{
	own->tell_published = false; /* what comes now overtakes it */
	*what = true;
	memcpy(own->told, own->instance, sizeof own->told);
	loop_timer_set(own->wake, clock_monotonic_ms());
}

/* ---- What is wanted */

static enum err check(
	const char *instance, const char *host, const struct bytes *txt, size_t txt_count)
{
	size_t sum = 0;
	if (instance[0] == '\0' || strlen(instance) > MDNS_NAME_MAX || host[0] == '\0' ||
		strlen(host) > LABEL_MAX)
		return ERR_INVALID;
	if (txt_count > MDNS_STRINGS)
		return ERR_TOO_BIG;
	for (size_t i = 0; i < txt_count; i++) {
		if (txt[i].len > TXT_STRING_MAX)
			return ERR_INVALID;
		sum += 1 + txt[i].len;
	}
	return sum > MDNS_TXT_MAX ? ERR_TOO_BIG : OK;
}

enum err own_want(struct own *own, const char *instance, const char *host, uint16_t port,
	const struct bytes *txt, size_t txt_count)
{
	enum err e = check(instance, host, txt, txt_count);
	if (e != OK)
		return e;
	own_want_nothing(own);
	own->state = OWN_WAITING;
	own->port = port;
	own->has_left = false;
	snprintf(own->instance, sizeof own->instance, "%s", instance);
	snprintf(own->host, sizeof own->host, "%s", host);
	for (size_t i = 0; i < txt_count; i++) {
		own->txt_lens[i] = txt[i].len;
		buf_add(&own->txt, txt[i]);
	}
	own->txt_count = txt_count;
	return OK;
}

void own_want_nothing(struct own *own)
{
	free_group(own);
	own->state = OWN_NOTHING;
	own->tell_published = own->tell_collision = own->tell_withdrawn = false;
	buf_clear(&own->txt);
	own->txt_count = 0;
}

bool own_is_out(const struct own *own)
{
	return own->state == OWN_PROBING || own->state == OWN_OUT;
}

/* ---- Going out */

static bool has_other(const struct interface_address *address,
	const struct interface_address *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].interface == address->interface && !all[i].is_eui64 &&
			!all[i].is_deprecated)
			return true;
	return false;
}

/* An address that tells the hardware address is left out where there is another: on this
 * link every frame tells it too, but an announcement may be carried further. */
bool own_is_fit(const struct interface_address *address,
	const struct interface_address *all, size_t count)
{
	if (address->is_deprecated || (!address->has_multicast && !address->is_loopback))
		return false;
	return !address->is_eui64 || !has_other(address, all, count);
}

static void on_group(AvahiServer *server, AvahiSEntryGroup *group,
	AvahiEntryGroupState state, void *arg)
{
	(void)server, (void)group;
	struct own *own = arg;
	switch (state) {
	case AVAHI_ENTRY_GROUP_ESTABLISHED:
		own->state = OWN_OUT;
		tell(own, &own->tell_published);
		return;
	case AVAHI_ENTRY_GROUP_COLLISION:
	case AVAHI_ENTRY_GROUP_FAILURE:
		tell(own, &own->tell_collision);
		return;
	case AVAHI_ENTRY_GROUP_UNCOMMITED:
	case AVAHI_ENTRY_GROUP_REGISTERING:
		return;
	}
}

static AvahiAddress avahi_address(const struct interface_address *a)
{
	AvahiAddress address = {.proto = a->is_v6 ? AVAHI_PROTO_INET6 : AVAHI_PROTO_INET};
	memcpy(address.data.data, a->ip, a->is_v6 ? 16 : 4);
	return address;
}

/* How many addresses went into the group; negative: Avahi's error. NO_REVERSE: a reverse
 * record would collide with that of every other mDNS program here (FACTS §2). */
static int add_addresses(struct own *own, AvahiServer *server, const char *host,
	const struct interface_address *addresses, size_t count)
{
	int added = 0;
	for (size_t i = 0; i < count; i++) {
		if (!own_is_fit(&addresses[i], addresses, count))
			continue;
		AvahiAddress address = avahi_address(&addresses[i]);
		int e = avahi_server_add_address(server, own->group,
			(AvahiIfIndex)addresses[i].interface, AVAHI_PROTO_UNSPEC,
			AVAHI_PUBLISH_NO_REVERSE, host, &address);
		if (e < 0)
			return e;
		own->has_left = own->has_left || !addresses[i].is_loopback;
		added++;
	}
	return added;
}

static int add_service(struct own *own, AvahiServer *server, const char *host)
{
	AvahiStringList *txt = NULL;
	struct bytes rest = buf_bytes(&own->txt), string;
	for (size_t i = 0; i < own->txt_count; i++)
		if (bytes_take(&rest, own->txt_lens[i], &string))
			txt = avahi_string_list_add_arbitrary(txt, string.at, string.len);
	int e = avahi_server_add_service_strlst(server, own->group, AVAHI_IF_UNSPEC,
		AVAHI_PROTO_UNSPEC, 0, own->instance, MDNS_TYPE, "local", host, own->port,
		txt);
	avahi_string_list_free(txt);
	return e;
}

void own_start(struct own *own, struct AvahiServer *server,
	const struct interface_address *addresses, size_t count)
{
	char host[LABEL_MAX + sizeof ".local"];
	if (own->state != OWN_WAITING)
		return;
	snprintf(host, sizeof host, "%s.local", own->host);
	own->group = avahi_s_entry_group_new(server, on_group, own);
	if (own->group == NULL)
		return;
	int e = add_addresses(own, server, host, addresses, count);
	if (e > 0) {
		e = add_service(own, server, host);
		own->state = OWN_PROBING;
		if (e >= 0)
			e = avahi_s_entry_group_commit(own->group);
		if (e >= 0)
			return;
	}
	free_group(own);
	own->state = OWN_WAITING;
	if (e == AVAHI_ERR_COLLISION) /* with a name of our own that is yet to go */
		tell(own, &own->tell_collision);
}

void own_stop(struct own *own)
{
	if (!own_is_out(own))
		return;
	free_group(own);
	own->state = own->has_left ? OWN_NOTHING : OWN_WAITING;
	if (own->has_left)
		tell(own, &own->tell_withdrawn);
}

bool own_next(struct own *own, struct mdns_event *out)
{
	*out = (struct mdns_event){.instance = own->told};
	if (own->tell_collision) {
		own->tell_collision = false;
		free_group(own); /* not in on_group(): Avahi was using it */
		own->state = OWN_NOTHING;
		out->kind = MDNS_COLLISION;
		return true;
	}
	if (own->tell_withdrawn) {
		own->tell_withdrawn = false;
		out->kind = MDNS_WITHDRAWN;
		return true;
	}
	out->kind = MDNS_PUBLISHED;
	bool is_news = own->tell_published;
	own->tell_published = false;
	return is_news;
}
