#include <stdlib.h>
#include <string.h>

#include "core/notebook/byid.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"

void all_add(struct notebook_txn *txn, struct id id)
{
	bool is_there;
	size_t at = byid_place(txn->all, txn->all_count, sizeof *txn->all, id, &is_there);
	if (!txn->all_loaded || is_there)
		return;
	txn->all =
		byid_open(txn->all, &txn->all_count, &txn->all_cap, sizeof *txn->all, at);
	txn->all[at] = id;
}

void all_drop(struct notebook_txn *txn, struct id id)
{
	bool is_there;
	size_t at = byid_place(txn->all, txn->all_count, sizeof *txn->all, id, &is_there);
	if (txn->all_loaded && is_there)
		byid_close(txn->all, &txn->all_count, sizeof *txn->all, at);
}

/* What this transaction made or ended is not in the store's list. */
static void all_catch_up(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->leaf_room; i++) {
		const struct leaf_own *own = txn->leaves[i];
		if (own != NULL && own->erased)
			all_drop(txn, own->leaf.id);
		else if (own != NULL && own->fresh)
			all_add(txn, own->leaf.id);
	}
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

/* Pages of cards and words have keys as documents have. */
static void drop_pages(struct notebook_txn *txn)
{
	size_t kept = 0;
	for (size_t i = 0; i < txn->all_count; i++)
		if (!card_page_is(txn->notebook, txn->all[i]) &&
			!words_page_is(txn->notebook, txn->all[i]))
			txn->all[kept++] = txn->all[i];
	txn->all_count = kept;
}

enum err leaf_all(
	struct notebook_txn *txn, const struct id **out, size_t *count, struct why *why)
{
	if (!txn->all_loaded) {
		enum err e = store_documents(txn->store, &txn->all, &txn->all_count);
		txn->all_cap = txn->all_count;
		if (e != OK)
			return because(
				why, e, "the documents cannot be read: %s", err_text(e));
		drop_pages(txn);
		if (txn->all_count > 1)
			qsort(txn->all, txn->all_count, sizeof *txn->all, by_id);
		txn->all_loaded = true;
		all_catch_up(txn);
	}
	*out = txn->all;
	*count = txn->all_count;
	return OK;
}

/* ---- Handles. */

static size_t common_prefix(const char *a, const char *b)
{
	size_t n = 0;
	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

void leaf_handle(struct notebook_txn *txn, const struct leaf *leaf, char out[HANDLE_TEXT])
{
	id_handle(txn, leaf->id, leaf->head->kind, out);
}

void id_handle(struct notebook_txn *txn, struct id id, const struct kind_schema *kind,
	char out[HANDLE_TEXT])
{
	const struct id *ids = NULL;
	size_t count = 0, len = HANDLE_MIN;
	char text[ID_TEXT + 1], other[ID_TEXT + 1];
	id_text(id, text);
	if (leaf_all(txn, &ids, &count, NULL) == OK) {
		bool is_there;
		size_t low = byid_place(ids, count, sizeof *ids, id, &is_there);
		size_t after = is_there ? low + 1 : low;
		for (size_t side = 0; side < 2; side++) {
			size_t at = side == 0 ? low - 1 : after;
			if ((side == 0 && low == 0) || at >= count)
				continue;
			id_text(ids[at], other);
			size_t same = common_prefix(text, other) + 1;
			if (same > len)
				len = same;
		}
	}
	out[0] = kind->letter;
	out[1] = '-';
	memcpy(out + 2, text, len);
	out[2 + len] = '\0';
}

/* By its id, or the id it had before it was shared. */
static enum err find_id(
	struct notebook_txn *txn, struct id id, struct id *out, struct why *why)
{
	struct leaf *leaf = NULL;
	char text[ID_TEXT + 1];
	id_text(id, text);
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e == ERR_NOT_FOUND)
		return leaf_alias_find(txn, text, out);
	if (e == OK)
		*out = id;
	return e;
}

enum err leaf_find(
	struct notebook_txn *txn, const char *handle, struct id *out, struct why *why)
{
	char letter = 0, digits[ID_TEXT + 1];
	struct id whole;
	if (id_read(handle, &whole))
		return find_id(txn, whole, out, why);
	if (!handle_read(handle, &letter, digits))
		return because(why, ERR_NOT_FOUND,
			"\"%.40s\" is not a handle: `kith list` shows them", handle);
	const struct id *ids = NULL;
	size_t count = 0, found = 0;
	enum err e = leaf_all(txn, &ids, &count, why);
	if (e != OK)
		return e;
	CLEAN_BUF struct buf all = {0};
	for (size_t i = 0; i < count && found < 9; i++) {
		char text[ID_TEXT + 1];
		id_text(ids[i], text);
		struct leaf *leaf = NULL;
		if (strncmp(text, digits, strlen(digits)) != 0 ||
			leaf_open(txn, ids[i], &leaf, NULL) != OK ||
			leaf->head->kind->letter != letter)
			continue;
		char one[HANDLE_TEXT];
		leaf_handle(txn, leaf, one);
		buf_add_format(&all, "%s%s", found > 0 ? ", " : "", one);
		*out = ids[i];
		found++;
	}
	if (found == 1)
		return OK;
	if (found > 1)
		return because(why, ERR_AMBIGUOUS, "%s may be %s: type more of it",
			handle, buf_text(&all));
	if (leaf_alias_find(txn, digits, out) == OK)
		return OK;
	return because(why, ERR_NOT_FOUND,
		"nothing here is called %s: `kith list` shows what is", handle);
}
