/*
 * The world of the simulation: people with their notebooks, and the truth beside them, as
 * one set of variables that its files share.
 */
#ifndef KITH_TESTS_WORLD_H
#define KITH_TESTS_WORLD_H

#include "tests/unit/protocol/nodes.h"

#define PEOPLE    3
#define PAIRS     2
#define WORDS_MAX 512
#define DOCS_MAX  128

enum { ANNA, BEN, CARLA };
extern const int pair_of[PAIRS][2];

struct doc {
	struct id id;           /* of a shown note: the master's */
	struct id there[PAIRS]; /* of a shown note: what each pair has */
	int pair;               /* moved or together; -1: private */
	int owner;
	bool shown[PAIRS];
	bool is_page;
	int dropped_by;     /* -1: by nobody */
	bool ended, unsure; /* unsure: lost days decided something about it */
	bool never;         /* ended before it could have left: nobody else knows */
	bool delivered;
	unsigned made, ended_at;
};

/* A title somebody gave a page: it stands until somebody who saw it gives another. */
struct title {
	char text[24];
	int doc;
	bool replaced;
};

struct word {
	char text[24];
	int author, doc;
	unsigned written, deleted; /* at which step; deleted 0: stands */
	int deleter;
	bool sealed; /* a talk went on since: it may have left */
	bool never;  /* deleted before that: it may not leave */
	bool delivered, delete_delivered;
	bool unsure;
};

extern char *base;
extern struct node people[PEOPLE];
extern char home[PEOPLE][128], then[PEOPLE][200], saved[PEOPLE][200];
extern unsigned saved_at[PEOPLE]; /* 0: never */
extern bool put_back[PEOPLE];     /* and not verified with all since */
extern bool settled[PAIRS];       /* verified since the last put back */

extern struct doc docs[DOCS_MAX];
extern struct word words[WORDS_MAX];
extern struct title titles[WORDS_MAX];
extern size_t doc_count, word_count, title_count;
extern struct talk talks[PAIRS];
extern bool is_open[PAIRS];
extern struct buf plain[PAIRS], cipher[PAIRS];
extern unsigned step;
extern uint64_t seed;
extern bool with_restores;
extern enum paths {
	BY_TALKS,
	BY_BOTH,
	BY_STICKS
} paths;                 /* how the two reach each other */
extern struct buf story; /* what happened, a line each; told when something is wrong */

/* Ends the test with the story and the sentence when the condition does not hold. */
#define check(condition, ...)                                                            \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fputs(buf_text(&story), stderr);                                 \
			print_error(                                                     \
				"seed %llu, step %u: ", (unsigned long long)seed, step); \
			print_error(__VA_ARGS__);                                        \
			print_error("\n");                                               \
			fail();                                                          \
		}                                                                        \
	} while (0)

/* A line of the story; `person` -1 and `doc` NULL leave it out. */
void tell(const char *what, int person, const struct doc *doc);
bool holds(const struct buf *buf, const char *text);

/* ---- talks.c: connections of two, checked as they go */

void connect_pair(int pair);
bool turn(int pair); /* false when nothing happened in it */
void run_out(int pair);
void hang_up(int pair);
void hang_up_on(int person);
/* What is in `plain` and `cipher` of the pair may be there. Empties both. */
void check_said(int pair);
void mark_sealed(int pair);    /* from now on it may have left */
void mark_delivered(int pair); /* all that was written is with both */

/* ---- sticks.c: bundles */

void stick_deed(void); /* one is written, or read, or both */
bool settle_by_sticks(int pair);
void sticks_clear(void);
void sticks_renewed(int pair); /* they paired anew */

/* ---- deeds.c: what people do, and what happens to them */

void act(void);
void begin_anew(int person); /* as paired and never met, in the first house */

#endif
