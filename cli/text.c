#include "cli/text.h"

#include <assert.h>

#include "core/base/columns.h"
#include "core/base/utf8.h"

size_t text_add_cut(struct buf *out, struct bytes text, size_t width)
{
	size_t all = text_columns(text);
	if (all <= width) {
		buf_add(out, text);
		return all;
	}
	if (width == 0)
		return 0;
	size_t taken = 0;
	struct bytes cluster;
	while (cluster_next(&text, &cluster)) {
		size_t next = cluster_columns(cluster);
		if (taken + next > width - 1)
			break;
		buf_add(out, cluster);
		taken += next;
	}
	buf_add_text(out, "…");
	return taken + 1;
}

static void add_spaces(struct buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_u8(out, ' ');
}

void text_add_indented(struct buf *out, struct bytes text, size_t indent)
{
	bool at_start = true;
	for (size_t i = 0; i < text.len; i++) {
		if (at_start && text.at[i] != '\n')
			add_spaces(out, indent);
		buf_add_u8(out, text.at[i]);
		at_start = text.at[i] == '\n';
	}
	if (!at_start)
		buf_add_u8(out, '\n');
}

/* The next word and the blanks before it taken off; empty at the end. */
static struct bytes next_word(struct bytes *text)
{
	size_t start = 0, end;
	while (start < text->len && (text->at[start] == ' ' || text->at[start] == '\n'))
		start++;
	for (end = start; end < text->len; end++)
		if (text->at[end] == ' ' || text->at[end] == '\n')
			break;
	struct bytes word = {text->at + start, end - start};
	*text = (struct bytes){text->at + end, text->len - end};
	return word;
}

void text_add_wrapped(
	struct buf *out, struct bytes text, size_t at, size_t indent, size_t width)
{
	bool is_first = true; /* of its line */
	for (struct bytes word; (word = next_word(&text)).len > 0; is_first = false) {
		size_t wide = text_columns(word);
		if (!is_first && at + 1 + wide > width) {
			buf_add_u8(out, '\n');
			add_spaces(out, indent);
			at = indent;
			is_first = true;
		}
		if (!is_first)
			buf_add_u8(out, ' ');
		at += wide + (is_first ? 0 : 1);
		buf_add(out, word);
	}
	buf_add_u8(out, '\n');
}

void text_add_entry(struct buf *out, struct bytes left, struct bytes right, size_t column,
	size_t width)
{
	size_t at = 2 + text_columns(left);
	add_spaces(out, 2);
	buf_add(out, left);
	if (at + 2 > column) {
		buf_add_u8(out, '\n');
		at = 0;
	}
	add_spaces(out, column - at);
	text_add_wrapped(out, right, column, column, width);
}

void table_add(struct table *table, struct bytes cell)
{
	assert(table->columns > 0 && table->columns <= TABLE_COLUMNS);
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, cell, false);
	table->cells =
		mem_grow(table->cells, table->count, &table->cap, sizeof *table->cells);
	table->cells[table->count++] = arena_bytes(&table->arena, buf_bytes(&clean));
}

void table_cstr(struct table *table, const char *cell)
{
	table_add(table, bytes_text(cell));
}

static void measure(const struct table *table, size_t widths[TABLE_COLUMNS])
{
	for (size_t i = 0; i < table->count; i++) {
		size_t width = text_columns(table->cells[i]);
		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
}

/* Take from column `gives` what the row has too much; it keeps at least ten columns. */
static void fit(size_t widths[TABLE_COLUMNS], size_t columns, size_t screen, size_t gives)
{
	size_t all = 2 * (columns - 1);
	for (size_t i = 0; i < columns; i++)
		all += widths[i];
	if (screen == 0 || all <= screen)
		return;
	size_t excess = all - screen;
	widths[gives] = widths[gives] > excess + 10 ? widths[gives] - excess : 10;
}

/* On a screen a cell that runs right to left leaves its neighbours where they are. */
static size_t add_cell(struct buf *out, struct bytes cell, size_t width, bool on_screen)
{
	CLEAN_BUF struct buf cut = {0};
	if (!on_screen)
		return text_add_cut(out, cell, width);
	size_t taken = text_add_cut(&cut, cell, width);
	add_isolated(out, buf_bytes(&cut));
	return taken;
}

void table_write(const struct table *table, struct buf *out, size_t screen, size_t gives)
{
	if (table->count == 0)
		return;
	size_t widths[TABLE_COLUMNS] = {0};
	measure(table, widths);
	fit(widths, table->columns, screen, gives);
	for (size_t i = 0; i + table->columns <= table->count; i += table->columns) {
		size_t owed = 0; /* spaces before the next cell that has something */
		for (size_t k = 0; k < table->columns; k++) {
			struct bytes cell = table->cells[i + k];
			if (cell.len > 0)
				add_spaces(out, owed);
			size_t taken = add_cell(out, cell, widths[k], screen > 0);
			owed = cell.len > 0 ? 0 : owed;
			owed += widths[k] - taken + (widths[k] > 0 ? 2 : 0);
		}
		buf_add_u8(out, '\n');
	}
}

void table_release(struct table *table)
{
	arena_release(&table->arena);
	mem_free(table->cells);
	table->cells = NULL;
	table->count = table->cap = 0;
}
