/* kith class, kith room, kith names: who sits where, kept by their teacher alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/class_list.h"
#include "core/coaching/names.h"
#include "core/coaching/room.h"

/* ---- class */

static enum err run_class(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const char *size = args_value(&cli->args, "size");
	struct class_words words = {.label = args_word(&cli->args, 0),
		.subject = args_value(&cli->args, "subject"),
		.room = args_value(&cli->args, "room")};
	struct id id;
	enum err e = OK;
	if (size != NULL)
		e = coach_number("a class's size", size, 1, 60, &words.size, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_class(txn, &words, &id, why);
	return e == OK ? coach_done(
				 cli, &txn, id, "Kept here; a class is never shared", why)
		       : e;
}

static const struct option class_options[] = {
	{"size", "N", "how many pupils, 1 to 60"},
	{"subject", "TEXT", "what is taught"},
	{"room", "TEXT", "where"},
};
const struct command cmd_class = {
	.name = "class",
	.group = GROUP_OBSERVING,
	.words = "LABEL",
	.summary = "a class of yours: its name travels only with a visit",
	.min = 1,
	.max = 1,
	OPTIONS(class_options),
	.run = run_class,
};

/* ---- room */

static enum err run_room(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct room_words words = {.label = args_word(&cli->args, 0)};
	struct id id;
	int read = 0;
	const char *size = args_word(&cli->args, 1);
	if (sscanf(size, "%2ux%2u%n", &words.rows, &words.columns, &read) != 2 ||
		(size_t)read != strlen(size))
		return because(why, ERR_INVALID,
			"a room is rows x columns: kith room 9B 5x6, not \"%.20s\"",
			size);
	words.gaps = coach_list(cli, args_value(&cli->args, "gap"), &words.gap_count);
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_room(txn, &words, &id, why);
	return e == OK ? coach_done(cli, &txn, id,
				 "Seats are numbered row by row from the front", why)
		       : e;
}

static const struct option room_options[] = {
	{"gap", "PLACES", "no seat there: c3 a column, r2 a row, c3r2 one place"},
};
const struct command cmd_room = {
	.name = "room",
	.group = GROUP_OBSERVING,
	.words = "LABEL ROWSxCOLUMNS",
	.summary = "draw a room once: where the seats are",
	.min = 2,
	.max = 2,
	OPTIONS(room_options),
	.run = run_room,
};

/* ---- names */

static enum err import_list(struct cli *cli, struct notebook_txn **txn, struct id class,
	const char *file, struct why *why)
{
	struct bytes text;
	struct name_entry *entries;
	size_t count;
	enum err e = cli_bytes_file(cli, file, &text, why);
	if (e == OK)
		e = class_list_read(text, &cli->arena, &entries, &count, why);
	if (e == OK)
		e = coach_names(*txn, class, entries, count, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json) {
		print_line(&cli->print,
			tr_n("%zu name kept. It stays in this store: never sent, "
			     "exported or printed. The file itself you may want to "
			     "delete.",
				"%zu names kept. They stay in this store: never sent, "
				"exported or printed. The file itself you may want to "
				"delete.",
				count),
			count);
	} else {
		json_object(&cli->print.json, NULL);
		json_uint(&cli->print.json, "names", count);
		json_close(&cli->print.json);
	}
	return cli_commit(txn, why);
}

static enum err forget(
	struct cli *cli, struct notebook_txn **txn, struct id class, struct why *why)
{
	size_t count;
	enum err e = cli_confirm(cli, why, "Destroy these names for good?");
	if (e == OK)
		e = coach_names_forget(*txn, class, &count, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json) {
		print_line(&cli->print,
			tr_n("%zu name destroyed.", "%zu names destroyed.", count),
			count);
	} else {
		json_object(&cli->print.json, NULL);
		json_uint(&cli->print.json, "forgotten", count);
		json_close(&cli->print.json);
	}
	return cli_commit(txn, why);
}

static enum err show_names(
	struct cli *cli, struct notebook_txn *txn, struct id class, struct why *why)
{
	struct name_entry *entries;
	size_t count, shown = 0;
	enum err e = names_all(txn, &entries, &count, why);
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "names");
	}
	for (size_t i = 0; i < count; i++) {
		if (!id_is_zero(class) && !id_equal(entries[i].class, class))
			continue;
		shown++;
		if (!cli->print.is_json) {
			print_line(&cli->print, "S%-3u %s", entries[i].seat,
				print_clean(&cli->arena, bytes_text(entries[i].name)));
			continue;
		}
		json_object(&cli->print.json, NULL);
		json_uint(&cli->print.json, "seat", entries[i].seat);
		json_cstr(&cli->print.json, "name", entries[i].name);
		json_close(&cli->print.json);
	}
	if (cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	} else if (shown == 0) {
		print_line(&cli->print, "No names are kept.");
	}
	return OK;
}

/* `kith names import CLASS FILE`, or `kith names CLASS --import FILE`. */
static enum err read_words(
	struct cli *cli, const char **label, const char **file, struct why *why)
{
	const char *first = args_word(&cli->args, 0);
	bool import =
		first != NULL && strcmp(first, "import") == 0 && cli->args.word_count > 1;
	*label = import ? args_word(&cli->args, 1) : first;
	*file = import ? args_word(&cli->args, 2) : args_value(&cli->args, "import");
	if (import && *file == NULL)
		return because(
			why, ERR_USAGE, "which file? kith names import 9B FILE.csv");
	if (!import && cli->args.word_count > 1)
		return because(why, ERR_USAGE,
			"one class at a time: kith names 9B, or kith names import 9B "
			"FILE.csv");
	if (*file != NULL && *label == NULL)
		return because(
			why, ERR_USAGE, "whose names? kith names import 9B FILE.csv");
	return OK;
}

static enum err run_names(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id class = {{0}};
	const char *label, *file;
	enum err e = read_words(cli, &label, &file, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK && label != NULL)
		e = labelled(txn, "class", label, &class, why);
	if (e != OK)
		return e;
	if (label != NULL && id_is_zero(class))
		return because(why, ERR_NOT_FOUND,
			"there is no class \"%.40s\"; make it: kith class %.40s --size N",
			label, label);
	if (file != NULL)
		return import_list(cli, &txn, class, file, why);
	if (args_has(&cli->args, "forget"))
		return forget(cli, &txn, class, why);
	return show_names(cli, txn, class, why);
}

static const struct option names_options[] = {
	{"import", "FILE", "the same as kith names import CLASS FILE"},
	{"forget", NULL, "destroy them: of the class, or all"},
	OPTION_YES,
};
const struct command cmd_names = {
	.name = "names",
	.group = GROUP_OBSERVING,
	.words = "[CLASS] | import CLASS FILE.csv",
	.summary = "which pupil sits where: for your eyes, it never leaves",
	.detail =
		"kith handover and kith export look for these names in what is to go, "
		"and "
		"find the listed ones only.\n"
		"\n"
		"A class list is a CSV file as a spreadsheet saves it: a name a line, or "
		"columns with headings such as seat, name, first name, last name. "
		"Without "
		"seats the names sit in the order of the list.",
	.min = 0,
	.max = 3,
	OPTIONS(names_options),
	.run = run_names,
};
