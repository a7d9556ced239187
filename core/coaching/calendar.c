#include "core/coaching/calendar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/utf8.h"

/* §3.1: a line is at most 75 octets without its break; the rest goes on behind a space.
 */
#define LINE_OCTETS 75u

/* `line` without its break, folded. No character is cut: some readers unfold after they
 * decode. */
static void add_line(struct buf *out, struct bytes line)
{
	size_t room = LINE_OCTETS;
	while (line.len > room) {
		struct bytes piece = utf8_cut(line, room);
		buf_add(out, piece);
		buf_add_text(out, "\r\n ");
		line = (struct bytes){line.at + piece.len, line.len - piece.len};
		room = LINE_OCTETS - 1;
	}
	buf_add(out, line);
	buf_add_text(out, "\r\n");
}

static void add_plain(struct buf *out, const char *line)
{
	add_line(out, bytes_text(line));
}

/* §3.3.11: what has a meaning is escaped, and controls may not stand in it at all. */
static void add_text(struct buf *out, const char *name, const char *text)
{
	CLEAN_BUF struct buf clean = {0}, line = {0};
	utf8_add_clean(&clean, bytes_text(text), true);
	if (clean.len == 0)
		return;
	buf_add_format(&line, "%s:", name);
	for (size_t i = 0; i < clean.len; i++) {
		uint8_t c = clean.at[i];
		if (c == '\\' || c == ';' || c == ',')
			buf_add_u8(&line, '\\');
		if (c == '\n')
			buf_add_text(&line, "\\n");
		else
			buf_add_u8(&line, c);
	}
	add_line(out, buf_bytes(&line));
}

void calendar_begin(struct buf *out)
{
	add_plain(out, "BEGIN:VCALENDAR");
	add_plain(out, "VERSION:2.0");
	add_plain(out, "PRODID:-//kith//kith " KITH_VERSION "//EN");
	add_plain(out, "CALSCALE:GREGORIAN");
}

static void add_times(struct buf *out, const struct calendar_entry *entry)
{
	const struct moment *m = &entry->start;
	char line[64];
	if (m->hour < 0) {
		snprintf(line, sizeof line, "DTSTART;VALUE=DATE:%04d%02d%02d",
			m->day.year, m->day.month, m->day.day);
		add_plain(out, line);
		return;
	}
	snprintf(line, sizeof line, "DTSTART:%04d%02d%02dT%02d%02d00", m->day.year,
		m->day.month, m->day.day, m->hour, m->minute);
	add_plain(out, line);
	if (entry->minutes <= 0)
		return;
	snprintf(line, sizeof line, "DURATION:PT%lldM", (long long)entry->minutes);
	add_plain(out, line);
}

static void add_stamp(struct buf *out, uint64_t stamp_s)
{
	time_t t = (time_t)stamp_s;
	struct tm utc;
	char line[64];
	if (gmtime_r(&t, &utc) == NULL)
		return;
	strftime(line, sizeof line, "DTSTAMP:%Y%m%dT%H%M%SZ", &utc);
	add_plain(out, line);
}

void calendar_add(struct buf *out, const struct calendar_entry *entry, uint64_t stamp_s)
{
	static const char *const statuses[] = {
		[CALENDAR_TENTATIVE] = "STATUS:TENTATIVE",
		[CALENDAR_CONFIRMED] = "STATUS:CONFIRMED",
		[CALENDAR_CANCELLED] = "STATUS:CANCELLED",
	};
	char id[ID_TEXT + 1], line[ID_TEXT + 16];
	id_text(entry->uid, id);
	snprintf(line, sizeof line, "UID:%s@kith", id);
	add_plain(out, "BEGIN:VEVENT");
	add_plain(out, line);
	add_stamp(out, stamp_s);
	add_times(out, entry);
	add_plain(out, statuses[entry->status]);
	add_plain(out, "CLASS:PRIVATE");
	add_text(out, "SUMMARY", entry->summary);
	add_text(out, "LOCATION", entry->place);
	add_text(out, "DESCRIPTION", entry->text);
	add_plain(out, "END:VEVENT");
}

void calendar_end(struct buf *out)
{
	add_plain(out, "END:VCALENDAR");
}

bool calendar_when(const char *text, struct moment *out)
{
	char again[WHEN_TIME];
	int day_len = 0, len = 0;
	*out = (struct moment){.hour = -1, .minute = -1};
	if (sscanf(text, "%4d-%2d-%2d%n %2d:%2d%n", &out->day.year, &out->day.month,
		    &out->day.day, &day_len, &out->hour, &out->minute, &len) < 3 ||
		!day_is_valid(out->day))
		return false;
	if (len == 0)
		out->hour = out->minute = -1;
	if (out->hour > 23 || out->minute > 59)
		return false;
	when_text(*out, again);
	return strcmp(again, text) == 0;
}
