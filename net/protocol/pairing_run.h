/*
 * One run of a pairing: one connection, from its first byte to the two confirmations. It
 * knows nothing of codes that came before, of waiting, or of people: pairing.c does.
 *
 * pairing_run.c is the way to a shared key (challenge, preface, CPace: F1 … F6),
 * pairing_meet.c the talk under it (Noise, who, the words, the confirmations). The fields
 * are theirs and pairing.c's.
 *
 * Source: SECURITY §2.3.
 */
#ifndef KITH_PROTOCOL_PAIRING_RUN_H
#define KITH_PROTOCOL_PAIRING_RUN_H

#include "core/crypto/cpace.h"
#include "core/crypto/noise.h"
#include "net/protocol/pairing.h"
#include "net/protocol/pairing_who.h"

/* What is awaited from the other side. */
enum run_state {
	RUN_CHALLENGE, /* typer */
	RUN_PREFACE,   /* shower */
	RUN_NONCE,     /* F1, F2 */
	RUN_SHARE,     /* F3, F4 */
	RUN_TAG,       /* F5, F6 */
	RUN_NOISE,
	RUN_WHO,
	RUN_WORDS,     /* commitment, share or what was committed to */
	RUN_CONFIRM,   /* the words stand; their person has not confirmed */
	RUN_CONFIRMED, /* their confirmation is here */
};

#define RUN_NONCE_LEN 16
#define RUN_HALF      32 /* random share of the words, or of the pair's root */

/* In locked memory, with all that it holds. */
struct run {
	bool typer;
	enum run_state state;
	bool begun;   /* the other side speaks our protocol: it counts as a run */
	bool guessed; /* the one guess was made: the code is spent */

	struct words_code code;
	struct dh_secret own;
	struct wire_versions versions;
	const struct pairing_self *self; /* lent for the life of the run */

	struct wire_in in;
	uint8_t own_nonce[RUN_NONCE_LEN], their_nonce[RUN_NONCE_LEN];
	struct buf transcript; /* F1 … F6 */
	struct cpace *cpace;
	struct cpace_key key;

	struct noise *noise;
	size_t turn; /* handshake messages so far */
	struct noise_channel *channel;
	struct buf plain; /* of the last message opened */
	uint8_t hash[NOISE_HASH];

	struct pairing_who who; /* the other side, from RUN_WORDS on */
	uint8_t own_share[RUN_HALF], their_share[RUN_HALF];
	uint8_t commitment[RUN_HALF]; /* shower: theirs */
	bool committed;               /* shower: it came */
	uint8_t words[3];             /* from RUN_CONFIRM on */

	uint8_t own_half[RUN_HALF], their_half[RUN_HALF];
	struct pairing_shared theirs; /* the space as they know it, when confirmed */
	bool we_confirmed;            /* our confirmation went out, or is made */
};

struct run_config {
	bool typer;
	const struct words_code *code;
	const struct dh_secret *own;
	struct wire_versions versions;
	const struct pairing_self *self;
};

/* The connection stands. The shower's challenge goes into `out`. */
struct run *run_new(const struct run_config *config, struct buf *out);
void run_free(struct run *run);

/*
 * Bytes came; what is to be said is appended to `out`. The caller looks at `state`,
 * `begun` and `guessed` afterwards.
 *
 * Errors: ERR_NOT_FOUND for a stranger who did not come to pair; ERR_VERSION and
 * ERR_REFUSED, each with a sentence in `why` and with what is in `out` still to be said,
 * about someone who had the code; anything else: what came was not right. The run is over
 * then.
 */
MUST_USE enum err run_recv(
	struct run *run, struct bytes bytes, struct buf *out, struct why *why);

/* What our confirmation says, drawn once; the typer's goes into `out` at once, the
 * shower's when it is said (run_say_confirm()). */
void run_confirm(struct run *run);
MUST_USE enum err run_say_confirm(struct run *run, struct buf *out);

/* The pair's root, once both halves are there. */
void run_root(const struct run *run, struct secret *out);

/* ---- Between the two files. */

/* The two tags were right: begin the handshake. The typer's first message goes out. */
MUST_USE enum err run_meet(struct run *run, struct buf *out);
/* One frame of the talk. */
MUST_USE enum err run_meet_frame(
	struct run *run, struct bytes body, struct buf *out, struct why *why);

#endif
