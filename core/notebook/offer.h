/*
 * Sealing: at the moment of offering, and never before, what waits to be said becomes
 * entries of the own log (DESIGN §4.4).
 */
#ifndef KITH_NOTEBOOK_OFFER_H
#define KITH_NOTEBOOK_OFFER_H

#include "core/notebook/people.h"

/*
 * Seal every draft of the pair's space, and every end that was decided. The partner's
 * device stands authenticated and has said what it holds, or a bundle is being written.
 * Nothing is sealed while own history is still coming back, nor for a partner not met
 * yet.
 *
 * `sealed`: how many entries that made.
 */
MUST_USE enum err offer_seal(struct notebook_txn *txn, struct partner *partner,
	size_t *sealed, struct why *why);

/* Whether offer_seal() would make an entry. */
bool offer_waits(struct notebook_txn *txn, struct partner *partner);

#endif
