#include "core/coaching/when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/coaching/daywords.h"

/* ---- The calendar. */

long day_number(struct day d)
{
	long y = d.month <= 2 ? d.year - 1 : d.year;
	long era = (y >= 0 ? y : y - 399) / 400;
	long of_era = y - era * 400;
	long of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct day day_of(long number)
{
	long z = number + 719468;
	long era = (z >= 0 ? z : z - 146096) / 146097;
	long of_era = z - era * 146097;
	long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	long of_year = of_era - (365 * year + year / 4 - year / 100);
	long month = (5 * of_year + 2) / 153;
	struct day d = {.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.month = (int)(month < 10 ? month + 3 : month - 9)};
	d.year = (int)(year + era * 400 + (d.month <= 2));
	return d;
}

unsigned day_weekday(struct day day)
{
	/* 1970-01-01 was a Thursday. */
	long n = (day_number(day) + 3) % 7;
	return (unsigned)(n < 0 ? n + 7 : n);
}

bool day_is_valid(struct day day)
{
	if (day.year < 1900 || day.year > 2200 || day.month < 1 || day.month > 12 ||
		day.day < 1 || day.day > 31)
		return false;
	struct day back = day_of(day_number(day));
	return back.month == day.month && back.day == day.day;
}

static struct day last_of_month(int year, int month)
{
	struct day next = {month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1};
	return day_of(day_number(next) - 1);
}

struct moment moment_now(void)
{
	time_t now = time(NULL);
	struct tm here;
	if (localtime_r(&now, &here) == NULL)
		return (struct moment){{1970, 1, 1}, 0, 0};
	return (struct moment){{here.tm_year + 1900, here.tm_mon + 1, here.tm_mday},
		here.tm_hour, here.tm_min};
}

/* ---- Words. */

/* A number of one to `most` digits, all of the word. */
static bool digits(const char *word, size_t most, int *out)
{
	size_t len = strspn(word, "0123456789");
	if (len == 0 || len > most || word[len] != '\0')
		return false;
	*out = atoi(word);
	return true;
}

struct reading_when {
	struct moment now, out;
	bool has_day;
	int day, month; /* of a day said in words: "31 Jan" */
	bool has_year;
	bool has_two; /* a day that may be either of these */
	struct day two[2];
};

/* A day and a month with no year: the next one from today on. */
static bool next_of(struct day today, int day, int month, struct day *out)
{
	for (int year = today.year; year < today.year + 9; year++) {
		*out = (struct day){year, month, day};
		if (day_is_valid(*out) && day_number(*out) >= day_number(today))
			return true;
	}
	return false;
}

static bool take_day(struct reading_when *r, struct day day)
{
	if (r->has_day || !day_is_valid(day))
		return false;
	r->out.day = day;
	r->has_day = true;
	return true;
}

/* "2w", "10d", "3m": so far from today. */
static bool read_distance(struct reading_when *r, const char *word)
{
	size_t len = strspn(word, "0123456789");
	if (len == 0 || len > 3 || word[len] == '\0' || word[len] == '.')
		return false;
	long n = atol(word);
	struct day today = r->now.day;
	switch (daywords_find(DAYWORDS_UNITS, word + len)) {
	case 0:
		return take_day(r, day_of(day_number(today) + n));
	case 1:
		return take_day(r, day_of(day_number(today) + 7 * n));
	case 2: {
		long all = (long)today.year * 12 + today.month - 1 + n;
		int year = (int)(all / 12), month = (int)(all % 12) + 1;
		struct day last = last_of_month(year, month);
		return take_day(r, (struct day){year, month,
					   today.day < last.day ? today.day : last.day});
	}
	default:
		return false;
	}
}

/* "2027-01-31", "2027-02", "31.1.2027", "31.1." */
static bool read_numbers(struct reading_when *r, const char *word)
{
	int a, b, c, read = 0;
	size_t len = strlen(word);
	if (sscanf(word, "%4d-%2d-%2d%n", &a, &b, &c, &read) == 3 && (size_t)read == len)
		return a > 999 && take_day(r, (struct day){a, b, c});
	if (sscanf(word, "%4d-%2d%n", &a, &b, &read) == 2 && (size_t)read == len)
		return a > 999 && b >= 1 && b <= 12 && take_day(r, last_of_month(a, b));
	if (sscanf(word, "%2d.%2d.%4d%n", &a, &b, &c, &read) == 3 && (size_t)read == len)
		return take_day(r, (struct day){c < 100 ? c + 2000 : c, b, a});
	struct day day;
	if (sscanf(word, "%2d.%2d.%n", &a, &b, &read) == 2 && (size_t)read == len)
		return next_of(r->now.day, a, b, &day) && take_day(r, day);
	return false;
}

/* "2027/01/31"; "24/11/2026" and "11/24/2026", where only one of the two can be a month.
 * Where both can, half the world means the other day. */
static bool read_slashes(struct reading_when *r, const char *word)
{
	int a, b, c, read = 0;
	size_t len = strlen(word);
	if (sscanf(word, "%4d/%2d/%2d%n", &a, &b, &c, &read) == 3 &&
		(size_t)read == len && a > 999)
		return take_day(r, (struct day){a, b, c});
	if (sscanf(word, "%2d/%2d/%4d%n", &a, &b, &c, &read) != 3 || (size_t)read != len)
		return false;
	c = c < 100 ? c + 2000 : c;
	if (a <= 12 && b <= 12 && a != b) {
		r->has_two = day_is_valid((struct day){c, b, a}) &&
			     day_is_valid((struct day){c, a, b});
		r->two[0] = (struct day){c, b, a};
		r->two[1] = (struct day){c, a, b};
		return false;
	}
	return take_day(r, a > 12 ? (struct day){c, b, a} : (struct day){c, a, b});
}

/* "10:10", "9.05" is a day and month, never a time; "14h" and "2pm" are times. */
static bool read_time(struct reading_when *r, const char *word)
{
	int hour, minute = 0, read = 0;
	char half = '\0';
	size_t len = strlen(word);
	if (r->out.hour >= 0)
		return false;
	bool clock = sscanf(word, "%2d:%2d%n", &hour, &minute, &read) == 2 &&
		     (size_t)read == len && word[len - 3] == ':';
	bool hours = !clock && sscanf(word, "%2dh%n", &hour, &read) == 1 &&
		     (size_t)read == len;
	bool twelve =
		!clock && !hours && sscanf(word, "%2d%c%n", &hour, &half, &read) == 2 &&
		(size_t)read + 1 == len && tolower((unsigned char)word[len - 1]) == 'm' &&
		strchr("apAP", half) != NULL && hour >= 1 && hour <= 12;
	if (twelve)
		hour = hour % 12 + (tolower((unsigned char)half) == 'p' ? 12 : 0);
	if (!(clock || hours || twelve) || hour < 0 || hour > 23 || minute < 0 ||
		minute > 59)
		return false;
	r->out.hour = hour;
	r->out.minute = minute;
	return true;
}

static bool read_weekday(struct reading_when *r, const char *word)
{
	int weekday = daywords_find(DAYWORDS_WEEKDAYS, word);
	if (weekday < 0 || r->has_day)
		return false;
	long today = day_number(r->now.day);
	long ahead = (weekday - (int)day_weekday(r->now.day) + 7) % 7;
	return take_day(r, day_of(today + (ahead == 0 ? 7 : ahead)));
}

/* Part of a day in words: the month's name, the day's number, the year. */
static bool read_part(struct reading_when *r, const char *word)
{
	int month = daywords_find(DAYWORDS_MONTHS, word), number;
	if (month >= 0 && r->month == 0) {
		r->month = month + 1;
		return true;
	}
	char plain[8];
	size_t len = strcspn(word, ".snrt"); /* "3." "1st" "2nd" "3rd" "4th" */
	if (len == 0 || len > 4 || strlen(word) > len + 2)
		return false;
	memcpy(plain, word, len);
	plain[len] = '\0';
	if (digits(plain, 2, &number) && r->day == 0 && number > 0) {
		r->day = number;
		return true;
	}
	if (word[len] == '\0' && digits(plain, 4, &number) && number > 999 &&
		!r->has_year) {
		r->out.day.year = number;
		r->has_year = true;
		return true;
	}
	return false;
}

static bool read_word(struct reading_when *r, const char *word)
{
	int near_day = daywords_find(DAYWORDS_NEAR, word);
	if (daywords_find(DAYWORDS_LITTLE, word) >= 0)
		return true;
	if (near_day >= 0)
		return take_day(r, day_of(day_number(r->now.day) + near_day));
	return read_time(r, word) || read_weekday(r, word) || read_numbers(r, word) ||
	       read_slashes(r, word) || read_distance(r, word) || read_part(r, word);
}

/* A day said in words is put together once all of them are read. */
static bool put_together(struct reading_when *r)
{
	if (r->has_day)
		return r->day == 0 && r->month == 0 && !r->has_year;
	if (r->day == 0 || r->month == 0)
		return false;
	struct day day = {r->out.day.year, r->month, r->day};
	if (!r->has_year && !next_of(r->now.day, r->day, r->month, &day))
		return false;
	return take_day(r, day);
}

static enum err refuse(const struct reading_when *r, const char *text, struct why *why)
{
	char one[DAYWORDS_DATE], other[DAYWORDS_DATE], iso[2][WHEN_DAY];
	if (!r->has_two)
		return because(why, ERR_INVALID,
			"\"%.40s\" is no day that I understand; write 2027-01-31, "
			"31.1.2027, 31 Jan, tue 10:10, tomorrow or 2w",
			text);
	daywords_day(r->two[0], one);
	daywords_day(r->two[1], other);
	when_day_text(r->two[0], iso[0]);
	when_day_text(r->two[1], iso[1]);
	return because(why, ERR_INVALID, "\"%.40s\" may be %s or %s; write %s or %s",
		text, one, other, iso[0], iso[1]);
}

enum err when_read(
	const char *text, struct moment now, struct moment *out, struct why *why)
{
	struct reading_when r = {.now = now, .out = {.hour = -1, .minute = -1}};
	char copy[64], *rest = NULL;
	bool good = strlen(text) < sizeof copy;
	if (good) {
		memcpy(copy, text, strlen(text) + 1);
		for (char *word = strtok_r(copy, " ,\t", &rest); good && word != NULL;
			word = strtok_r(NULL, " ,\t", &rest))
			good = read_word(&r, word);
	}
	if (!good || !put_together(&r))
		return refuse(&r, text, why);
	*out = r.out;
	return OK;
}

void when_day_text(struct day day, char out[WHEN_DAY])
{
	/* Within day_is_valid() it fits; the compiler cannot know. */
	snprintf(out, WHEN_DAY, "%04u-%02u-%02u", (unsigned)day.year % 10000,
		(unsigned)day.month % 100, (unsigned)day.day % 100);
}

void when_text(struct moment moment, char out[WHEN_TIME])
{
	char day[WHEN_DAY];
	when_day_text(moment.day, day);
	if (moment.hour < 0)
		snprintf(out, WHEN_TIME, "%s", day);
	else
		snprintf(out, WHEN_TIME, "%s %02u:%02u", day, (unsigned)moment.hour % 100,
			(unsigned)moment.minute % 100);
}
