#include "core/crdt/field_columns.h"

#include "core/crdt/value.h"

/* ---- Writing. */

/* Where it stands in the schema; behind the last one where it is not of that kind. */
static size_t number_of(const struct kind_schema *kind, const struct field_schema *field)
{
	size_t i = 0;
	while (i < kind->field_count && &kind->fields[i] != field)
		i++;
	return i;
}

/* The kinds and fields of a schema stand in arrays: most often no search is needed. */
static size_t number_near(
	const struct kind_schema *kind, const struct field_schema *field, size_t guess)
{
	bool is_it = guess < kind->field_count && &kind->fields[guess] == field;
	return is_it ? guess : number_of(kind, field);
}

static size_t count_fields(const struct field_name *names, size_t count)
{
	size_t fields = count > 0 ? 1 : 0;
	for (size_t i = 1; i < count; i++)
		fields += names[i].field != names[i - 1].field ? 1 : 0;
	return fields;
}

static size_t count_members(const struct field_name *names, size_t count)
{
	size_t members = 1;
	while (members < count && names[members].field == names[0].field)
		members++;
	return members;
}

void field_names_add(struct columns *columns, const struct kind_schema *kind,
	const struct field_name *names, size_t count)
{
	size_t next = 0;
	column_add(columns, COLUMN_FIELDS, count_fields(names, count));
	for (size_t i = 0; i < count;) {
		const struct field_schema *field = names[i].field;
		size_t number = number_near(kind, field, next);
		column_add(columns, COLUMN_FIELDS, (uint64_t)number - next);
		next = number + 1;
		size_t members = field->family ? count_members(names + i, count - i) : 1;
		if (field->family)
			column_add(columns, COLUMN_MEMBERS, members - 1);
		for (size_t k = 0; field->family && k < members; k++) {
			column_add(columns, COLUMN_KEYS, names[i + k].key.len);
			buf_add(&columns->at[COLUMN_KEYS], names[i + k].key);
		}
		i += members;
	}
}

/* ---- Reading. */

struct names {
	struct column_reader *r;
	const struct kind_schema *kind;
	uint32_t schema;
	size_t next; /* the number of the field after the last one */
};

/* The next field and how many members; ERR_VOID where there is no such one. */
static enum err next_field(
	struct names *n, const struct field_schema **field, size_t *members)
{
	uint64_t over = column_take(n->r, COLUMN_FIELDS, UINT32_MAX);
	if (n->r->failed)
		return ERR_CORRUPT;
	if (over >= n->kind->field_count - n->next)
		return ERR_VOID;
	*field = &n->kind->fields[n->next + over];
	n->next += (size_t)over + 1;
	if ((*field)->since_schema > n->schema)
		return ERR_VOID;
	*members = 1;
	if ((*field)->family)
		*members += (size_t)column_take(n->r, COLUMN_MEMBERS, UINT32_MAX);
	if (n->r->failed)
		return ERR_CORRUPT;
	return *members <= KEYS_MAX ? OK : ERR_VOID;
}

static enum err take_key(
	struct names *n, const struct bytes *before, struct field_name *out)
{
	size_t len = (size_t)column_take(n->r, COLUMN_KEYS, UINT32_MAX);
	out->key = column_take_bytes(n->r, COLUMN_KEYS, len);
	if (n->r->failed || (before != NULL && bytes_compare(*before, out->key) >= 0))
		return ERR_CORRUPT;
	return value_valid_key(out->field, out->key) ? OK : ERR_VOID;
}

/* How many there are in all, on a reader of its own. */
static enum err count_names(struct names n, size_t fields, size_t *count)
{
	struct column_reader copy = *n.r;
	const struct field_schema *field = NULL;
	size_t members = 0;
	enum err e = OK;
	n.r = &copy;
	*count = 0;
	for (size_t i = 0; e == OK && i < fields; i++) {
		e = next_field(&n, &field, &members);
		*count += e == OK ? members : 0;
	}
	return e;
}

static enum err take_names(struct names *n, struct field_name *at, size_t count)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count;) {
		const struct field_schema *field = NULL;
		size_t members = 0;
		e = next_field(n, &field, &members);
		for (size_t k = 0; e == OK && k < members; k++, i++) {
			at[i].field = field;
			if (field->family)
				e = take_key(n, k > 0 ? &at[i - 1].key : NULL, &at[i]);
		}
	}
	return e;
}

enum err field_names_take(struct column_reader *r, const struct kind_schema *kind,
	uint32_t schema, struct arena *arena, struct field_name **names, size_t *count)
{
	struct names n = {.r = r, .kind = kind, .schema = schema};
	*names = NULL;
	*count = 0;
	size_t fields = (size_t)column_take(r, COLUMN_FIELDS, UINT32_MAX), all = 0;
	if (r->failed)
		return ERR_CORRUPT;
	enum err e = count_names(n, fields, &all);
	if (e != OK)
		return e;
	*names = arena_array(arena, all, sizeof **names);
	*count = all;
	return take_names(&n, *names, all);
}
