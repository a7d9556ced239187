/* What a teacher writes, with the truth kept beside it. */
#include "core/base/utf8.h"
#include "core/crdt/value.h"
#include "tests/laws/notebook_world.h"

void allow(size_t word, size_t pair, struct id document)
{
	w.words[word].allowed |= 1u << pair;
	w.words[word].document[pair] = document;
}

/* To which pairs a field of this document goes. */
unsigned pairs_of(struct notebook_txn *txn, const struct machine *m,
	const struct leaf *leaf, const struct field_schema *field,
	struct id document[PAIRS])
{
	unsigned pairs = 0;
	for (size_t p = 0; p < PAIRS; p++) {
		struct leaf_copy *copies = NULL;
		if (!is_in(p, m) || (w.persons == 2 && p > 0))
			continue;
		const struct partner *partner = partner_in(txn, m, p);
		if (id_equal(partner->space, leaf->space)) {
			pairs |= 1u << p;
			document[p] = leaf->id;
		}
		size_t count = leaf->is_private && field->who != WHO_COMMENT
				       ? leaf_copies(txn, leaf->id, &copies)
				       : 0;
		for (size_t i = 0; i < count; i++) {
			if (!person_equal(copies[i].partner, partner->person))
				continue;
			pairs |= 1u << p;
			document[p] = copies[i].document;
		}
	}
	return pairs;
}

struct writing {
	const struct machine *m;
	struct notebook_txn *txn;
	struct leaf *leaf;
	struct draft *draft;
	const struct field_schema *field;
	struct bytes key;
	unsigned pairs;
	struct id document[PAIRS];
};

static size_t fresh(struct writing *x, char text[WORD + 1])
{
	size_t word = new_word(x->m);
	for (size_t p = 0; p < PAIRS; p++)
		if ((x->pairs & (1u << p)) != 0)
			allow(word, p, x->document[p]);
	word_text(word, text);
	note("%s writes %zu in %s %s", named(x->m), word, short_id(x->leaf->id),
		x->field->name);
	return word;
}

/* Private: it will never leave; shared: what was not sealed yet will not. */
static void killed(struct writing *x, size_t word)
{
	kill_word(word, x->leaf->is_private ? 7u : x->pairs);
	note("%s deletes %zu in %s %s", named(x->m), word, short_id(x->leaf->id),
		x->field->name);
}

static void kill_value(struct writing *x, struct bytes value)
{
	size_t at = 0, word = 0;
	while (next_word(value, &at, &word))
		killed(x, word);
}

static void write_text(struct writing *x)
{
	struct bytes text = {0};
	char fresh_text[WORD + 1];
	size_t words[256], places[256], count = 0, at = 0, word = 0;
	(void)read_text(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &text);
	while (count < 256 && next_word(text, &at, &word)) {
		places[count] = utf8_count((struct bytes){text.at, at - 1});
		words[count++] = word;
	}
	size_t i = below(count + 1);
	if (count > 0 && i < count && percent(35)) {
		size_t len = places[i] + WORD <= utf8_count(text) ? WORD : WORD - 1;
		assert_int_equal(draft_splice(x->draft, x->leaf->sealed, x->field, x->key,
					 places[i], len, (struct bytes){0}, NULL),
			OK);
		killed(x, words[i]);
		return;
	}
	size_t pos = i < count ? places[i] : utf8_count(text);
	(void)fresh(x, fresh_text);
	assert_int_equal(draft_splice(x->draft, x->leaf->sealed, x->field, x->key, pos, 0,
				 bytes_text(fresh_text), NULL),
		OK);
}

static void write_register(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	CLEAN_BUF struct buf packed = {0};
	if (x->field->value == VALUE_REF)
		return;
	read_values(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &reading);
	for (size_t i = 0; i < reading.count; i++)
		kill_value(x, reading.items[i].value);
	(void)fresh(x, text);
	pack_cstr(&packed, text);
	assert_int_equal(draft_set(x->draft, x->leaf->sealed, x->field, x->key,
				 buf_bytes(&packed), NULL),
		OK);
}

static void write_set(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	CLEAN_BUF struct buf packed = {0};
	read_set(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &reading);
	if (reading.count > 0 && percent(35)) {
		struct bytes value = reading.items[below(reading.count)].value;
		assert_int_equal(draft_remove(x->draft, x->leaf->sealed, x->field, x->key,
					 value, NULL),
			OK);
		kill_value(x, value);
		return;
	}
	(void)fresh(x, text);
	pack_cstr(&packed, text);
	assert_int_equal(draft_add(x->draft, x->leaf->sealed, x->field, x->key,
				 buf_bytes(&packed), NULL),
		OK);
}

static void write_log(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	uint8_t rid[8];
	CLEAN_BUF struct buf packed = {0};
	read_log(x->leaf->sealed, x->draft, x->field, txn_arena(x->txn), &reading);
	if (reading.count > 0 && percent(35)) {
		const struct reading_item *item = &reading.items[below(reading.count)];
		if (draft_void(x->draft, x->leaf->sealed, x->field, item->rid,
			    &notebook_me(x->m->t->notebook)->person, NULL) == OK)
			kill_value(x, item->value);
		return;
	}
	(void)fresh(x, text);
	pack_map(&packed, 1);
	pack_cstr(&packed, "text");
	pack_cstr(&packed, text);
	random_fill(rid, sizeof rid);
	assert_int_equal(draft_append(x->draft, x->leaf->sealed, x->field, rid,
				 buf_bytes(&packed), NULL),
		OK);
}

void write_in(const struct machine *m, struct id id)
{
	struct writing x = {.m = m, .txn = edit(m->t)};
	assert_int_equal(leaf_open(x.txn, id, &x.leaf, NULL), OK);
	const struct kind_schema *kind = x.leaf->head->kind;
	const struct field_schema *field = NULL;
	for (unsigned i = 0; i < 8 && field == NULL; i++) {
		x.field = &kind->fields[below(kind->field_count)];
		if (leaf_field(x.txn, x.leaf, bytes_text(x.field->name), &field, NULL) !=
			OK)
			field = NULL;
	}
	if (field == NULL || leaf_draft(x.txn, x.leaf, &x.draft, NULL) != OK) {
		notebook_abort(x.txn);
		return;
	}
	x.key = field->family ? bytes_text("k") : (struct bytes){0};
	x.pairs = pairs_of(x.txn, m, x.leaf, field, x.document);
	switch (field->type) {
	case FIELD_REGISTER:
		write_register(&x);
		break;
	case FIELD_TEXT:
		write_text(&x);
		break;
	case FIELD_SET:
		write_set(&x);
		break;
	case FIELD_LOG:
		write_log(&x);
		break;
	}
	done(x.txn);
}
