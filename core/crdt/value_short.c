#include "core/crdt/value_short.h"

#include "core/base/pack.h"
#include "core/crdt/value.h"

/* ---- Days: as if each month had 31. */

#define DAYS_TO_1970 (1970 * 12 * 31)
#define DAYS_TO_LAST (9999 * 12 * 31 + 371)

static int64_t day_of(struct bytes date)
{
	int part[3] = {0};
	for (size_t i = 0, n = 0; i < date.len; i++) {
		if (date.at[i] == '-')
			n++;
		else
			part[n] = part[n] * 10 + (date.at[i] - '0');
	}
	return (part[0] * 12 + part[1] - 1) * 31 + part[2] - 1 - DAYS_TO_1970;
}

static void add_date(int day, struct buf *out)
{
	CLEAN_BUF struct buf text = {0};
	buf_add_format(
		&text, "%04d-%02d-%02d", day / 31 / 12, day / 31 % 12 + 1, day % 31 + 1);
	pack_text(out, buf_bytes(&text));
}

/* ---- One value, of a field or of a record's part. */

struct kind_of_value {
	enum value_type type;
	const char *const *choices;
};

static uint64_t choice_of(const char *const *choices, struct bytes text)
{
	uint64_t n = 0;
	while (choices[n] != NULL && !bytes_equal(bytes_text(choices[n]), text))
		n++;
	return n;
}

static void shorten(
	struct pack_reader *r, const struct kind_of_value *kind, struct buf *out)
{
	if (kind->type == VALUE_CHOICE)
		pack_uint(out, choice_of(kind->choices, pack_read_text(r, SIZE_MAX)));
	else if (kind->type == VALUE_DATE)
		pack_int(out, day_of(pack_read_text(r, SIZE_MAX)));
	else
		buf_add(out, pack_read_any(r));
}

/* A number that is no choice, or of no day, stays one: no value of that field's. */
static void lengthen_choice(
	struct pack_reader *r, const struct kind_of_value *kind, struct buf *out)
{
	uint64_t n = pack_read_uint(r, UINT64_MAX), count = 0;
	while (kind->choices != NULL && kind->choices[count] != NULL && count <= n)
		count++;
	if (n < count)
		pack_cstr(out, kind->choices[n]);
	else
		pack_uint(out, n);
}

static void lengthen_date(struct pack_reader *r, struct buf *out)
{
	int64_t day = pack_read_int(r);
	if (day >= -DAYS_TO_1970 && day <= DAYS_TO_LAST - DAYS_TO_1970)
		add_date((int)day + DAYS_TO_1970, out);
	else
		pack_int(out, day);
}

static void lengthen(
	struct pack_reader *r, const struct kind_of_value *kind, struct buf *out)
{
	if (kind->type == VALUE_CHOICE)
		lengthen_choice(r, kind, out);
	else if (kind->type == VALUE_DATE)
		lengthen_date(r, out);
	else
		buf_add(out, pack_read_any(r));
}

/* ---- Records. */

static unsigned optional_parts(const struct record_field *part)
{
	unsigned count = 0;
	for (; part->name != NULL; part++)
		count += part->optional ? 1 : 0;
	return count;
}

static bool says_parts(const struct field_schema *field)
{
	return field->type == FIELD_REGISTER || optional_parts(field->record) > 0;
}

static void shorten_record(
	const struct field_schema *field, struct bytes value, struct buf *out)
{
	CLEAN_BUF struct buf parts = {0};
	struct pack_reader r = pack_read(value);
	size_t count = pack_read_map(&r, RECORD_PARTS_MAX);
	const struct record_field *part = field->record;
	uint64_t there = 0, bit = 1;
	for (; count > 0; count--, part++) {
		struct bytes name = pack_read_text(&r, SIZE_MAX);
		for (; part->optional && !bytes_equal(bytes_text(part->name), name);
			part++)
			bit <<= 1;
		if (part->optional) {
			there |= bit;
			bit <<= 1;
		}
		struct kind_of_value kind = {part->type, part->choices};
		shorten(&r, &kind, &parts);
	}
	if (says_parts(field))
		pack_uint(out, there);
	buf_add(out, buf_bytes(&parts));
}

static void lengthen_record(
	const struct field_schema *field, struct pack_reader *r, struct buf *out)
{
	const struct record_field *part = field->record;
	unsigned optional = optional_parts(part);
	uint64_t there = 0, bit = 1;
	if (says_parts(field))
		there = pack_read_uint(r, (UINT64_C(1) << optional) - 1);
	size_t count = 0;
	for (; part[count].name != NULL; count++)
		continue;
	count -= optional;
	for (uint64_t bits = there; bits != 0; bits &= bits - 1)
		count++;
	pack_map(out, count);
	for (; part->name != NULL; part++) {
		bool is_there = !part->optional || (there & bit) != 0;
		bit <<= part->optional ? 1 : 0;
		if (!is_there)
			continue;
		struct kind_of_value kind = {part->type, part->choices};
		pack_cstr(out, part->name);
		lengthen(r, &kind, out);
	}
}

/* ---- */

void value_shorten(const struct field_schema *field, struct bytes value, struct buf *out)
{
	struct kind_of_value kind = {field->value, field->choices};
	struct pack_reader r = pack_read(value);
	if (value_is_nil(value) || field->type == FIELD_TEXT)
		buf_add(out, value);
	else if (field->value == VALUE_RECORD)
		shorten_record(field, value, out);
	else
		shorten(&r, &kind, out);
}

bool value_lengthen(const struct field_schema *field, struct bytes *rest, struct buf *out)
{
	struct kind_of_value kind = {field->value, field->choices};
	struct pack_reader r = pack_read(*rest);
	size_t start = out->len;
	if (field->type == FIELD_REGISTER && pack_read_nil(&r))
		pack_nil(out);
	else if (field->type == FIELD_TEXT)
		buf_add(out, pack_read_any(&r));
	else if (field->value == VALUE_RECORD)
		lengthen_record(field, &r, out);
	else
		lengthen(&r, &kind, out);
	if (r.failed)
		out->len = start;
	*rest = r.rest;
	return !r.failed;
}
