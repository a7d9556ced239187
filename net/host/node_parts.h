/*
 * What the files of the node share: node.c is its life, node_links.c its connections,
 * node_find.c how partners find each other, node_outcome.c what came of meeting,
 * node_pairs.c who the partners are, node_ask.c what other processes say to it.
 */
#ifndef KITH_HOST_NODE_PARTS_H
#define KITH_HOST_NODE_PARTS_H

#include "core/notebook/invisible.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/interfaces.h"
#include "net/host/link.h"
#include "net/host/mdns.h"
#include "net/host/node.h"
#include "net/protocol/announce.h"
#include "net/protocol/roster.h"

struct keysocket;

/* ---- node_pairs.c: the partners as the node needs them, read from the notebook. */

#define PAIR_ROOTS 2 /* the newest, and the one before until a session stood */

struct pair {
	struct person_id person;
	char called[NAME_MAX_LEN + 1];
	size_t root_count;
	struct link_key keys[PAIR_ROOTS]; /* the newest first */
	struct secret announce_out[PAIR_ROOTS], announce_in[PAIR_ROOTS];
	int64_t clock_offset_s;
	struct partner_address addresses[PARTNER_ADDRESSES];
	size_t address_count;
};

struct pairs {
	struct invisible invisible; /* where none of them is to find this computer */
	size_t count;
	struct pair at[];
};

/* Those with whom anything is still to be said. Locked memory; pairs_free(). */
MUST_USE enum err pairs_read(
	struct notebook *notebook, struct pairs **out, struct why *why);
void pairs_free(struct pairs *pairs);
const struct pair *pairs_find(const struct pairs *pairs, struct person_id person);
/* Whether they are the same partners under the same roots, to be found in the same
 * places. */
bool pairs_equal(const struct pairs *a, const struct pairs *b);

/* Remember an address that worked on a network, and how their clock stood. Nothing where
 * both are known already. */
MUST_USE enum err pairs_remember(struct notebook *notebook, struct person_id person,
	const char *address, const struct network *network, int64_t clock_offset_s,
	struct why *why);

/* ---- node_find.c: announcing, browsing, networks; facts for the roster. */

struct find;

struct find *find_new(struct node *node);
void find_free(struct find *find); /* says goodbye */
/* The partners changed, or where they may find us: announce anew, look at everybody
 * anew. */
void find_pairs(struct find *find);
/* Look harder, for a while: also at those whose clock is far off. */
void find_harder(struct find *find);
/* Their clock less ours, as they announce themselves; `known` where they were not heard.
 */
int64_t find_clock(const struct find *find, struct person_id person, int64_t known);
/* The address at which that partner announces itself on the machine at `address`, or
 * NULL: who called us may be called back there. */
const char *find_listener(
	const struct find *find, struct person_id person, const struct address *address);

/* ---- The node. */

#define NODE_LINKS   96 /* at once, answered and dialled */
#define NODE_EARLY   8  /* answered and not authenticated yet (SECURITY §1.3) */
#define NODE_EARLY_1 2  /* of one address */

/* What is kept of each partner's outcomes. */
struct outcomes {
	struct person_id person;
	struct node_outcome done;   /* the last that came to rest */
	struct node_outcome failed; /* the last that did not */
	bool is_down; /* the failure was logged, and nothing went well since */
};

/* A command that waits for an outcome. */
struct waiting {
	uint64_t client; /* of the key socket; 0: none */
	struct person_id person;
	uint64_t mark;
	uint64_t deadline_ms;
};

#define NODE_WAITING 16

/* A connection, and what the node means to do with it. */
struct node_link {
	struct link *link;
	bool has_rested; /* what it is for was done */
	bool renew;      /* ended so that another takes its place at once */
};

struct node {
	struct node_config config;
	char *dir;
	int lock_fd;
	struct keysocket *keysocket;

	/* NULL and empty while locked. */
	struct notebook *notebook;
	bool is_lent;
	struct pairs *pairs;
	struct roster *roster;
	struct find *find;
	int listener;
	uint16_t port;
	struct loop_fd *listener_watch, *store_watch;
	struct loop_timer *decide;        /* ask the roster; also its deadline */
	struct loop_timer *accept;        /* the listener rests until then */
	struct loop_timer *version_timer; /* where the store gives no watch */
	struct loop_timer *waiting_timer;
	uint64_t version;
	struct node_link links[NODE_LINKS];
	size_t link_count;
	uint64_t link_numbers;
	struct person_id try_before[PARTNERS_MAX]; /* dial them under the root before */
	size_t try_before_count;

	uint64_t outcome_numbers;
	struct outcomes outcomes[PARTNERS_MAX];
	size_t outcome_count;
	struct waiting waiting[NODE_WAITING];
};

uint64_t node_now_ms(const struct node *node);
void node_log(struct node *node, const char *format, ...) PRINTF_LIKE(2, 3);
const char *node_called(const struct node *node, struct person_id person);
/* Let the roster decide, on the loop's next turn. */
void node_decide(struct node *node);

/* node_outcome.c: what came of a sync, kept, logged, told to those who wait. */
void node_note_done(struct node *node, struct person_id person,
	const struct link_report *report, bool is_first);
void node_note_failed(struct node *node, struct person_id person, enum err e,
	const char *sentence, const struct link_report *report);

/* node_links.c: the connections. */
MUST_USE enum err node_listen(struct node *node, struct why *why);
void node_unlisten(struct node *node); /* also when it does not listen */
void node_on_decide(void *arg);        /* do what the roster decides */
void node_leave_all(struct node *node);
void node_tell_moved(struct node *node);
/* Addresses changed: what is bound to one that is gone is dead, and nobody will tell. */
void node_drop_dead(struct node *node);
/* End those with this partner that rest, so that new ones take their place. Whether any
 * stands. */
bool node_renew(struct node *node, struct person_id person);

/* node_ask.c */
void node_on_request(void *arg, uint64_t client, struct bytes request);
/* There is a new outcome, or time passed: answer those who wait. */
void node_answer_waiting(struct node *node);
void node_forget_waiting(struct node *node);

#endif
