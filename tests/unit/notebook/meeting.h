/*
 * Two notebooks that meet, without a network: the messages of a session in two queues,
 * which may be stepped one by one, lost, or run to their end. What is said when is as in
 * DESIGN §6.3.
 */
#ifndef KITH_TESTS_NOTEBOOK_MEETING_H
#define KITH_TESTS_NOTEBOOK_MEETING_H

#include "core/crdt/vector.h"
#include "tests/unit/notebook/teachers.h"

struct meeting_message {
	int kind;
	struct buf body;
};

struct meeting_side {
	struct teacher *teacher, *other;
	struct meeting_message queue[64]; /* to be received by this side */
	size_t count;
	struct buf claim;   /* the last heard */
	struct vector sent; /* what was pushed to the other in this session */
	bool verified, differs;
	unsigned rebuilds;
};

struct meeting {
	struct meeting_side side[2];
	bool open;
	enum err refused; /* of the last message that was */
	struct why why;
	size_t messages, bytes;
	/* Looks at everything that is said, before it is received. */
	void (*listen)(
		struct teacher *from, struct teacher *to, struct bytes said, void *ear);
	void *ear;
};

/* Both say what they hold. */
void meeting_begin(struct meeting *m, struct teacher *a, struct teacher *b);
/* The side receives its next message; false when there is none. */
bool meeting_step(struct meeting *m, int side);
/* What this side wrote meanwhile is sealed and said. */
void meeting_flow(struct meeting *m, int side);
/* Until nothing is left to say. */
void meeting_run(struct meeting *m);
void meeting_end(struct meeting *m);

/* A whole session; whether both verified. `m` (may be NULL) is what happened. */
bool meet(struct teacher *a, struct teacher *b);
bool meet_listening(struct teacher *a, struct teacher *b, struct meeting *out);

#endif
