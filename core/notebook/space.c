#include "core/notebook/space.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/notebook/internal.h"

/* ---- The record of a space, under K_rec: small, and written whole at each change. */

#define SPACE_FORMAT 1u
#define MANY         (UINT64_C(1) << 32)

static void pack_ids(struct buf *out, const struct id *ids, size_t count)
{
	struct buf all = {0};
	buf_add_raw(&all, ids, count * sizeof *ids);
	pack_bin(out, buf_bytes(&all));
	buf_release(&all);
}

static void pack_log(struct buf *out, const struct space_log *log)
{
	pack_array(out, 7);
	pack_bin(out, BYTES_OF(log->device.b));
	pack_bin(out, BYTES_OF(log->incarnation));
	pack_bin(out, BYTES_OF(log->person.b));
	pack_uint(out, log->seq);
	pack_bin(out, BYTES_OF(log->head.b));
	pack_uint(out, log->lamport);
	vector_pack(&log->past, out);
}

static void pack_holder(struct buf *out, const struct space_holder *holder)
{
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(holder->device.b));
	vector_pack(&holder->held, out);
	pack_array(out, holder->step_count);
	for (size_t i = 0; i < holder->step_count; i++) {
		pack_array(out, 3);
		pack_bin(out, BYTES_OF(holder->steps[i].log.b));
		pack_uint(out, holder->steps[i].seq);
		pack_uint(out, holder->steps[i].when_s);
	}
}

static void pack_space(struct buf *out, const struct space *s)
{
	pack_array(out, 18);
	pack_uint(out, SPACE_FORMAT);
	pack_bin(out, BYTES_OF(s->partner.b));
	pack_bin(out, BYTES_OF(s->key.b));
	pack_bin(out, BYTES_OF(s->sum));
	pack_array(out, s->log_count);
	for (size_t i = 0; i < s->log_count; i++)
		pack_log(out, &s->logs[i]);
	pack_bool(out, s->has_own);
	pack_bin(out, BYTES_OF(s->own.b));
	pack_array(out, s->end_count);
	for (size_t i = 0; i < s->end_count; i++) {
		pack_array(out, 4);
		pack_bin(out, BYTES_OF(s->ends[i].document.b));
		pack_uint(out, s->ends[i].type);
		pack_bin(out, BYTES_OF(s->ends[i].state.b));
		pack_bool(out, s->ends[i].counted);
	}
	pack_ids(out, s->drafts, s->draft_count);
	pack_array(out, s->holder_count);
	for (size_t i = 0; i < s->holder_count; i++)
		pack_holder(out, &s->holders[i]);
	pack_bool(out, s->pulling);
	vector_pack(&s->target, out);
	pack_uint(out, s->unread);
	pack_uint(out, s->incomplete);
	pack_uint(out, s->bytes_in);
	pack_bool(out, s->closed_by_me);
	pack_bool(out, s->closed_by_them);
	pack_array(out, s->notice_count);
	for (size_t i = 0; i < s->notice_count; i++)
		pack_cstr(out, s->notices[i]);
}

static void load_log(struct pack_reader *r, struct id space, struct space_log *log)
{
	*log = (struct space_log){0};
	(void)pack_read_array(r, 7);
	pack_read_fixed(r, log->device.b, sizeof log->device.b);
	pack_read_fixed(r, log->incarnation, sizeof log->incarnation);
	pack_read_fixed(r, log->person.b, sizeof log->person.b);
	log->seq = pack_read_uint(r, MANY);
	pack_read_fixed(r, log->head.b, sizeof log->head.b);
	log->lamport = pack_read_uint(r, UINT64_MAX);
	vector_unpack(r, SPACE_LOGS_MAX, &log->past);
	log->id = entry_log_id(space, log->device, log->incarnation);
}

static void read_holder(struct pack_reader *r, struct space_holder *holder)
{
	*holder = (struct space_holder){0};
	(void)pack_read_array(r, 3);
	pack_read_fixed(r, holder->device.b, sizeof holder->device.b);
	vector_unpack(r, SPACE_LOGS_MAX, &holder->held);
	holder->step_count = holder->step_cap = pack_read_array(r, SPACE_STEPS_MAX);
	holder->steps = mem_array(holder->step_count, sizeof *holder->steps);
	for (size_t i = 0; i < holder->step_count; i++) {
		(void)pack_read_array(r, 3);
		pack_read_fixed(r, holder->steps[i].log.b, sizeof holder->steps[i].log.b);
		holder->steps[i].seq = pack_read_uint(r, MANY);
		holder->steps[i].when_s = pack_read_uint(r, UINT64_MAX);
	}
}

