/*
 * Nodes without a network: notebooks in temporary folders, paired, and talks between two
 * of them over sessions in memory. A talk goes in turns: what one side says in a turn
 * reaches the other in the next, so that turns count single trips.
 */
#ifndef KITH_TESTS_NODES_H
#define KITH_TESTS_NODES_H

#include "core/notebook/share.h"
#include "net/protocol/session.h"
#include "net/protocol/sync.h"

extern const struct schema nodes_schema;       /* page: together; note: shown or moved */
extern const struct schema nodes_schema_later; /* of a newer kith: pages have a mood */

struct node {
	const char *name;
	char dir[128], kept[160];
	const struct schema *schema;
	struct secret master;
	struct notebook *book;
	uint64_t wall_s; /* its clock */
};

/* A new folder, in memory where the system has such; to be given to nodes_remove(). */
char *nodes_folder(void);
void nodes_remove(char *folder);

/* A new folder with two in it who are paired and have never met; and away with it. */
char *nodes_two(struct node *anna, struct node *ben);
void nodes_two_remove(char *folder, struct node *anna, struct node *ben);

/* A notebook in a folder of its own under `base`. */
void node_make(struct node *node, const char *base, const char *name);
void node_open(struct node *node);
void node_close(struct node *node);

/* The folder as it is now into another place, and back: a backup that nobody noticed. */
void node_save(struct node *node, const char *place);
void node_put_back(struct node *node, const char *place);

/* The folder as it is now, and back to it again: as every test finds it. */
void node_keep(struct node *node);
void node_again(struct node *node);

/* To another folder: a copy that is noticed. */
void node_move(struct node *node, const char *place);

/* What a pairing leaves behind on both sides. A space that both hold open is kept. */
void nodes_pair(struct node *a, struct node *b);

struct partner *node_partner(
	struct node *node, struct notebook_txn *txn, struct node *other);

/* ---- Documents, each in a transaction of its own. */

struct id node_page(struct node *node, struct node *with, const char *text);
struct id node_note(struct node *node, const char *text);
/* In the pair's space. */
struct id node_share(
	struct node *node, struct id note, struct node *with, enum role role);
void node_write(struct node *node, struct id document, const char *text); /* its body */
/* One edit of the body, exactly there; `text` is ASCII, so that places are bytes. */
void node_splice(
	struct node *node, struct id document, size_t at, size_t gone, const char *text);
void node_set(struct node *node, struct id page, const char *field, const char *value);
/* What it is again where nothing ever left; else zero. */
struct id node_take_back(struct node *node, struct id document);
void node_unpair(struct node *node, struct node *other);

/* The id that a document has here now, when it had to be made anew; else the same. */
struct id node_now(struct node *node, struct id document);

/* Drop what the other shared, or what is together. */
void node_drop(struct node *node, struct id document);

/* The values of a page's title that compete, each followed by a line break, sorted. */
void node_titles(struct node *node, struct id page, struct buf *out);

/* The body, own draft included; "(none)" when there is no such document. In a static
 * place that the next call overwrites. */
const char *node_body(struct node *node, struct id document);
size_t node_count(struct node *node); /* documents of any space */

/* ---- Talks */

struct talk_side {
	struct node *node;
	struct dh_secret own;
	struct session_key key;
	struct session *session;
	struct sync *sync;
	bool renewed, once;
	struct buf inbox; /* what the other said in the turn before */
	bool closed, hung_up;
	enum err err; /* of SYNC_END, or of SESSION_CLOSED */
	char why[300];
	size_t messages;  /* said */
	uint64_t version; /* of the store, when the sync was last told */
	struct sync_report report;
};

struct talk {
	struct talk_side side[2];
	uint64_t now_ms;
	unsigned turns;     /* since both were up */
	struct buf log;     /* what happened, one line each */
	size_t room;        /* given to sync_next() at once */
	struct buf *plain;  /* where not NULL: every message said */
	struct buf *cipher; /* and every byte */

	/* Break the connection before this side says its message of this number. */
	int cut_side;
	size_t cut_at;
	/* What becomes of the messages of this side, where not NULL. */
	int mangle_side;
	void (*mangle)(uint8_t *kind, struct buf *message);
};

/* A connection between the two; nothing said yet. */
void talk_begin(struct talk *talk, struct node *a, struct node *b);

/* One turn; false when nothing happened in it. */
bool talk_turn(struct talk *talk);
void talk_run(struct talk *talk); /* until nothing happens */
void talk_break(struct talk *talk);
void talk_end(struct talk *talk); /* frees; reports stay */

/* A whole talk: begin, run, end. Its log stays in `talk`. */
void talk_whole(struct talk *talk, struct node *a, struct node *b);

#endif
