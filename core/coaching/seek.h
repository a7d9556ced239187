/*
 * Seeking words in everything a person holds: every kind, texts, lines of a lesson,
 * comments and the partner's words (core/base/fold.h says what is equal). Only what has
 * the words is opened: core/notebook/words.h has them together, sealed as the documents
 * are, so nothing about them can be read on the disk.
 *
 * And gathering what is there about one class or one seat, which a school may have to
 * show (DOMAIN §4.2 no. 8).
 */
#ifndef KITH_COACHING_SEEK_H
#define KITH_COACHING_SEEK_H

#include "core/base/fold.h"
#include "core/base/mem.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

#define SEEK_WORDS_MAX 16u

struct seek_words {
	const char *const *words; /* a document must have them all; one may be a phrase */
	size_t count;             /* 0: whatever it says */
	const struct kind_schema *kind; /* NULL: of any kind */
	const struct partner *with;     /* NULL: shared or not */
	/* What belongs to this class, and what names it; NULL: of any. Of a document that
	 * belongs to no class a seat is gathered too: it may be meant. */
	const char *class_label;
	size_t most;   /* of so many hits the places are wanted; 0: of all */
	unsigned seat; /* 1 … 60, of that class: where S14, or the name kept for it,
			  stands; 0: all */
};

/* Where something stands, in the transaction's arena. */
struct seek_place {
	const char *field, *key; /* key: of a family; else "" */
	uint64_t t_ms;           /* into the lesson; */
	bool has_time;
	const char *with; /* in the answers of this partner; NULL */
	struct bytes text;
	struct fold_span found; /* of the text; nothing of a place that is there for its
				 seat */
	unsigned fits;          /* how many of the words stand here */
};

/* A document that has them; the places with most of the words first. */
struct seek_hit {
	struct id id;
	struct seek_place *places; /* none where `most` is passed */
	size_t count;
	bool is_of_class; /* it belongs to the class that was asked for */
};

/*
 * By kind and title, as view_list(). Feedback that is held back is passed over.
 * Errors: ERR_USAGE when nothing is asked for, too many words, or one without a letter;
 * ERR_INVALID for a seat that is none; ERR_USAGE for a seat without its class.
 */
MUST_USE enum err coach_seek(struct notebook_txn *txn, const struct seek_words *words,
	struct seek_hit **out, size_t *count, struct why *why);

/* A place on one line, around what was found: at most `width` scalar values before and
 * after it, cut between words where that is near. Clean; in the arena. */
struct snippet {
	const char *before, *found, *after;
};
struct snippet seek_snippet(
	struct arena *arena, const struct seek_place *place, size_t width);

#endif
