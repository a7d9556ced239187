/*
 * A pairing on this machine: the listener of whoever shows the code, the search and the
 * dialling of whoever types it, the connection and the timer. What is decided is decided
 * by the machine (net/protocol/pairing.h); what a person sees and answers goes to the
 * owner and comes from there, and so does what is to be written. It needs no node and
 * disturbs none.
 *
 * Source: DESIGN §6.1; SECURITY §2.4.
 */
#ifndef KITH_HOST_PAIRER_H
#define KITH_HOST_PAIRER_H

#include "net/host/tcp.h"
#include "net/protocol/pairing.h"

struct link_report;
struct loop;
struct notebook;
struct pairer;

/*
 * What the person is to see or do: PAIRING_SHOW_CODE, PAIRING_ASK_CODE, PAIRING_COMPARE,
 * PAIRING_DONE, PAIRING_FAILED as in pairing.h; NULL: the partner was kept and the last
 * word has left. Called from the loop, never from inside a function here; it may call all
 * of them but pairer_free(). PAIRING_DONE is answered there and then, with pairer_kept()
 * or pairer_cancel().
 */
typedef void pairer_fn(void *arg, const struct pairing_event *event);

struct pairer_config {
	struct loop *loop; /* lent for the pairer's life */
	struct pairing_config pairing;
	/* Shower: where to listen; NULL: everywhere, on TCP_PORT or a free port. Nothing
	 * is announced of a loopback address. */
	const struct address *listen;
	/* Typer: whom to dial; NULL: search by mDNS. */
	const struct address *to;
	bool is_invisible; /* shower: announce nothing */
	pairer_fn *fn;
	void *arg;
};

/* Errors: as tcp_listen(). */
MUST_USE enum err pairer_new(
	const struct pairer_config *config, struct pairer **out, struct why *why);
void pairer_free(struct pairer *pairer);

/* As the functions of the machine, with the loop's time. */
MUST_USE enum err pairer_typed(struct pairer *pairer, const char *text, struct why *why);
void pairer_answer(struct pairer *pairer, bool same);
void pairer_kept(struct pairer *pairer);
void pairer_cancel(struct pairer *pairer);

/* Shower: the port it listens on. */
uint16_t pairer_port(const struct pairer *pairer);
/* Why nobody can be found or find us just now; NULL when all is well. */
const char *pairer_problem(const struct pairer *pairer);

/* ---- The session that follows at once: it makes the shower's entry final, and brings
 * what is there already. */

#define PAIRER_MEET_MS UINT64_C(5000)  /* for the two to stand in a session */
#define PAIRER_SYNC_MS UINT64_C(60000) /* and for that session */

/*
 * Once the partner was kept: meet as in a sync, where the two just met. Turns the loop
 * until it is over. `notebook` is not in a transaction meanwhile.
 *
 * Errors: as LINK_END (net/host/link.h), ERR_TIMEOUT; with a sentence. The two are
 * partners all the same, and meet at the next sync.
 */
MUST_USE enum err pairer_meet(struct pairer *pairer, struct notebook *notebook,
	struct link_report *report, struct why *why);

#endif
