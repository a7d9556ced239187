#include <string.h>

#include "core/notebook/internal.h"

/* ---- Entries as kept: [core, own_mac, hash, lamport, [[document, hash] …]]; the
 * sections' bytes apart, each under its document's key, so that ending a document ends
 * them. */

struct entry_key {
	uint8_t space[16], log[8], seq[8], section[4];
};

static struct entry_key entry_key(
	const struct space *space, struct log_id log, uint64_t seq, size_t section)
{
	struct entry_key key;
	memcpy(key.space, space->id.b, sizeof key.space);
	memcpy(key.log, log.b, sizeof key.log);
	for (size_t i = 0; i < 8; i++)
		key.seq[i] = (uint8_t)(seq >> (56 - 8 * i));
	for (size_t i = 0; i < 4; i++)
		key.section[i] = (uint8_t)(section >> (24 - 8 * i));
	return key;
}

static struct bytes key_of_entry(const struct entry_key *key)
{
	return (struct bytes){key->space, sizeof *key - sizeof key->section};
}

static struct bytes key_of_section(const struct entry_key *key)
{
	return (struct bytes){key->space, sizeof *key};
}

static bool names_document(const struct entry_section *section)
{
	return !id_is_zero(section->document);
}

/* What ends a document, or closes the space. */
static bool ends_something(const struct entry_section *section)
{
	struct section_head head = {0};
	bool ends = section_peek(section->rest, &head) == OK &&
		    head.type != SECTION_CREATE && head.type != SECTION_EDIT;
	section_head_release(&head);
	return ends;
}

static enum err put_section(struct notebook_txn *txn, struct space *space,
	struct log_id log, uint64_t seq, size_t i, const struct entry_section *section)
{
	struct entry_key key = entry_key(space, log, seq, i);
	/* What ends a document must outlive it: it is kept under the store's own key. */
	if (ends_something(section))
		return store_put(
			txn->store, TABLE_SECTION, key_of_section(&key), section->rest);
	bool ended = false;
	enum err e = space_ended(txn, space, section->document, &ended);
	if (e != OK || ended)
		return e;
	return store_put_of(txn->store, section->document, TABLE_SECTION,
		key_of_section(&key), section->rest);
}

enum err space_put_entry(struct notebook_txn *txn, struct space *space, struct log_id log,
	const struct entry *entry, const struct hash *hash, uint64_t lamport)
{
	CLEAN_BUF struct buf record = {0};
	pack_array(&record, 5);
	buf_add(&record, entry->core);
	pack_bin(&record, BYTES_OF(entry->own_mac));
	pack_bin(&record, BYTES_OF(hash->b));
	pack_uint(&record, lamport);
	pack_array(&record, entry->section_count);
	for (size_t i = 0; i < entry->section_count; i++) {
		pack_array(&record, 2);
		pack_bin(&record, BYTES_OF(entry->sections[i].document.b));
		pack_bin(&record, BYTES_OF(entry->sections[i].hash.b));
	}
	struct entry_key key = entry_key(space, log, entry->seq, 0);
	enum err e = store_put(
		txn->store, TABLE_ENTRY, key_of_entry(&key), buf_bytes(&record));
	for (size_t i = 0; e == OK && i < entry->section_count; i++)
		if (!entry->sections[i].withheld)
			e = put_section(
				txn, space, log, entry->seq, i, &entry->sections[i]);
	return e;
}

static enum err get_section(struct notebook_txn *txn, const struct entry_key *key,
	struct entry_section *section, struct buf *rest)
{
	enum err e = names_document(section)
			     ? store_get_of(txn->store, section->document, TABLE_SECTION,
				       key_of_section(key), rest)
			     : ERR_NOT_FOUND;
	if (e != OK)
		e = store_get(txn->store, TABLE_SECTION, key_of_section(key), rest);
	struct hash hash = entry_section_hash(buf_bytes(rest));
	section->withheld =
		e != OK || memcmp(hash.b, section->hash.b, sizeof hash.b) != 0;
	section->rest = section->withheld ? (struct bytes){0} : buf_bytes(rest);
	return e == ERR_IO ? e : OK;
}

static enum err read_kept(struct kept_entry *out, struct arena *arena)
{
	struct pack_reader r = pack_read(buf_bytes(&out->record));
	(void)pack_read_array(&r, 5);
	struct bytes core = pack_read_any(&r);
	/* The same reader as for received ones: a whole entry without its sections'
	 * bytes. */
	CLEAN_BUF struct buf whole = {0};
	uint8_t mac[16];
	pack_read_fixed(&r, mac, sizeof mac);
	pack_read_fixed(&r, out->hash.b, sizeof out->hash.b);
	out->lamport = pack_read_uint(&r, UINT64_MAX);
	size_t count = pack_read_array(&r, ENTRY_SECTIONS_MAX);
	struct entry_section *sections = arena_array(arena, count, sizeof *sections);
	for (size_t i = 0; i < count; i++) {
		(void)pack_read_array(&r, 2);
		pack_read_fixed(
			&r, sections[i].document.b, sizeof sections[i].document.b);
		pack_read_fixed(&r, sections[i].hash.b, sizeof sections[i].hash.b);
		sections[i].withheld = true;
	}
	if (!pack_done(&r))
		return ERR_DAMAGED;
	struct entry kept = {.core = core, .sections = sections, .section_count = count};
	memcpy(kept.own_mac, mac, sizeof mac);
	entry_write(&kept, &whole);
	struct bytes copy = arena_bytes(arena, buf_bytes(&whole));
	struct pack_reader again = pack_read(copy);
	return entry_read(&again, arena, &out->entry) == OK ? OK : ERR_DAMAGED;
}

enum err space_get_entry(struct notebook_txn *txn, struct space *space, struct log_id log,
	uint64_t seq, bool with_sections, struct kept_entry *out)
{
	*out = (struct kept_entry){0};
	struct entry_key key = entry_key(space, log, seq, 0);
	enum err e = store_get(txn->store, TABLE_ENTRY, key_of_entry(&key), &out->record);
	if (e == OK)
		e = read_kept(out, &txn->arena);
	if (e != OK || !with_sections)
		return e;
	out->rest_count = out->entry.section_count;
	out->rests = mem_array(out->rest_count, sizeof *out->rests);
	for (size_t i = 0; e == OK && i < out->rest_count; i++) {
		key = entry_key(space, log, seq, i);
		e = get_section(txn, &key, &out->entry.sections[i], &out->rests[i]);
	}
	return e;
}

void kept_entry_release(struct kept_entry *kept)
{
	for (size_t i = 0; i < kept->rest_count; i++)
		buf_release(&kept->rests[i]);
	mem_free(kept->rests);
	buf_release(&kept->record);
	*kept = (struct kept_entry){0};
}

enum err space_drop_entry(
	struct notebook_txn *txn, struct space *space, struct log_id log, uint64_t seq)
{
	struct kept_entry kept;
	enum err e = space_get_entry(txn, space, log, seq, false, &kept);
	for (size_t i = 0; e == OK && i < kept.entry.section_count; i++) {
		struct entry_key key = entry_key(space, log, seq, i);
		struct id document = kept.entry.sections[i].document;
		if (!id_is_zero(document))
			e = store_delete_of(txn->store, document, TABLE_SECTION,
				key_of_section(&key));
		if (e == OK)
			e = store_delete(txn->store, TABLE_SECTION, key_of_section(&key));
	}
	kept_entry_release(&kept);
	struct entry_key key = entry_key(space, log, seq, 0);
	return e == OK ? store_delete(txn->store, TABLE_ENTRY, key_of_entry(&key)) : e;
}
