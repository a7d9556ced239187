#include "cli/show.h"

#include <string.h>

#include "core/base/id.h"
#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

const char *role_word(enum role role)
{
	switch (role) {
	case ROLE_READ:
		return N_IN("role", "read");
	case ROLE_COMMENT:
		return N_IN("role", "comment");
	case ROLE_EDIT:
		return N_IN("role", "edit");
	}
	return N_IN("role", "read");
}

/* ---- JSON */

static void json_value(struct json *json, const char *key,
	const struct field_schema *field, struct bytes value)
{
	if (field->type == FIELD_TEXT)
		json_text(json, key, value);
	else
		json_packed(json, key, value);
}

/* The parts of a record, which is a map, beside its id and its writer. */
static void json_record(struct json *json, const struct view_item *item)
{
	char by[PERSON_TEXT + 1];
	CLEAN_MEM char *id = mem_array(item->id.len * 8 / 5 + 2, 1);
	base32_text(item->id, id);
	person_text(item->by, by);
	json_object(json, NULL);
	json_cstr(json, "id", id);
	json_cstr(json, "by", by);
	if (item->with != NULL)
		json_cstr(json, "with", item->with);
	struct pack_reader r = pack_read(item->value);
	size_t parts = pack_read_map(&r, RECORD_PARTS_MAX);
	for (size_t i = 0; i < parts && !r.failed; i++) {
		CLEAN_BUF struct buf name = {0};
		buf_add(&name, pack_read_text(&r, 64));
		struct bytes value = pack_read_any(&r);
		if (!r.failed)
			json_packed(json, buf_text(&name), value);
	}
	json_close(json);
}

static void json_field(struct json *json, const char *key, const struct view_field *field)
{
	const struct field_schema *schema = field->schema;
	if (schema->type == FIELD_LOG) {
		json_array(json, key);
		for (size_t i = 0; i < field->count; i++)
			json_record(json, &field->items[i]);
		json_close(json);
		return;
	}
	json_object(json, key);
	if (schema->type == FIELD_SET) {
		json_array(json, "value");
		for (size_t i = 0; i < field->count; i++)
			json_value(json, NULL, schema, field->items[i].value);
		json_close(json);
	} else {
		json_value(json, "value", schema, field->items[0].value);
	}
	if (schema->type == FIELD_REGISTER && field->count > 1) {
		json_array(json, "others");
		for (size_t i = 1; i < field->count; i++)
			json_value(json, NULL, schema, field->items[i].value);
		json_close(json);
	}
	json_close(json);
}

/* Fields in order; the keys of a family stand together, so they make one object. */
static void json_fields(struct json *json, const struct view_document *document)
{
	const struct field_schema *family = NULL;
	json_object(json, "fields");
	for (size_t i = 0; i < document->field_count; i++) {
		const struct view_field *field = &document->fields[i];
		if (family != NULL && family != field->schema)
			json_close(json);
		if (field->schema->family && family != field->schema)
			json_object(json, field->schema->name);
		family = field->schema->family ? field->schema : NULL;
		CLEAN_BUF struct buf key = {0};
		buf_add(&key,
			family != NULL ? field->key : bytes_text(field->schema->name));
		json_field(json, buf_text(&key), field);
	}
	if (family != NULL)
		json_close(json);
	json_close(json);
}

static void json_head(struct json *json, const char *key, const struct view_line *line)
{
	char id[ID_TEXT + 1];
	id_text(line->id, id);
	json_object(json, key);
	json_cstr(json, "handle", line->handle);
	json_cstr(json, "id", id);
	json_cstr(json, "kind", line->kind->name);
	json_cstr(json, "title", line->title);
	json_array(json, "shared_with");
	for (size_t i = 0; i < line->shared_count; i++)
		json_cstr(json, NULL, line->shared_with[i]);
	json_close(json);
	json_bool(json, "both_wrote", line->both_wrote);
}

static struct view_line line_of(const struct view_document *document)
{
	struct view_line line = {
		.id = document->id,
		.kind = document->head->kind,
		.title = document->title,
		.shared_with = document->shared_with,
		.shared_count = document->shared_count,
		.both_wrote = document->both_wrote,
	};
	memcpy(line.handle, document->handle, sizeof line.handle);
	return line;
}

void show_json_open(
	struct cli *cli, const char *key, const struct view_document *document)
{
	struct view_line line = line_of(document);
	json_head(&cli->print.json, key, &line);
}

void show_json_line(struct cli *cli, const char *key, const struct view_line *line)
{
	json_head(&cli->print.json, key, line);
}

void show_json_whole(
	struct json *json, const char *key, const struct view_document *document)
{
	char owner[PERSON_TEXT + 1];
	struct view_line line = line_of(document);
	person_text(document->head->owner, owner);
	json_head(json, key, &line);
	json_cstr(json, "owner", owner);
	json_bool(json, "mine", document->by_me);
	json_cstr(json, "role",
		document->is_private ? NULL : role_word(document->head->role));
	json_time(json, "shared", document->shared_s);
	json_bool(json, "incomplete", document->incomplete || document->unread);
	json_fields(json, document);
}

