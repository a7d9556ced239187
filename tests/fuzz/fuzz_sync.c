/*
 * Messages to a sync over a real notebook. First byte: 0 before their hello, else after
 * it. Then steps:
 *
 *	even u8 | kind | u16 length | bytes             anything
 *	odd u8  | which | u16 cut | n | n × (u16, u8)   an honest message, cut to `cut`
 *bytes unless 0, some bytes set
 *
 * The process lives; a sync that ended with an error changed nothing by its last message.
 */
#include "tests/test.h"

#include <assert.h>

#include "tests/sim/random.h"
#include "tests/unit/protocol/nodes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HONEST 3

static struct node anna, ben;
static char *base;
static struct buf honest[HONEST]; /* hello, push, ack of Ben's */
static const uint8_t honest_kind[HONEST] = {SYNC_HELLO, SYNC_PUSH, SYNC_ACK};

static struct sync *alone(struct node *node, struct node *other)
{
	struct sync_config config = {.notebook = node->book,
		.partner = notebook_me(other->book)->person,
		.remote = notebook_me(other->book)->device_public,
		.renewed = true};
	return sync_new(&config, 0);
}

/* The next message; false at the end, or when there is none. */
static bool said(struct sync *s, struct buf *message)
{
	struct sync_event event;
	while (sync_next(s, 1 << 20, 0, &event))
		if (event.type == SYNC_SAY) {
			buf_clear(message);
			buf_add(message, event.message);
			return true;
		}
	return false;
}

static void clean_up(void)
{
	nodes_two_remove(base, &anna, &ben);
}

static void start(void)
{
	random_start();
	base = nodes_two(&anna, &ben);
	atexit(clean_up);
	(void)node_page(&ben, &anna, "a page of Ben's");
	node_keep(&anna);

	CLEAN_BUF struct buf first = {0};
	CLEANUP(sync_freep) struct sync *a = alone(&anna, &ben);
	CLEANUP(sync_freep) struct sync *b = alone(&ben, &anna);
	bool spoke = said(a, &first) && said(b, &honest[0]);
	sync_recv(b, SYNC_HELLO, buf_bytes(&first), 0);
	spoke = spoke && said(b, &honest[1]);
	assert(spoke);
	buf_add_raw(&honest[2], honest[0].at + 1, honest[0].len - 1); /* a claim */
}

static bool any_message(struct bytes *rest, uint8_t *kind, struct buf *message)
{
	uint16_t len;
	struct bytes bytes;
	if (!bytes_take_u8(rest, kind) || !bytes_take_u16(rest, &len) ||
		!bytes_take(rest, len < rest->len ? len : rest->len, &bytes))
		return false;
	buf_add(message, bytes);
	return true;
}

static bool honest_message(struct bytes *rest, uint8_t *kind, struct buf *message)
{
	uint8_t which, count;
	uint16_t cut;
	if (!bytes_take_u8(rest, &which) || !bytes_take_u16(rest, &cut) ||
		!bytes_take_u8(rest, &count))
		return false;
	*kind = honest_kind[which % HONEST];
	buf_add(message, buf_bytes(&honest[which % HONEST]));
	if (cut > 0 && cut < message->len)
		message->len = cut;
	uint16_t at;
	uint8_t value;
	for (; count > 0 && bytes_take_u16(rest, &at) && bytes_take_u8(rest, &value);
		count--)
		message->at[at % message->len] = value;
	return true;
}

static bool ended(struct sync *s)
{
	struct sync_event event;
	bool end = false;
	while (sync_next(s, 1 << 20, 0, &event)) {
		assert(!end);
		end = event.type == SYNC_END;
	}
	return end;
}

static void converse(struct sync *s, struct bytes rest)
{
	uint8_t op, kind = 0;
	for (size_t steps = 0; steps < 64 && bytes_take_u8(&rest, &op); steps++) {
		CLEAN_BUF struct buf message = {0};
		if (!(op % 2 == 0 ? any_message : honest_message)(&rest, &kind, &message))
			return;
		uint64_t version = notebook_version(anna.book);
		sync_recv(s, kind, buf_bytes(&message), 0);
		struct sync_event event;
		/* An error of the message itself comes before anything is said. */
		while (sync_next(s, 0, 0, &event))
			if (event.type == SYNC_END) {
				assert(notebook_version(anna.book) == version);
				return;
			}
		if (ended(s))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	uint8_t stage;
	if (base == NULL)
		start();
	if (!bytes_take_u8(&rest, &stage))
		return 0;
	struct sync *s = alone(&anna, &ben);
	(void)ended(s);
	if (stage > 0)
		sync_recv(s, SYNC_HELLO, buf_bytes(&honest[0]), 0);
	(void)ended(s);
	converse(s, rest);
	sync_free(s);
	if (node_count(&anna) > 0) /* a push was taken */
		node_again(&anna);
	return 0;
}
