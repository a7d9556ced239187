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

bool field_is_whole(const struct field_schema *field, enum way way)
{
	return field->type == FIELD_TEXT && (way == WAY_SHOWN || way == WAY_COPY);
}
