/*
 * Writing one JSON document (RFC 8259) as it comes, into a buffer. Nesting is remembered,
 * so commas and closing brackets are never the caller's concern.
 */
#ifndef KITH_CLI_JSON_H
#define KITH_CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

#define JSON_DEPTH 16

/* A zeroed one with `out` set is ready. Lends `out` for its life. */
struct json {
	struct buf *out;
	size_t depth;
	struct {
		bool is_array;
		bool has_items;
	} level[JSON_DEPTH];
};

/*
 * Each writes one item: under `key` in an object; with NULL in an array or as the whole
 * document. Text must be UTF-8; what JSON cannot carry bare is escaped, and so are DEL
 * and the C1 controls, so that showing the document on a terminal drives nothing.
 */
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_close(struct json *json); /* the innermost object or array */

void json_text(struct json *json, const char *key, struct bytes text);
void json_cstr(struct json *json, const char *key, const char *text); /* NULL: null */
void json_uint(struct json *json, const char *key, uint64_t v);
void json_int(struct json *json, const char *key, int64_t v);
void json_number(struct json *json, const char *key, double v);
void json_bool(struct json *json, const char *key, bool v);
void json_null(struct json *json, const char *key);

/* RFC 3339 in UTC, from seconds since the epoch; null for 0. */
void json_time(struct json *json, const char *key, uint64_t seconds);

/* A MessagePack value; byte strings as base 32 (ids, hashes). Malformed ones are null. */
void json_packed(struct json *json, const char *key, struct bytes packed);

#endif