static void read_ends(struct pack_reader *r, struct space *s)
{
	s->end_count = s->end_cap = pack_read_array(r, MANY);
	s->ends = mem_array(s->end_count, sizeof *s->ends);
	for (size_t i = 0; i < s->end_count; i++) {
		(void)pack_read_array(r, 4);
		pack_read_fixed(r, s->ends[i].document.b, sizeof s->ends[i].document.b);
		s->ends[i].type = (enum section_type)pack_read_uint(r, SECTION_CLOSE);
		pack_read_fixed(r, s->ends[i].state.b, sizeof s->ends[i].state.b);
		s->ends[i].counted = pack_read_bool(r);
	}
}

static void read_drafts(struct pack_reader *r, struct space *s)
{
	struct bytes ids = pack_read_bin(r, SIZE_MAX);
	s->draft_count = s->draft_cap = ids.len / sizeof(struct id);
	s->drafts = mem_array(s->draft_count, sizeof *s->drafts);
	(void)bytes_take_into(&ids, s->drafts, s->draft_count * sizeof *s->drafts);
}

static void read_notices(struct pack_reader *r, struct space *s)
{
	s->notice_count = pack_read_array(r, SPACE_NOTICES_MAX);
	for (size_t i = 0; i < s->notice_count; i++) {
		struct bytes text = pack_read_text(r, 1024);
		s->notices[i] = mem_new(text.len + 1);
		(void)bytes_take_into(&text, s->notices[i], text.len);
	}
}

static enum err read_space(struct bytes record, struct space *s)
{
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 18);
	if (pack_read_uint(&r, UINT32_MAX) != SPACE_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, s->partner.b, sizeof s->partner.b);
	pack_read_fixed(&r, s->key.b, sizeof s->key.b);
	pack_read_fixed(&r, s->sum, sizeof s->sum);
	s->log_count = s->log_cap = pack_read_array(&r, SPACE_LOGS_MAX);
	s->logs = mem_array(s->log_count, sizeof *s->logs);
	for (size_t i = 0; i < s->log_count; i++)
		load_log(&r, s->id, &s->logs[i]);
	s->has_own = pack_read_bool(&r);
	pack_read_fixed(&r, s->own.b, sizeof s->own.b);
	read_ends(&r, s);
	read_drafts(&r, s);
	s->holder_count = s->holder_cap = pack_read_array(&r, SPACE_LOGS_MAX);
	s->holders = mem_array(s->holder_count, sizeof *s->holders);
	for (size_t i = 0; i < s->holder_count; i++)
		read_holder(&r, &s->holders[i]);
	s->pulling = pack_read_bool(&r);
	vector_unpack(&r, SPACE_LOGS_MAX, &s->target);
	s->unread = pack_read_uint(&r, UINT64_MAX);
	s->incomplete = pack_read_uint(&r, UINT64_MAX);
	s->bytes_in = pack_read_uint(&r, UINT64_MAX);
	s->closed_by_me = pack_read_bool(&r);
	s->closed_by_them = pack_read_bool(&r);
	read_notices(&r, s);
	return pack_done(&r) ? OK : ERR_DAMAGED;
}

static void space_free(struct space *s)
{
	for (size_t i = 0; i < s->log_count; i++)
		vector_release(&s->logs[i].past);
	for (size_t i = 0; i < s->holder_count; i++) {
		vector_release(&s->holders[i].held);
		mem_free(s->holders[i].steps);
	}
	for (size_t i = 0; i < s->notice_count; i++)
		mem_free(s->notices[i]);
	vector_release(&s->target);
	mem_free(s->logs);
	mem_free(s->ends);
	mem_free(s->drafts);
	mem_free(s->holders);
	wipe(&s->key, sizeof s->key);
	mem_free(s);
}

static struct space *keep_space(struct notebook_txn *txn, struct space *s)
{
	txn->spaces = mem_grow(
		txn->spaces, txn->space_count, &txn->space_cap, sizeof(struct space *));
	txn->spaces[txn->space_count++] = s;
	return s;
}

enum err space_open(struct notebook_txn *txn, struct id id, struct space **out)
{
	*out = NULL;
	for (size_t i = 0; i < txn->space_count; i++) {
		if (id_equal(txn->spaces[i]->id, id)) {
			*out = txn->spaces[i];
			return OK;
		}
	}
	CLEAN_BUF struct buf record = {0};
	enum err e = store_get(txn->store, TABLE_SPACE, BYTES_OF(id.b), &record);
	if (e != OK)
		return e;
	struct space *s = mem_new(sizeof *s);
	s->id = id;
	e = read_space(buf_bytes(&record), s);
	if (e != OK) {
		space_free(s);
		return e;
	}
	*out = keep_space(txn, s);
	return OK;
}

