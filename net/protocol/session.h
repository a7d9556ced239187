/*
 * One connection between two paired devices, from the first byte to the last: challenge
 * and hint, Noise_XXpsk0 under the pair's key, then messages of up to WIRE_MESSAGE_MAX,
 * cut, padded and sealed. A machine without I/O:
 *
 *	session_recv() or session_tick(), then session_next() until false, then send what
 *	session_output() holds.
 *
 * It knows that the other side holds the pair's key and which device key it has. Whether
 * that device is in use is for the caller to decide, from the device list it holds
 * (SECURITY §1.1), before it says anything else.
 *
 * Source: SECURITY §1.3; DESIGN §6.1.
 */
#ifndef KITH_PROTOCOL_SESSION_H
#define KITH_PROTOCOL_SESSION_H

#include "core/crypto/keys.h"
#include "net/protocol/pairkeys.h"
#include "net/protocol/wire.h"

#define SESSION_HANDSHAKE_MS UINT64_C(10000)   /* from the first byte to SESSION_UP */
#define SESSION_STILL_MS     UINT64_C(20000)   /* silent for so long: say that we live */
#define SESSION_SILENCE_MS   UINT64_C(60000)   /* heard nothing for so long: closed */
#define SESSION_AGE_MS       UINT64_C(3600000) /* then a new one replaces it */

struct session_config {
	bool dialer;
	const struct dh_secret *own; /* our device key; copied */
	/* The dialler has exactly one key. The listener has one for each root it may be
	 * called under. Lent until SESSION_UP or SESSION_CLOSED. */
	const struct session_key *keys;
	size_t key_count;
	struct wire_versions versions; /* wire_versions_own(); copied */
};

/* One connection. Holds secrets; in locked memory. */
struct session;

/* The connection stands. The listener's challenge is already in the output. */
struct session *session_new(const struct session_config *config, uint64_t now_ms);
void session_free(struct session *session);
void session_freep(struct session **session);

enum session_event_type {
	SESSION_UP,      /* authenticated; session_send() from here on */
	SESSION_MESSAGE, /* one whole message of kind 16 … 63 */
	SESSION_CLOSED,  /* the last event: send what is in the output, then hang up */
};

struct session_event {
	enum session_event_type type;

	/* SESSION_UP */
	size_t tag;               /* of the key the two met under */
	struct dh_public remote;  /* the other device */
	uint8_t hash[NOISE_HASH]; /* names this very session */
	struct wire_versions agreed;

	/* SESSION_MESSAGE: borrowed until the next call on this machine */
	uint8_t kind;
	struct bytes message;

	/*
	 * SESSION_CLOSED. OK: closed in order by us (session_close(), or the hour is
	 * over); ERR_CLOSED: by them, in order (`reason` says why) or by breaking off
	 * (`cut`: what was under way is to be discarded); ERR_NOT_FOUND: a stranger, who
	 * heard nothing more; ERR_AUTH, ERR_CORRUPT, ERR_TOO_BIG: what came was not
	 * right; ERR_REFUSED: this very device; ERR_TIMEOUT; ERR_VERSION: no version in
	 * common.
	 */
	enum err err;
	bool cut;
	enum wire_close reason;
	const char *why; /* a sentence for a person; static or until the next call */
};

/* Bytes came. At most 64 KiB in one call, and session_next() until false after it: what
 * the machine holds is bounded by that and by one message under way. */
void session_recv(struct session *session, struct bytes bytes, uint64_t now_ms);
/* The connection ended or broke. */
void session_eof(struct session *session, uint64_t now_ms);
void session_tick(struct session *session, uint64_t now_ms);

bool session_next(struct session *session, struct session_event *out);

/* When to call session_tick() at the latest; UINT64_MAX when closed. */
uint64_t session_deadline_ms(const struct session *session);

/* What is to be sent; the caller drains it from the front (buf_drop_front()). A caller
 * that produces much looks at its length first. Borrowed for the session's life. */
struct buf *session_output(struct session *session);

/*
 * Say one message of kind 16 … 63.
 * Errors: ERR_CLOSED when the session is not up; ERR_TOO_BIG over WIRE_MESSAGE_MAX;
 * ERR_INVALID for another kind. Nothing was appended then.
 */
MUST_USE enum err session_send(
	struct session *session, uint8_t kind, struct bytes message, uint64_t now_ms);

/* Close in order: SESSION_CLOSED follows. Nothing when closed already. */
void session_close(struct session *session, enum wire_close reason);

bool session_is_up(const struct session *session);

#endif
