/* What teachers do and see. */
#include "core/crdt/value.h"
#include "core/notebook/card.h"
#include "core/notebook/words_page.h"
#include "core/notebook/internal.h"
#include "tests/test.h"
#include "tests/unit/notebook/teachers.h"

static void check(enum err e, const struct why *why)
{
	if (e != OK)
		fail_msg("%s", why_text(why, e));
}

/* ---- Doing. */

struct id make(struct teacher *t, const char *kind, const char *field, const char *value)
{
	struct leaf *leaf = NULL;
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	check(leaf_new(txn, schema_kind(t->schema, bytes_text(kind)), &leaf, &why), &why);
	struct id id = leaf->id;
	done(txn);
	if (value != NULL)
		put(t, id, field, value);
	return id;
}

struct id make_page(struct teacher *t, struct teacher *with, const char *title)
{
	struct leaf *leaf = NULL;
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	check(leaf_new_together(txn, schema_kind(t->schema, bytes_text("page")),
		      &notebook_me(with->notebook)->person, &leaf, &why),
		&why);
	struct id id = leaf->id;
	done(txn);
	if (title != NULL)
		put(t, id, "title", title);
	return id;
}

static void pack_said(struct buf *out, const char *text)
{
	pack_map(out, 1);
	pack_cstr(out, "text");
	pack_cstr(out, text);
}

static enum err write_text(struct notebook_txn *txn, struct leaf *leaf,
	struct draft *draft, const struct field_schema *field, const char *value)
{
	struct bytes from = {0};
	struct bytes key = field->family ? bytes_text("k") : (struct bytes){0};
	(void)read_text(leaf->sealed, leaf->draft, field, key, txn_arena(txn), &from);
	return draft_text(draft, leaf->sealed, field, key, from, bytes_text(value), NULL);
}

static enum err write_value(struct notebook_txn *txn, struct leaf *leaf,
	struct draft *draft, const struct field_schema *field, const char *value)
{
	CLEAN_BUF struct buf packed = {0};
	uint8_t rid[8];
	struct bytes key = {0};
	switch (field->type) {
	case FIELD_REGISTER:
		if (value[0] >= '0' && value[0] <= '9' && field->value == VALUE_INT)
			pack_uint(&packed, strtoul(value, NULL, 10));
		else
			pack_cstr(&packed, value);
		return draft_set(
			draft, leaf->sealed, field, key, buf_bytes(&packed), NULL);
	case FIELD_TEXT:
		return write_text(txn, leaf, draft, field, value);
	case FIELD_SET:
		pack_cstr(&packed, value);
		return draft_add(
			draft, leaf->sealed, field, key, buf_bytes(&packed), NULL);
	case FIELD_LOG:
		pack_said(&packed, value);
		random_fill(rid, sizeof rid);
		return draft_append(
			draft, leaf->sealed, field, rid, buf_bytes(&packed), NULL);
	}
	return ERR_INVALID;
}

enum err try_write(struct teacher *t, struct id id, const char *name, const char *value)
{
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	const struct field_schema *field = NULL;
	struct notebook_txn *txn = edit(t);
	enum err e = leaf_open(txn, id, &leaf, NULL);
	if (e == OK)
		e = leaf_field(txn, leaf, bytes_text(name), &field, NULL);
	if (e == OK)
		e = leaf_draft(txn, leaf, &draft, NULL);
	if (e == OK)
		e = write_value(txn, leaf, draft, field, value);
	if (e == OK)
		done(txn);
	else
		notebook_abort(txn);
	return e;
}

void put(struct teacher *t, struct id id, const char *field, const char *value)
{
	assert_int_equal(try_write(t, id, field, value), OK);
}

void put_ref(struct teacher *t, struct id id, const char *name, struct id target)
{
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	const struct field_schema *field = NULL;
	struct why why = {0};
	CLEAN_BUF struct buf packed = {0};
	pack_bin(&packed, BYTES_OF(target.b));
	struct notebook_txn *txn = edit(t);
	check(leaf_open(txn, id, &leaf, &why), &why);
	check(leaf_field(txn, leaf, bytes_text(name), &field, &why), &why);
	check(leaf_draft(txn, leaf, &draft, &why), &why);
	check(draft_set(draft, leaf->sealed, field, (struct bytes){0}, buf_bytes(&packed),
		      &why),
		&why);
	done(txn);
}

static enum err void_said(struct notebook_txn *txn, struct leaf *leaf,
	struct draft *draft, const struct field_schema *field, struct bytes packed)
{
	struct reading reading = {0};
	read_log(leaf->sealed, leaf->draft, field, txn_arena(txn), &reading);
	for (size_t i = 0; i < reading.count; i++)
		if (bytes_equal(reading.items[i].value, packed))
			return draft_void(draft, leaf->sealed, field,
				reading.items[i].rid,
				&notebook_me(txn_notebook(txn))->person, NULL);
	return ERR_NOT_FOUND;
}

