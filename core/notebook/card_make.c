#include <string.h>

#include "core/base/utf8.h"
#include "core/crdt/value.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"

/* The first line that holds something, cut to a title's length. */
static struct bytes first_line(struct bytes text, bool *is_cut)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
		struct bytes line =
			utf8_cut((struct bytes){text.at, len}, CARD_TITLE_MAX);
		for (size_t i = 0; i < line.len; i++) {
			if (line.at[i] <= ' ' || line.at[i] == 0x7f)
				continue;
			*is_cut = line.len < len;
			return line;
		}
		size_t taken = end != NULL ? len + 1 : len;
		text = (struct bytes){text.at + taken, text.len - taken};
	}
	return (struct bytes){0};
}

static bool value_of(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *field, struct bytes *out)
{
	struct reading reading = {0};
	read_values(leaf->sealed, leaf->draft, field, (struct bytes){0}, &txn->arena,
		&reading);
	if (reading.count > 0)
		*out = reading.items[0].value;
	return reading.count > 0;
}

static struct bytes title_of(
	struct notebook_txn *txn, const struct leaf *leaf, bool *is_cut)
{
	const struct kind_schema *kind = leaf->head->kind;
	*is_cut = false;
	for (size_t i = 0; kind->title[i] != NULL; i++) {
		const struct field_schema *field =
			kind_field(kind, bytes_text(kind->title[i]));
		struct bytes text = {0}, value;
		if (field != NULL && field->type == FIELD_TEXT)
			(void)read_text(leaf->sealed, leaf->draft, field,
				(struct bytes){0}, &txn->arena, &text);
		else if (field != NULL && field->value != VALUE_REF &&
			 value_of(txn, leaf, field, &value))
			text = value_text(value);
		text = first_line(text, is_cut);
		if (text.len > 0)
			return text;
	}
	return (struct bytes){0};
}

/* The first reference that its kind has. */
static struct id about_of(struct notebook_txn *txn, const struct leaf *leaf)
{
	const struct kind_schema *kind = leaf->head->kind;
	struct id about = {{0}};
	struct bytes value;
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		if (field->type != FIELD_REGISTER || field->value != VALUE_REF)
			continue;
		if (!value_of(txn, leaf, field, &value) ||
			!refs_read(field, value, &about))
			about = (struct id){{0}};
		break;
	}
	return about;
}

bool card_is_by_me(const struct card *card)
{
	return card->is_private || card->is_mine ||
	       (card->kind != NULL && card->kind->owner == OWNER_BOTH);
}

static void read_card(struct notebook_txn *txn, const struct leaf *leaf, struct card *out)
{
	out->kind = leaf->head->kind;
	out->role = leaf->head->role;
	out->is_mine = person_equal(leaf->head->owner, txn->notebook->me.person);
	out->by_me = card_is_by_me(out);
	out->about = about_of(txn, leaf);
	out->title = title_of(txn, leaf, &out->title_is_cut);
}

/* Where it stands, without a look at its content. */
void card_place(const struct leaf_own *own, struct card *out)
{
	const struct leaf *leaf = &own->leaf;
	*out = (struct card){
		.id = leaf->id,
		.space = leaf->space,
		.master = leaf->master,
		.shared_s = leaf->shared_s,
		.is_private = leaf->is_private,
		.was_shown = own->shares > 0,
		.both_wrote = own->both,
		.incomplete = leaf->incomplete,
		.unread = leaf->unread,
	};
}

void card_make(struct notebook_txn *txn, struct leaf_own *own, struct card *out)
{
	const struct leaf *leaf = &own->leaf;
	/* Whoever changed its content may have left the head as it was. */
	leaf_place(txn, own);
	card_place(own, out);
	if (leaf->head == NULL)
		return;
	read_card(txn, leaf, out);
}

void card_of(struct notebook_txn *txn, const struct leaf *leaf, struct card *out)
{
	struct leaf_own *own = leaf_if_open(txn, leaf->id);
	*out = (struct card){.id = leaf->id};
	if (own != NULL)
		card_place(own, out);
	read_card(txn, leaf, out);
}

/* ---- All anew. */

static enum err remake(struct notebook_txn *txn, struct id id)
{
	struct card card;
	struct words words;
	struct leaf_own *own = NULL;
	enum err e = leaf_read(txn, id, &own);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	card_make(txn, own, &card);
	e = card_page_put(txn, cards_of(txn), &card);
	words_make(txn, &own->leaf, &words);
	if (e == OK)
		e = words_page_put(txn, id, &words);
	leaf_own_release(own);
	return e;
}

enum err cards_remake(struct notebook_txn *txn, struct why *why)
{
	const struct id *ids;
	size_t count;
	enum err e = leaf_all(txn, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++)
		e = remake(txn, ids[i]);
	return e;
}
