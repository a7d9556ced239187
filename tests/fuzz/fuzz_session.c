/*
 * Bytes to a session. First byte: 0, they come from a stranger, who must hear nothing;
 * 1, to a dialler, from whoever listens; else from someone who holds the pair's key and
 * seals whatever he likes: records of kind, flags, u16 length, inner.
 */
#include "tests/test.h"

#include <assert.h>

#include "tests/unit/protocol/puppet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct line line;

/* Until it has nothing more to tell; an end is the last of it. */
static void drain(struct session *s)
{
	struct session_event event;
	bool ended = false;
	while (session_next(s, &event)) {
		assert(!ended);
		assert(event.message.len <= WIRE_MESSAGE_MAX);
		ended = event.type == SESSION_CLOSED;
	}
}

static void raw(bool dialer, struct bytes said)
{
	struct line_side *side = &line.side[dialer ? DIALER : LISTENER];
	struct session_config config = {.dialer = dialer,
		.own = &side->own,
		.keys = side->keys,
		.key_count = 1,
		.versions = side->versions};
	struct session *s = session_new(&config, 0);
	buf_clear(session_output(s));
	session_recv(s, said, 0);
	/* Whatever comes, a listener has said all that a stranger hears. */
	assert(dialer || session_output(s)->len == 0);
	assert(!session_is_up(s));
	drain(s);
	session_free(s);
}

static void sealed(struct bytes rest)
{
	static struct puppet puppet;
	uint8_t kind, flags;
	uint16_t len;
	struct bytes inner;
	puppet_open(&puppet, &line);
	while (session_is_up(puppet.against) && bytes_take_u8(&rest, &kind) &&
		bytes_take_u8(&rest, &flags) && bytes_take_u16(&rest, &len)) {
		if (!bytes_take(&rest, len < rest.len ? len : rest.len, &inner) ||
			inner.len > WIRE_INNER_MAX)
			break;
		puppet_say(&puppet, kind, flags, inner);
		drain(puppet.against);
	}
	puppet_release(&puppet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	uint8_t who;
	if (line.side[0].key_count == 0) {
		assert(crypto_start() == OK);
		line_init(&line);
	}
	if (!bytes_take_u8(&rest, &who) || rest.len > 65536)
		return 0;
	if (who < 2)
		raw(who == 1, rest);
	else
		sealed(rest);
	return 0;
}
