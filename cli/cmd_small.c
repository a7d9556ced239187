/* kith measure, door, kudos, instrument: the smaller things. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/coaching/schema.h"
#include "core/coaching/lesson.h"
#include "core/coaching/small.h"
#include "core/coaching/values.h"

static enum err read_number(
	const char *what, const char *text, double *out, struct why *why)
{
	*out = NAN;
	if (text == NULL)
		return OK;
	if (!number_read(text, out))
		return because(why, ERR_INVALID, "%s is a number, not \"%.40s\"",
			tr(what), text);
	return OK;
}

/* ---- measure */

static enum err new_measure(
	struct cli *cli, struct notebook_txn **txn, struct id goal, struct why *why)
{
	struct id id;
	struct measure_words words = {.name = args_word(&cli->args, 1),
		.unit = args_value(&cli->args, "unit"),
		.direction = args_value(&cli->args, "direction")};
	enum err e = read_number(
		"--baseline", args_value(&cli->args, "baseline"), &words.baseline, why);
	if (e == OK)
		e = read_number(
			"--target", args_value(&cli->args, "target"), &words.target, why);
	if (e == OK)
		e = coach_measure(*txn, goal, &words, &id, why);
	return e == OK ? coach_done(
				 cli, txn, id, "Kept; a value: kith measure H VALUE", why)
		       : e;
}

static enum err new_reading(
	struct cli *cli, struct notebook_txn **txn, struct id id, struct why *why)
{
	double value;
	int64_t n = 1;
	const char *count = args_value(&cli->args, "n");
	enum err e = read_number("the value", args_word(&cli->args, 1), &value, why);
	if (e == OK && count != NULL)
		e = coach_number("--n", count, 1, 1000000, &n, why);
	if (e == OK)
		e = coach_reading(
			*txn, id, value, (unsigned)n, args_value(&cli->args, "on"), why);
	return e == OK ? coach_done(cli, txn, id, "Kept", why) : e;
}

static enum err run_measure(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct leaf *leaf;
	struct id id;
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_find(txn, args_word(&cli->args, 0), &id, why);
	if (e == OK)
		e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	return strcmp(leaf->head->kind->name, "measure") == 0
		       ? new_reading(cli, &txn, id, why)
		       : new_measure(cli, &txn, id, why);
}

static const struct option measure_options[] = {
	{"unit", "percent|count|per_10_min|minutes|s|words", "what is counted"},
	{"direction", "up|down|steady|explore", "where it is to go"},
	{"baseline", "N", "how it is now"},
	{"target", "N", "what you want to reach"},
	{"n", "N", "with a value: from how many it was counted"},
	{"on", "DAY", "with a value: of that day"},
};
const struct command cmd_measure = {
	.name = "measure",
	.group = GROUP_WRITING,
	.words = "H NAME|VALUE",
	.summary = "how a goal is seen: a measure of it, and its values",
	.detail = "measure GOAL NAME  makes one\n"
		  "measure MEASURE VALUE  adds a value",
	.min = 2,
	.max = 2,
	OPTIONS(measure_options),
	.run = run_measure,
};

/* ---- door */

static enum err open_door(struct cli *cli, struct notebook_txn **txn, struct why *why)
{
	struct id id;
	const char *minutes = args_value(&cli->args, "min");
	struct door_words words = {.topic = args_word(&cli->args, 0),
		.when = args_value(&cli->args, "when"),
		.place = args_value(&cli->args, "place")};
	words.wanted =
		coach_list(cli, args_value(&cli->args, "want"), &words.wanted_count);
	enum err e = OK;
	if (minutes != NULL)
		e = coach_number("--min", minutes, 1, 480, &words.minutes, why);
	if (e == OK)
		e = coach_door(*txn, &words, &id, why);
	return e == OK ? coach_done(cli, txn, id,
				 "Kept, private; open it to colleagues: kith share H "
				 "--with NAME",
				 why)
		       : e;
}

static enum err run_door(struct cli *cli, struct why *why)
{
	static const char *const words[] = {"come", "not-coming", "confirm"};
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < 3; i++) {
		if (args_word(&cli->args, 1) == NULL ||
			strcmp(args_word(&cli->args, 0), words[i]) != 0)
			continue;
		e = coach_word(cli, txn, 1, "door", &id, why);
		if (e == OK)
			e = coach_door_answer(txn, id, (enum door_answer)i, why);
		return e == OK ? coach_done(cli, &txn, id, "Answered", why) : e;
	}
	return open_door(cli, &txn, why);
}

