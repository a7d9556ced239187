/*
 * One connection to one device of a partner: a socket, the session over it, the sync
 * inside the session. It carries bytes and time between the three, and says what came of
 * it; whom to connect to and which connection stays is its owner's business.
 */
#ifndef KITH_HOST_LINK_H
#define KITH_HOST_LINK_H

#include "net/host/tcp.h"
#include "net/protocol/pairkeys.h"
#include "net/protocol/sync.h"
#include "net/protocol/wire.h"

struct link;
struct loop;
struct notebook;

#define LINK_DIAL_MS    UINT64_C(5000) /* for TCP to connect: SYNs at 0, 1 and 3 s */
#define LINK_GOODBYE_MS UINT64_C(2000) /* for the last bytes to leave */
#define LINK_OUT_MAX    ((size_t)512 * 1024) /* bytes that wait for the socket */

/* Under which keys this may become a session, and with whom. */
struct link_key {
	struct session_key key; /* its `tag` is of no matter */
	struct person_id person;
	bool renewed; /* the pair's newest root */
};

struct link_config {
	struct loop *loop;           /* lent, as the next */
	struct notebook *notebook;   /* not in a transaction when the loop runs */
	uint64_t number;             /* the owner's, to tell links apart */
	const struct link_key *keys; /* one to dial, any number to answer; copied */
	size_t key_count;
	bool once; /* end when both hold the same */
};

/* What one sync came to: from the connection, or from the rest before, to now. */
struct link_report {
	struct sync_report sync;      /* counts are of this sync alone */
	uint64_t bytes_in, bytes_out; /* on the socket */
	uint64_t ms;
};

enum link_event_type {
	LINK_UP,   /* authenticated: `person`, `device` */
	LINK_REST, /* a sync is over: `report`; the connection stays */
	LINK_END,  /* the last: link_free() now, or later */
};

/* Borrowed until the callback returns. */
struct link_event {
	enum link_event_type type;
	struct person_id person;   /* whose key it was; zero when nobody's */
	struct dh_public device;   /* LINK_UP */
	bool was_up;               /* LINK_END: authenticated once */
	struct link_report report; /* LINK_REST, LINK_END */
	/* LINK_END. OK: all was said. Else as SESSION_CLOSED and SYNC_END;
	 * ERR_NOT_REACHED when it never connected. */
	enum err err;
	enum wire_close reason; /* when they closed in order; else WIRE_CLOSE_FAULT */
	const char *why;        /* a sentence for a person */
};

/* From the loop or from inside a function here; it may call all of them, but link_free()
 * on LINK_END only. */
typedef void link_fn(void *arg, struct link *link, const struct link_event *event);

/* Dial. The person is that of the one key. What fails at once comes as LINK_END too. */
struct link *link_dial(const struct link_config *config, const struct address *to,
	link_fn *fn, void *arg);
/* Answer on a connection that was accepted. Takes `fd`. */
struct link *link_answer(
	const struct link_config *config, int fd, link_fn *fn, void *arg);
/* Hangs up at once where it still stands. */
void link_free(struct link *link);

/* Close in order: LINK_END follows. Nothing when it is on its way already. */
void link_close(struct link *link, enum wire_close reason);
/* It is known to be dead, for this reason: LINK_END follows, and nothing is said. */
void link_drop(struct link *link, const char *why);
/* The same as link_close() now and without an event, for a program that ends: what the
 * socket takes at once is said. Then only link_free(). */
void link_leave(struct link *link, enum wire_close reason);

/* The store's version moved. */
void link_store_moved(struct link *link);

uint64_t link_number(const struct link *link);
bool link_is_up(const struct link *link);
bool link_is_resting(const struct link *link); /* up, and nothing is under way */
bool link_has_dialled(const struct link *link);
struct person_id link_person(const struct link *link);
int link_fd(const struct link *link); /* -1 when it was hung up */
/* The other end, as address_text(). */
const char *link_address(const struct link *link);

#endif
