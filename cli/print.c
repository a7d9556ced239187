#include "cli/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/columns.h"
#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/daywords.h"

static bool is_set(const char *name, const char *value)
{
	const char *found = getenv(name);
	return found != NULL && strcmp(found, value) == 0;
}

static size_t screen_columns(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

void print_init(struct print *print, bool json, bool plain)
{
	const char *no_colour = getenv("NO_COLOR");
	*print = (struct print){.is_json = json};
	print->json.out = &print->out;
	print->is_plain = json || plain || isatty(STDOUT_FILENO) != 1 ||
			  is_set("TERM", "dumb") || is_set("KITH_PLAIN", "1");
	print->has_colour =
		!print->is_plain && (no_colour == NULL || no_colour[0] == '\0');
	print->screen = print->is_plain ? 0 : screen_columns();
}

void print_release(struct print *print)
{
	buf_release(&print->out);
}

/* A line of any length, in the reader's language; buf_add_format() takes no list. */
PRINTF_LIKE(2, 0)
static void add_line(struct print *print, const char *format, va_list list)
{
	char *line = NULL;
	if (vasprintf(&line, tr(format), list) < 0)
		return;
	if (print->is_plain)
		buf_add_text(&print->out, line);
	else
		add_isolated(&print->out, bytes_text(line));
	free(line);
}

void print_line(struct print *print, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	add_line(print, format, list);
	va_end(list);
	buf_add_u8(&print->out, '\n');
}

void print_heading(struct print *print, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	buf_add_text(&print->out, print->has_colour ? "\033[1m" : "");
	add_line(print, format, list);
	va_end(list);
	buf_add_text(&print->out, print->has_colour ? "\033[0m\n" : "\n");
}

const char *print_clean(struct arena *arena, struct bytes text)
{
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, text, false);
	return arena_string(arena, buf_bytes(&clean));
}

const char *print_when(struct arena *arena, uint64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm local;
	char text[DAYWORDS_DATE];
	if (seconds == 0 || localtime_r(&at, &local) == NULL)
		return tr("never");
	daywords_moment(
		(struct moment){{local.tm_year + 1900, local.tm_mon + 1, local.tm_mday},
			local.tm_hour, local.tm_min},
		text);
	return arena_text(arena, text);
}

const char *print_size(struct arena *arena, uint64_t bytes)
{
	static const char *const units[] = {"KB", "MB", "GB"};
	size_t unit = 0;
	double size = (double)bytes / 1000;
	while (size >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
		size /= 1000;
		unit++;
	}
	const char *text = arena_format(arena,
		size < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", size, units[unit]);
	const char *point = strchr(text, '.');
	if (point == NULL)
		return text;
	return arena_format(
		arena, "%.*s%s%s", (int)(point - text), text, tr_decimal(), point + 1);
}

enum err print_flush(struct print *print, struct why *why)
{
	size_t done = 0;
	while (done < print->out.len) {
		ssize_t wrote =
			write(STDOUT_FILENO, print->out.at + done, print->out.len - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return because(why, ERR_IO, "cannot write the answer: %s",
				strerror(errno));
		done += (size_t)wrote;
	}
	buf_clear(&print->out);
	return OK;
}

void print_note(const struct print *print, const char *format, ...)
{
	if (print->is_json)
		return;
	va_list list;
	va_start(list, format);
	vfprintf(stderr, tr(format), list);
	va_end(list);
	fputc('\n', stderr);
}
