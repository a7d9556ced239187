#include "net/host/mdns_others.h"

#include <avahi-core/core.h>
#include <avahi-core/lookup.h>
#include <net/if.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "net/host/clock.h"
#include "net/host/loop.h"

#define SIGHTINGS (MDNS_ADDRESSES / 2)
#define WINDOW_MS UINT64_C(10000) /* of MDNS_NEW_PER_10_S */
#define GRACE_MS  UINT64_C(6000)  /* to be found again: resolving takes 5 s at most */

enum { IPV4, IPV6, VERSIONS };

/* One address of an instance, asked for on one interface. A resolver of Avahi gives one
 * address and prefers IPv4, so there is one for each version (FACTS §2). */
struct resolver {
	struct others *others;
	struct instance *instance;
	AvahiSServiceResolver *resolver;
	struct address address;
	bool is_found;
};

/* An interface where an instance is seen. */
struct sighting {
	AvahiIfIndex interface;
	bool seen[VERSIONS]; /* by multicast over which IP version */
	struct resolver *resolvers[VERSIONS];
};

struct instance {
	char name[MDNS_NAME_MAX + 1];
	struct sighting sightings[SIGHTINGS];
	size_t sighting_count;
	bool is_ignored;
	bool is_waiting; /* its resolvers are yet to be made: too many came at once */
	bool is_told;    /* as found, and not yet as gone */
	bool is_dirty;   /* something of it is to be told */
	uint16_t port;
	struct buf txt; /* its strings one after the other */
	size_t txt_lens[MDNS_STRINGS], txt_count;
};

struct others {
	struct loop_timer *wake;
	struct loop_timer *window; /* fires when the waiting may go on */
	struct loop_timer *grace;  /* fires when those not found again are gone */
	bool is_grace;
	AvahiServer *server;
	AvahiSServiceBrowser *browser;
	bool is_broken;
	struct instance *known[MDNS_KNOWN_MAX];
	size_t count;
	uint64_t window_ms; /* when it began */
	size_t passed;      /* in this window */
	char own[MDNS_NAME_MAX + 1];
	char gone[MDNS_NAME_MAX + 1]; /* the name last told as gone */
};

static void wake(struct others *others)
{
	loop_timer_set(others->wake, clock_monotonic_ms());
}

static struct instance *find(const struct others *others, const char *name)
{
	for (size_t i = 0; i < others->count; i++)
		if (strcmp(others->known[i]->name, name) == 0)
			return others->known[i];
	return NULL;
}

/* ---- Resolving */

static void resolver_free(struct resolver *resolver)
{
	if (resolver == NULL)
		return;
	if (resolver->resolver != NULL)
		avahi_s_service_resolver_free(resolver->resolver);
	mem_free(resolver);
}

static void stop_sighting(struct sighting *sighting)
{
	for (size_t v = 0; v < VERSIONS; v++) {
		resolver_free(sighting->resolvers[v]);
		sighting->resolvers[v] = NULL;
	}
}

static void stop_all(struct instance *instance)
{
	for (size_t i = 0; i < instance->sighting_count; i++)
		stop_sighting(&instance->sightings[i]);
}

/* Addresses that name no machine, or our own, are of no use to dial: whoever says that a
 * partner is there wants us to knock at the wrong door. */
static bool is_fit(const struct address *address, bool over_loopback)
{
	if (address_is_loopback(address))
		return over_loopback;
	if (address->at.any.sa_family == AF_INET) {
		uint32_t ip = ntohl(address->at.v4.sin_addr.s_addr);
		return ip >> 24 != 0 && ip < UINT32_C(0xe0000000);
	}
	const struct in6_addr *ip = &address->at.v6.sin6_addr;
	return !IN6_IS_ADDR_UNSPECIFIED(ip) && !IN6_IS_ADDR_MULTICAST(ip) &&
	       !IN6_IS_ADDR_V4MAPPED(ip) && !IN6_IS_ADDR_V4COMPAT(ip);
}

static bool is_loopback(AvahiIfIndex interface)
{
	return (unsigned)interface == if_nametoindex("lo");
}