void take_out(struct teacher *t, struct id id, const char *name, const char *value)
{
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	const struct field_schema *field = NULL;
	struct why why = {0};
	CLEAN_BUF struct buf packed = {0};
	struct notebook_txn *txn = edit(t);
	check(leaf_open(txn, id, &leaf, &why), &why);
	check(leaf_field(txn, leaf, bytes_text(name), &field, &why), &why);
	check(leaf_draft(txn, leaf, &draft, &why), &why);
	if (field->type == FIELD_SET) {
		pack_cstr(&packed, value);
		check(draft_remove(draft, leaf->sealed, field, (struct bytes){0},
			      buf_bytes(&packed), &why),
			&why);
	} else {
		pack_said(&packed, value);
		check(void_said(txn, leaf, draft, field, buf_bytes(&packed)), &why);
	}
	done(txn);
}

static enum err share(struct teacher *t, struct id id, struct teacher *to, enum role role,
	struct id *there, struct why *why)
{
	struct notebook_txn *txn = edit(t);
	enum err e = share_document(txn, id, partner_of(txn, t, to), role, there, why);
	if (e == OK)
		done(txn);
	else
		notebook_abort(txn);
	return e;
}

struct id give(struct teacher *t, struct id id, struct teacher *to, enum role role)
{
	struct id there;
	struct why why = {0};
	check(share(t, id, to, role, &there, &why), &why);
	return there;
}

enum err try_give(struct teacher *t, struct id id, struct teacher *to, enum role role)
{
	struct id there;
	struct why why = {0};
	enum err e = share(t, id, to, role, &there, &why);
	assert_true(e == OK || why.text[0] != '\0');
	return e;
}

enum reach take_back(struct teacher *t, struct id id, struct id *back)
{
	struct why why = {0};
	struct id unused;
	enum reach was;
	struct notebook_txn *txn = edit(t);
	check(share_takeback(txn, id, &was, back != NULL ? back : &unused, &why), &why);
	done(txn);
	return was;
}

void let_go(struct teacher *t, struct id id)
{
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	check(share_drop(txn, id, &why), &why);
	done(txn);
}

void unpair(struct teacher *t, struct teacher *from)
{
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	check(share_unpair(txn, partner_of(txn, t, from), NULL, &why), &why);
	done(txn);
}

void erase_with_page(struct teacher *t, struct id document, struct id page)
{
	CLEAN_BUF struct buf found = {0};
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	check(store_put_of(txn->store, page, TABLE_INDEX, bytes_text("old"),
		      bytes_text("old")),
		&why);
	done(txn);
	txn = edit(t);
	check(leaf_erase(txn, document, &why), &why);
	done(txn);
	txn = look(t);
	assert_int_equal(
		store_get_of(txn->store, page, TABLE_INDEX, bytes_text("old"), &found),
		ERR_NOT_FOUND);
	notebook_abort(txn);
}

/* ---- Seeing. */

static void see_field(struct notebook_txn *txn, const struct leaf *leaf,
	const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct buf *out)
{
	struct arena *arena = txn_arena(txn);
	struct reading reading = {0};
	struct bytes text = {0};
	struct bytes key = field->family ? bytes_text("k") : (struct bytes){0};
	(void)leaf;
	switch (field->type) {
	case FIELD_REGISTER:
		read_values(sealed, draft, field, key, arena, &reading);
		break;
	case FIELD_TEXT:
		if (read_text(sealed, draft, field, key, arena, &text))
			buf_add(out, text);
		break;
	case FIELD_SET:
		read_set(sealed, draft, field, key, arena, &reading);
		break;
	case FIELD_LOG:
		read_log(sealed, draft, field, arena, &reading);
		break;
	}
	for (size_t i = 0; i < reading.count; i++) {
		if (i > 0)
			buf_add_u8(out, '|');
		value_plain(reading.items[i].value, out);
	}
}

static const char *see_in(
	struct teacher *t, struct id id, const char *name, bool with_draft)
{
	static char texts[4][4096];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	struct leaf *leaf = NULL;
	CLEAN_BUF struct buf out = {0};
	struct notebook_txn *txn = look(t);
	text[0] = '-';
	text[1] = '\0';
	if (leaf_open(txn, id, &leaf, NULL) == OK) {
		const struct field_schema *field =
			kind_field(leaf->head->kind, bytes_text(name));
		assert_non_null(field);
		see_field(txn, leaf, leaf->sealed, with_draft ? leaf->draft : NULL, field,
			&out);
		(void)snprintf(text, sizeof texts[0], "%s", buf_text(&out));
	}
	notebook_abort(txn);
	return text;
}

const char *see(struct teacher *t, struct id id, const char *field)
{
	return see_in(t, id, field, true);
}

const char *see_sealed(struct teacher *t, struct id id, const char *field)
{
	return see_in(t, id, field, false);
}

bool has(struct teacher *t, struct id id)
{
	struct leaf_own *own = NULL;
	struct notebook_txn *txn = look(t);
	bool found = leaf_load(txn, id, &own) == OK && own->leaf.head != NULL;
	notebook_abort(txn);
	return found;
}

