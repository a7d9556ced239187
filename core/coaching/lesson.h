/*
 * A lesson that was observed: the session's document, its events written one by one as
 * they happen, and read back as a recording that numbers are made of (SCHEMA.md,
 * session).
 *
 * Until it is handed over a session is its observer's private document, and lines for own
 * eyes live in a private note beside it from their first key on.
 */
#ifndef KITH_COACHING_LESSON_H
#define KITH_COACHING_LESSON_H

#include "core/coaching/instruments/instrument.h"
#include "core/notebook/notebook.h"

/* A new session of a visit (zero: of none), with the short names of its instruments.
 * `started` is local time, YYYY-MM-DD HH:MM:SS, `tz` its offset as +HH:MM. */
struct lesson_words {
	struct id visit;
	const char *started, *tz;
	const struct bytes *instruments;
	size_t instrument_count;
};
MUST_USE enum err lesson_begin(struct notebook_txn *txn, const struct lesson_words *words,
	struct id *out, struct why *why);

/* Write one event, a moment, a gap down. `rid` names it, for voiding. */
MUST_USE enum err lesson_event(struct notebook_txn *txn, struct id session,
	const struct event *event, uint8_t rid[8], struct why *why);
MUST_USE enum err lesson_moment(struct notebook_txn *txn, struct id session,
	uint64_t t_ms, struct bytes caption, struct why *why);
MUST_USE enum err lesson_gap(struct notebook_txn *txn, struct id session, uint64_t t_ms,
	uint64_t length_ms, struct why *why);
MUST_USE enum err lesson_void(struct notebook_txn *txn, struct id session,
	const uint8_t rid[8], struct why *why);
/* It is over, or so far. */
MUST_USE enum err lesson_length(
	struct notebook_txn *txn, struct id session, uint64_t length_ms, struct why *why);

/* One event as it is kept, with its name. */
struct lesson_line {
	struct event event;
	uint8_t rid[8];
};

struct lesson_moment_line {
	uint64_t t_ms, t2_ms; /* t2_ms 0: a moment, no stretch */
	struct bytes caption;
	uint8_t rid[8];
};

/* A session read whole; in the transaction's arena. */
struct lesson {
	struct id id, visit;
	const char *started;
	struct recording recording; /* its events borrow those of `lines` */
	struct lesson_line *lines;  /* in the order of time */
	size_t line_count;
	struct lesson_moment_line *moments;
	size_t moment_count;
	const struct instrument **instruments; /* those that are known here */
	size_t instrument_count;
	const char **unknown; /* names of those that are not */
	size_t unknown_count;
	bool is_private, is_mine; /* not handed over; mine: not a partner's lesson */
	bool has_ended;           /* it did not break off */
};
MUST_USE enum err lesson_read(
	struct notebook_txn *txn, struct id session, struct lesson *out, struct why *why);

/* An instrument by its name: shipped, or a document of the kind instrument that is here.
 * In the transaction's arena; NULL. */
const struct instrument *lesson_instrument(struct notebook_txn *txn, struct bytes name);

/* The newest session of a visit, zero where there is none; and the private note of
 * own-eyes lines that belongs to a session. */
MUST_USE enum err lesson_of_visit(
	struct notebook_txn *txn, struct id visit, struct id *out, struct why *why);
MUST_USE enum err lesson_own_note(
	struct notebook_txn *txn, struct id session, struct id *out, struct why *why);

/* A line for own eyes: into that private note, made with the first one. */
MUST_USE enum err lesson_own_line(struct notebook_txn *txn, struct id session,
	uint64_t t_ms, const char *text, struct why *why);

#endif
