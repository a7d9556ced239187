/*
 * The name key and the name guard: which pupil sits where, kept by their teacher alone,
 * in no export, never carried; and a look for those names in what is about to leave
 * (DOMAIN §4.2). It finds listed names only, and says so.
 */
#ifndef KITH_COACHING_NAMES_H
#define KITH_COACHING_NAMES_H

#include "core/notebook/notebook.h"

/* One pupil of one class. */
struct name_entry {
	struct id class;
	unsigned seat;
	const char *name;

	/* Of names_all(): by what it is found in a text, folded. The whole name, and each
	 * of its parts, as a first name alone is what people write; a part of one letter,
	 * or in small letters ("van"), is none. */
	struct bytes *marks;
	size_t mark_count;
};

/* All names I keep, the newest for each seat; in the transaction's arena. */
MUST_USE enum err names_all(struct notebook_txn *txn, struct name_entry **out,
	size_t *count, struct why *why);

/* Keep names of a class: a class list. Errors: ERR_INVALID for a seat that the class does
 * not have, an empty name. */
MUST_USE enum err coach_names(struct notebook_txn *txn, struct id class,
	const struct name_entry *entries, size_t count, struct why *why);

/* Destroy all names of a class, or of all (zero): at the year's end. */
MUST_USE enum err coach_names_forget(
	struct notebook_txn *txn, struct id class, size_t *forgotten, struct why *why);

/* A name found in a text. */
struct name_hit {
	const char *name;
	unsigned seat;
};

/* Every listed name that stands in the text, or a part of it, as a word of its own,
 * whatever its case and accents; each once. `entries` of names_all(). In `arena`. */
void names_scan(const struct name_entry *entries, size_t entry_count, struct bytes text,
	struct arena *arena, struct name_hit **hits, size_t *count);

/* The text with each of those names replaced by its seat, "S14". In `arena`. */
struct bytes names_hide(const struct name_entry *entries, size_t entry_count,
	struct bytes text, struct arena *arena);

#endif
