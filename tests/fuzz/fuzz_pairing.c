/*
 * Bytes from the other side of a pairing, by the first of them:
 *
 *	0, 1  what comes to a typer, to a shower, in pieces as long as a byte in front
 *says; whatever it is, nobody is written down and no more than three codes are burned 2
 *what a device says of its person, name and device list 3     a confirmation's word on
 *the space
 */
#include <assert.h>
#include <string.h>

#include "core/base/utf8.h"
#include "net/protocol/pairing.h"
#include "net/protocol/pairing_who.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct identity_secret identity;
static struct dh_secret own;
static struct device_list list;
static struct buf signed_list;

static void start(void)
{
	assert(crypto_start() == OK);
	identity_pair(&identity, &list.person);
	list.number = 1;
	list.count = 1;
	list.devices[0].id = random_id();
	dh_pair(&own, &list.devices[0].key);
	assert(device_list_sign(&list, &identity, &signed_list) == OK);
}

static struct pairing_config config_of(bool typer)
{
	return (struct pairing_config){.typer = typer,
		.own = &own,
		.person = list.person,
		.list = buf_bytes(&signed_list),
		.name = "Amina",
		.versions = wire_versions_own()};
}

/* Take up what it asks for; the number of codes that were shown or asked for. */
static size_t drain(struct pairing *p)
{
	struct pairing_event event;
	size_t codes = 0;
	while (pairing_next(p, &event)) {
		assert(event.type != PAIRING_DONE);
		codes +=
			event.type == PAIRING_SHOW_CODE || event.type == PAIRING_ASK_CODE;
		if (event.type == PAIRING_ASK_CODE)
			assert(pairing_typed(p, "07-aardvark-adroitness-absurd", 0,
				       NULL) == OK);
	}
	assert(pairing_output(p)->len < 65536);
	buf_clear(pairing_output(p));
	return codes;
}

static void talk(bool typer, struct bytes rest)
{
	struct pairing_config config = config_of(typer);
	struct pairing *p = pairing_new(&config, 0);
	struct bytes piece;
	uint64_t now_ms = 0;
	uint8_t len;
	size_t codes = drain(p);
	while (bytes_take_u8(&rest, &len)) {
		bool wanted = pairing_connected(p, now_ms);
		(void)wanted; /* not while one stands, and not at the end */
		if (len == 0)
			pairing_eof(p, now_ms);
		else if (len == 255)
			now_ms += 1000;
		if (!bytes_take(&rest, len < rest.len ? len : rest.len, &piece))
			break;
		pairing_recv(p, piece, now_ms);
		pairing_answer(p, true, now_ms);
		pairing_tick(p, now_ms);
		codes += drain(p);
	}
	assert(codes <= PAIRING_CODES);
	pairing_free(p);
}

static void read_who(struct bytes inner)
{
	struct pairing_config config = config_of(true);
	struct pairing_self self;
	struct pairing_who who = {0};
	struct why why;
	pairing_self_init(&self, &config);
	if (pairing_who_read(&self, inner, &list.devices[0].key, &who, &why) == OK) {
		assert(who.name[0] != '\0' && strlen(who.name) <= PAIRING_NAME_MAX);
		assert(utf8_valid(bytes_text(who.name)));
		assert(!person_equal(who.list.person, list.person));
	}
	pairing_who_release(&who);
	pairing_self_release(&self);
}

static void read_shared(struct bytes rest)
{
	struct bytes before = rest;
	struct pairing_shared shared;
	CLEAN_BUF struct buf again = {0};
	if (!pairing_shared_read(&rest, &shared))
		return;
	pairing_shared_add(&again, &shared);
	assert(again.len == before.len - rest.len);
	assert(memcmp(again.at, before.at, again.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	uint8_t what;
	if (signed_list.len == 0)
		start();
	if (!bytes_take_u8(&rest, &what))
		return 0;
	if (what % 4 < 2)
		talk(what % 4 == 0, rest);
	else if (what % 4 == 2)
		read_who(rest);
	else
		read_shared(rest);
	return 0;
}
