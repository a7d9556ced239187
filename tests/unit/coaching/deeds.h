/* What the tests of two teachers' coaching share. */
#ifndef KITH_TESTS_COACHING_DEEDS_H
#define KITH_TESTS_COACHING_DEEDS_H

#include "core/coaching/schema.h"
#include "tests/unit/notebook/meeting.h"

/* Group setup: as teachers_start(), with the documents of coaching. */
static inline int coaching_start(void **state)
{
	teachers_schema = &coaching_schema;
	return teachers_start(state);
}

/* A call that must succeed; it has `why` for its sentence. */
#define ok(call)                                                                         \
	do {                                                                             \
		struct why why_ = {{0}}, *why = &why_;                                   \
		enum err e_ = (call);                                                    \
		if (e_ != OK)                                                            \
			fail_msg("%s: %s", #call, why_text(&why_, e_));                  \
	} while (0)

#endif
