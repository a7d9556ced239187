#include "cli/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/base/utf8.h"

static void add_escaped(struct buf *out, uint32_t scalar)
{
	switch (scalar) {
	case '"':
		buf_add_text(out, "\\\"");
		return;
	case '\\':
		buf_add_text(out, "\\\\");
		return;
	case '\n':
		buf_add_text(out, "\\n");
		return;
	case '\t':
		buf_add_text(out, "\\t");
		return;
	default:
		if (scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0))
			buf_add_format(out, "\\u%04x", (unsigned)scalar);
		else
			utf8_add(out, scalar);
	}
}

static void add_string(struct buf *out, struct bytes text)
{
	buf_add_u8(out, '"');
	uint32_t scalar;
	while (utf8_next(&text, &scalar))
		add_escaped(out, scalar);
	buf_add_u8(out, '"');
}

/* The comma and the key before an item. */
static void begin(struct json *json, const char *key)
{
	if (json->depth == 0)
		return;
	bool is_array = json->level[json->depth - 1].is_array;
	assert(is_array == (key == NULL));
	if (json->level[json->depth - 1].has_items)
		buf_add_text(json->out, is_array ? "," : ", ");
	json->level[json->depth - 1].has_items = true;
	if (json->depth == 2 && is_array) /* one item of a list a line */
		buf_add_text(json->out, "\n");
	if (key == NULL)
		return;
	add_string(json->out, bytes_text(key));
	buf_add_text(json->out, ": ");
}

static void open_level(struct json *json, const char *key, bool is_array)
{
	begin(json, key);
	assert(json->depth < JSON_DEPTH);
	buf_add_u8(json->out, is_array ? '[' : '{');
	json->level[json->depth].is_array = is_array;
	json->level[json->depth].has_items = false;
	json->depth++;
}

void json_object(struct json *json, const char *key)
{
	open_level(json, key, false);
}

void json_array(struct json *json, const char *key)
{
	open_level(json, key, true);
}

void json_close(struct json *json)
{
	assert(json->depth > 0);
	json->depth--;
	buf_add_u8(json->out, json->level[json->depth].is_array ? ']' : '}');
	if (json->depth == 0)
		buf_add_u8(json->out, '\n');
}

void json_text(struct json *json, const char *key, struct bytes text)
{
	begin(json, key);
	add_string(json->out, text);
}

void json_cstr(struct json *json, const char *key, const char *text)
{
	if (text == NULL)
		json_null(json, key);
	else
		json_text(json, key, bytes_text(text));
}

void json_uint(struct json *json, const char *key, uint64_t v)
{
	begin(json, key);
	buf_add_format(json->out, "%llu", (unsigned long long)v);
}

void json_int(struct json *json, const char *key, int64_t v)
{
	begin(json, key);
	buf_add_format(json->out, "%lld", (long long)v);
}

/* The shortest decimal that reads back as the same number. The locale is never
 * LC_NUMERIC's (cli/main.c sets LC_CTYPE alone), so the point is a point. */
void json_number(struct json *json, const char *key, double v)
{
	if (!isfinite(v)) {
		json_null(json, key);
		return;
	}
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		double back = strtod(text, NULL);
		if (!(back < v) && !(back > v))
			break;
	}
	begin(json, key);
	buf_add_text(json->out, text);
}

void json_bool(struct json *json, const char *key, bool v)
{
	begin(json, key);
	buf_add_text(json->out, v ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	begin(json, key);
	buf_add_text(json->out, "null");
}

void json_time(struct json *json, const char *key, uint64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm utc;
	char text[64];
	if (seconds == 0 || gmtime_r(&at, &utc) == NULL ||
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		json_null(json, key);
	else
		json_cstr(json, key, text);
}

static void add_base32(struct json *json, const char *key, struct bytes bytes)
{
	CLEAN_MEM char *text = mem_array(bytes.len * 8 / 5 + 2, 1);
	base32_text(bytes, text);
	json_cstr(json, key, text);
}

static void add_item(struct json *json, const char *key, struct pack_reader *r);

static void add_map(
	struct json *json, const char *key, size_t count, struct pack_reader *r)
{
	json_object(json, key);
	for (size_t i = 0; i < count && !r->failed; i++) {
		CLEAN_BUF struct buf name = {0};
		buf_add(&name, pack_read_text(r, 256));
		add_item(json, buf_text(&name), r);
	}
	json_close(json);
}

static void add_array(
	struct json *json, const char *key, size_t count, struct pack_reader *r)
{
	json_array(json, key);
	for (size_t i = 0; i < count && !r->failed; i++)
		add_item(json, NULL, r);
	json_close(json);
}

static void add_item(struct json *json, const char *key, struct pack_reader *r)
{
	struct pack_item item;
	if (pack_next(r, &item) != OK) {
		json_null(json, key);
		return;
	}
	switch (item.type) {
	case PACK_NIL:
		json_null(json, key);
		break;
	case PACK_BOOL:
		json_bool(json, key, item.v.b);
		break;
	case PACK_UINT:
		json_uint(json, key, item.v.u);
		break;
	case PACK_INT:
		json_int(json, key, item.v.i);
		break;
	case PACK_NUMBER:
		json_number(json, key, item.v.number);
		break;
	case PACK_TEXT:
		json_text(json, key, item.v.bytes);
		break;
	case PACK_BIN:
		add_base32(json, key, item.v.bytes);
		break;
	case PACK_ARRAY:
		add_array(json, key, item.v.count, r);
		break;
	case PACK_MAP:
		add_map(json, key, item.v.count, r);
		break;
	}
}

void json_packed(struct json *json, const char *key, struct bytes packed)
{
	struct pack_reader r = pack_read(packed);
	if (pack_valid(packed) && json->depth + 8 < JSON_DEPTH)
		add_item(json, key, &r);
	else
		json_null(json, key);
}
