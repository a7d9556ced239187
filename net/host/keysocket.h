/*
 * The socket in the store's folder over which the node hands the master key to the same
 * user's commands, and takes their requests ("meet this partner now"; DESIGN §2).
 *
 * As an ssh agent does: a Unix socket of mode 0600, and each side asks the kernel who the
 * other is (SO_PEERCRED) before it says a word. One request, one reply, then the end.
 * A frame is its length (4 bytes, big endian, at most KEYSOCKET_FRAME) and MessagePack:
 *
 *	request  [1, "key" | "ask", bin]
 *	reply    [1, error number, sentence, bin]
 *
 * What "ask" carries is the node's own matter. Every buffer is wiped: a request may hold
 * the master key on its way in.
 */
#ifndef KITH_HOST_KEYSOCKET_H
#define KITH_HOST_KEYSOCKET_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/crypto/keys.h"

struct loop;
struct keysocket;

#define KEYSOCKET_NAME    "node.sock"
#define KEYSOCKET_FRAME   (64 * 1024) /* bytes after the length */
#define KEYSOCKET_BODY    (KEYSOCKET_FRAME - 1024)
#define KEYSOCKET_CLIENTS 16   /* at once; one more is told ERR_BUSY */
#define KEYSOCKET_WAIT_MS 5000 /* for a request to come whole */

/* A request has come whole: answer now or later, once, with keysocket_reply(). `request`
 * is wiped when the call returns. `client` is never used again for another. */
typedef void keysocket_fn(void *arg, uint64_t client, struct bytes request);

/*
 * Offer the socket in `dir`. The caller holds the store's node.lock, so a socket file
 * that nobody answers is a dead node's and is replaced.
 *
 * Errors: ERR_BUSY when somebody answers; ERR_IO, ERR_READ_ONLY, ERR_NOT_FOUND.
 */
MUST_USE enum err keysocket_listen(struct loop *loop, const char *dir, keysocket_fn *fn,
	void *arg, struct keysocket **out, struct why *why);
/* Takes the socket file away; those who wait for an answer see the end. */
void keysocket_close(struct keysocket *keysocket);

/* The key to hand out, copied into locked memory. NULL: the node is locked, and says so
 * (ERR_LOCKED). */
void keysocket_offer(struct keysocket *keysocket, const struct secret *master);

/* Answer: with `e` other than OK the sentence of `why` (or of `e`) goes instead of
 * `reply`, which may then be empty. A client that went away is no error. `reply` longer
 * than KEYSOCKET_BODY is answered as ERR_TOO_BIG. */
void keysocket_reply(struct keysocket *keysocket, uint64_t number, enum err e,
	const struct why *why, struct bytes reply);

/* Whether the client still waits: a command that was stopped needs no answer. */
bool keysocket_waits(const struct keysocket *keysocket, uint64_t client);

/*
 * For commands: ask the node of the store in `dir` and wait for its reply, appended to
 * `reply` (may be NULL). Blocks.
 *
 * Errors: ERR_NOT_REACHED when no node runs there; ERR_TIMEOUT; ERR_AUTH when the socket
 * is another user's; ERR_TOO_BIG; ERR_BUSY; else what the node answered, with its
 * sentence.
 */
MUST_USE enum err keysocket_ask(const char *dir, struct bytes request, struct buf *reply,
	int64_t timeout_ms, struct why *why);

/* The master key. Errors as above; ERR_LOCKED when the node itself is locked. `out` is
 * zero after one. */
MUST_USE enum err keysocket_key(const char *dir, struct secret *out, struct why *why);

#endif
