#include <string.h>

#include "core/notebook/internal.h"

void name_unpack(struct pack_reader *r, char out[NAME_MAX_LEN + 1])
{
	struct bytes name = pack_read_text(r, NAME_MAX_LEN);
	memset(out, 0, NAME_MAX_LEN + 1);
	(void)bytes_take_into(&name, out, name.len);
}

#define PARTNER_FORMAT 1u

static void pack_address(struct buf *out, const struct partner_address *a)
{
	pack_array(out, 3);
	pack_cstr(out, a->text);
	pack_bin(out, BYTES_OF(a->network));
	pack_uint(out, a->seen_s);
}

void partner_pack(struct buf *out, const struct partner *p)
{
	pack_array(out, 18);
	pack_uint(out, PARTNER_FORMAT);
	pack_bin(out, BYTES_OF(p->person.b));
	pack_cstr(out, p->name);
	pack_cstr(out, p->called);
	pack_uint(out, p->state);
	pack_bin(out, BYTES_OF(p->space.b));
	pack_bool(out, p->i_typed);
	pack_bin(out, BYTES_OF(p->root.b));
	pack_bool(out, p->has_before);
	pack_bin(out, BYTES_OF(p->before.b));
	pack_bool(out, p->typed_before);
	pack_bin(out, buf_bytes(&p->list_bytes));
	pack_array(out, p->address_count);
	for (size_t i = 0; i < p->address_count; i++)
		pack_address(out, &p->addresses[i]);
	pack_int(out, p->clock_offset_s);
	pack_uint(out, p->met_s);
	pack_uint(out, p->verified_s);
	pack_bin(out, BYTES_OF(p->fingerprint));
	pack_bool(out, p->identical);
}

static void read_address(struct pack_reader *r, struct partner_address *a)
{
	*a = (struct partner_address){0};
	(void)pack_read_array(r, 3);
	struct bytes text = pack_read_text(r, sizeof a->text - 1);
	(void)bytes_take_into(&text, a->text, text.len);
	pack_read_fixed(r, a->network, sizeof a->network);
	a->seen_s = pack_read_uint(r, UINT64_MAX);
}

enum err partner_unpack(struct bytes record, struct partner *p)
{
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 18);
	if (pack_read_uint(&r, UINT32_MAX) != PARTNER_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, p->person.b, sizeof p->person.b);
	name_unpack(&r, p->name);
	name_unpack(&r, p->called);
	p->state = (enum partner_state)pack_read_uint(&r, PARTNER_LEFT);
	pack_read_fixed(&r, p->space.b, sizeof p->space.b);
	p->i_typed = pack_read_bool(&r);
	pack_read_fixed(&r, p->root.b, sizeof p->root.b);
	p->has_before = pack_read_bool(&r);
	pack_read_fixed(&r, p->before.b, sizeof p->before.b);
	p->typed_before = pack_read_bool(&r);
	struct bytes list = pack_read_bin(&r, 4096);
	buf_add(&p->list_bytes, list);
	p->address_count = pack_read_array(&r, PARTNER_ADDRESSES);
	for (size_t i = 0; i < p->address_count; i++)
		read_address(&r, &p->addresses[i]);
	p->clock_offset_s = pack_read_int(&r);
	p->met_s = pack_read_uint(&r, UINT64_MAX);
	p->verified_s = pack_read_uint(&r, UINT64_MAX);
	pack_read_fixed(&r, p->fingerprint, sizeof p->fingerprint);
	p->identical = pack_read_bool(&r);
	if (!pack_done(&r) || device_list_read(list, &p->list) != OK)
		return ERR_DAMAGED;
	return OK;
}
