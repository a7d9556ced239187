/*
 * Days and times as people write them: "2027-01-31", "31.1.2027", "31 Jan", "tomorrow",
 * "tue 10:10", "2w", "2027-02". What is written down is always YYYY-MM-DD, or with a time
 * YYYY-MM-DD HH:MM, in local time (ISO 8601).
 *
 * Days, months and "tomorrow" may be said in the reader's language or in English
 * (core/coaching/daywords.h).
 *
 * 3/4/2027 means the third of April to some and the fourth of March to others: it is
 * refused, and the sentence says both; 24/11/2026 can mean one day only.
 */
#ifndef KITH_COACHING_WHEN_H
#define KITH_COACHING_WHEN_H

#include <stdbool.h>

#include "core/base/err.h"

#define WHEN_DAY  11 /* "YYYY-MM-DD" and its NUL */
#define WHEN_TIME 17 /* "YYYY-MM-DD HH:MM" and its NUL */

/* A day of the calendar. A value. */
struct day {
	int year, month, day; /* month and day from 1 */
};

/* Days since 1970-01-01 and back (H. Hinnant, "chrono-compatible low-level date
 * algorithms"). */
long day_number(struct day day);
struct day day_of(long number);
unsigned day_weekday(struct day day); /* 0 Monday … 6 Sunday */
bool day_is_valid(struct day day);

/* A moment by the wall clock of this place. */
struct moment {
	struct day day;
	int hour, minute; /* -1: no time was said */
};

/* Now, here. */
struct moment moment_now(void);

/*
 * Read a day, or a day and a time. A weekday is the next one, today not included; a day
 * without a year is the next such one; "2w" is in two weeks, "2027-02" the last day of
 * that month.
 * Errors: ERR_INVALID, with a sentence that says what forms there are.
 */
MUST_USE enum err when_read(
	const char *text, struct moment now, struct moment *out, struct why *why);

void when_day_text(struct day day, char out[WHEN_DAY]);
/* Without a time where none was said. */
void when_text(struct moment moment, char out[WHEN_TIME]);

#endif
