/*
 * What the laws of notebooks share: chance, the truth about every word, the machines and
 * the meetings of one history.
 */
#ifndef KITH_TESTS_LAWS_NOTEBOOK_WORLD_H
#define KITH_TESTS_LAWS_NOTEBOOK_WORLD_H

#include "core/notebook/internal.h"
#include "tests/test.h"
#include "tests/unit/notebook/meeting.h"

#define WORDS_MAX 4096
#define WORD      8 /* "zq01234 " */
#define PAIRS     3
#define MACHINES  4
#define ENDS_MAX  64
#define TRACE_MAX 512

/* ---- Chance: one stream for each step, and one for all that libsodium is asked for. */

extern uint64_t chance_state, sodium_state;
void install_chance(void);
size_t below(size_t n);
bool percent(unsigned p);

/* ---- The truth. */

enum lost {
	LOST_NOT,
	LOST_HELD, /* gone from this store, but the partner holds it */
	LOST_GONE
};

struct word {
	int who;
	bool killed, free;
	enum lost lost;
	unsigned allowed, said; /* by pair, as bits */
	struct id document[PAIRS];
};

struct machine {
	struct teacher *t;
	int person;
	bool is_copy, is_unaware;
	unsigned backups;
};

struct ended {
	size_t pair;
	struct id document;
	size_t by;
};

struct world {
	struct word words[WORDS_MAX];
	size_t word_count;
	struct machine machines[MACHINES];
	size_t machine_count;
	struct teacher copy;
	struct meeting meetings[PAIRS * 2];
	size_t meeting_pair[PAIRS * 2];
	size_t meeting_count;
	struct buf heard[PAIRS];
	struct ended ends[ENDS_MAX];
	size_t end_count;
	bool rewound, with_restore, with_copy;
	unsigned persons;
	unsigned taste[16];
	char trace[TRACE_MAX][160];
	size_t trace_count;
};

extern struct world w;

/* Where a history that fails is told; NULL: nowhere. */
extern FILE *report;

void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_trace(void);
/* A law does not hold: the process ends. */
void bad(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
const char *named(const struct machine *m);
const char *short_id(struct id id);
size_t pair_of(int a, int b);

/* ---- Words. */

size_t new_word(const struct machine *m);
void word_text(size_t word, char out[WORD + 1]);
/* The next word in some bytes, from *at on. */
bool next_word(struct bytes text, size_t *at, size_t *word);
/* Deleted by who wrote it: what was not said to these pairs yet never will be. */
void kill_word(size_t word, unsigned pairs);

/* ---- Looking at notebooks. */

typedef void (*see_word)(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft);

void words_of_field(struct notebook_txn *txn, const struct leaf *leaf,
	const struct draft *draft, const struct field_schema *field, see_word seen,
	void *context);
void words_of(struct notebook_txn *txn, const struct leaf *leaf, bool sealed_only,
	see_word seen, void *context);
void all_words(const struct machine *m, bool sealed_only, see_word seen, void *context);
/* A see_word: marks it in an array of bool. */
void mark_present(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft);
/* The private documents, or those of a space; in the transaction's arena. */
struct id *documents(
	struct notebook_txn *txn, bool private, struct id space, size_t *count);
struct partner *partner_in(
	struct notebook_txn *txn, const struct machine *m, size_t pair);
bool is_in(size_t pair, const struct machine *m);
size_t a_pair(const struct machine *m);

/* ---- Meetings. */

void listen(struct teacher *from, struct teacher *to, struct bytes said, void *ear);
void drop_meeting(size_t i);
void cut(const struct machine *m);
void check_refused(struct meeting *m);
struct meeting *connect_to(const struct machine *m, const struct machine *o);

/* ---- What they do. */

/* The word may be said to the pair, in that document. */
void allow(size_t word, size_t pair, struct id document);
/* To which pairs a field of this document goes. */
unsigned pairs_of(struct notebook_txn *txn, const struct machine *m,
	const struct leaf *leaf, const struct field_schema *field,
	struct id document[PAIRS]);
/* Write something somewhere in a document. */
void write_in(const struct machine *m, struct id id);
bool ended_here(const struct machine *m, const struct ended *e);
/* Anything. */
void act(void);

/* ---- The laws. */

void check_pairs(bool at_the_end);
/* After all have met until nothing was left to say. */
void check_at_the_end(void);

#endif
