/* The name guard of an export: every text of a view, wherever it stands in a value. */
#include <string.h>

#include "core/base/pack.h"
#include "core/coaching/export.h"

enum err export_guard_read(
	struct notebook_txn *txn, struct export_guard *out, struct why *why)
{
	struct name_entry *entries;
	*out = (struct export_guard){0};
	enum err e = names_all(txn, &entries, &out->entry_count, why);
	out->entries = entries;
	out->hits = arena_array(txn_arena(txn), out->entry_count, sizeof *out->hits);
	return e;
}

static void note_hit(struct export_guard *guard, const struct name_hit *hit)
{
	for (size_t i = 0; i < guard->hit_count; i++)
		if (strcmp(guard->hits[i].name, hit->name) == 0)
			return;
	if (guard->hit_count < guard->entry_count)
		guard->hits[guard->hit_count++] = *hit;
}

struct bytes export_text(
	struct notebook_txn *txn, struct export_guard *guard, struct bytes text)
{
	struct name_hit *hits;
	size_t count;
	if (guard->entry_count == 0 || text.len == 0)
		return text;
	if (guard->hide)
		return names_hide(
			guard->entries, guard->entry_count, text, txn_arena(txn));
	names_scan(
		guard->entries, guard->entry_count, text, txn_arena(txn), &hits, &count);
	for (size_t i = 0; i < count; i++)
		note_hit(guard, &hits[i]);
	return text;
}

/* The next item with its texts as they may go; what is not text is itself. */
static void copy_value(struct notebook_txn *txn, struct export_guard *guard,
	struct pack_reader *r, struct buf *out)
{
	enum pack_type next;
	size_t count;
	if (!pack_peek(r, &next))
		return;
	switch (next) {
	case PACK_TEXT:
		pack_text(out, export_text(txn, guard, pack_read_text(r, SIZE_MAX)));
		return;
	case PACK_ARRAY:
		count = pack_read_array(r, SIZE_MAX);
		pack_array(out, count);
		for (size_t i = 0; i < count && !r->failed; i++)
			copy_value(txn, guard, r, out);
		return;
	case PACK_MAP:
		count = pack_read_map(r, SIZE_MAX);
		pack_map(out, count);
		for (size_t i = 0; i < count && !r->failed; i++) {
			buf_add(out, pack_read_any(r)); /* a part's name */
			copy_value(txn, guard, r, out);
		}
		return;
	case PACK_NIL:
	case PACK_BOOL:
	case PACK_UINT:
	case PACK_INT:
	case PACK_NUMBER:
	case PACK_BIN:
		buf_add(out, pack_read_any(r));
		return;
	}
}

/* A title that was cut may end in half a name, which no list has: without its last word.
 */
static const char *title_as_it_may_go(
	struct notebook_txn *txn, struct export_guard *guard, const char *title)
{
	static const char cut[] = "…";
	size_t mark = sizeof cut - 1, len = strlen(title);
	const char *end = "";
	if (guard->hide && len > mark && strcmp(title + len - mark, cut) == 0) {
		while (len > 0 && title[len - 1] != ' ')
			len--;
		end = cut;
	}
	struct bytes kept = {(const uint8_t *)title, len};
	return arena_format(txn_arena(txn), "%s%s",
		arena_string(txn_arena(txn), export_text(txn, guard, kept)), end);
}

void export_guard_document(struct notebook_txn *txn, struct export_guard *guard,
	struct view_document *document)
{
	if (guard->entry_count == 0)
		return;
	document->title = title_as_it_may_go(txn, guard, document->title);
	for (size_t i = 0; i < document->field_count; i++) {
		struct view_field *field = &document->fields[i];
		field->key = export_text(txn, guard, field->key);
		for (size_t k = 0; k < field->count; k++) {
			struct bytes *value = &field->items[k].value;
			CLEAN_BUF struct buf copy = {0};
			if (field->schema->type == FIELD_TEXT) {
				*value = export_text(txn, guard, *value);
				continue;
			}
			struct pack_reader r = pack_read(*value);
			copy_value(txn, guard, &r, &copy);
			if (pack_done(&r))
				*value = arena_bytes(txn_arena(txn), buf_bytes(&copy));
		}
	}
}
