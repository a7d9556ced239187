/*
 * The words of dates in the reader's language: days, months, "tomorrow". They are lists
 * in the catalogue, one message a list, with blanks between the words and "/" between
 * words that mean the same: "poniedziałek/pon wtorek …". Capitals and accents do not
 * matter, and three letters do where only one of the list begins so. English is always
 * understood.
 */
#ifndef KITH_COACHING_DAYWORDS_H
#define KITH_COACHING_DAYWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/coaching/when.h"

enum daywords {
	DAYWORDS_WEEKDAYS, /* from Monday */
	DAYWORDS_MONTHS,   /* from January */
	DAYWORDS_NEAR,     /* today, tomorrow */
	DAYWORDS_LITTLE,   /* "at", "on": said, and without meaning */
	DAYWORDS_UNITS,    /* the letters of days, weeks and months: "2w" */
};

/* Which of the list a word names, from 0; -1: none. A full stop behind it is passed over.
 */
int daywords_find(enum daywords list, const char *word);

#define DAYWORDS_DATE 64
/* "Tue 24 Nov 2026" and "24 Nov 2026, 14:02", as the language writes it. */
void daywords_day(struct day day, char out[DAYWORDS_DATE]);
void daywords_moment(struct moment moment, char out[DAYWORDS_DATE]);
/* What is written down as when_text() has it, for a person: "Tue 26 Jan 2027, 10:10". Any
 * other text as it is, cut at DAYWORDS_DATE. */
void daywords_written(const char *when, char out[DAYWORDS_DATE]);

#endif