static const struct option door_options[] = {
	{"when", "TIME", "such as wed 10:10"},
	{"min", "N", "how long someone may stay"},
	{"place", "TEXT", "where"},
	{"want", "KINDS", "feedback wanted: noticed,strength,wondered,idea,data"},
};
const struct command cmd_door = {
	.name = "door",
	.group = GROUP_VISITS,
	.words = "TOPIC",
	.summary = "an open lesson: colleagues you show it to may drop in",
	.detail = "door TOPIC  opens one\n"
		  "door come|not-coming DOOR  answers a colleague's\n"
		  "door confirm DOOR  says who comes to yours",
	.min = 1,
	.max = 2,
	OPTIONS(door_options),
	.run = run_door,
};

/* ---- kudos */

static enum err run_kudos(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	struct id id;
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_partner(cli, txn, &partner, why);
	if (e == OK)
		e = coach_kudos(txn, partner, args_word(&cli->args, 0), &id, why);
	return e == OK ? coach_done(cli, &txn, id, "It goes out when you next meet", why)
		       : e;
}

static const struct option kudos_options[] = {
	{"with", "NAME", "the partner"},
};
const struct command cmd_kudos = {
	.name = "kudos",
	.group = GROUP_VISITS,
	.words = "LINE",
	.summary = "one line of thanks",
	.min = 1,
	.max = 1,
	OPTIONS(kudos_options),
	.run = run_kudos,
};

/* ---- instrument */

static void show_instrument(struct cli *cli, const struct instrument *in)
{
	struct json *json = &cli->print.json;
	if (cli->print.is_json) {
		json_object(json, NULL);
		json_text(json, "id", in->id);
		json_text(json, "name", in->name);
		json_text(json, "source", in->source);
		json_array(json, "codes");
		for (size_t i = 0; i < in->code_count; i++) {
			json_object(json, NULL);
			json_text(json, "key", in->codes[i].key);
			json_text(json, "word", in->codes[i].word);
			json_text(json, "group", in->codes[i].group);
			json_close(json);
		}
		json_close(json);
		json_close(json);
		return;
	}
	print_heading(&cli->print, "%s  %s", print_clean(&cli->arena, in->id),
		tr(print_clean(&cli->arena, in->name)));
	if (in->note.len > 0)
		print_line(&cli->print, "  %s", tr(print_clean(&cli->arena, in->note)));
	for (size_t i = 0; i < in->code_count; i++)
		print_line(&cli->print, "  [%s] %s%s%s",
			print_clean(&cli->arena, in->codes[i].key),
			tr(print_clean(&cli->arena, in->codes[i].word)),
			in->codes[i].meaning.len > 0 ? ": " : "",
			in->codes[i].meaning.len > 0
				? tr(print_clean(&cli->arena, in->codes[i].meaning))
				: "");
	if (in->source.len > 0)
		print_line(
			&cli->print, "  from: %s", print_clean(&cli->arena, in->source));
}

static enum err list_instruments(
	struct cli *cli, struct notebook_txn *txn, const char *name, struct why *why)
{
	size_t count, own;
	struct view_document *documents;
	const struct instrument *shipped = instruments_shipped(&count);
	enum err e = view_list(txn, coaching_kind("instrument"), &documents, &own, why);
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "instruments");
	}
	for (size_t i = 0; i < count; i++)
		if (name == NULL || instrument_find(name) == &shipped[i])
			show_instrument(cli, &shipped[i]);
	for (size_t i = 0; i < own; i++) {
		const struct instrument *in =
			lesson_instrument(txn, bytes_text(documents[i].title));
		if (in != NULL &&
			(name == NULL || bytes_equal(in->name, bytes_text(name))))
			show_instrument(cli, in);
	}
	if (cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	} else if (cli->print.out.len == 0) {
		return because(
			why, ERR_NOT_FOUND, "there is no instrument \"%.40s\"", name);
	}
	return OK;
}

static enum err run_instrument(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const char *file = args_value(&cli->args, "import");
	struct bytes text;
	struct id id;
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK || file == NULL)
		return e == OK ? list_instruments(cli, txn, args_word(&cli->args, 0), why)
			       : e;
	e = cli_text_file(cli, file, &text, why);
	if (e == OK)
		e = coach_instrument(txn, text, &id, why);
	return e == OK ? coach_done(cli, &txn, id, "Kept; use it: kith visit plan --use",
				 why)
		       : e;
}

static const struct option instrument_options[] = {
	{"import", "FILE", "one of your own, from a small text file"},
};
const struct command cmd_instrument = {
	.name = "instrument",
	.group = GROUP_OBSERVING,
	.words = "[NAME]",
	.summary = "what can be watched for: the instruments, their keys and sources",
	.detail = "A file of your own:\n\n  name: Hands up\n  family: tally\n  code: h | "
		  "hand up\n"
		  "\nFamilies: tally, timer, exclusive, interval, sweep, flow, move, "
		  "script, beats, checklist.",
	.min = 0,
	.max = 1,
	OPTIONS(instrument_options),
	.run = run_instrument,
};
