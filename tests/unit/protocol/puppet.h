/*
 * A dialler moved by hand against one listening session: it holds the pair's key, and
 * says what no honest side would.
 */
#ifndef KITH_TESTS_PUPPET_H
#define KITH_TESTS_PUPPET_H

#include "tests/unit/protocol/line.h"

struct puppet {
	struct bytes first_payload; /* in handshake message 1, where nothing belongs */
	struct session *against;    /* the listener of `line` */
	struct noise *noise;
	struct noise_channel *channel;
};

/* Challenge taken, preface and message 1 said. */
void puppet_call(struct puppet *puppet, struct line *line);

/* The whole handshake; asserts that the listener is up. */
void puppet_open(struct puppet *puppet, struct line *line);
void puppet_release(struct puppet *puppet);

void puppet_say(struct puppet *puppet, uint8_t kind, uint8_t flags, struct bytes inner);

/* The reason in the one message that the listener says: a close. */
int puppet_hears_close(struct puppet *puppet);

#endif
