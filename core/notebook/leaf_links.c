#include <string.h>

#include "core/notebook/internal.h"

/* ---- Links: under a private document's id, the documents that follow it. */

enum err leaf_links(
	struct notebook_txn *txn, struct id master, struct leaf_copy **out, size_t *count)
{
	CLEAN_BUF struct buf record = {0};
	*out = NULL;
	*count = 0;
	enum err e = store_get(txn->store, TABLE_LINK, BYTES_OF(master.b), &record);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	struct bytes rest = buf_bytes(&record);
	*out = arena_array(&txn->arena, record.len / sizeof **out, sizeof **out);
	struct leaf_copy link;
	while (bytes_take_into(&rest, &link.document, sizeof link.document) &&
		bytes_take_into(&rest, &link.partner, sizeof link.partner))
		(*out)[(*count)++] = link;
	return OK;
}

static enum err set_links(struct notebook_txn *txn, struct id master,
	const struct leaf_copy *links, size_t count)
{
	if (count == 0)
		return store_delete(txn->store, TABLE_LINK, BYTES_OF(master.b));
	CLEAN_BUF struct buf record = {0};
	for (size_t i = 0; i < count; i++) {
		buf_add(&record, BYTES_OF(links[i].document.b));
		buf_add(&record, BYTES_OF(links[i].partner.b));
	}
	return store_put(txn->store, TABLE_LINK, BYTES_OF(master.b), buf_bytes(&record));
}

enum err leaf_link(struct notebook_txn *txn, struct id master, struct id document,
	const struct person_id *partner)
{
	struct leaf_copy *links = NULL;
	size_t count = 0;
	enum err e = leaf_links(txn, master, &links, &count);
	for (size_t i = 0; e == OK && i < count; i++)
		if (id_equal(links[i].document, document))
			return OK;
	if (e != OK)
		return e;
	struct leaf_copy *more = arena_array(&txn->arena, count + 1, sizeof *more);
	for (size_t i = 0; i < count; i++)
		more[i] = links[i];
	more[count] = (struct leaf_copy){document, *partner};
	return set_links(txn, master, more, count + 1);
}

enum err leaf_unlink(struct notebook_txn *txn, struct id master, struct id document)
{
	struct leaf_copy *links = NULL;
	size_t count = 0, kept = 0;
	enum err e = leaf_links(txn, master, &links, &count);
	for (size_t i = 0; e == OK && i < count; i++)
		if (!id_equal(links[i].document, document))
			links[kept++] = links[i];
	return e == OK && kept < count ? set_links(txn, master, links, kept) : e;
}

size_t leaf_copies(struct notebook_txn *txn, struct id master, struct leaf_copy **out)
{
	size_t count = 0;
	return leaf_links(txn, master, out, &count) == OK ? count : 0;
}

/* ---- Aliases: pairs of ids, before and now, in 256 records by the old id's first byte,
 * so that a handle's beginning finds them and none grows with all of them. */

#define ALIAS_PAIR (2 * sizeof(struct id))

struct alias_key {
	uint8_t name[7], first;
};

static struct alias_key alias_key(uint8_t first)
{
	return (struct alias_key){{'a', 'l', 'i', 'a', 's', 'e', 's'}, first};
}

static enum err read_aliases(struct notebook_txn *txn, uint8_t first, struct buf *out)
{
	struct alias_key key = alias_key(first);
	enum err e = store_get(
		txn->store, TABLE_LINK, (struct bytes){key.name, sizeof key}, out);
	return e == ERR_NOT_FOUND ? OK : e;
}

static bool next_alias(struct bytes *rest, struct id *before, struct id *now)
{
	return bytes_take_into(rest, before->b, sizeof before->b) &&
	       bytes_take_into(rest, now->b, sizeof now->b);
}

/* The newest meaning alone is kept; a thing that is itself again has none. */
static enum err put_alias(struct notebook_txn *txn, struct id before, struct id now)
{
	CLEAN_BUF struct buf old = {0}, all = {0};
	struct alias_key key = alias_key(before.b[0]);
	struct id was, is;
	enum err e = read_aliases(txn, before.b[0], &old);
	struct bytes rest = buf_bytes(&old);
	while (next_alias(&rest, &was, &is)) {
		if (id_equal(was, before))
			continue;
		buf_add(&all, BYTES_OF(was.b));
		buf_add(&all, BYTES_OF(is.b));
	}
	if (!id_equal(before, now)) {
		buf_add(&all, BYTES_OF(before.b));
		buf_add(&all, BYTES_OF(now.b));
	}
	return e == OK ? store_put(txn->store, TABLE_LINK,
				 (struct bytes){key.name, sizeof key}, buf_bytes(&all))
		       : e;
}

enum err leaf_alias(struct notebook_txn *txn, struct id before, struct id now)
{
	enum err e = put_alias(txn, before, now);
	return e == OK ? put_alias(txn, now, now) : e;
}

static bool one_alias(struct notebook_txn *txn, struct id before, struct id *now)
{
	CLEAN_BUF struct buf all = {0};
	struct id was, is;
	if (read_aliases(txn, before.b[0], &all) != OK)
		return false;
	struct bytes rest = buf_bytes(&all);
	while (next_alias(&rest, &was, &is)) {
		if (id_equal(was, before)) {
			*now = is;
			return true;
		}
	}
	return false;
}

bool leaf_alias_of(struct notebook_txn *txn, struct id before, struct id *now)
{
	bool found = false;
	/* Moved, called back, moved again: a few steps, never a ring (put_alias()). */
	for (unsigned i = 0; i < 16 && one_alias(txn, before, now); i++) {
		before = *now;
		found = true;
	}
	return found;
}

enum err leaf_alias_find(struct notebook_txn *txn, const char *digits, struct id *now)
{
	uint8_t low = 0, high = 255;
	char all_low[ID_TEXT + 1], all_high[ID_TEXT + 1];
	struct id first, last;
	size_t found = 0, len = strlen(digits);
	/* The ids that begin so: between all zeros and all ones after it. */
	memset(all_low, '0', ID_TEXT);
	memset(all_high, 'z', ID_TEXT);
	all_low[ID_TEXT] = all_high[ID_TEXT] = '\0';
	all_high[ID_TEXT - 1] = 'w'; /* 26 digits are 130 bits: the last two are zero */
	memcpy(all_low, digits, len);
	memcpy(all_high, digits, len);
	if (id_read(all_low, &first) && id_read(all_high, &last)) {
		low = first.b[0];
		high = last.b[0];
	}
	for (unsigned byte = low; byte <= high; byte++) {
		CLEAN_BUF struct buf all = {0};
		struct id was, is;
		if (read_aliases(txn, (uint8_t)byte, &all) != OK)
			continue;
		struct bytes rest = buf_bytes(&all);
		while (next_alias(&rest, &was, &is)) {
			char text[ID_TEXT + 1];
			id_text(was, text);
			if (strncmp(text, digits, len) != 0)
				continue;
			*now = is;
			found++;
		}
	}
	if (found != 1)
		return ERR_NOT_FOUND;
	struct id newest;
	if (leaf_alias_of(txn, *now, &newest))
		*now = newest;
	return OK;
}
