/*
 * An entry: what one device offered at one moment, a header and one section for each
 * document it touched (DESIGN §4.3). Its hash chains to the entry before it, and names
 * sections by their hashes, so that one can be withheld without breaking the chain.
 *
 * Bytes (SECURITY §5.1), all MessagePack in shortest form:
 *   entry   = [core, own_mac bin 16, [section …]]
 *   core    = [format, seq, {log_id: [seq, first 8 bytes of its hash]}, minute, number of
 * sections] section = [document id, rest bin] or, withheld, [document id, hash bin 32,
 * nil] hash(section) = BLAKE2b-256("kith/section/1" ‖ document id ‖ BLAKE2b-256(rest))
 *   hash(entry)   = BLAKE2b-256("kith/entry/1" ‖ space ‖ log ‖ hash before ‖ core ‖
 * hash(section) …) What is hashed is the bytes received, never a re-encoding.
 */
#ifndef KITH_NOTEBOOK_ENTRY_H
#define KITH_NOTEBOOK_ENTRY_H

#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/crypto/keys.h"

#define ENTRY_FORMAT       1u
#define ENTRY_SECTIONS_MAX 4096u
#define ENTRY_LEN_MAX      ((size_t)1 << 20)
#define ENTRY_SEEN_MAX     256u /* logs in a space */
#define ENTRY_SEQ_MAX      UINT32_MAX

/* "I had seen that log up to this entry", as a change since the entry before. */
struct entry_seen {
	struct log_id log;
	uint64_t seq;
	uint8_t hash[8];
};

struct entry_section {
	struct id document;
	struct bytes rest; /* empty when withheld */
	struct hash hash;  /* BLAKE2b-256 of the rest */
	bool withheld;
};

struct entry {
	uint64_t seq, minute;
	struct entry_seen *seen;
	size_t seen_count;
	struct entry_section *sections;
	size_t section_count;
	struct bytes core;
	uint8_t own_mac[16];
};

/* Take one entry from the reader into `arena`; borrows the reader's bytes. ERR_CORRUPT,
 * ERR_TOO_BIG. */
MUST_USE enum err entry_read(
	struct pack_reader *r, struct arena *arena, struct entry *out);

/* The core's bytes from the other fields. */
void entry_core(const struct entry *entry, struct buf *out);

/* Append the whole entry. */
void entry_write(const struct entry *entry, struct buf *out);

struct hash entry_section_hash(struct bytes rest);

/* The entry's hash, from its core's bytes and its sections. */
struct hash entry_hash(const struct entry *entry, struct id space, struct log_id log,
	const struct hash *before);

/* The proof that only my own devices can make. */
void entry_own_mac(
	const struct secret *log_mac, const struct hash *hash, uint8_t out[16]);

/* The id of the log that a device writes in one incarnation. */
struct log_id entry_log_id(
	struct id space, struct id device, const uint8_t incarnation[8]);

/* The id of a document that `log` creates. */
struct id entry_document_id(struct log_id log, const uint8_t nonce[16]);

#endif