void show_json(struct cli *cli, struct notebook_txn *txn, const char *key,
	const struct view_document *document)
{
	(void)txn;
	show_json_whole(&cli->print.json, key, document);
	json_close(&cli->print.json);
}

/* ---- Text */

/* "date 2027-01-31 · value 12" */
static const char *record_text(struct cli *cli, struct notebook_txn *txn,
	const struct view_field *field, struct bytes value)
{
	const char *text = print_clean(
		&cli->arena, bytes_text(view_value(txn, field->schema, value)));
	return field->schema->value == VALUE_CHOICE ? tr_in("choice", text) : text;
}

/* In another language the field's own name stands behind: it is what kith edit takes. */
static void add_label(struct cli *cli, const struct view_field *field, const char *end)
{
	const char *name = field->schema->name, *said = tr_in("field", name);
	if (field->schema->family)
		name = arena_format(&cli->arena, "%s[%s]", name,
			print_clean(&cli->arena, field->key));
	if (strcmp(said, field->schema->name) == 0)
		print_heading(&cli->print, "%s%s", name, end);
	else
		print_heading(&cli->print, "%s (%s)%s", said, name, end);
}

static void add_item(struct cli *cli, struct notebook_txn *txn,
	const struct view_field *field, const struct view_item *item)
{
	char id[32];
	switch (field->schema->type) {
	case FIELD_TEXT: {
		CLEAN_BUF struct buf clean = {0};
		utf8_add_clean(&clean, item->value, true);
		text_add_indented(&cli->print.out, buf_bytes(&clean), 2);
		return;
	}
	case FIELD_LOG:
		base32_text(item->id, id);
		if (item->with != NULL)
			print_line(&cli->print, "  %s, with %s: %s  (%s)",
				view_person(txn, &item->by), item->with,
				record_text(cli, txn, field, item->value), id);
		else
			print_line(&cli->print, "  %s: %s  (%s)",
				view_person(txn, &item->by),
				record_text(cli, txn, field, item->value), id);
		return;
	case FIELD_REGISTER:
	case FIELD_SET:
		print_line(
			&cli->print, "  %s", record_text(cli, txn, field, item->value));
		return;
	}
}

static void add_field(
	struct cli *cli, struct notebook_txn *txn, const struct view_field *field)
{
	bool competes = field->schema->type == FIELD_REGISTER && field->count > 1;
	add_label(cli, field, competes ? tr(" (both wrote: kith settle)") : "");
	for (size_t i = 0; i < field->count; i++) {
		add_item(cli, txn, field, &field->items[i]);
		if (competes)
			print_line(&cli->print, "    by %s",
				view_person(txn, &field->items[i].by));
	}
}

/* Who has it: "private", or "with Ben, who may comment". */
static const char *sharing(struct cli *cli, const struct view_document *document)
{
	if (document->shared_count == 0)
		return tr("private");
	const char *text = document->shared_with[0];
	for (size_t i = 1; i < document->shared_count; i++)
		text = arena_format(
			&cli->arena, "%s, %s", text, document->shared_with[i]);
	if (document->is_private)
		return arena_format(&cli->arena, tr("with %s"), text);
	return arena_format(&cli->arena,
		document->by_me ? tr("with %s, role %s, yours")
				: tr("with %s, role %s, theirs"),
		text, tr_in("role", role_word(document->head->role)));
}

void show_text(
	struct cli *cli, struct notebook_txn *txn, const struct view_document *document)
{
	print_heading(&cli->print, "%s", document->title);
	print_line(&cli->print, "%s  %s  %s", document->handle,
		tr_in("kind", document->head->kind->name), sharing(cli, document));
	if (document->incomplete)
		print_line(&cli->print, "Parts of it have not arrived yet.");
	if (document->unread)
		print_line(&cli->print, "Parts of it need a newer kith to be read.");
	if (document->both_wrote)
		print_line(&cli->print, "Both of you wrote here: kith both-wrote");
	for (size_t i = 0; i < document->field_count; i++) {
		print_line(&cli->print, "%s", "");
		add_field(cli, txn, &document->fields[i]);
	}
}

void show_field_text(
	struct cli *cli, struct notebook_txn *txn, const struct view_field *field)
{
	for (size_t i = 0; i < field->count; i++) {
		if (field->schema->type == FIELD_TEXT) {
			CLEAN_BUF struct buf clean = {0};
			utf8_add_clean(&clean, field->items[i].value, true);
			print_line(&cli->print, "%s", buf_text(&clean));
		} else {
			print_line(&cli->print, "%s",
				record_text(cli, txn, field, field->items[i].value));
		}
	}
}

void show_made(
	struct cli *cli, const struct view_document *document, const char *sentence)
{
	if (!cli->print.is_json) {
		print_line(&cli->print, "%s  %s", document->handle, document->title);
		print_line(&cli->print, "%s.", tr(sentence));
		return;
	}
	show_json_open(cli, NULL, document);
	json_close(&cli->print.json);
}
