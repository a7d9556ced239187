#include "core/crdt/schema.h"

#include <string.h>

static bool is_named(const char *name, struct bytes wanted)
{
	return bytes_equal(bytes_text(name), wanted);
}

const struct kind_schema *schema_kind(const struct schema *schema, struct bytes name)
{
	for (size_t i = 0; i < schema->count; i++)
		if (is_named(schema->kinds[i].name, name))
			return &schema->kinds[i];
	return NULL;
}

const struct field_schema *kind_field(const struct kind_schema *kind, struct bytes name)
{
	for (size_t i = 0; i < kind->field_count; i++)
		if (is_named(kind->fields[i].name, name))
			return &kind->fields[i];
	return NULL;
}

static bool has_way(const struct kind_schema *kind, enum way way)
{
	return (kind->ways & (1u << way)) != 0;
}

bool kind_shares(const struct kind_schema *kind, enum way way, enum role role)
{
	if (way == WAY_PRIVATE || !has_way(kind, way) ||
		(kind->roles & (1u << role)) == 0)
		return false;
	bool either = has_way(kind, WAY_MOVED) &&
		      (has_way(kind, WAY_SHOWN) || has_way(kind, WAY_COPY));
	return way == WAY_TOGETHER || !either ||
	       (way == WAY_MOVED) == (role == ROLE_EDIT);
}

bool field_is_whole(const struct field_schema *field, enum way way)
{
	return field->type == FIELD_TEXT && (way == WAY_SHOWN || way == WAY_COPY);
}

static bool is_words(enum value_type type)
{
	return type == VALUE_TEXT || type == VALUE_LINE || type == VALUE_DATE;
}

bool field_is_sought(const struct field_schema *field)
{
	return is_words(field->value) || field->value == VALUE_RECORD;
}

bool part_is_sought(const struct record_field *part)
{
	return is_words(part->type) && !part->is_code;
}

bool field_is_answers(const struct field_schema *field)
{
	return field->type == FIELD_LOG && field->who == WHO_COMMENT;
}
