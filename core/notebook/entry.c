#include "core/notebook/entry.h"

#include <string.h>

static enum err read_seen(struct pack_reader *r, struct arena *arena, struct entry *out)
{
	out->seen_count = pack_read_map(r, ENTRY_SEEN_MAX);
	out->seen = arena_array(arena, out->seen_count, sizeof *out->seen);
	for (size_t i = 0; i < out->seen_count; i++) {
		struct entry_seen *seen = &out->seen[i];
		pack_read_fixed(r, seen->log.b, sizeof seen->log.b);
		if (pack_read_array(r, 2) != 2)
			return ERR_CORRUPT;
		seen->seq = pack_read_uint(r, ENTRY_SEQ_MAX);
		pack_read_fixed(r, seen->hash, sizeof seen->hash);
		/* One encoding only: ascending, so none twice. */
		if (i > 0 && log_id_compare(out->seen[i - 1].log, seen->log) >= 0)
			return ERR_CORRUPT;
	}
	return r->failed ? ERR_CORRUPT : OK;
}

static enum err read_core(struct bytes core, struct arena *arena, struct entry *out)
{
	struct pack_reader r = pack_read(core);
	if (pack_read_array(&r, 5) != 5)
		return ERR_CORRUPT;
	if (pack_read_uint(&r, UINT32_MAX) != ENTRY_FORMAT)
		return r.failed ? ERR_CORRUPT : ERR_VERSION;
	out->seq = pack_read_uint(&r, ENTRY_SEQ_MAX);
	enum err e = read_seen(&r, arena, out);
	if (e != OK)
		return e;
	out->minute = pack_read_uint(&r, UINT32_MAX);
	out->section_count = pack_read_uint(&r, ENTRY_SECTIONS_MAX);
	return pack_done(&r) && out->seq > 0 ? OK : ERR_CORRUPT;
}

static enum err read_section(struct pack_reader *r, struct entry_section *out)
{
	size_t parts = pack_read_array(r, 3);
	pack_read_fixed(r, out->document.b, sizeof out->document.b);
	if (parts == 2) {
		out->rest = pack_read_bin(r, ENTRY_LEN_MAX);
		out->hash = entry_section_hash(out->rest);
	} else if (parts == 3) {
		out->withheld = true;
		pack_read_fixed(r, out->hash.b, sizeof out->hash.b);
		if (!pack_read_nil(r))
			return ERR_CORRUPT;
	} else {
		return ERR_CORRUPT;
	}
	return r->failed || (!out->withheld && out->rest.len == 0) ? ERR_CORRUPT : OK;
}

enum err entry_read(struct pack_reader *r, struct arena *arena, struct entry *out)
{
	*out = (struct entry){0};
	size_t start = r->rest.len;
	if (pack_read_array(r, 3) != 3)
		return ERR_CORRUPT;
	out->core = pack_read_any(r);
	if (r->failed)
		return ERR_CORRUPT;
	enum err e = read_core(out->core, arena, out);
	if (e != OK)
		return e;
	pack_read_fixed(r, out->own_mac, sizeof out->own_mac);
	if (pack_read_array(r, ENTRY_SECTIONS_MAX) != out->section_count || r->failed)
		return ERR_CORRUPT;
	out->sections = arena_array(arena, out->section_count, sizeof *out->sections);
	for (size_t i = 0; i < out->section_count; i++) {
		e = read_section(r, &out->sections[i]);
		if (e != OK)
			return e;
	}
	return start - r->rest.len <= ENTRY_LEN_MAX ? OK : ERR_TOO_BIG;
}

void entry_core(const struct entry *entry, struct buf *out)
{
	pack_array(out, 5);
	pack_uint(out, ENTRY_FORMAT);
	pack_uint(out, entry->seq);
	pack_map(out, entry->seen_count);
	for (size_t i = 0; i < entry->seen_count; i++) {
		const struct entry_seen *seen = &entry->seen[i];
		pack_bin(out, BYTES_OF(seen->log.b));
		pack_array(out, 2);
		pack_uint(out, seen->seq);
		pack_bin(out, BYTES_OF(seen->hash));
	}
	pack_uint(out, entry->minute);
	pack_uint(out, entry->section_count);
}

void entry_write(const struct entry *entry, struct buf *out)
{
	pack_array(out, 3);
	buf_add(out, entry->core);
	pack_bin(out, BYTES_OF(entry->own_mac));
	pack_array(out, entry->section_count);
	for (size_t i = 0; i < entry->section_count; i++) {
		const struct entry_section *section = &entry->sections[i];
		pack_array(out, section->withheld ? 3 : 2);
		pack_bin(out, BYTES_OF(section->document.b));
		if (section->withheld) {
			pack_bin(out, BYTES_OF(section->hash.b));
			pack_nil(out);
		} else {
			pack_bin(out, section->rest);
		}
	}
}

struct hash entry_section_hash(struct bytes rest)
{
	return hash_of("", &rest, 1);
}

struct hash entry_hash(const struct entry *entry, struct id space, struct log_id log,
	const struct hash *before)
{
	struct hasher h;
	struct hash hash;
	hasher_init(&h);
	hasher_add_text(&h, "kith/entry/1");
	hasher_add(&h, BYTES_OF(space.b));
	hasher_add(&h, BYTES_OF(log.b));
	hasher_add(&h, BYTES_OF(before->b));
	hasher_add(&h, entry->core);
	for (size_t i = 0; i < entry->section_count; i++) {
		const struct entry_section *section = &entry->sections[i];
		struct bytes parts[] = {
			BYTES_OF(section->document.b), BYTES_OF(section->hash.b)};
		struct hash named = hash_of("kith/section/1", parts, 2);
		hasher_add(&h, BYTES_OF(named.b));
	}
	hasher_end(&h, hash.b, sizeof hash.b);
	return hash;
}

void entry_own_mac(const struct secret *log_mac, const struct hash *hash, uint8_t out[16])
{
	struct bytes part = BYTES_OF(hash->b);
	keyed_hash(BYTES_OF(log_mac->b), "kith/mine/1", &part, 1, out, 16);
}

struct log_id entry_log_id(
	struct id space, struct id device, const uint8_t incarnation[8])
{
	struct bytes parts[] = {BYTES_OF(space.b), BYTES_OF(device.b), {incarnation, 8}};
	struct hash hash = hash_of("kith/log/1", parts, 3);
	struct log_id log;
	memcpy(log.b, hash.b, sizeof log.b);
	return log;
}

struct id entry_document_id(struct log_id log, const uint8_t nonce[16])
{
	struct bytes parts[] = {BYTES_OF(log.b), {nonce, 16}};
	struct hash hash = hash_of("kith/doc/1", parts, 2);
	struct id id;
	memcpy(id.b, hash.b, sizeof id.b);
	return id;
}
