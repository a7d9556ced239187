#include "core/coaching/csv.h"

#include <math.h>
#include <string.h>

#include "core/base/utf8.h"

static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};

/* ---- Writing. */

/* What a formula begins with, here or there (OWASP, "CSV Injection"). */
static bool begins_formula(uint8_t c)
{
	return c == '=' || c == '+' || c == '-' || c == '@';
}

/* What a cell begins behind, where a spreadsheet splits at something else. */
static bool may_separate(uint8_t c)
{
	return c == ';' || c == ',' || c == '\t' || c == '|' || c == '\n' || c == '\r';
}

static bool is_passed_over(uint8_t c)
{
	return c == ' ' || c == '"' || c == '\'';
}

static void next_cell(struct csv *csv)
{
	if (csv->in_row)
		buf_add_u8(csv->out, ',');
	csv->in_row = true;
}

static bool needs_quotes(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr(",;\t|\"\r\n", text.at[i]) != NULL)
			return true;
	return text.len > 0 && (text.at[0] == ' ' || text.at[text.len - 1] == ' ');
}

/* Whether a cell begun at `i` would be a formula. */
static bool is_formula(struct bytes text, size_t i)
{
	while (i < text.len && is_passed_over(text.at[i]))
		i++;
	return i < text.len && begins_formula(text.at[i]);
}

void csv_text(struct csv *csv, struct bytes text)
{
	struct buf *out = csv->out;
	bool quoted = needs_quotes(text);
	next_cell(csv);
	if (quoted)
		buf_add_u8(out, '"');
	if (is_formula(text, 0))
		buf_add_u8(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		buf_add_u8(out, c);
		if (c == '"')
			buf_add_u8(out, '"');
		if (may_separate(c) && is_formula(text, i + 1))
			buf_add_u8(out, '\'');
	}
	if (quoted)
		buf_add_u8(out, '"');
}

void csv_cstr(struct csv *csv, const char *text)
{
	csv_text(csv, bytes_text(text));
}

void csv_uint(struct csv *csv, uint64_t v)
{
	next_cell(csv);
	buf_add_format(csv->out, "%llu", (unsigned long long)v);
}

void csv_number(struct csv *csv, double v)
{
	next_cell(csv);
	if (isfinite(v))
		buf_add_format(csv->out, "%.15g", v);
}

void csv_empty(struct csv *csv)
{
	next_cell(csv);
}

void csv_row(struct csv *csv)
{
	buf_add_text(csv->out, "\r\n");
	csv->in_row = false;
}

void csv_begin(struct csv *csv, const char *const *headings)
{
	buf_add(csv->out, BYTES_OF(mark));
	for (size_t i = 0; headings[i] != NULL; i++)
		csv_cstr(csv, headings[i]);
	csv_row(csv);
}

/* ---- Reading. */

static char guess_separator(struct bytes file)
{
	static const char candidates[] = {',', ';', '\t'};
	size_t count[3] = {0}, best = 0;
	bool quoted = false;
	for (size_t i = 0; i < file.len; i++) {
		uint8_t c = file.at[i];
		if (c == '"')
			quoted = !quoted;
		if (!quoted && (c == '\n' || c == '\r'))
			break;
		for (size_t k = 0; !quoted && k < 3; k++)
			count[k] += c == (uint8_t)candidates[k];
	}
	for (size_t k = 1; k < 3; k++)
		if (count[k] > count[best])
			best = k;
	return candidates[best];
}

enum err csv_open(struct bytes file, struct csv_reader *out, struct why *why)
{
	*out = (struct csv_reader){0};
	if (file.len > CSV_FILE_MAX)
		return because(why, ERR_TOO_BIG,
			"the file is larger than 1 MiB: that is no class list");
	if (file.len >= sizeof mark && memcmp(file.at, mark, sizeof mark) == 0)
		file = (struct bytes){file.at + sizeof mark, file.len - sizeof mark};
	if (!utf8_valid(file))
		return because(why, ERR_INVALID,
			"the file is not UTF-8, so letters like é would be wrong; save "
			"it anew as \"CSV UTF-8\"");
	out->rest = file;
	out->separator = guess_separator(file);
	return OK;
}

static bool take(struct csv_reader *r, uint8_t *c)
{
	return bytes_take_u8(&r->rest, c);
}

static bool stands(const struct csv_reader *r, uint8_t c)
{
	return r->rest.len > 0 && r->rest.at[0] == c;
}

static struct bytes trimmed(struct bytes text)
{
	while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
		text = (struct bytes){text.at + 1, text.len - 1};
	while (text.len > 0 &&
		(text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* The rest of a cell whose opening quote was taken. Line breaks in it are its own. */
static bool read_quoted(struct csv_reader *r, struct buf *cell, unsigned *lines)
{
	uint8_t c;
	while (take(r, &c)) {
		if (c == '"' && !stands(r, '"'))
			return true;
		if (c == '"')
			(void)take(r, &c);
		*lines += c == '\n';
		buf_add_u8(cell, c);
	}
	return false;
}

/* One cell, up to what ends it, which stays. */
static bool read_cell(struct csv_reader *r, struct buf *cell, unsigned *lines)
{
	uint8_t c;
	bool fresh = true;
	while (r->rest.len > 0 && !stands(r, (uint8_t)r->separator) && !stands(r, '\n') &&
		!stands(r, '\r')) {
		(void)take(r, &c);
		/* A quote opens a cell; in the middle of one it is a letter. */
		if (fresh && c == '"') {
			buf_clear(cell);
			if (!read_quoted(r, cell, lines))
				return false;
		} else {
			buf_add_u8(cell, c);
		}
		fresh = fresh && c == ' ';
	}
	return true;
}

static void take_line_break(struct csv_reader *r)
{
	uint8_t c;
	if (stands(r, '\r'))
		(void)take(r, &c);
	if (stands(r, '\n'))
		(void)take(r, &c);
}

static enum err read_row(struct csv_reader *r, struct arena *arena, struct csv_row *out,
	unsigned *lines, struct why *why)
{
	uint8_t c;
	out->count = 0;
	for (;;) {
		CLEAN_BUF struct buf cell = {0};
		if (out->count == CSV_CELLS_MAX)
			return because(why, ERR_INVALID, "line %u has more than %u cells",
				r->line, CSV_CELLS_MAX);
		if (!read_cell(r, &cell, lines))
			return because(why, ERR_INVALID,
				"line %u: a quote is opened and never closed", r->line);
		out->cells[out->count++] = arena_bytes(arena, trimmed(buf_bytes(&cell)));
		if (!stands(r, (uint8_t)r->separator))
			break;
		(void)take(r, &c);
	}
	take_line_break(r);
	return OK;
}

enum err csv_next(struct csv_reader *r, struct arena *arena, struct csv_row *out,
	bool *more, struct why *why)
{
	*more = false;
	while (r->rest.len > 0) {
		unsigned lines = 1;
		r->line = r->read + 1;
		enum err e = read_row(r, arena, out, &lines, why);
		if (e != OK)
			return e;
		r->read += lines;
		for (size_t i = 0; i < out->count; i++)
			*more = *more || out->cells[i].len > 0;
		if (*more)
			return OK;
	}
	return OK;
}