enum err space_new(struct notebook_txn *txn, struct id id, const struct secret *key,
	const struct person_id *partner, struct space **out)
{
	struct space *s = mem_new(sizeof *s);
	s->id = id;
	s->key = *key;
	s->partner = *partner;
	s->dirty = true;
	*out = keep_space(txn, s);
	return OK;
}

void space_touch(struct space *space)
{
	space->dirty = true;
}

enum err spaces_save(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->space_count; i++) {
		struct space *s = txn->spaces[i];
		if (!s->dirty)
			continue;
		CLEAN_BUF struct buf record = {0};
		pack_space(&record, s);
		enum err e = store_put(
			txn->store, TABLE_SPACE, BYTES_OF(s->id.b), buf_bytes(&record));
		wipe(record.at, record.len);
		if (e != OK)
			return e;
	}
	return OK;
}

void spaces_release(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->space_count; i++)
		space_free(txn->spaces[i]);
	mem_free(txn->spaces);
}

/* ---- Logs. */

struct space_log *space_find_log(struct space *space, struct log_id log)
{
	for (size_t i = 0; i < space->log_count; i++)
		if (log_id_equal(space->logs[i].id, log))
			return &space->logs[i];
	return NULL;
}

struct space_log *space_add_log(struct space *space, struct id device,
	const uint8_t incarnation[8], const struct person_id *person)
{
	if (space->log_count == SPACE_LOGS_MAX)
		return NULL;
	space->logs = mem_grow(
		space->logs, space->log_count, &space->log_cap, sizeof *space->logs);
	struct space_log *log = &space->logs[space->log_count++];
	*log = (struct space_log){.device = device, .person = *person};
	memcpy(log->incarnation, incarnation, sizeof log->incarnation);
	log->id = entry_log_id(space->id, device, incarnation);
	space->dirty = true;
	return log;
}

struct space_log *space_own_log(struct notebook_txn *txn, struct space *space)
{
	if (space->has_own)
		return space_find_log(space, space->own);
	const struct me *me = &txn->notebook->me;
	uint8_t incarnation[8];
	random_fill(incarnation, sizeof incarnation);
	struct space_log *log = space_add_log(space, me->device, incarnation, &me->person);
	if (log == NULL)
		return NULL;
	space->has_own = true;
	space->own = log->id;
	return log;
}

void space_vector(const struct space *space, struct vector *out)
{
	for (size_t i = 0; i < space->log_count; i++)
		if (space->logs[i].seq > 0)
			vector_set(out, space->logs[i].id, space->logs[i].seq);
}

/* ---- The state sum. */

void space_sum_add(struct space *space, const struct hash *state)
{
	unsigned carry = 0;
	for (size_t i = 0; i < sizeof space->sum; i++) {
		carry += (unsigned)space->sum[i] + state->b[i];
		space->sum[i] = (uint8_t)carry;
		carry >>= 8;
	}
	space->dirty = true;
}

void space_sum_drop(struct space *space, const struct hash *state)
{
	unsigned borrow = 0;
	for (size_t i = 0; i < sizeof space->sum; i++) {
		unsigned take = state->b[i] + borrow;
		borrow = space->sum[i] < take;
		space->sum[i] = (uint8_t)(space->sum[i] - take);
	}
	space->dirty = true;
}

/* ---- Ended documents, drafts, holders, notices. */

struct ended_key {
	uint8_t space[16], document[16];
};

static struct ended_key ended_key(const struct space *space, struct id document)
{
	struct ended_key key;
	memcpy(key.space, space->id.b, sizeof key.space);
	memcpy(key.document, document.b, sizeof key.document);
	return key;
}

