/*
 * Is a notebook whole: every record opens, every document reads, the logs hang together,
 * the sums are what the documents add up to, the lists agree with them. Looks, and
 * changes nothing.
 */
#ifndef KITH_NOTEBOOK_CHECK_H
#define KITH_NOTEBOOK_CHECK_H

#include "core/notebook/notebook.h"

enum finding_what {
	FINDING_STORE,     /* `count` records of the store itself do not open */
	FINDING_PAGES,     /* `count` pages of cards or words: copies, made anew */
	FINDING_STRANGERS, /* `count` records belong to no document that is here */
	FINDING_DOCUMENT,  /* a record of it does not open, or does not read */
	FINDING_SECTION,   /* something a log says of it is not here */
	FINDING_SPACE,     /* what is shared with a partner does not read */
	FINDING_ENTRY,     /* `count` entries of a partner's space are gone, or altered */
	FINDING_STATE,     /* the sums of what is shared are not the documents' */
	FINDING_DRAFT,     /* unsent work that is on no list, or a list's without work */
	FINDING_LINK,      /* a shown document that its private one does not know */
};

struct finding {
	enum finding_what what;
	struct id document;             /* zero: of none */
	char partner[NAME_MAX_LEN + 1]; /* "": of none */
	uint64_t count;
};

struct notebook_findings {
	struct finding *items; /* owned */
	size_t count, cap;
	uint64_t records, documents, entries; /* looked at */
	uint64_t bytes;                       /* of the data file */
};

/*
 * Look at all of it. What is found is in `findings`, to be released. Errors: ERR_DAMAGED
 * when the data file is so damaged that no record can be told from another; ERR_IO.
 */
MUST_USE enum err notebook_check(
	struct notebook *notebook, struct notebook_findings *findings, struct why *why);
void notebook_findings_release(struct notebook_findings *findings);

#endif
