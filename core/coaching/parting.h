/*
 * When two part: what stays with me of the lessons of the other, and a last word to them
 * (DOMAIN §6, J12).
 */
#ifndef KITH_COACHING_PARTING_H
#define KITH_COACHING_PARTING_H

#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

struct parting {
	bool by_them; /* they ended it: what there was is over, and I decide what stays */
	struct id *
		captures; /* sessions of lessons that the partner taught and I observed */
	size_t capture_count;
	int64_t keep_months; /* as the two agreed; 0: nothing was agreed */
};

/* What there is to say before it is decided; in the transaction's arena. Errors:
 * ERR_REFUSED where I ended it already. */
MUST_USE enum err parting_look(struct notebook_txn *txn, const struct partner *partner,
	struct parting *out, struct why *why);

/*
 * Part. `erase`: destroy the captures. `thanks` (may be NULL): one line that goes out
 * with the end. Errors: as share_unpair(); ERR_INVALID for a line that is none;
 * ERR_REFUSED for one to who ended it, and hears no more.
 */
MUST_USE enum err coach_part(struct notebook_txn *txn, struct partner *partner,
	const struct parting *parting, bool erase, const char *thanks, struct why *why);

#endif
