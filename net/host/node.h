/*
 * The node of one store: it finds partners, meets them, and keeps both sides the same.
 * One process at a time is the node (node.lock): `kith run`, `kith sync` for the length
 * of one sync, or the full-screen face. It runs in its owner's loop.
 *
 * Below are also the words that commands of other processes say to it over the key socket
 * (net/host/keysocket.h).
 *
 * Source: DESIGN §§2, 6.1; CLI.md, "When a node is running".
 */
#ifndef KITH_HOST_NODE_H
#define KITH_HOST_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"
#include "net/host/tcp.h"

struct loop;
struct node;
struct notebook;
struct schema;

/* What one sync with one partner came to. A value. */
struct node_outcome {
	uint64_t number; /* grows by one with each outcome of this node; 0: there is none
			  */
	struct person_id person;
	enum err err; /* OK: both came to rest. Else how it failed, and the sentence */
	struct why why;
	bool met;
	size_t received, sent; /* entries */
	size_t both_wrote;     /* documents where both wrote, as the entries came */
	size_t voids;          /* changes left out: what their author may not do */
	bool verified;
	bool differs; /* compared, and not the same */
	uint8_t fingerprint[16];
	unsigned round_trips;
	uint64_t bytes_in, bytes_out, ms;
};

/* One line on a change of state, without a line break; a person's own words in it are not
 * cleaned for a terminal. Borrowed until the callback returns. */
typedef void node_log_fn(void *arg, const char *line);
/* After each outcome. */
typedef void node_outcome_fn(void *arg, const struct node_outcome *outcome);

struct node_config {
	struct loop *loop;            /* lent for the node's life, as all pointers here */
	const char *dir;              /* the store's folder */
	const struct schema *schema;  /* to open the notebook with */
	const struct address *listen; /* NULL: everywhere, on TCP_PORT or a free port,
					and not at all where it is invisible */
	bool once;                    /* a session ends when both hold the same */
	node_log_fn *log;             /* may be NULL, as the next */
	node_outcome_fn *outcome;
	void *arg; /* of both */
};

/*
 * Become the node, locked: it answers on the key socket and otherwise does nothing.
 * Errors: ERR_BUSY when another process is the node; ERR_NOT_FOUND, ERR_READ_ONLY; those
 * of tcp_listen(), asked once to see that it will work.
 */
MUST_USE enum err node_new(
	const struct node_config *config, struct node **out, struct why *why);

/* Says goodbye to everyone and stops. Notebooks it opened are closed. */
void node_free(struct node *node);
void node_freep(struct node **node); /* for CLEANUP() */

/*
 * Begin, with the notebook of the store. node_open() opens one of its own; node_lend()
 * takes one that the owner has open, for as long as the node runs: a store is open once
 * in a process. No transaction may be open while the loop runs.
 * Errors: as notebook_open() and tcp_listen(). It stays locked then.
 */
MUST_USE enum err node_open(
	struct node *node, const struct secret *master, struct why *why);
MUST_USE enum err node_lend(
	struct node *node, struct notebook *notebook, struct why *why);

/* End all sessions, announce nothing, forget the key. ERR_REFUSED with a lent notebook.
 */
MUST_USE enum err node_close(struct node *node, struct why *why);

struct notebook *node_notebook(struct node *node); /* NULL: locked */
uint16_t node_port(const struct node *node);       /* 0: locked, or invisible */

/*
 * Meet this partner now; what comes of it is an outcome with a number above `*mark`. A
 * session that stands and rests is ended and made anew: only a new comparison proves that
 * both hold the same now. `address` (may be NULL): tried too, from now on.
 * Errors: ERR_LOCKED; ERR_NOT_FOUND for someone who is no partner.
 */
MUST_USE enum err node_nudge(struct node *node, struct person_id person,
	const struct address *address, uint64_t *mark, struct why *why);

/* The first outcome with the partner after `mark`, or, where there is none, false and the
 * last failure since then (`number` 0: nothing was tried). */
bool node_outcome(const struct node *node, struct person_id person, uint64_t mark,
	struct node_outcome *out);

/* Whether a connection stands, or is on its way. */
bool node_is_busy(const struct node *node);

/* ---- For commands of other processes: the node of the store in `dir`. */

enum node_state {
	NODE_NONE, /* nobody runs there */
	NODE_LOCKED,
	NODE_OPEN,
};

enum node_state node_state(const char *dir);

/* The master key. Errors: ERR_NOT_REACHED, ERR_LOCKED, as keysocket_key(). */
MUST_USE enum err node_key(const char *dir, struct secret *master, struct why *why);

/* Errors: ERR_NOT_REACHED when no node runs; what the node itself says. */
MUST_USE enum err node_unlock(
	const char *dir, const struct secret *master, struct why *why);
MUST_USE enum err node_lock(const char *dir, struct why *why);

/* node_nudge(), and waiting for its outcome for at most `wait_ms`. Errors: as there;
 * ERR_NOT_REACHED when no node runs. ERR_TIMEOUT: nothing came of it in time, and `why`
 * says what was tried last. */
MUST_USE enum err node_ask_nudge(const char *dir, struct person_id person,
	const struct address *address, uint64_t *mark, struct why *why);
MUST_USE enum err node_ask_outcome(const char *dir, struct person_id person,
	uint64_t mark, int64_t wait_ms, struct node_outcome *out, struct why *why);

#endif
