#include "tests/test.h"

#include "net/protocol/hint.h"
#include "tests/unit/protocol/puppet.h"

static void say_turn(struct puppet *p, struct bytes payload)
{
	CLEAN_BUF struct buf message = {0}, frame = {0};
	assert_int_equal(noise_write(p->noise, payload, &message), OK);
	wire_add_frame(&frame, buf_bytes(&message));
	session_recv(p->against, buf_bytes(&frame), 0);
}

void puppet_call(struct puppet *p, struct line *line)
{
	struct line_side *anna = &line->side[DIALER], *ben = &line->side[LISTENER];
	struct session_config config = {.own = &ben->own,
		.keys = ben->keys,
		.key_count = ben->key_count,
		.versions = ben->versions};
	p->against = session_new(&config, 0);
	struct buf *out = session_output(p->against);

	uint8_t preface[WIRE_PREFACE];
	CLEAN_BUF struct buf prologue = {0};
	hint_session(&anna->keys[0].hint_out, out->at, preface);
	buf_add_text(&prologue, "kith/noise/1");
	buf_add(&prologue, buf_bytes(out));
	buf_add(&prologue, BYTES_OF(preface));
	buf_clear(out);
	session_recv(p->against, BYTES_OF(preface), 0);

	struct noise_config noise = {.pattern = "XXpsk0",
		.initiator = true,
		.prologue = buf_bytes(&prologue),
		.psk = &anna->keys[0].psk,
		.own = &anna->own};
	p->noise = noise_new(&noise);
	p->channel = NULL;
	say_turn(p, p->first_payload);
}

void puppet_open(struct puppet *p, struct line *line)
{
	puppet_call(p, line);
	struct buf *out = session_output(p->against);
	CLEAN_BUF struct buf payload = {0}, versions = {0};
	assert_true(out->len > 2);
	struct bytes answer = {out->at + 2, out->len - 2};
	assert_int_equal(noise_read(p->noise, answer, &payload), OK);
	buf_clear(out);
	wire_versions_add(&versions, &line->side[DIALER].versions);
	say_turn(p, buf_bytes(&versions));
	p->channel = noise_split(p->noise);

	struct session_event event;
	assert_true(session_next(p->against, &event));
	assert_int_equal(event.type, SESSION_UP);
}

void puppet_release(struct puppet *p)
{
	noise_free(p->noise);
	channel_free(p->channel);
	session_free(p->against);
	*p = (struct puppet){.first_payload = p->first_payload};
}

void puppet_say(struct puppet *p, uint8_t kind, uint8_t flags, struct bytes inner)
{
	CLEAN_BUF struct buf frame = {0};
	struct wire_message m = {.kind = kind, .flags = flags, .inner = inner};
	assert_int_equal(wire_seal(p->channel, &m, &frame), OK);
	session_recv(p->against, buf_bytes(&frame), 0);
}

int puppet_hears_close(struct puppet *p)
{
	struct buf *out = session_output(p->against);
	CLEAN_BUF struct buf plain = {0};
	struct wire_message m;
	assert_int_equal(out->len, 2 + WIRE_PAD_MIN + NOISE_TAG);
	struct bytes body = {out->at + 2, out->len - 2};
	assert_int_equal(wire_open(p->channel, body, &plain, &m), OK);
	assert_int_equal(m.kind, WIRE_CLOSE);
	assert_int_equal(m.inner.len, 1);
	return m.inner.at[0];
}