/* Avahi's address has no scope: the interface is it. */
static struct address address_of(
	const AvahiAddress *a, AvahiIfIndex interface, uint16_t port)
{
	struct address address = {0};
	if (a->proto == AVAHI_PROTO_INET) {
		address.at.v4 = (struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = htons(port)};
		memcpy(&address.at.v4.sin_addr, &a->data.ipv4, 4);
		return address;
	}
	address.at.v6 =
		(struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	memcpy(&address.at.v6.sin6_addr, &a->data.ipv6, 16);
	if (IN6_IS_ADDR_LINKLOCAL(&address.at.v6.sin6_addr))
		address.at.v6.sin6_scope_id = (uint32_t)interface;
	return address;
}

static void set_port(struct address *address, uint16_t port)
{
	if (address->at.any.sa_family == AF_INET)
		address->at.v4.sin_port = htons(port);
	else
		address->at.v6.sin6_port = htons(port);
}

/* A new port holds for all addresses: they come from one SRV record. */
static void set_port_of_all(struct instance *instance, uint16_t port)
{
	instance->port = port;
	for (size_t i = 0; i < instance->sighting_count; i++) {
		for (size_t v = 0; v < VERSIONS; v++) {
			struct resolver *r = instance->sightings[i].resolvers[v];
			if (r != NULL && r->is_found)
				set_port(&r->address, port);
		}
	}
}

/* False when it is more than ours ever say; then nothing of it was read. Avahi keeps the
 * strings last first. */
static bool read_txt(struct instance *instance, AvahiStringList *list, bool *changed)
{
	CLEAN_BUF struct buf txt = {0};
	AvahiStringList *strings[MDNS_STRINGS];
	size_t lens[MDNS_STRINGS], count = 0, sum = 0;
	for (AvahiStringList *at = list; at != NULL;
		at = avahi_string_list_get_next(at)) {
		sum += 1 + avahi_string_list_get_size(at);
		if (count == MDNS_STRINGS || sum > MDNS_TXT_MAX)
			return false;
		strings[count++] = at;
	}
	for (size_t i = 0; i < count; i++) {
		AvahiStringList *at = strings[count - 1 - i];
		lens[i] = avahi_string_list_get_size(at);
		buf_add_raw(&txt, avahi_string_list_get_text(at), lens[i]);
	}
	*changed = count != instance->txt_count ||
		   (count > 0 &&
			   memcmp(lens, instance->txt_lens, count * sizeof *lens) != 0) ||
		   !bytes_equal(buf_bytes(&txt), buf_bytes(&instance->txt));
	buf_clear(&instance->txt);
	buf_add(&instance->txt, buf_bytes(&txt));
	instance->txt_count = count;
	if (count > 0)
		memcpy(instance->txt_lens, lens, count * sizeof *lens);
	return true;
}

static void set_dirty(struct others *others, struct instance *instance)
{
	instance->is_dirty = true;
	wake(others);
}

static void lose_address(struct resolver *resolver)
{
	if (!resolver->is_found)
		return;
	resolver->is_found = false;
	set_dirty(resolver->others, resolver->instance);
}

/* Its own resolvers must not be freed here: one of them calls. It goes on unheard. */
static void drop_unread(struct others *others, struct instance *instance)
{
	instance->is_ignored = true;
	set_dirty(others, instance);
}

static void on_resolved(AvahiSServiceResolver *r, AvahiIfIndex interface,
	AvahiProtocol protocol, AvahiResolverEvent event, const char *name,
	const char *type, const char *domain, const char *host, const AvahiAddress *a,
	uint16_t port, AvahiStringList *txt, AvahiLookupResultFlags flags, void *arg)
{
	(void)flags, (void)r, (void)protocol, (void)name, (void)type, (void)domain,
		(void)host;
	struct resolver *resolver = arg;
	struct instance *instance = resolver->instance;
	bool changed = false;
	if (instance->is_ignored)
		return;
	if (event != AVAHI_RESOLVER_FOUND || a == NULL) {
		lose_address(resolver);
		return;
	}
	struct address address = address_of(a, interface, port);
	if (port == 0 || !is_fit(&address, is_loopback(interface))) {
		lose_address(resolver);
		return;
	}
	if (!read_txt(instance, txt, &changed)) {
		drop_unread(resolver->others, instance);
		return;
	}
	if (resolver->is_found && !changed && port == instance->port &&
		address_equal(&address, &resolver->address))
		return;
	resolver->is_found = true;
	resolver->address = address;
	if (port != instance->port)
		set_port_of_all(instance, port);
	set_dirty(resolver->others, instance);
}

static void resolve(
	struct others *others, struct instance *instance, struct sighting *sighting)
{
	static const AvahiProtocol versions[VERSIONS] = {
		AVAHI_PROTO_INET, AVAHI_PROTO_INET6};
	for (size_t v = 0; v < VERSIONS; v++) {
		if (sighting->resolvers[v] != NULL)
			continue;
		struct resolver *resolver = mem_new(sizeof *resolver);
		resolver->others = others;
		resolver->instance = instance;
		sighting->resolvers[v] = resolver;
		resolver->resolver = avahi_s_service_resolver_new(others->server,
			sighting->interface, AVAHI_PROTO_UNSPEC, instance->name,
			MDNS_TYPE, "local", versions[v], AVAHI_LOOKUP_USE_MULTICAST,
			on_resolved, resolver);
	}
}

static void resolve_all(struct others *others, struct instance *instance)
{
	for (size_t i = 0; i < instance->sighting_count; i++)
		resolve(others, instance, &instance->sightings[i]);
}

/* ---- New ones, at a bounded pace */

/* Whether one more may be looked at now. */
static bool pass(struct others *others)
{
	uint64_t now = clock_monotonic_ms();
	if (now - others->window_ms >= WINDOW_MS) {
		others->window_ms = now;
		others->passed = 0;
	}
	if (others->passed < MDNS_NEW_PER_10_S) {
		others->passed++;
		return true;
	}
	loop_timer_set(others->window, others->window_ms + WINDOW_MS);
	return false;
}

static void on_window(void *arg)
{
	struct others *others = arg;
	for (size_t i = 0; i < others->count; i++) {
		struct instance *instance = others->known[i];
		if (!instance->is_waiting || instance->is_ignored)
			continue;
		if (!pass(others))
			return;
		instance->is_waiting = false;
		resolve_all(others, instance);
	}
}

static void instance_free(struct instance *instance)
{
	stop_all(instance);
	buf_release(&instance->txt);
	mem_free(instance);
}

static void forget(struct others *others, size_t i)
{
	instance_free(others->known[i]);
	others->known[i] = others->known[--others->count];
}

/* Make room: whoever floods the network must not keep a partner out for good, so one
 * that is ignored goes first, else any. One that was told of stays. */
static bool make_room(struct others *others)
{
	if (others->count < MDNS_KNOWN_MAX)
		return true;
	for (size_t i = 0; i < others->count; i++) {
		if (others->known[i]->is_ignored && !others->known[i]->is_told) {
			forget(others, i);
			return true;
		}
	}
	size_t i = random_below(MDNS_KNOWN_MAX);
	if (others->known[i]->is_told)
		return false;
	forget(others, i);
	return true;
}

static struct instance *add(struct others *others, const char *name)
{
	if (!make_room(others))
		return NULL;
	struct instance *instance = mem_new(sizeof *instance);
	memcpy(instance->name, name, strlen(name));
	instance->is_waiting = !pass(others);
	others->known[others->count++] = instance;
	return instance;
}

static struct sighting *sighting_on(struct instance *instance, AvahiIfIndex interface)
{
	for (size_t i = 0; i < instance->sighting_count; i++)
		if (instance->sightings[i].interface == interface)
			return &instance->sightings[i];
	return NULL;
}

static void appear(
	struct others *others, const char *name, AvahiIfIndex interface, size_t version)
{
	struct instance *instance = find(others, name);
	if (instance == NULL && (instance = add(others, name)) == NULL)
		return;
	struct sighting *sighting = sighting_on(instance, interface);
	if (sighting == NULL) {
		if (instance->sighting_count == SIGHTINGS)
			return;
		sighting = &instance->sightings[instance->sighting_count++];
		*sighting = (struct sighting){.interface = interface};
	}
	sighting->seen[version] = true;
	if (!instance->is_waiting && !instance->is_ignored)
		resolve(others, instance, sighting);
}

static void disappear(
	struct others *others, const char *name, AvahiIfIndex interface, size_t version)
{
	struct instance *instance = find(others, name);
	struct sighting *sighting =
		instance != NULL ? sighting_on(instance, interface) : NULL;
	if (sighting == NULL)
		return;
	sighting->seen[version] = false;
	if (sighting->seen[IPV4] || sighting->seen[IPV6])
		return;
	stop_sighting(sighting);
	*sighting = instance->sightings[--instance->sighting_count];
	set_dirty(others, instance);
}

static void on_browsed(AvahiSServiceBrowser *b, AvahiIfIndex interface,
	AvahiProtocol protocol, AvahiBrowserEvent event, const char *name,
	const char *type, const char *domain, AvahiLookupResultFlags flags, void *arg)
{
	(void)b, (void)type, (void)domain, (void)flags;
	struct others *others = arg;
	if (event == AVAHI_BROWSER_FAILURE) {
		others->is_broken = true;
		wake(others);
		return;
	}
	if ((event != AVAHI_BROWSER_NEW && event != AVAHI_BROWSER_REMOVE) ||
		name == NULL || name[0] == '\0' || strlen(name) > MDNS_NAME_MAX ||
		strcmp(name, others->own) == 0)
		return;
	size_t version = protocol == AVAHI_PROTO_INET6 ? IPV6 : IPV4;
	if (event == AVAHI_BROWSER_NEW)
		appear(others, name, interface, version);
	else
		disappear(others, name, interface, version);
}

/* ---- Life */

static void on_grace(void *arg)
{
	struct others *others = arg;
	others->is_grace = false;
	for (size_t i = 0; i < others->count; i++)
		others->known[i]->is_dirty = true;
	wake(others);
}

struct others *others_new(struct loop *loop, struct loop_timer *wake)
{
	struct others *others = mem_new(sizeof *others);
	others->wake = wake;
	others->window = loop_timer(loop, LOOP_NEVER, on_window, others);
	others->grace = loop_timer(loop, LOOP_NEVER, on_grace, others);
	return others;
}

void others_start(struct others *others, struct AvahiServer *server)
{
	others->server = server;
	others->is_broken = false;
	others->browser = avahi_s_service_browser_new(server, AVAHI_IF_UNSPEC,
		AVAHI_PROTO_UNSPEC, MDNS_TYPE, "local", AVAHI_LOOKUP_USE_MULTICAST,
		on_browsed, others);
	others->is_broken = others->browser == NULL;
	others->is_grace = true;
	loop_timer_set(others->grace, clock_monotonic_ms() + GRACE_MS);
}

void others_stop(struct others *others)
{
	for (size_t i = 0; i < others->count; i++) {
		stop_all(others->known[i]);
		others->known[i]->sighting_count = 0;
	}
	if (others->browser != NULL)
		avahi_s_service_browser_free(others->browser);
	others->browser = NULL;
	others->server = NULL;
}

void others_free(struct others *others)
{
	if (others == NULL)
		return;
	others_stop(others);
	while (others->count > 0)
		forget(others, 0);
	loop_timer_remove(others->window);
	loop_timer_remove(others->grace);
	mem_free(others);
}

bool others_broke(const struct others *others)
{
	return others->is_broken;
}

void others_set_own(struct others *others, const char *instance)
{
	memset(others->own, 0, sizeof others->own);
	if (instance != NULL)
		memcpy(others->own, instance, strlen(instance));
}

void others_ignore(struct others *others, const char *name)
{
	struct instance *instance = find(others, name);
	if (instance == NULL)
		return;
	stop_all(instance);
	instance->is_ignored = true;
	instance->is_told = false;
}

void others_heed_all(struct others *others)
{
	for (size_t i = 0; i < others->count; i++)
		others->known[i]->is_ignored = false;
}

/* ---- What to tell */

static void add_address(struct mdns_event *out, const struct sighting *sighting, size_t v)
{
	const struct resolver *r = sighting->resolvers[v];
	if (r == NULL || !r->is_found)
		return;
	address_text(&r->address, out->addresses[out->address_count].text);
	out->addresses[out->address_count++].interface = (unsigned)sighting->interface;
}

static void fill(const struct instance *instance, struct mdns_event *out)
{
	struct bytes rest = buf_bytes(&instance->txt);
	*out = (struct mdns_event){
		.kind = MDNS_FOUND, .instance = instance->name, .port = instance->port};
	out->txt_count = instance->txt_count;
	for (size_t i = 0; i < instance->txt_count; i++)
		(void)bytes_take(&rest, instance->txt_lens[i], &out->txt[i]);
	for (size_t v = 0; v < VERSIONS; v++)
		for (size_t i = 0; i < instance->sighting_count; i++)
			add_address(out, &instance->sightings[i], v);
}

/* What there is to tell of this one now; `*end`: nothing will come of it any more. */
static bool tell(struct others *others, struct instance *instance, struct mdns_event *out,
	bool *end)
{
	*end = instance->sighting_count == 0 && !others->is_grace;
	if (!instance->is_dirty)
		return false;
	instance->is_dirty = false;
	fill(instance, out);
	if (out->address_count > 0 && !instance->is_ignored) {
		instance->is_told = true;
		return true;
	}
	if (!instance->is_told || (others->is_grace && !instance->is_ignored))
		return false;
	instance->is_told = false;
	memcpy(others->gone, instance->name, sizeof others->gone);
	*out = (struct mdns_event){.kind = MDNS_GONE, .instance = others->gone};
	return true;
}

bool others_next(struct others *others, struct mdns_event *out)
{
	for (size_t i = 0; i < others->count; i++) {
		struct instance *instance = others->known[i];
		bool end, is_told = tell(others, instance, out, &end);
		if (instance->is_ignored && !is_told)
			stop_all(instance);
		if (end)
			forget(others, i--);
		if (is_told)
			return true;
	}
	return false;
}
