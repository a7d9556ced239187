/* Typed lines: append-only, for a reader aloud and for a pipe. */
#include <stdio.h>

#include "cli/observing.h"
#include "cli/prompt.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

static void echo_lines(struct observing *o, const struct observation *seen, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEAN_BUF struct buf clean = {0};
		if (seen[i].what == OBSERVED_EVENT || seen[i].what == OBSERVED_UNDO ||
			seen[i].what == OBSERVED_OWN) {
			utf8_add_clean(
				&clean, bytes_text(observer_last(o->observer)), false);
			printf("%s  %s\n", observing_time(o, seen[i].event.t_ms),
				buf_text(&clean));
		} else if (seen[i].what == OBSERVED_MOMENT) {
			printf("%s  *\n", observing_time(o, seen[i].event.t_ms));
		} else if (seen[i].what == OBSERVED_SAY) {
			printf("%s\n", seen[i].text);
		} else if (seen[i].what == OBSERVED_KEYS) {
			printf("%s\n", observer_keys(o->observer));
		}
		o->ended = o->ended || seen[i].what == OBSERVED_END;
	}
	fflush(stdout);
}

/* The next line; false at the end. One that is too long is cut between two characters,
 * and that is said. */
static bool next_line(struct observing *o)
{
	bool is_cut = false;
	if (!prompt_line(&o->line, &is_cut))
		return false;
	for (int i = 0; is_cut && i < 3 && !utf8_valid(buf_bytes(&o->line)); i++)
		o->line.len--;
	if (is_cut && !o->cli->print.is_json)
		printf("%s\n",
			tr("That line was too long: its beginning is kept, the rest is "
			   "not."));
	return true;
}

enum err observing_by_lines(struct observing *o, struct why *why)
{
	enum err e = OK;
	while (e == OK && !o->ended) {
		struct observation seen[OBSERVATIONS];
		buf_clear(&o->line);
		if (!next_line(o))
			break;
		if (!utf8_valid(buf_bytes(&o->line))) {
			printf("%s\n",
				tr("That line is not UTF-8 text; it was left out."));
			continue;
		}
		size_t count = observer_line(
			o->observer, buf_bytes(&o->line), observing_ms(o), seen);
		e = observing_write(o, seen, count, why);
		if (!o->cli->print.is_json)
			echo_lines(o, seen, count);
		else
			for (size_t i = 0; i < count; i++)
				o->ended = o->ended || seen[i].what == OBSERVED_END;
	}
	return e;
}
