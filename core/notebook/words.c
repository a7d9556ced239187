#include "core/notebook/words.h"

#include "core/base/fold.h"
#include "core/crdt/value.h"
#include "core/notebook/words_page.h"

static void add_text(struct buf *out, struct bytes text)
{
	if (text.len == 0)
		return;
	fold_add(out, text);
	buf_add_u8(out, 0);
}

static void add_record(
	struct buf *out, const struct field_schema *field, struct bytes record)
{
	struct bytes value;
	for (const struct record_field *part = field->record; part->name != NULL; part++)
		if (part_is_sought(part) && value_part(record, part->name, &value))
			add_text(out, value_text(value));
}

static void add_field(const struct leaf *leaf, const struct field_schema *field,
	struct bytes key, struct arena *work, struct buf *out)
{
	struct reading reading = {0};
	struct bytes text;
	switch (field->type) {
	case FIELD_TEXT:
		if (read_text(leaf->sealed, leaf->draft, field, key, work, &text))
			add_text(out, text);
		return;
	case FIELD_REGISTER:
		read_values(leaf->sealed, leaf->draft, field, key, work, &reading);
		break;
	case FIELD_SET:
		read_set(leaf->sealed, leaf->draft, field, key, work, &reading);
		break;
	case FIELD_LOG:
		read_log(leaf->sealed, leaf->draft, field, work, &reading);
		break;
	}
	for (size_t i = 0; i < reading.count; i++) {
		if (field->value == VALUE_RECORD)
			add_record(out, field, reading.items[i].value);
		else
			add_text(out, value_text(reading.items[i].value));
	}
}

void words_make(struct notebook_txn *txn, const struct leaf *leaf, struct words *out)
{
	CLEAN_BUF struct buf answers = {0}, others = {0};
	CLEAN_ARENA struct arena work = {0};
	const struct kind_schema *kind = leaf->head != NULL ? leaf->head->kind : NULL;
	for (size_t i = 0; kind != NULL && i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		struct bytes none = {0}, *keys = &none;
		size_t count = 1;
		if (!field_is_sought(field))
			continue;
		if (field->family)
			read_keys(leaf->sealed, leaf->draft, field, &work, &keys, &count);
		for (size_t k = 0; k < count; k++)
			add_field(leaf, field, keys[k], &work,
				field_is_answers(field) ? &answers : &others);
	}
	out->answers = arena_bytes(&txn->arena, buf_bytes(&answers));
	out->others = arena_bytes(&txn->arena, buf_bytes(&others));
}

enum err words_find(
	struct notebook_txn *txn, struct id id, struct words *out, struct why *why)
{
	struct leaf_own *own = leaf_if_open(txn, id);
	bool is_there = false;
	enum err e = OK;
	*out = (struct words){0};
	/* Of an open one a write may have changed the content. */
	if (own == NULL || !txn->write)
		e = words_page_find(txn, id, out, &is_there);
	if (e == OK && !is_there)
		e = leaf_load(txn, id, &own);
	if (e == OK && !is_there) {
		leaf_place(txn, own);
		words_make(txn, &own->leaf, out);
	}
	return e == OK ? OK
		       : because(why, e, "a document cannot be read: %s", err_text(e));
}

enum err words_note(struct notebook_txn *txn, struct leaf_own *own)
{
	struct words words;
	if (own->erased)
		return own->fresh ? OK : words_page_drop(txn, own->leaf.id);
	if (!own->dirty_record && !own->dirty_draft && !own->dirty_state && !own->fresh)
		return OK;
	words_make(txn, &own->leaf, &words);
	return words_page_put(txn, own->leaf.id, &words);
}
