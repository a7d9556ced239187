#include "core/coaching/search.h"

#include <string.h>

#include "core/coaching/writing.h"

/* What each_of() and first_of() share: the next document of the kind from `*i` on. An id
 * that stands for nothing readable is passed over. */
static enum err next_of(struct notebook_txn *txn, const char *kind, size_t *i,
	struct leaf **out, struct why *why)
{
	const struct id *ids;
	size_t count;
	*out = NULL;
	enum err e = leaf_all(txn, &ids, &count, why);
	for (; e == OK && *i < count; (*i)++) {
		struct leaf *leaf;
		e = leaf_open(txn, ids[*i], &leaf, why);
		if (e == ERR_NOT_FOUND) {
			e = OK;
			continue;
		}
		if (e == OK && strcmp(leaf->head->kind->name, kind) == 0 &&
			id_is_zero(leaf->master)) {
			*out = leaf;
			(*i)++;
			return OK;
		}
	}
	return e;
}

enum err first_of(struct notebook_txn *txn, const char *kind, fits_fn *fits,
	const void *arg, struct leaf **out, struct why *why)
{
	size_t i = 0;
	enum err e;
	while ((e = next_of(txn, kind, &i, out, why)) == OK && *out != NULL)
		if (fits(txn, *out, arg))
			return OK;
	return e;
}

enum err each_of(struct notebook_txn *txn, const char *kind, each_fn *fn, void *arg,
	struct why *why)
{
	size_t i = 0;
	struct leaf *leaf;
	enum err e;
	while ((e = next_of(txn, kind, &i, &leaf, why)) == OK && leaf != NULL)
		fn(arg, txn, leaf);
	return e;
}

bool is_of_visit(struct notebook_txn *txn, const struct leaf *leaf, const void *visit)
{
	return id_equal(have_ref(txn, leaf, "visit"), *(const struct id *)visit);
}

bool is_with_person(struct notebook_txn *txn, const struct leaf *leaf, const void *person)
{
	(void)txn;
	return !leaf->is_private &&
	       person_equal(leaf->partner, *(const struct person_id *)person);
}
