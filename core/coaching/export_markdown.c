/* Markdown of an export. */
#include <string.h>

#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/export_formats.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"

/* What CommonMark gives a meaning to, anywhere, and at the front of a line. */
static bool is_mark(uint8_t c)
{
	return c != 0 && strchr("\\`*_<>[]&|~", c) != NULL;
}

/* A heading, a line under one, a rule; and a list, whose mark stands before a space. */
static bool is_front_mark(struct bytes line)
{
	uint8_t c = line.at[0], next = line.len > 1 ? line.at[1] : (uint8_t)' ';
	return c == '#' || c == '=' ||
	       ((c == '-' || c == '+') && (next == ' ' || next == '\t' || next == c));
}

/* "1." and "1)" begin a list. */
static size_t list_digits(struct bytes line)
{
	size_t len = 0;
	while (len < line.len && line.at[len] >= '0' && line.at[len] <= '9')
		len++;
	bool is_list =
		len > 0 && len < line.len && (line.at[len] == '.' || line.at[len] == ')');
	return is_list ? len : 0;
}

static void add_line(struct buf *out, struct bytes line)
{
	while (line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
		line = (struct bytes){line.at + 1, line.len - 1};
	size_t digits = list_digits(line);
	for (size_t i = 0; i < line.len; i++) {
		uint8_t c = line.at[i];
		if (is_mark(c) || (i == 0 && is_front_mark(line)) ||
			(digits > 0 && i == digits))
			buf_add_u8(out, '\\');
		buf_add_u8(out, c);
	}
}

void export_markdown_text(struct buf *out, struct bytes text)
{
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, text, true);
	struct bytes rest = buf_bytes(&clean);
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
		add_line(out, (struct bytes){rest.at, len});
		size_t taken = len + (end != NULL);
		rest = (struct bytes){rest.at + taken, rest.len - taken};
		/* A line of its own stays one: two spaces at its end. */
		if (rest.len > 0)
			buf_add_text(out, len > 0 && rest.at[0] != '\n' ? "  \n" : "\n");
	}
}

static void add_cstr(struct buf *out, const char *text)
{
	export_markdown_text(out, bytes_text(text));
}

/* "12:04" of a record that lies in a lesson. */
static void add_time(struct buf *out, struct bytes record)
{
	double t_ms = part_number(record, "t_ms", -1);
	if (t_ms < 0)
		return;
	unsigned long long s = (unsigned long long)(t_ms / 1000);
	buf_add_format(out, "%llu:%02llu ", s / 60, s % 60);
}

/* The parts a person wrote or pressed, side by side. */
static void add_event(struct notebook_txn *txn, struct buf *out, struct bytes record)
{
	static const char *const parts[] = {"code", "mod", "subj", "caption", "text"};
	const char *between = "";
	add_time(out, record);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct bytes text = part_text(record, parts[i]);
		if (text.len == 0)
			continue;
		buf_add_text(out, between);
		add_cstr(out, arena_string(txn_arena(txn), text));
		between = " · ";
	}
	buf_add_u8(out, '\n');
}

static void add_item(struct notebook_txn *txn, const struct view_field *field,
	const struct view_item *item, struct buf *out)
{
	bool is_log = field->schema->type == FIELD_LOG;
	buf_add_text(out, "- ");
	if (is_log && part_number(item->value, "t_ms", -1) >= 0) {
		add_event(txn, out, item->value);
		return;
	}
	if (is_log && item->has_by) {
		add_cstr(out, view_person(txn, &item->by));
		buf_add_text(out, ": ");
	}
	add_cstr(out, view_value(txn, field->schema, item->value));
	buf_add_u8(out, '\n');
}

static void add_field(
	struct notebook_txn *txn, const struct view_field *field, struct buf *out)
{
	buf_add_text(out, "\n## ");
	add_cstr(out, tr_in("field", field->schema->name));
	if (field->key.len > 0) {
		buf_add_text(out, ": ");
		export_markdown_text(out, field->key);
	}
	buf_add_text(out, "\n\n");
	for (size_t i = 0; i < field->count; i++) {
		if (field->schema->type == FIELD_TEXT) {
			export_markdown_text(out, field->items[i].value);
			buf_add_u8(out, '\n');
		} else {
			add_item(txn, field, &field->items[i], out);
		}
	}
}

void export_markdown(
	struct notebook_txn *txn, const struct view_document *document, struct buf *out)
{
	buf_add_text(out, "# ");
	add_cstr(out, document->title);
	buf_add_format(out, "\n\n%s · %s", tr_in("kind", document->head->kind->name),
		document->handle);
	if (document->shared_count == 0)
		buf_add_format(out, " · %s", tr("private"));
	for (size_t i = 0; i < document->shared_count; i++) {
		buf_add_text(out, i == 0 ? " · " : ", ");
		add_cstr(out, arena_format(txn_arena(txn), tr("with %s"),
				      document->shared_with[i]));
	}
	buf_add_u8(out, '\n');
	for (size_t i = 0; i < document->field_count; i++)
		add_field(txn, &document->fields[i], out);
	buf_add_text(out, "\n---\n\n");
	add_cstr(out, tr("Written for peer coaching; not an evaluation."));
	buf_add_u8(out, '\n');
}

void export_markdown_link(const struct view_document *document, struct buf *out)
{
	const char *kind = document->head->kind->name;
	buf_add_text(out, "- [");
	add_cstr(out, document->title);
	buf_add_format(out, "](%s/%s.md)\n", kind, document->handle);
}
