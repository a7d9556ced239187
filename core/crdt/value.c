#include "core/crdt/value.h"

#include <math.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/utf8.h"

static bool is_clean_line(struct bytes text)
{
	uint32_t c = 0;
	while (utf8_next(&text, &c))
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return false;
	return true;
}

static bool read_digits(struct bytes text, size_t from, size_t count, unsigned *out)
{
	*out = 0;
	for (size_t i = from; i < from + count; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(text.at[i] - '0');
	}
	return true;
}

/* A day of the Gregorian calendar, YYYY-MM-DD. */
static bool is_date(struct bytes text)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned year = 0, month = 0, day = 0;
	if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-' ||
		!read_digits(text, 0, 4, &year) || !read_digits(text, 5, 2, &month) ||
		!read_digits(text, 8, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool is_choice(struct bytes text, const char *const *choices)
{
	for (; choices != NULL && *choices != NULL; choices++)
		if (bytes_equal(text, bytes_text(*choices)))
			return true;
	return false;
}

/* Takes one item with all it holds; false where it nests too deep. */
static bool take_any(struct pack_reader *r, unsigned depth)
{
	struct pack_item item;
	if (depth == 0 || pack_next(r, &item) != OK)
		return false;
	size_t items = item.type == PACK_ARRAY ? item.v.count
		       : item.type == PACK_MAP ? 2 * item.v.count
					       : 0;
	for (size_t i = 0; i < items; i++)
		if (!take_any(r, depth - 1))
			return false;
	return true;
}

/* What one value must be, of a field or of a record's part. */
struct want {
	enum value_type type;
	const char *const *choices;
	int64_t min, max;
};

static bool take_text(struct pack_reader *r, size_t max, struct bytes *out)
{
	*out = pack_read_text(r, max);
	return !r->failed;
}

static bool take_int(struct pack_reader *r, const struct want *want)
{
	int64_t v = pack_read_int(r);
	return !r->failed &&
	       (want->max <= want->min || (v >= want->min && v <= want->max));
}

static bool take_bin(struct pack_reader *r, size_t len)
{
	return pack_read_bin(r, len).len == len && !r->failed;
}

static bool take_value(struct pack_reader *r, const struct want *want)
{
	struct bytes text = {0}, rest = r->rest;
	switch (want->type) {
	case VALUE_TEXT:
		return take_text(r, VALUE_TEXT_MAX, &text);
	case VALUE_LINE:
		return take_text(r, VALUE_LINE_MAX, &text) && is_clean_line(text);
	case VALUE_DATE:
		return take_text(r, VALUE_LINE_MAX, &text) && is_date(text);
	case VALUE_CHOICE:
		return take_text(r, VALUE_LINE_MAX, &text) &&
		       is_choice(text, want->choices);
	case VALUE_INT:
		return take_int(r, want);
	case VALUE_NUMBER:
		(void)pack_read_number(r);
		return !r->failed;
	case VALUE_BOOL:
		(void)pack_read_bool(r);
		return !r->failed;
	case VALUE_REF:
		return take_bin(r, 16);
	case VALUE_HASH:
		return take_bin(r, 32);
	case VALUE_ANY:
		return take_any(r, VALUE_DEPTH) &&
		       rest.len - r->rest.len <= VALUE_TEXT_MAX;
	case VALUE_RECORD:
		break; /* no part is a record */
	}
	return false;
}

/* A map of the parts that are there, in the schema's order. */
static bool is_record(const struct record_field *part, struct bytes value)
{
	struct pack_reader r = pack_read(value);
	size_t count = pack_read_map(&r, RECORD_PARTS_MAX);
	if (r.failed || part == NULL)
		return false;
	for (; count > 0; count--, part++) {
		struct bytes name = pack_read_text(&r, VALUE_LINE_MAX);
		while (part->name != NULL && part->optional &&
			!bytes_equal(bytes_text(part->name), name))
			part++;
		if (part->name == NULL || !bytes_equal(bytes_text(part->name), name))
			return false;
		struct want want = {.type = part->type, .choices = part->choices};
		if (!take_value(&r, &want))
			return false;
	}
	for (; part->name != NULL; part++)
		if (!part->optional)
			return false;
	return pack_done(&r);
}

bool value_is_nil(struct bytes value)
{
	return value.len == 1 && value.at[0] == 0xc0;
}

bool value_valid_whole(struct bytes value)
{
	struct pack_reader r = pack_read(value);
	(void)pack_read_text(&r, VALUE_WHOLE_MAX);
	return pack_done(&r);
}

bool value_valid(const struct field_schema *field, struct bytes value)
{
	if (field->type == FIELD_REGISTER && value_is_nil(value))
		return true;
	if (field->value == VALUE_RECORD)
		return is_record(field->record, value);
	struct pack_reader r = pack_read(value);
	struct want want = {.type = field->value, .choices = field->choices};
	if (field->type == FIELD_REGISTER && field->value == VALUE_INT) {
		want.min = field->min;
		want.max = field->max;
	}
	return take_value(&r, &want) && pack_done(&r);
}

bool value_valid_key(const struct field_schema *field, struct bytes key)
{
	if (!field->family)
		return key.len == 0;
	return key.len > 0 && key.len <= KEY_MAX && utf8_valid(key) && is_clean_line(key);
}

struct bytes value_text(struct bytes value)
{
	struct pack_reader r = pack_read(value);
	return pack_read_text(&r, SIZE_MAX);
}

static void add_gap(struct buf *out, size_t from)
{
	if (out->len > from)
		buf_add_text(out, " ");
}

static void add_plain(struct pack_reader *r, unsigned depth, size_t from, struct buf *out)
{
	struct pack_item item;
	if (depth == 0 || pack_next(r, &item) != OK)
		return;
	switch (item.type) {
	case PACK_NIL:
	case PACK_BIN:
		return;
	case PACK_BOOL:
		add_gap(out, from);
		buf_add_text(out, item.v.b ? "yes" : "no");
		return;
	case PACK_UINT:
		add_gap(out, from);
		buf_add_format(out, "%llu", (unsigned long long)item.v.u);
		return;
	case PACK_INT:
		add_gap(out, from);
		buf_add_format(out, "%lld", (long long)item.v.i);
		return;
	case PACK_NUMBER:
		add_gap(out, from);
		buf_add_format(out, "%.15g", item.v.number);
		return;
	case PACK_TEXT:
		add_gap(out, from);
		buf_add(out, item.v.bytes);
		return;
	case PACK_ARRAY:
		for (size_t i = 0; i < item.v.count; i++)
			add_plain(r, depth - 1, from, out);
		return;
	case PACK_MAP:
		for (size_t i = 0; i < item.v.count; i++) {
			(void)pack_read_any(r);
			add_plain(r, depth - 1, from, out);
		}
		return;
	}
}

void value_plain(struct bytes value, struct buf *out)
{
	struct pack_reader r = pack_read(value);
	add_plain(&r, VALUE_DEPTH + 1, out->len, out);
}

bool value_part(struct bytes record, const char *name, struct bytes *out)
{
	struct pack_reader r = pack_read(record);
	size_t count = pack_read_map(&r, RECORD_PARTS_MAX);
	for (; count > 0 && !r.failed; count--) {
		struct bytes is = pack_read_text(&r, VALUE_LINE_MAX);
		*out = pack_read_any(&r);
		if (!r.failed && bytes_equal(is, bytes_text(name)))
			return true;
	}
	*out = (struct bytes){0};
	return false;
}

void value_pack_field(const struct field_schema *field, struct bytes key, struct buf *out)
{
	pack_cstr(out, field->name);
	if (field->family)
		pack_text(out, key);
	else
		pack_nil(out);
}

int value_compare(struct bytes a, struct bytes b)
{
	struct pack_reader x = pack_read(a), y = pack_read(b);
	double m = pack_read_number(&x), n = pack_read_number(&y);
	if (x.failed || y.failed) {
		if (x.failed != y.failed)
			return x.failed ? 1 : -1;
		return bytes_compare(value_text(a), value_text(b));
	}
	return m < n ? -1 : m > n ? 1 : 0;
}
