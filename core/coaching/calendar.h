/*
 * Visits and open doors for a calendar: iCalendar (RFC 5545).
 *
 * Times are floating (§3.3.5 form 1): a lesson is at ten past ten on the clock of the
 * school, whatever zone the computer believes it is in. What was written down is no more.
 */
#ifndef KITH_COACHING_CALENDAR_H
#define KITH_COACHING_CALENDAR_H

#include "core/coaching/when.h"
#include "core/notebook/notebook.h"

enum calendar_status { CALENDAR_TENTATIVE, CALENDAR_CONFIRMED, CALENDAR_CANCELLED };

struct calendar_entry {
	struct id uid; /* the same at every export */
	const char *summary;
	const char *place, *text; /* "": none */
	struct moment start;      /* without a time: the whole day */
	int64_t minutes;          /* 0: not said */
	enum calendar_status status;
};

/* A calendar around its entries; `stamp_s` is when it was made. */
void calendar_begin(struct buf *out);
void calendar_add(struct buf *out, const struct calendar_entry *entry, uint64_t stamp_s);
void calendar_end(struct buf *out);

/* A day and time as they are kept, "2027-01-31 10:10" or "2027-01-31"; false of anything
 * else. */
bool calendar_when(const char *text, struct moment *out);

#endif
