#include "cli/places.h"

#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/notebook/places.h"

/* "body", "section[next]" */
static const char *field_name(struct cli *cli, const struct place_both *place)
{
	const char *name = arena_string(&cli->arena, place->field);
	if (place->key.len == 0)
		return name;
	return arena_format(
		&cli->arena, "%s[%s]", name, print_clean(&cli->arena, place->key));
}

enum err places_json(
	struct cli *cli, struct notebook_txn *txn, const char *key, struct why *why)
{
	struct json *json = &cli->print.json;
	struct place_both *places;
	size_t count;
	enum err e = places_of(txn, (struct id){{0}}, &places, &count, why);
	if (e != OK)
		return e;
	json_array(json, key);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf;
		char handle[HANDLE_TEXT];
		if ((e = leaf_open(txn, places[i].document, &leaf, why)) != OK)
			return e;
		leaf_handle(txn, leaf, handle);
		json_object(json, NULL);
		json_cstr(json, "handle", handle);
		json_cstr(json, "title", view_title(txn, leaf));
		json_cstr(json, "field", field_name(cli, &places[i]));
		json_cstr(json, "with", view_person(txn, &leaf->partner));
		json_text(json, "mine", places[i].mine);
		json_text(json, "theirs", places[i].theirs);
		json_close(json);
	}
	json_close(json);
	return OK;
}

/* What one of the two wrote there, in words also where that is nothing. */
static const char *told(
	struct cli *cli, const struct place_both *place, struct bytes words)
{
	if (words.len > 0)
		return print_clean(&cli->arena, words);
	return place->is_text ? tr("(took out what stood there)") : tr("(nothing)");
}

enum err places_text(
	struct cli *cli, struct notebook_txn *txn, size_t *count, struct why *why)
{
	struct place_both *places;
	enum err e = places_of(txn, (struct id){{0}}, &places, count, why);
	for (size_t i = 0; e == OK && i < *count; i++) {
		struct leaf *leaf;
		char handle[HANDLE_TEXT];
		if ((e = leaf_open(txn, places[i].document, &leaf, why)) != OK)
			return e;
		leaf_handle(txn, leaf, handle);
		const char *name = field_name(cli, &places[i]);
		print_heading(
			&cli->print, "%s  %s, %s", handle, view_title(txn, leaf), name);
		print_line(
			&cli->print, "  you:  %s", told(cli, &places[i], places[i].mine));
		print_line(&cli->print, "  %s:  %s", view_person(txn, &leaf->partner),
			told(cli, &places[i], places[i].theirs));
		print_line(&cli->print, "  kith settle %s %s --keep mine|theirs|both",
			handle, name);
	}
	return e;
}

enum err places_say(
	struct cli *cli, struct notebook_txn *txn, size_t *count, struct why *why)
{
	struct buf *out = &cli->print.out;
	CLEAN_BUF struct buf before = {0}, list = {0};
	buf_add(&before, buf_bytes(out));
	buf_clear(out);
	enum err e = places_text(cli, txn, count, why);
	buf_add(&list, buf_bytes(out));
	buf_clear(out);
	buf_add(out, buf_bytes(&before));
	if (*count > 0)
		print_heading(&cli->print, "Both wrote here; nothing is lost:");
	buf_add(out, buf_bytes(&list));
	return e;
}
