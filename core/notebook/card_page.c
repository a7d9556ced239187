#include "core/notebook/card_page.h"

#include <string.h>

#include "core/notebook/byid.h"
#include "core/notebook/internal.h"

#define PAGE_FORMAT 2u

/* ---- Ids: fifteen bytes that only this store knows, then the page's number. */

void card_pages_begin(struct notebook *notebook)
{
	struct bytes mine = BYTES_OF(notebook->mine.b);
	struct hash hash = hash_of("kith/cards/1", &mine, 1);
	memcpy(notebook->cards.b, hash.b, sizeof notebook->cards.b);
}

struct id card_page_id(const struct notebook_txn *txn, uint8_t number)
{
	struct id id = txn->notebook->cards;
	id.b[sizeof id.b - 1] = number;
	return id;
}

bool card_page_is(const struct notebook *notebook, struct id id)
{
	return memcmp(id.b, notebook->cards.b, sizeof id.b - 1) == 0;
}

struct cards *cards_of(struct notebook_txn *txn)
{
	if (txn->cards == NULL)
		txn->cards = mem_new(sizeof *txn->cards);
	return txn->cards;
}

/* ---- A page as kept: its format, then card after card:
 * id, kind's letter (0: none), flags, then what the flags say there is: space, master,
 * about, shared u64; title's length u8, title. */

enum card_flags {
	CARD_PRIVATE = 1,
	CARD_MASTER = 2,
	CARD_ABOUT = 4,
	CARD_SHARED = 8,
	CARD_BOTH = 16,
	CARD_INCOMPLETE = 32,
	CARD_UNREAD = 64,
	CARD_CUT = 128,
	CARD_SHOWN = 256,
	CARD_MINE = 512,
	CARD_ROLE = 1024, /* of 0 … 3 */
};

static unsigned flags_of(const struct card *card)
{
	return (card->is_private ? CARD_PRIVATE : 0u) |
	       (id_is_zero(card->master) ? 0u : CARD_MASTER) |
	       (id_is_zero(card->about) ? 0u : CARD_ABOUT) |
	       (card->shared_s > 0 ? CARD_SHARED : 0u) |
	       (card->both_wrote ? CARD_BOTH : 0u) |
	       (card->incomplete ? CARD_INCOMPLETE : 0u) |
	       (card->unread ? CARD_UNREAD : 0u) | (card->title_is_cut ? CARD_CUT : 0u) |
	       (card->was_shown ? CARD_SHOWN : 0u) | (card->is_mine ? CARD_MINE : 0u) |
	       (unsigned)card->role * CARD_ROLE;
}

static void pack_card(struct buf *out, const struct card *card)
{
	unsigned flags = flags_of(card);
	buf_add(out, BYTES_OF(card->id.b));
	buf_add_u8(out, card->kind != NULL ? (uint8_t)card->kind->letter : 0);
	buf_add_u16(out, (uint16_t)flags);
	if ((flags & CARD_PRIVATE) == 0)
		buf_add(out, BYTES_OF(card->space.b));
	if ((flags & CARD_MASTER) != 0)
		buf_add(out, BYTES_OF(card->master.b));
	if ((flags & CARD_ABOUT) != 0)
		buf_add(out, BYTES_OF(card->about.b));
	if ((flags & CARD_SHARED) != 0)
		buf_add_u64(out, card->shared_s);
	buf_add_u8(out, (uint8_t)card->title.len);
	buf_add(out, card->title);
}

static const struct kind_schema *kind_of(const struct schema *schema, uint8_t letter)
{
	for (size_t i = 0; letter != 0 && i < schema->count; i++)
		if (schema->kinds[i].letter == (char)letter)
			return &schema->kinds[i];
	return NULL;
}

static bool take_card(
	const struct notebook_txn *txn, struct bytes *rest, struct card *card)
{
	uint8_t letter, len;
	uint16_t flags;
	*card = (struct card){0};
	if (!bytes_take_into(rest, card->id.b, sizeof card->id.b) ||
		!bytes_take_u8(rest, &letter) || !bytes_take_u16(rest, &flags))
		return false;
	card->kind = kind_of(txn->notebook->schema, letter);
	card->is_private = (flags & CARD_PRIVATE) != 0;
	card->both_wrote = (flags & CARD_BOTH) != 0;
	card->incomplete = (flags & CARD_INCOMPLETE) != 0;
	card->unread = (flags & CARD_UNREAD) != 0;
	card->title_is_cut = (flags & CARD_CUT) != 0;
	card->was_shown = (flags & CARD_SHOWN) != 0;
	card->is_mine = (flags & CARD_MINE) != 0;
	card->role = (enum role)(flags / CARD_ROLE & 3);
	card->by_me = card_is_by_me(card);
	card->space = txn->notebook->mine;
	if (!card->is_private &&
		!bytes_take_into(rest, card->space.b, sizeof card->space.b))
		return false;
	if ((flags & CARD_MASTER) != 0 &&
		!bytes_take_into(rest, card->master.b, sizeof card->master.b))
		return false;
	if ((flags & CARD_ABOUT) != 0 &&
		!bytes_take_into(rest, card->about.b, sizeof card->about.b))
		return false;
	if ((flags & CARD_SHARED) != 0 && !bytes_take_u64(rest, &card->shared_s))
		return false;
	return bytes_take_u8(rest, &len) && bytes_take(rest, len, &card->title);
}

