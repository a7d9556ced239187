#include <string.h>

#include "core/notebook/internal.h"

/* ---- The record of a space, under K_rec: small, and written whole at each change. */

#define SPACE_FORMAT 1u
#define SPACE_FIELDS 23u
#define MANY         (UINT64_C(1) << 32)

static void pack_log(struct buf *out, const struct space_log *log)
{
	pack_array(out, 8);
	pack_bin(out, BYTES_OF(log->device.b));
	pack_bin(out, BYTES_OF(log->incarnation));
	pack_bin(out, BYTES_OF(log->person.b));
	pack_uint(out, log->seq);
	pack_bin(out, BYTES_OF(log->head.b));
	pack_uint(out, log->lamport);
	pack_uint(out, log->common);
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

void space_pack(struct buf *out, const struct space *s)
{
	pack_array(out, SPACE_FIELDS);
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
	pack_bin(out, idset_bytes(&s->drafts));
	pack_bin(out, idset_bytes(&s->follows));
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
	pack_bool(out, s->forked);
	trail_pack(out, &s->trail);
	pack_uint(out, s->room);
	pack_bool(out, s->they_forked);
}

static void load_log(struct pack_reader *r, struct id space, struct space_log *log)
{
	*log = (struct space_log){0};
	(void)pack_read_array(r, 8);
	pack_read_fixed(r, log->device.b, sizeof log->device.b);
	pack_read_fixed(r, log->incarnation, sizeof log->incarnation);
	pack_read_fixed(r, log->person.b, sizeof log->person.b);
	log->seq = pack_read_uint(r, MANY);
	pack_read_fixed(r, log->head.b, sizeof log->head.b);
	log->lamport = pack_read_uint(r, UINT64_MAX);
	log->common = pack_read_uint(r, MANY);
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

static void read_notices(struct pack_reader *r, struct space *s)
{
	s->notice_count = pack_read_array(r, SPACE_NOTICES_MAX);
	for (size_t i = 0; i < s->notice_count; i++) {
		struct bytes text = pack_read_text(r, 1024);
		s->notices[i] = mem_new(text.len + 1);
		(void)bytes_take_into(&text, s->notices[i], text.len);
	}
}

enum err space_unpack(struct bytes record, struct space *s)
{
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, SPACE_FIELDS);
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
	idset_load(&s->drafts, pack_read_bin(&r, SIZE_MAX));
	idset_load(&s->follows, pack_read_bin(&r, SIZE_MAX));
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
	s->forked = pack_read_bool(&r);
	trail_unpack(&r, &s->trail);
	s->room = pack_read_uint(&r, UINT64_MAX);
	s->they_forked = pack_read_bool(&r);
	return pack_done(&r) ? OK : ERR_DAMAGED;
}