enum err space_ended(
	struct notebook_txn *txn, struct space *space, struct id document, bool *ended)
{
	struct ended_key key = ended_key(space, document);
	CLEAN_BUF struct buf value = {0};
	enum err e = store_get(txn->store, TABLE_INDEX,
		(struct bytes){(const uint8_t *)&key, sizeof key}, &value);
	*ended = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err space_set_ended(struct notebook_txn *txn, struct space *space, struct id document)
{
	struct ended_key key = ended_key(space, document);
	space_unmark_draft(space, document);
	return store_put(txn->store, TABLE_INDEX,
		(struct bytes){(const uint8_t *)&key, sizeof key}, bytes_text("ended"));
}

void space_mark_draft(struct space *space, struct id document)
{
	for (size_t i = space->draft_count; i > 0; i--)
		if (id_equal(space->drafts[i - 1], document))
			return;
	space->drafts = mem_grow(
		space->drafts, space->draft_count, &space->draft_cap, sizeof *space->drafts);
	space->drafts[space->draft_count++] = document;
	space->dirty = true;
}

void space_unmark_draft(struct space *space, struct id document)
{
	for (size_t i = 0; i < space->draft_count; i++) {
		if (id_equal(space->drafts[i], document)) {
			space->drafts[i] = space->drafts[--space->draft_count];
			space->dirty = true;
			return;
		}
	}
}

static void add_step(struct space_holder *holder, struct log_id log, uint64_t seq, uint64_t now_s)
{
	if (holder->step_count == SPACE_STEPS_MAX) {
		/* Thin the older half: what is long held needs no exact hour. */
		size_t kept = 0;
		for (size_t i = 0; i < holder->step_count; i++)
			if (i >= SPACE_STEPS_MAX / 2 || i % 2 == 1)
				holder->steps[kept++] = holder->steps[i];
		holder->step_count = kept;
	}
	holder->steps = mem_grow(
		holder->steps, holder->step_count, &holder->step_cap, sizeof *holder->steps);
	holder->steps[holder->step_count++] =
		(struct space_step){.log = log, .seq = seq, .when_s = now_s};
}

void space_hold(struct space *space, struct id device, const struct vector *held, uint64_t now_s)
{
	struct space_holder *holder = NULL;
	for (size_t i = 0; i < space->holder_count; i++)
		if (id_equal(space->holders[i].device, device))
			holder = &space->holders[i];
	if (holder == NULL) {
		space->holders = mem_grow(space->holders, space->holder_count,
			&space->holder_cap, sizeof *space->holders);
		holder = &space->holders[space->holder_count++];
		*holder = (struct space_holder){.device = device};
	}
	if (vector_equal(&holder->held, held))
		return;
	for (size_t i = 0; i < held->count; i++)
		if (held->items[i].entry > vector_get(&holder->held, held->items[i].log))
			add_step(holder, held->items[i].log, held->items[i].entry, now_s);
	vector_release(&holder->held);
	vector_copy(&holder->held, held);
	space->dirty = true;
}

void space_notice(struct space *space, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (space->notice_count > 0 && strcmp(space->notices[0], text) == 0)
		return;
	if (space->notice_count == SPACE_NOTICES_MAX)
		mem_free(space->notices[--space->notice_count]);
	memmove(space->notices + 1, space->notices,
		space->notice_count * sizeof space->notices[0]);
	space->notices[0] = mem_text(text);
	space->notice_count++;
	space->dirty = true;
}

/* ---- Entries as kept: [core, own_mac, hash, lamport, [[document, hash] …]]; the sections' bytes
 * apart, each under its document's key, so that ending a document ends them. */

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

static enum err put_section(struct notebook_txn *txn, struct space *space, struct log_id log,
	uint64_t seq, size_t i, const struct entry_section *section)
{
	struct entry_key key = entry_key(space, log, seq, i);
	/* What ends a document must outlive it: it is kept under the store's own key. */
	struct section_head head;
	if (section_peek(section->rest, &head) == OK && head.type != SECTION_CREATE &&
		head.type != SECTION_EDIT)
		return store_put(txn->store, TABLE_SECTION, key_of_section(&key), section->rest);
	bool ended = false;
	enum err e = space_ended(txn, space, section->document, &ended);
	if (e != OK || ended)
		return e;
	return store_put_of(txn->store, section->document, TABLE_SECTION, key_of_section(&key),
		section->rest);
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
	enum err e = store_put(txn->store, TABLE_ENTRY, key_of_entry(&key), buf_bytes(&record));
	for (size_t i = 0; e == OK && i < entry->section_count; i++)
		if (!entry->sections[i].withheld)
			e = put_section(txn, space, log, entry->seq, i, &entry->sections[i]);
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
	section->withheld = e != OK || memcmp(hash.b, section->hash.b, sizeof hash.b) != 0;
	section->rest = section->withheld ? (struct bytes){0} : buf_bytes(rest);
	return e == ERR_IO ? e : OK;
}

static enum err read_kept(struct kept_entry *out, struct arena *arena)
{
	struct pack_reader r = pack_read(buf_bytes(&out->record));
	(void)pack_read_array(&r, 5);
	struct bytes core = pack_read_any(&r);
	/* The same reader as for received ones: a whole entry without its sections' bytes. */
	CLEAN_BUF struct buf whole = {0};
	uint8_t mac[16];
	pack_read_fixed(&r, mac, sizeof mac);
	pack_read_fixed(&r, out->hash.b, sizeof out->hash.b);
	out->lamport = pack_read_uint(&r, UINT64_MAX);
	size_t count = pack_read_array(&r, ENTRY_SECTIONS_MAX);
	struct entry_section *sections = arena_array(arena, count, sizeof *sections);
	for (size_t i = 0; i < count; i++) {
		(void)pack_read_array(&r, 2);
		pack_read_fixed(&r, sections[i].document.b, sizeof sections[i].document.b);
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