/* One that does not read has no cards: its documents are opened instead, and it is
 * written anew with the next change. */
static void forget_page(struct card_page *page)
{
	page->count = 0;
	page->is_dirty = true;
}

static void read_page(struct notebook_txn *txn, struct card_page *page)
{
	struct bytes rest = buf_bytes(&page->record);
	uint8_t format = 0;
	bool is_good = bytes_take_u8(&rest, &format) && format == PAGE_FORMAT;
	while (is_good && rest.len > 0) {
		page->cards = mem_grow(
			page->cards, page->count, &page->cap, sizeof *page->cards);
		is_good = take_card(txn, &rest, &page->cards[page->count++]);
	}
	if (!is_good)
		forget_page(page);
}

enum err card_page_open(struct notebook_txn *txn, struct cards *cards, uint8_t number,
	struct card_page **out)
{
	struct card_page *page = *out = &cards->pages[number];
	if (page->is_open)
		return OK;
	enum err e = store_get_of(txn->store, card_page_id(txn, number), TABLE_INDEX,
		bytes_text("cards"), &page->record);
	if (e == OK)
		read_page(txn, page);
	else if (e == ERR_DAMAGED)
		forget_page(page);
	page->is_open = e == OK || e == ERR_NOT_FOUND || e == ERR_DAMAGED;
	return page->is_open ? OK : e;
}

static size_t place_in(const struct card_page *page, struct id id, bool *is_there)
{
	return byid_place(page->cards, page->count, sizeof *page->cards, id, is_there);
}

const struct card *card_page_find(const struct card_page *page, struct id id)
{
	bool is_there;
	size_t at = place_in(page, id, &is_there);
	return is_there ? &page->cards[at] : NULL;
}

/* ---- Changing. */

static bool is_same(const struct card *a, const struct card *b)
{
	return a->kind == b->kind && flags_of(a) == flags_of(b) &&
	       a->shared_s == b->shared_s && id_equal(a->space, b->space) &&
	       id_equal(a->master, b->master) && id_equal(a->about, b->about) &&
	       bytes_equal(a->title, b->title);
}

enum err card_page_put(
	struct notebook_txn *txn, struct cards *cards, const struct card *card)
{
	struct card_page *page;
	bool is_there;
	enum err e = card_page_open(txn, cards, card->id.b[0], &page);
	if (e != OK)
		return e;
	size_t at = place_in(page, card->id, &is_there);
	if (is_there && is_same(&page->cards[at], card))
		return OK;
	if (!is_there)
		page->cards = byid_open(
			page->cards, &page->count, &page->cap, sizeof *page->cards, at);
	page->cards[at] = *card;
	page->is_dirty = true;
	return OK;
}

enum err card_page_drop(struct notebook_txn *txn, struct cards *cards, struct id id)
{
	struct card_page *page;
	bool is_there;
	enum err e = card_page_open(txn, cards, id.b[0], &page);
	if (e != OK)
		return e;
	size_t at = place_in(page, id, &is_there);
	if (!is_there)
		return OK;
	byid_close(page->cards, &page->count, sizeof *page->cards, at);
	page->is_dirty = page->lost_one = true;
	return OK;
}

enum err card_pages_save(struct notebook_txn *txn, struct cards *cards)
{
	enum err e = OK;
	for (size_t n = 0; e == OK && n < CARD_PAGES; n++) {
		struct card_page *page = &cards->pages[n];
		struct id id = card_page_id(txn, (uint8_t)n);
		CLEAN_BUF struct buf record = {0};
		if (!page->is_dirty || (page->lost_one && page->count == 0))
			continue;
		buf_add_u8(&record, PAGE_FORMAT);
		for (size_t i = 0; i < page->count; i++)
			pack_card(&record, &page->cards[i]);
		e = store_put_of(txn->store, id, TABLE_INDEX, bytes_text("cards"),
			buf_bytes(&record));
	}
	return e;
}

void card_pages_release(struct cards *cards)
{
	for (size_t i = 0; i < CARD_PAGES; i++) {
		buf_release(&cards->pages[i].record);
		mem_free(cards->pages[i].cards);
	}
}
