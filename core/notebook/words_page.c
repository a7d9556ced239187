#include "core/notebook/words_page.h"

#include <string.h>

#include "core/notebook/byid.h"

#define PAGE_FORMAT 1u
/* A longer document, and what a page has no room for, is opened instead: no page is
 * longer than a change should have to write. */
#define ITEM_MAX (32u << 10)
#define PAGE_MAX (1u << 20)

struct item {
	struct id id;
	struct words words;
};

/* In the order of ids; texts borrow from `record`, or from the transaction. */
struct page {
	struct buf record;
	struct item *items;
	size_t count, cap;
	bool is_open, is_dirty;
	bool lost_one; /* it quotes what ends with this transaction: a new key */
};

struct words_pages {
	struct page pages[WORDS_PAGES];
};

/* ---- Ids: fourteen bytes that only this store knows, then the page's number. */

void words_pages_begin(struct notebook *notebook)
{
	struct bytes mine = BYTES_OF(notebook->mine.b);
	struct hash hash = hash_of("kith/words/1", &mine, 1);
	memcpy(notebook->words.b, hash.b, sizeof notebook->words.b);
}

static unsigned number_of(struct id document)
{
	return (unsigned)document.b[0] << 2 | document.b[1] >> 6;
}

static struct id id_of(const struct notebook_txn *txn, unsigned number)
{
	struct id id = txn->notebook->words;
	id.b[sizeof id.b - 2] = (uint8_t)(number >> 8);
	id.b[sizeof id.b - 1] = (uint8_t)number;
	return id;
}

bool words_page_is(const struct notebook *notebook, struct id id)
{
	return memcmp(id.b, notebook->words.b, sizeof id.b - 2) == 0;
}

struct id words_page_of(const struct notebook_txn *txn, struct id document)
{
	return id_of(txn, number_of(document));
}

/* ---- A page as kept: its format, then of document after document: id, length u32,
 * answers, length u32, others. */

static void pack_item(struct buf *out, const struct item *item)
{
	buf_add(out, BYTES_OF(item->id.b));
	buf_add_u32(out, (uint32_t)item->words.answers.len);
	buf_add(out, item->words.answers);
	buf_add_u32(out, (uint32_t)item->words.others.len);
	buf_add(out, item->words.others);
}

static bool take_texts(struct bytes *rest, struct bytes *out)
{
	uint32_t len;
	return bytes_take_u32(rest, &len) && bytes_take(rest, len, out);
}

/* One that does not read has no words: its documents are opened instead, and it is
 * written anew with the next change. */
static void forget_page(struct page *page)
{
	page->count = 0;
	page->is_dirty = true;
}

static void read_page(struct page *page)
{
	struct bytes rest = buf_bytes(&page->record);
	uint8_t format = 0;
	bool is_good = bytes_take_u8(&rest, &format) && format == PAGE_FORMAT;
	while (is_good && rest.len > 0) {
		struct item item;
		is_good = bytes_take_into(&rest, item.id.b, sizeof item.id.b) &&
			  take_texts(&rest, &item.words.answers) &&
			  take_texts(&rest, &item.words.others);
		page->items = mem_grow(
			page->items, page->count, &page->cap, sizeof *page->items);
		page->items[page->count++] = item;
	}
	if (!is_good)
		forget_page(page);
}

static enum err open_page(struct notebook_txn *txn, unsigned number, struct page **out)
{
	if (txn->words == NULL)
		txn->words = mem_new(sizeof *txn->words);
	struct page *page = *out = &txn->words->pages[number];
	if (page->is_open)
		return OK;
	enum err e = store_get_of(txn->store, id_of(txn, number), TABLE_INDEX,
		bytes_text("words"), &page->record);
	if (e == OK)
		read_page(page);
	else if (e == ERR_DAMAGED)
		forget_page(page);
	page->is_open = e == OK || e == ERR_NOT_FOUND || e == ERR_DAMAGED;
	return page->is_open ? OK : e;
}

/* The page of a document, and where it stands in it, or would. */
static enum err find_place(struct notebook_txn *txn, struct id id, struct page **page,
	size_t *at, bool *is_there)
{
	enum err e = open_page(txn, number_of(id), page);
	*is_there = false;
	if (e == OK)
		*at = byid_place((*page)->items, (*page)->count, sizeof *(*page)->items,
			id, is_there);
	return e;
}

enum err words_page_find(
	struct notebook_txn *txn, struct id id, struct words *out, bool *is_there)
{
	struct page *page;
	size_t at;
	enum err e = find_place(txn, id, &page, &at, is_there);
	if (*is_there)
		*out = page->items[at].words;
	return e;
}

/* ---- Changing. */

static void take_out(struct page *page, size_t at)
{
	byid_close(page->items, &page->count, sizeof *page->items, at);
	page->is_dirty = true;
}

enum err words_page_put(struct notebook_txn *txn, struct id id, const struct words *words)
{
	struct page *page;
	size_t at;
	bool is_there;
	enum err e = find_place(txn, id, &page, &at, &is_there);
	if (e != OK)
		return e;
	bool is_long = words->answers.len + words->others.len > ITEM_MAX;
	if (is_there && is_long)
		take_out(page, at);
	if (is_long ||
		(is_there && bytes_equal(page->items[at].words.answers, words->answers) &&
			bytes_equal(page->items[at].words.others, words->others)))
		return OK;
	if (!is_there)
		page->items = byid_open(
			page->items, &page->count, &page->cap, sizeof *page->items, at);
	page->items[at] = (struct item){id, *words};
	page->is_dirty = true;
	return OK;
}

/* Where the page does not quote it now, it may have done so under this key before. */
enum err words_page_drop(struct notebook_txn *txn, struct id id)
{
	struct page *page;
	size_t at;
	bool is_there;
	enum err e = find_place(txn, id, &page, &at, &is_there);
	if (e != OK)
		return e;
	if (is_there)
		take_out(page, at);
	page->is_dirty = page->lost_one = true;
	return OK;
}

size_t words_pages_lost(const struct notebook_txn *txn, struct id *out)
{
	size_t count = 0;
	for (unsigned n = 0; txn->words != NULL && n < WORDS_PAGES; n++)
		if (txn->words->pages[n].lost_one)
			out[count++] = id_of(txn, n);
	return count;
}

static enum err save_page(
	struct notebook_txn *txn, unsigned number, const struct page *page)
{
	CLEAN_BUF struct buf record = {0};
	buf_add_u8(&record, PAGE_FORMAT);
	for (size_t i = 0; i < page->count && record.len < PAGE_MAX; i++)
		pack_item(&record, &page->items[i]);
	return store_put_of(txn->store, id_of(txn, number), TABLE_INDEX,
		bytes_text("words"), buf_bytes(&record));
}

enum err words_pages_save(struct notebook_txn *txn)
{
	enum err e = OK;
	for (unsigned n = 0; txn->words != NULL && e == OK && n < WORDS_PAGES; n++) {
		const struct page *page = &txn->words->pages[n];
		if (page->is_dirty && !(page->lost_one && page->count == 0))
			e = save_page(txn, n, page);
	}
	return e;
}

void words_release(struct notebook_txn *txn)
{
	for (unsigned n = 0; txn->words != NULL && n < WORDS_PAGES; n++) {
		buf_release(&txn->words->pages[n].record);
		mem_free(txn->words->pages[n].items);
	}
	mem_free(txn->words);
	txn->words = NULL;
}