static bool in_leaf(struct notebook_txn *txn, const struct leaf *leaf, const char *word)
{
	CLEAN_BUF struct buf out = {0};
	for (size_t i = 0; i < leaf->head->kind->field_count; i++) {
		see_field(txn, leaf, leaf->sealed, leaf->draft,
			&leaf->head->kind->fields[i], &out);
		buf_add_u8(&out, '\n');
	}
	return strstr(buf_text(&out), word) != NULL;
}

static bool find_word(struct teacher *t, const char *word, bool private_only)
{
	const struct id *ids = NULL;
	size_t count = 0;
	bool found = false;
	struct notebook_txn *txn = look(t);
	assert_int_equal(leaf_all(txn, &ids, &count, NULL), OK);
	for (size_t i = 0; i < count && !found; i++) {
		struct leaf *leaf = NULL;
		if (leaf_open(txn, ids[i], &leaf, NULL) == OK &&
			(leaf->is_private || !private_only))
			found = in_leaf(txn, leaf, word);
	}
	notebook_abort(txn);
	return found;
}

bool has_private_word(struct teacher *t, const char *word)
{
	return find_word(t, word, true);
}

bool has_word(struct teacher *t, const char *word)
{
	return find_word(t, word, false);
}

size_t private_count(struct teacher *t)
{
	const struct id *ids = NULL;
	size_t count = 0, found = 0;
	struct notebook_txn *txn = look(t);
	assert_int_equal(leaf_all(txn, &ids, &count, NULL), OK);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		found += leaf_open(txn, ids[i], &leaf, NULL) == OK && leaf->is_private;
	}
	notebook_abort(txn);
	return found;
}

static size_t shared(struct teacher *t, struct teacher *with, struct id *only)
{
	struct ledger_line *lines = NULL;
	size_t count = 0;
	struct why why = {0};
	struct notebook_txn *txn = look(t);
	check(ledger_of(txn, partner_of(txn, t, with), &lines, &count, &why), &why);
	if (count > 0 && only != NULL)
		*only = lines[0].document;
	notebook_abort(txn);
	return count;
}

size_t shared_count(struct teacher *t, struct teacher *with)
{
	return shared(t, with, NULL);
}

struct id only_shared(struct teacher *t, struct teacher *with)
{
	struct id only = {0};
	assert_int_equal(shared(t, with, &only), 1);
	return only;
}

struct ledger_line line_of(struct teacher *t, struct id id)
{
	struct ledger_line line;
	struct why why = {0};
	struct notebook_txn *txn = look(t);
	check(ledger_line(txn, id, &line, &why), &why);
	notebook_abort(txn);
	return line;
}

size_t pending(struct teacher *t, struct teacher *with)
{
	struct notebook_txn *txn = look(t);
	size_t count = ledger_pending(txn, partner_of(txn, t, with));
	notebook_abort(txn);
	return count;
}

static bool same_card(const struct card *a, const struct card *b)
{
	return a->kind == b->kind && id_equal(a->space, b->space) &&
	       id_equal(a->master, b->master) && id_equal(a->about, b->about) &&
	       a->shared_s == b->shared_s && bytes_equal(a->title, b->title) &&
	       a->title_is_cut == b->title_is_cut && a->is_private == b->is_private &&
	       a->was_shown == b->was_shown && a->both_wrote == b->both_wrote &&
	       a->incomplete == b->incomplete && a->unread == b->unread &&
	       a->is_mine == b->is_mine && a->by_me == b->by_me && a->role == b->role;
}

bool cards_are_true(struct teacher *t)
{
	const struct card *cards = NULL;
	size_t count = 0;
	bool are = true;
	struct notebook_txn *txn = look(t);
	assert_int_equal(card_all(txn, &cards, &count, NULL), OK);
	/* None was opened so far: these are as they were kept. */
	assert_int_equal(txn->leaf_count, 0);
	struct words *words = arena_array(&txn->arena, count, sizeof *words);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(words_find(txn, cards[i].id, &words[i], NULL), OK);
	assert_int_equal(txn->leaf_count, 0);
	for (size_t i = 0; i < count; i++) {
		struct leaf_own *own = NULL;
		struct card made;
		struct words said;
		assert_int_equal(leaf_load(txn, cards[i].id, &own), OK);
		assert_int_equal(card_find(txn, cards[i].id, &made, NULL), OK);
		words_make(txn, &own->leaf, &said);
		are = are && same_card(&cards[i], &made) &&
		      bytes_equal(words[i].answers, said.answers) &&
		      bytes_equal(words[i].others, said.others);
	}
	notebook_abort(txn);
	return are;
}

bool noticed(struct teacher *t, struct teacher *with, const char *words)
{
	const char **texts = NULL;
	bool found = false;
	struct notebook_txn *txn = look(t);
	size_t count = ledger_notices(txn, partner_of(txn, t, with), &texts);
	for (size_t i = 0; i < count; i++)
		found = found || strstr(texts[i], words) != NULL;
	notebook_abort(txn);
	return found;
}
