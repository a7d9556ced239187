/*
 * Noise's handshake patterns as a table of tokens: who says which key, and which secrets
 * are mixed in after it. The inside of noise.h.
 *
 * Source: revision 34, §7 (fundamental patterns), §9 (psk modifier), §18.1 (deferred).
 */
#ifndef KITH_CRYPTO_NOISE_PATTERN_H
#define KITH_CRYPTO_NOISE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_MESSAGES 4
#define PATTERN_TOKENS   6 /* the longest message has five, and END */
#define PATTERN_NO_PSK   (-1)

enum token {
	TOKEN_END,
	TOKEN_E,
	TOKEN_S,
	TOKEN_EE,
	TOKEN_ES, /* ephemeral of the initiator, static of the responder */
	TOKEN_SE, /* static of the initiator, ephemeral of the responder */
	TOKEN_SS,
};

/* The initiator writes message 0, then they take turns; a pattern of one message is
 * one-way. */
struct pattern {
	const char *name;
	bool initiator_known; /* the responder has their static key beforehand */
	bool responder_known; /* the reverse */
	enum token messages[PATTERN_MESSAGES + 1][PATTERN_TOKENS];
};

/*
 * The pattern of that full name ("XXpsk3"); `psk` becomes the place of its psk: 0 before
 * the first message, n at the end of message n, or PATTERN_NO_PSK. NULL when unknown.
 */
const struct pattern *pattern_find(const char *name, int *psk);

size_t pattern_count(const struct pattern *pattern); /* of messages */

/* Whether the side has a static key of its own at all. */
bool pattern_has_static(const struct pattern *pattern, bool initiator);

#endif
