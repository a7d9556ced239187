/*
 * Documents as text and as JSON, the same in every command that shows one.
 */
#ifndef KITH_CLI_SHOW_H
#define KITH_CLI_SHOW_H

#include "cli/cli.h"
#include "core/coaching/views.h"

/* As one item of the document being written (key NULL in a list). Open: more keys may
 * follow. */
void show_json_open(
	struct cli *cli, const char *key, const struct view_document *document);
/* The same of a line of a list. */
void show_json_line(struct cli *cli, const char *key, const struct view_line *line);
/* All of it, open too; into any JSON. */
void show_json_whole(
	struct json *json, const char *key, const struct view_document *document);
/* The whole item, closed. */
void show_json(struct cli *cli, struct notebook_txn *txn, const char *key,
	const struct view_document *document);

/* All of it, for reading. */
void show_text(
	struct cli *cli, struct notebook_txn *txn, const struct view_document *document);

/* One field's content alone, as it is, for reading and for scripts. */
void show_field_text(
	struct cli *cli, struct notebook_txn *txn, const struct view_field *field);

/* What every command that made or changed one document says in JSON: handle, id, kind,
 * sharing. */
void show_made(
	struct cli *cli, const struct view_document *document, const char *sentence);

/* The word of a role: "read", "comment", "edit". */
const char *role_word(enum role role);

#endif
