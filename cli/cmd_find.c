/* kith find: words in everything I hold, or all there is about one class or seat. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/seek.h"

#define HITS_SHOWN   50u /* documents: more are told as a number */
#define PLACES_SHOWN 3u  /* of each */
#define SNIPPET      36u /* letters on either side of what was found */

/* "S14" or "14". */
static enum err read_seat(struct cli *cli, unsigned *out, struct why *why)
{
	const char *word = args_value(&cli->args, "seat");
	int64_t seat;
	*out = 0;
	if (word == NULL)
		return OK;
	const char *digits = word[0] == 'S' || word[0] == 's' ? word + 1 : word;
	enum err e = coach_number("a seat", digits, 1, 60, &seat, why);
	if (e == OK)
		*out = (unsigned)seat;
	return e;
}

static const char *place_name(struct cli *cli, const struct seek_place *place)
{
	const char *name = tr_in("field", place->field);
	if (place->key[0] != '\0')
		name = arena_format(&cli->arena, "%s[%s]", name,
			print_clean(&cli->arena, bytes_text(place->key)));
	if (place->has_time)
		name = arena_format(&cli->arena, "%s %llu:%02llu", name,
			(unsigned long long)(place->t_ms / 60000),
			(unsigned long long)(place->t_ms / 1000 % 60));
	return place->with == NULL
		       ? name
		       : arena_format(&cli->arena, "%s (%s)", name, place->with);
}

static void place_text(struct cli *cli, const struct seek_place *place)
{
	struct snippet snippet = seek_snippet(&cli->arena, place, SNIPPET);
	bool set_off = cli->print.has_colour;
	print_line(&cli->print, "    %s: %s%s%s%s%s", place_name(cli, place),
		snippet.before, set_off ? "\033[1m" : "", snippet.found,
		set_off ? "\033[0m" : "", snippet.after);
}

static enum err hit_text(struct cli *cli, struct notebook_txn *txn,
	const struct seek_hit *hit, bool gather, struct why *why)
{
	struct view_line line;
	enum err e = view_line(txn, hit->id, &line, why);
	if (e != OK)
		return e;
	print_line(&cli->print, "%s  %s  %s%s", line.handle,
		tr_in("kind", line.kind->name), line.title,
		gather && !hit->is_of_class ? tr("  (of no class: it may be meant)")
					    : "");
	size_t shown = gather ? hit->count : PLACES_SHOWN;
	for (size_t i = 0; i < hit->count && i < shown; i++)
		place_text(cli, &hit->places[i]);
	if (hit->count > shown)
		print_line(&cli->print,
			tr_n("    and %zu more place in it: kith show %s",
				"    and %zu more places in it: kith show %s",
				hit->count - shown),
			hit->count - shown, line.handle);
	return OK;
}

static enum err show_hits(struct cli *cli, struct notebook_txn *txn,
	const struct seek_words *words, const struct seek_hit *hits, size_t count,
	struct why *why)
{
	bool gather = words->class_label != NULL;
	size_t shown = count > HITS_SHOWN && !gather && !args_has(&cli->args, "all")
			       ? HITS_SHOWN
			       : count;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < shown; i++)
		e = hit_text(cli, txn, &hits[i], gather, why);
	if (shown < count)
		print_line(&cli->print,
			tr_n("And %zu more document: --all shows it.",
				"And %zu more documents. One more word makes them fewer; "
				"--all shows them.",
				count - shown),
			count - shown);
	if (count == 0)
		print_line(&cli->print, "Nothing you hold says so.");
	if (words->seat > 0)
		print_line(&cli->print,
			"Looked for the seat, and for the name kept for it if there is "
			"one. What people wrote in other words is not found.");
	return e;
}

static void place_json(struct cli *cli, const struct seek_place *place)
{
	struct json *json = &cli->print.json;
	struct snippet snippet = seek_snippet(&cli->arena, place, SNIPPET);
	json_object(json, NULL);
	json_cstr(json, "field", place->field);
	if (place->key[0] != '\0')
		json_cstr(json, "key", place->key);
	if (place->has_time)
		json_uint(json, "t_ms", place->t_ms);
	if (place->with != NULL)
		json_cstr(json, "with", place->with);
	json_cstr(json, "text",
		arena_format(&cli->arena, "%s%s%s", snippet.before, snippet.found,
			snippet.after));
	json_cstr(json, "found", snippet.found);
	json_close(json);
}

static enum err hits_json(struct cli *cli, struct notebook_txn *txn,
	const struct seek_hit *hits, size_t count, struct why *why)
{
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_array(json, "documents");
	for (size_t i = 0; i < count; i++) {
		struct view_document document;
		enum err e = view_document(txn, hits[i].id, &document, why);
		if (e != OK)
			return e;
		show_json_whole(json, NULL, &document);
		if (args_has(&cli->args, "class"))
			json_bool(json, "of_class", hits[i].is_of_class);
		json_array(json, "places");
		for (size_t k = 0; k < hits[i].count; k++)
			place_json(cli, &hits[i].places[k]);
		json_close(json);
		json_close(json);
	}
	json_close(json);
	json_close(json);
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct seek_words words = {.words = cli->args.words,
		.count = cli->args.word_count,
		.class_label = args_value(&cli->args, "class")};
	struct partner *with;
	struct seek_hit *hits;
	size_t count;
	enum err e = read_seat(cli, &words.seat, why);
	if (e == OK)
		e = coach_kind(args_value(&cli->args, "kind"), &words.kind, why);
	if (e == OK)
		e = cli_look(cli, &txn, why);
	if (e == OK)
		e = cli_partner(cli, txn, "with", &with, why);
	if (e != OK)
		return e;
	words.with = with;
	if (!cli->print.is_json && !args_has(&cli->args, "all") &&
		words.class_label == NULL)
		words.most = HITS_SHOWN;
	e = coach_seek(txn, &words, &hits, &count, why);
	if (e != OK)
		return e;
	return cli->print.is_json ? hits_json(cli, txn, hits, count, why)
				  : show_hits(cli, txn, &words, hits, count, why);
}

static const struct option options[] = {
	{"kind", "KIND", "only notes, visits, feedback, …"},
	{"with", "NAME", "only what that partner has too"},
	{"class", "LABEL", "only what belongs to this class, or names it"},
	{"seat", "S14", "with --class: everything about this seat"},
	{"all", NULL, "show every document, however many"},
};
const struct command cmd_find = {
	.name = "find",
	.group = GROUP_WRITING,
	.words = "[WORDS]",
	.summary = "words in everything you hold; or all about one class or seat",
	.detail =
		"A document is found when it has all the words: in its texts, in the "
		"lines of a lesson, in comments and in your partner's words. Case and "
		"accents make no difference. Words in quotes are looked for as they "
		"stand together.\n"
		"\n"
		"With --class and --seat it gathers what is here about one pupil, should "
		"somebody have the right to see it: by the seat, and by the name kept "
		"for it.",
	.min = 0,
	.max = SEEK_WORDS_MAX,
	OPTIONS(options),
	.run = run,
};
