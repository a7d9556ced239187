#include "core/coaching/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/coaching/when.h"

static enum err read_int(
	const char *name, const char *text, struct buf *out, struct why *why)
{
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		return because(why, ERR_INVALID, "%s is a whole number, not \"%.40s\"",
			name, text);
	pack_int(out, v);
	return OK;
}

/* "1,234" is a thousand and more where the decimal point is a point. */
static bool is_thousands(const char *text, const char *comma)
{
	const char *first = text + strspn(text, "+-");
	return tr_decimal()[0] == '.' && *first >= '1' && *first <= '9' &&
	       strspn(comma + 1, "0123456789") == 3 && comma[4] == '\0';
}

bool number_read(const char *text, double *out)
{
	char copy[40], *end;
	const char *comma = strchr(text, ',');
	size_t len = strlen(text);
	/* strtod() also takes "nan", "inf" and hexadecimal; people mean digits. */
	if (len == 0 || len >= sizeof copy || strspn(text, "+-0123456789.,eE") != len ||
		(comma != NULL && is_thousands(text, comma)))
		return false;
	memcpy(copy, text, len + 1);
	if (comma != NULL)
		copy[comma - text] = '.';
	errno = 0;
	*out = strtod(copy, &end);
	return errno == 0 && end != copy && *end == '\0';
}

static enum err read_number(
	const char *name, const char *text, struct buf *out, struct why *why)
{
	double v;
	if (!number_read(text, &v))
		return because(
			why, ERR_INVALID, "%s is a number, not \"%.40s\"", name, text);
	pack_number(out, v);
	return OK;
}

static enum err read_bool(
	const char *name, const char *text, struct buf *out, struct why *why)
{
	static const char *const yes[] = {"yes", "true", "y"}, *const no[] = {"no",
								       "false", "n"};
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			pack_bool(out, strcmp(text, yes[i]) == 0);
			return OK;
		}
	}
	return because(why, ERR_INVALID, "%s is yes or no, not \"%.40s\"", name, text);
}

static enum err read_ref(
	struct notebook_txn *txn, const char *text, struct buf *out, struct why *why)
{
	struct id id;
	enum err e = coach_find(txn, text, &id, why);
	if (e == OK)
		pack_bin(out, BYTES_OF(id.b));
	return e;
}

/* Dates are said as people say them; what is kept is the day. */
static enum err read_date(const char *text, struct buf *out, struct why *why)
{
	struct moment moment;
	char day[WHEN_DAY];
	enum err e = when_read(text, moment_now(), &moment, why);
	if (e != OK)
		return e;
	when_day_text(moment.day, day);
	pack_cstr(out, day);
	return OK;
}

static enum err read_hash(
	const char *name, const char *text, struct buf *out, struct why *why)
{
	uint8_t hash[32];
	if (!base32_read(text, strlen(text), hash, sizeof hash))
		return because(why, ERR_INVALID, "%s is no hash: \"%.60s\"", name, text);
	pack_bin(out, BYTES_OF(hash));
	return OK;
}

static enum err read_as(struct notebook_txn *txn, const char *name, enum value_type type,
	const char *text, struct buf *out, struct why *why)
{
	switch (type) {
	case VALUE_INT:
		return read_int(name, text, out, why);
	case VALUE_NUMBER:
		return read_number(name, text, out, why);
	case VALUE_BOOL:
		return read_bool(name, text, out, why);
	case VALUE_REF:
		return read_ref(txn, text, out, why);
	case VALUE_HASH:
		return read_hash(name, text, out, why);
	case VALUE_DATE:
		return read_date(text, out, why);
	case VALUE_TEXT:
	case VALUE_LINE:
	case VALUE_CHOICE:
	case VALUE_ANY:
		pack_cstr(out, text);
		return OK;
	case VALUE_RECORD:
		return because(why, ERR_REFUSED, "%s is not written as one text", name);
	}
	return ERR_INVALID;
}

enum err value_read(struct notebook_txn *txn, const struct field_schema *field,
	struct bytes text, struct buf *out, struct why *why)
{
	if (field->value == VALUE_RECORD)
		return record_read(txn, field, text, out, why);
	CLEAN_ARENA struct arena arena = {0};
	return read_as(
		txn, field->name, field->value, arena_string(&arena, text), out, why);
}

/* The part that may stand alone: the only one that must be there, when it is a text. */
static const struct record_field *lone_part(const struct field_schema *field)
{
	const struct record_field *lone = NULL;
	for (const struct record_field *part = field->record; part->name != NULL;
		part++) {
		if (part->optional)
			continue;
		if (lone != NULL ||
			(part->type != VALUE_TEXT && part->type != VALUE_LINE))
			return NULL;
		lone = part;
	}
	return lone;
}

static const struct record_field *part_named(
	const struct field_schema *field, const char *name)
{
	for (const struct record_field *part = field->record; part->name != NULL; part++)
		if (strcmp(part->name, name) == 0)
			return part;
	return NULL;
}

static enum err wrong_part(
	const struct field_schema *field, const char *name, struct why *why)
{
	CLEAN_BUF struct buf all = {0};
	for (const struct record_field *part = field->record; part->name != NULL; part++)
		buf_add_format(&all, "%s%s%s", all.len > 0 ? ", " : "", part->name,
			part->optional ? tr(" (may be left out)") : "");
	return because(why, ERR_INVALID,
		"a record of %s has no part \"%.40s\"; write NAME=VALUE; … of %s",
		field->name, name, buf_text(&all));
}

static char *trimmed(char *text)
{
	text += strspn(text, " \t\n");
	size_t len = strlen(text);
	while (len > 0 && strchr(" \t\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* What was given of each part, in the schema's order; NULL: nothing. */
static enum err split_parts(const struct field_schema *field, char *text,
	const char *given[RECORD_PARTS_MAX], struct why *why)
{
	char *rest = NULL;
	for (char *item = strtok_r(text, ";", &rest); item != NULL;
		item = strtok_r(NULL, ";", &rest)) {
		char *equals = strchr(item, '=');
		if (equals == NULL)
			return wrong_part(field, trimmed(item), why);
		*equals = '\0';
		const struct record_field *part = part_named(field, trimmed(item));
		if (part == NULL)
			return wrong_part(field, trimmed(item), why);
		given[part - field->record] = trimmed(equals + 1);
	}
	return OK;
}

enum err record_read(struct notebook_txn *txn, const struct field_schema *field,
	struct bytes text, struct buf *out, struct why *why)
{
	CLEAN_ARENA struct arena arena = {0};
	const char *given[RECORD_PARTS_MAX] = {NULL};
	const struct record_field *lone = lone_part(field);
	enum err e = OK;
	if (lone != NULL)
		given[lone - field->record] = arena_string(&arena, text);
	else
		e = split_parts(field, arena_string(&arena, text), given, why);
	if (e != OK)
		return e;
	size_t count = 0;
	for (size_t i = 0; field->record[i].name != NULL; i++)
		count += given[i] != NULL ? 1u : 0u;
	pack_map(out, count);
	for (size_t i = 0; e == OK && field->record[i].name != NULL; i++) {
		const struct record_field *part = &field->record[i];
		if (given[i] == NULL && !part->optional)
			return because(why, ERR_INVALID,
				"the record lacks its part \"%s\"", part->name);
		if (given[i] == NULL)
			continue;
		pack_cstr(out, part->name);
		e = read_as(txn, part->name, part->type, given[i], out, why);
	}
	return e;
}
