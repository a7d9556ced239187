/*
 * A walk over a part of the event graph: the CRDT state of the event graph walker, there
 * only while concurrent changes are merged (Gentle & Kleppmann, EuroSys 2025, §3). What
 * was there before the walk began is one run of characters of which nothing is known but
 * their number.
 *
 * Every character has two states: one in the version the walk stands at, in which places
 * are read, and one in the text here, for which edits are made.
 *
 * Order of concurrent insertions: FugueMax (M. Weidner, M. Kleppmann, arXiv 2305.00583),
 * ties by log id.
 *
 * Only text*.c and walk*.c include this.
 */
#ifndef KITH_CRDT_WALK_H
#define KITH_CRDT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/crdt/graph.h"

/* An edit to the text here, at its place as the edits before left it. */
struct walk_edit {
	uint32_t pos, len;
	bool is_insert;
	bool after_dead; /* as in core/crdt/effect.h */
};

struct walk;
struct graph_seen;

/* Begins before event `start`, which all later ones have seen everything before of, on a
 * text of `len`. Borrows the graph. */
struct walk *walk_new(const struct graph *graph, uint32_t start, uint32_t len);
void walk_free(struct walk *walk); /* NULL is fine */
/* The same again, in the memory it has. */
void walk_restart(struct walk *walk, uint32_t start, uint32_t len);

uint32_t walk_start(const struct walk *walk);

/* Walk over the events up to `end` that it has not seen. */
void walk_replay(struct walk *walk, uint32_t end);

/* Say what the first event of a walk that was just begun, or is about to be, has seen. */
void walk_stand(struct walk *walk, const struct heads *version);

/* Stand at a version; returns how long the text was there. */
uint32_t walk_to(struct walk *walk, const struct heads *version);

/* The same for the first event of a run, with what graph_seen.h knows of versions: it
 * stands at the end of the run walked last. */
uint32_t walk_to_run(struct walk *walk, struct graph_seen *seen, size_t run);

/* The next event's operation, at its place in the version the walk stands at. */
void walk_insert(struct walk *walk, uint32_t event, uint32_t pos, uint32_t len);
void walk_delete(
	struct walk *walk, uint32_t event, uint32_t pos, uint32_t len, bool is_back);

/* What follows belongs to a change that begins here. Forgets the edits collected. */
void walk_begin(struct walk *walk, uint32_t event);

/* The edits of the operations since. Borrowed. */
const struct walk_edit *walk_edits(const struct walk *walk, size_t *count);

/* How long the text here is. */
uint32_t walk_len(const struct walk *walk);

/* What is visible here, from left to right, by the events that inserted it, of a walk
 * from the first event on: `*index` starts as 0; false at the end. */
bool walk_next(const struct walk *walk, size_t *index, uint32_t *event, uint32_t *len);

/* The same with what was deleted left in its place, of any walk: what is old was there
 * when it began, and `event` is its place then. */
struct walk_piece {
	uint32_t event, len; /* of the insertion */
	bool is_dead, is_old;
};
bool walk_next_piece(const struct walk *walk, size_t *index, struct walk_piece *out);

/* Which events deleted what, in the order of events: the events from `event` on deleted
 * the characters that those from `inserted` on had inserted; the last one first when
 * `is_back`. `*index` starts as 0; false at the end. */
struct walk_deletion {
	uint32_t event, inserted, len;
	bool is_back;
};
bool walk_next_deletion(
	const struct walk *walk, size_t *index, struct walk_deletion *out);

size_t walk_memory(const struct walk *walk);

#endif
