#include "core/coaching/form.h"

#include <string.h>

#include "core/base/tr.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes text)
{
	while (text.len > 0 && is_blank(text.at[0])) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* What stands before `mark`; `rest` goes on behind it. All, and false, where there is
 * none. */
static bool before(struct bytes *rest, char mark, struct bytes *out)
{
	const uint8_t *at = rest->len > 0 ? memchr(rest->at, mark, rest->len) : NULL;
	*out = *rest;
	if (at == NULL) {
		*rest = (struct bytes){rest->at + rest->len, 0};
		return false;
	}
	out->len = (size_t)(at - rest->at);
	*rest = (struct bytes){at + 1, rest->len - out->len - 1};
	return true;
}

bool form_next(struct form *form, struct bytes *word, struct bytes *value, bool *bare)
{
	while (form->rest.len > 0) {
		struct bytes line;
		(void)before(&form->rest, '\n', &line);
		form->number++;
		line = trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		*bare = !before(&line, ':', word);
		*word = trim(*word);
		*value = trim(line);
		return true;
	}
	return false;
}

struct bytes form_part(struct bytes *value)
{
	struct bytes part;
	(void)before(value, '|', &part);
	return trim(part);
}

enum err form_bad(struct form *form, const char *what, struct bytes word)
{
	return because(form->why, ERR_INVALID, "line %zu: %s: \"%.*s\"", form->number,
		tr(what), (int)(word.len < 60 ? word.len : 60), (const char *)word.at);
}

bool form_number(struct form *form, struct bytes word, unsigned max, unsigned *out)
{
	unsigned value = 0;
	for (size_t i = 0; i < word.len && value <= max; i++) {
		if (word.at[i] < '0' || word.at[i] > '9') {
			value = 0;
			break;
		}
		value = value * 10 + (unsigned)(word.at[i] - '0');
	}
	*out = value;
	if (value >= 1 && value <= max)
		return true;
	(void)form_bad(form, "not a number that fits here", word);
	return false;
}
