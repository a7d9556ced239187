#include "core/coaching/parting.h"

#include <string.h>

#include "core/coaching/search.h"
#include "core/coaching/small.h"
#include "core/coaching/visit.h"
#include "core/coaching/writing.h"
#include "core/notebook/share.h"

struct looking {
	const struct partner *partner;
	struct parting *out;
	size_t cap;
};

/* A session here of a visit to the partner's lesson: not handed over yet, as the copy its
 * observer reads, or kept when the pair ended. */
static bool is_capture(
	struct notebook_txn *txn, const struct leaf *leaf, const struct partner *partner)
{
	struct visit visit;
	struct id of = have_ref(txn, leaf, "visit");
	if (person_equal(leaf->head->owner, partner->person))
		return leaf->is_private || person_equal(leaf->partner, partner->person);
	return leaf->is_private && !id_is_zero(of) &&
	       visit_read(txn, of, &visit, NULL) == OK && !visit.i_teach &&
	       person_equal(visit.partner, partner->person);
}

static void look_at_session(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct looking *l = arg;
	if (is_capture(txn, leaf, l->partner) && l->out->capture_count < l->cap)
		l->out->captures[l->out->capture_count++] = leaf->id;
}

enum err parting_look(struct notebook_txn *txn, const struct partner *partner,
	struct parting *out, struct why *why)
{
	const struct id *ids;
	struct leaf *agreement;
	struct looking l = {.partner = partner, .out = out};
	*out = (struct parting){.by_them = people_was_left(txn, partner)};
	if (!out->by_them &&
		(partner->state == PARTNER_LEAVING || partner->state == PARTNER_LEFT))
		return because(why, ERR_REFUSED, "you ended it with %s already",
			partner->called);
	enum err e = leaf_all(txn, &ids, &l.cap, why);
	if (e != OK)
		return e;
	out->captures = arena_array(txn_arena(txn), l.cap, sizeof *out->captures);
	e = each_of(txn, "session", look_at_session, &l, why);
	if (e == OK)
		e = first_of(txn, "agreement", is_with_person, &partner->person,
			&agreement, why);
	if (e == OK && agreement != NULL)
		out->keep_months = have_int(txn, agreement, "keep_months", 0);
	return e;
}

enum err coach_part(struct notebook_txn *txn, struct partner *partner,
	const struct parting *parting, bool erase, const char *thanks, struct why *why)
{
	struct id last = {{0}};
	enum err e = OK;
	if (thanks != NULL && parting->by_them)
		return because(why, ERR_REFUSED,
			"%s ended it: a last line would not reach them any more",
			partner->called);
	if (thanks != NULL)
		e = coach_kudos(txn, partner, thanks, &last, why);
	if (e == OK)
		e = share_unpair(txn, partner, thanks != NULL ? &last : NULL, why);
	for (size_t i = 0; e == OK && erase && i < parting->capture_count; i++) {
		/* What was together is a private copy now, under a new id. */
		struct leaf *leaf;
		e = leaf_open(txn, parting->captures[i], &leaf, why);
		if (e == OK)
			e = leaf_erase(txn, leaf->id, why);
	}
	return e;
}
