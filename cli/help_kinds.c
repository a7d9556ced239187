/* kith help kinds: what kinds of documents there are and what is in them, from the schema
 * that also says what is valid. */
#include <string.h>

#include "cli/help.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/schema.h"

static const char *joined(struct arena *arena, const char *const *words)
{
	const char *text = "";
	for (size_t i = 0; words[i] != NULL; i++)
		text = arena_format(arena, "%s%s%s", text, i > 0 ? ", " : "", words[i]);
	return text;
}

/* One value, in words. Bounds are those of a whole number. */
static const char *value_text(struct arena *arena, enum value_type type,
	const char *const *choices, int64_t min, int64_t max)
{
	switch (type) {
	case VALUE_TEXT:
		return tr("text");
	case VALUE_LINE:
		return tr("a line");
	case VALUE_DATE:
		return tr("a date");
	case VALUE_CHOICE:
		return arena_format(arena, tr("one of %s"), joined(arena, choices));
	case VALUE_INT:
		return max > min ? arena_format(arena, tr("%lld to %lld"), (long long)min,
					   (long long)max)
				 : tr("a whole number");
	case VALUE_NUMBER:
		return tr("a number");
	case VALUE_BOOL:
		return tr("yes or no");
	case VALUE_REF:
		return tr("a document");
	case VALUE_HASH:
		return tr("a fingerprint");
	case VALUE_RECORD:
		return tr("a record");
	case VALUE_ANY:
		return tr("any value");
	}
	return "";
}

static const char *record_text(struct arena *arena, const struct record_field *parts)
{
	const char *text = "";
	for (size_t i = 0; parts[i].name != NULL; i++) {
		const char *choices =
			parts[i].choices != NULL ? joined(arena, parts[i].choices) : NULL;
		text = arena_format(arena, "%s%s%s%s%s%s%s", text, i > 0 ? "; " : "",
			parts[i].name, parts[i].optional ? "?" : "",
			choices != NULL ? " (" : "", choices != NULL ? choices : "",
			choices != NULL ? ")" : "");
	}
	return text;
}

static const char *holds(struct arena *arena, const struct field_schema *field)
{
	switch (field->type) {
	case FIELD_TEXT:
		return tr("a page of text");
	case FIELD_SET:
		return arena_format(arena, tr("a set: %s"),
			value_text(arena, field->value, field->choices, 0, 0));
	case FIELD_LOG:
		return arena_format(
			arena, tr("a log: %s"), record_text(arena, field->record));
	case FIELD_REGISTER:
		break;
	}
	if (field->value == VALUE_RECORD)
		return record_text(arena, field->record);
	return value_text(arena, field->value, field->choices, field->min, field->max);
}

static const char *who_word(enum who who)
{
	switch (who) {
	case WHO_OWNER:
		return "owner";
	case WHO_COMMENT:
		return "comment";
	case WHO_EDIT:
		return "edit";
	case WHO_CREATOR:
		return "once";
	}
	return "";
}

static const char *const way_words[] = {
	[WAY_PRIVATE] = "private",
	[WAY_TOGETHER] = "together",
	[WAY_MOVED] = "moved",
	[WAY_SHOWN] = "shown",
	[WAY_COPY] = "copy",
};
#define WAY_COUNT (sizeof way_words / sizeof way_words[0])

/* How it may be shared: "shown, moved"; "" for what never leaves. */
static const char *ways_text(struct arena *arena, const struct kind_schema *kind)
{
	const char *text = "";
	for (size_t i = WAY_TOGETHER; i < WAY_COUNT; i++)
		if ((kind->ways & (1u << i)) != 0)
			text = arena_format(arena, "%s%s%s", text,
				text[0] != '\0' ? ", " : "", way_words[i]);
	return text;
}

/* ---- To read */

static void field_text(struct print *print, struct arena *arena,
	const struct field_schema *field, size_t column)
{
	const char *by = field->who == WHO_COMMENT ? tr(" (also by comment)")
			 : field->who == WHO_EDIT  ? tr(" (also by edit)")
						   : "";
	const char *left =
		arena_format(arena, "%s%s", field->name, field->family ? "[KEY]" : "");
	const char *right = arena_format(arena, "%s%s", holds(arena, field), by);
	text_add_entry(&print->out, bytes_text(left), bytes_text(right), column, 80);
}

void help_kinds(struct print *print)
{
	CLEAN_ARENA struct arena arena = {0};
	for (size_t i = 0; i < coaching_schema.count; i++) {
		const struct kind_schema *kind = &coaching_schema.kinds[i];
		const char *ways = ways_text(&arena, kind);
		print_heading(print, "%s %c-", kind->name, kind->letter);
		if (ways[0] != '\0')
			print_line(print, "  how it is shared: %s; at first to %s", ways,
				role_word(kind->default_role));
		else
			print_line(print, "  never shared");
		for (size_t k = 0; k < kind->field_count; k++)
			field_text(print, &arena, &kind->fields[k], 18);
	}
	print_line(print, "\nWhat it all means: man 7 kith-kinds");
}

/* ---- As it is */

static void choices_json(struct json *json, const char *const *choices)
{
	if (choices == NULL)
		return;
	json_array(json, "choices");
	for (size_t i = 0; choices[i] != NULL; i++)
		json_cstr(json, NULL, choices[i]);
	json_close(json);
}

static void field_json(
	struct json *json, struct arena *arena, const struct field_schema *field)
{
	static const char *const types[] = {
		[FIELD_REGISTER] = "register",
		[FIELD_TEXT] = "text",
		[FIELD_SET] = "set",
		[FIELD_LOG] = "log",
	};
	json_object(json, NULL);
	json_cstr(json, "name", field->name);
	json_bool(json, "family", field->family);
	json_cstr(json, "type", types[field->type]);
	json_cstr(json, "who", who_word(field->who));
	json_cstr(json, "holds", holds(arena, field));
	choices_json(json, field->choices);
	json_close(json);
}

static void kind_json(
	struct json *json, struct arena *arena, const struct kind_schema *kind)
{
	json_object(json, NULL);
	json_cstr(json, "name", kind->name);
	json_text(json, "letter", (struct bytes){(const uint8_t *)&kind->letter, 1});
	json_array(json, "ways");
	for (size_t i = WAY_TOGETHER; i < WAY_COUNT; i++)
		if ((kind->ways & (1u << i)) != 0)
			json_cstr(json, NULL, way_words[i]);
	json_close(json);
	json_array(json, "roles");
	for (size_t i = ROLE_READ; i <= ROLE_EDIT; i++)
		if ((kind->roles & (1u << i)) != 0)
			json_cstr(json, NULL, role_word((enum role)i));
	json_close(json);
	json_cstr(json, "default_role",
		kind->roles != 0 ? role_word(kind->default_role) : NULL);
	json_cstr(json, "owner",
		kind->owner == OWNER_BOTH     ? "both"
		: kind->owner == OWNER_TAUGHT ? "taught"
					      : "author");
	json_array(json, "fields");
	for (size_t i = 0; i < kind->field_count; i++)
		field_json(json, arena, &kind->fields[i]);
	json_close(json);
	json_close(json);
}

void help_kinds_json(struct json *json)
{
	CLEAN_ARENA struct arena arena = {0};
	json_object(json, NULL);
	json_array(json, "kinds");
	for (size_t i = 0; i < coaching_schema.count; i++)
		kind_json(json, &arena, &coaching_schema.kinds[i]);
	json_close(json);
	json_close(json);
}
