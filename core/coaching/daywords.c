#include "core/coaching/daywords.h"

#include <stdio.h>
#include <string.h>

#include "core/base/bytes.h"
#include "core/base/fold.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

#define PREFIX 3u /* letters that are enough */

static const char weekdays[] = "monday tuesday wednesday thursday friday saturday sunday";
static const char months[] =
	"january february march april may june july august september "
	"october november december";
static const char near_days[] = "today tomorrow";
static const char little[] = "at on";
static const char units[] = "d w m";

static const char *english(enum daywords list)
{
	switch (list) {
	case DAYWORDS_WEEKDAYS:
		return weekdays;
	case DAYWORDS_MONTHS:
		return months;
	case DAYWORDS_NEAR:
		return near_days;
	case DAYWORDS_LITTLE:
		return little;
	case DAYWORDS_UNITS:
		return units;
	}
	return little;
}

static const char *own(enum daywords list)
{
	switch (list) {
	case DAYWORDS_WEEKDAYS:
		/* translators: from Monday; "/" between words for the same, as
		 * mittwoch/mi; blanks between the days */
		return tr_in("days", "monday tuesday wednesday thursday friday saturday "
				     "sunday");
	case DAYWORDS_MONTHS:
		/* translators: the same, every form that stands in a date: maj/maja */
		return tr_in("days", "january february march april may june july august "
				     "september october november december");
	case DAYWORDS_NEAR:
		return tr_in("days", "today tomorrow");
	case DAYWORDS_LITTLE:
		/* translators: what may stand in a date and means nothing: um am uhr */
		return tr_in("days", "at on");
	case DAYWORDS_UNITS:
		/* translators: letters of day, week, month, as in 2w: in two weeks */
		return tr_in("days", "d w m");
	}
	return little;
}

/* How well `word` says `name`; both are folded. */
enum fit { FIT_NOT, FIT_BEGINS, FIT_WHOLE };

static enum fit fit(struct bytes word, struct bytes name)
{
	if (word.len > name.len || memcmp(word.at, name.at, word.len) != 0)
		return FIT_NOT;
	if (word.len == name.len)
		return FIT_WHOLE;
	return utf8_count(word) >= PREFIX ? FIT_BEGINS : FIT_NOT;
}

/* The one that is `word`, or the only one that begins so. */
static int find_in(const char *list, struct bytes word)
{
	CLEAN_BUF struct buf name = {0};
	int found = -1;
	bool several = false;
	for (int index = 0; *list != '\0';) {
		size_t len = strcspn(list, " /");
		buf_clear(&name);
		fold_add(&name, (struct bytes){(const uint8_t *)list, len});
		enum fit fits = fit(word, buf_bytes(&name));
		if (fits == FIT_WHOLE)
			return index;
		if (fits == FIT_BEGINS) {
			several = several || (found >= 0 && found != index);
			found = index;
		}
		list += len;
		index += *list == ' ';
		list += *list != '\0';
	}
	return several ? -1 : found;
}

int daywords_find(enum daywords list, const char *word)
{
	CLEAN_BUF struct buf folded = {0};
	size_t len = strlen(word);
	if (len > 1 && word[len - 1] == '.')
		len--;
	fold_add(&folded, (struct bytes){(const uint8_t *)word, len});
	if (folded.len == 0)
		return -1;
	int found = find_in(own(list), buf_bytes(&folded));
	return found >= 0 ? found : find_in(english(list), buf_bytes(&folded));
}

/* Word number `index` of a list, as it stands there. */
static void word_at(const char *list, unsigned index, char out[24])
{
	while (index > 0 && *list != '\0')
		index -= *list++ == ' ';
	snprintf(out, 24, "%.*s", (int)strcspn(list, " "), list);
}

void daywords_day(struct day day, char out[DAYWORDS_DATE])
{
	char weekday[24], month[24];
	word_at(tr_in("days", "Mon Tue Wed Thu Fri Sat Sun"), day_weekday(day), weekday);
	word_at(tr_in("days", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		(unsigned)day.month - 1, month);
	/* translators: weekday, day, month, year; another order: %2$d. %3$s %4$d */
	snprintf(
		out, DAYWORDS_DATE, tr("%s %d %s %d"), weekday, day.day, month, day.year);
}

void daywords_moment(struct moment moment, char out[DAYWORDS_DATE])
{
	char month[24];
	word_at(tr_in("days", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		(unsigned)moment.day.month - 1, month);
	/* translators: day, month, year, hour, minute; another order is written %2$s */
	snprintf(out, DAYWORDS_DATE, tr("%d %s %d, %02d:%02d"), moment.day.day, month,
		moment.day.year, moment.hour, moment.minute);
}

void daywords_written(const char *when, char out[DAYWORDS_DATE])
{
	struct day day;
	int hour, minute, read = 0;
	char said[DAYWORDS_DATE];
	if (sscanf(when, "%4d-%2d-%2d%n", &day.year, &day.month, &day.day, &read) != 3 ||
		!day_is_valid(day)) {
		struct bytes cut = utf8_cut(bytes_text(when), DAYWORDS_DATE - 1);
		snprintf(out, DAYWORDS_DATE, "%.*s", (int)cut.len, (const char *)cut.at);
		return;
	}
	daywords_day(day, said);
	if (sscanf(when + read, " %2d:%2d", &hour, &minute) == 2)
		/* translators: a day with its weekday, hour, minute */
		snprintf(out, DAYWORDS_DATE, tr("%.50s, %02d:%02d"), said, hour, minute);
	else
		snprintf(out, DAYWORDS_DATE, "%s", said);
}
