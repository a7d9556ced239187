#include "cli/coach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"
#include "cli/suggest.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/coaching/lesson.h"
#include "core/coaching/parting.h"
#include "core/coaching/schema.h"
#include "core/notebook/people.h"

enum err coach_kind(const char *word, const struct kind_schema **out, struct why *why)
{
	*out = word != NULL ? coaching_kind(word) : NULL;
	if (word == NULL || *out != NULL)
		return OK;
	const char *names[64];
	size_t count = 0;
	for (; count < coaching_schema.count && count < 64; count++)
		names[count] = coaching_schema.kinds[count].name;
	const char *nearest = suggest(word, names, count);
	if (nearest == NULL)
		return because(
			why, ERR_USAGE, "there is no kind of document \"%.40s\"", word);
	return because(why, ERR_USAGE,
		"there is no kind of document \"%.40s\"; did you mean \"%s\"?", word,
		nearest);
}

enum err coach_word(struct cli *cli, struct notebook_txn *txn, size_t index,
	const char *kind, struct id *out, struct why *why)
{
	const char *word = args_word(&cli->args, index);
	struct leaf *leaf;
	if (word == NULL)
		return because(why, ERR_USAGE, "which %s? Name it by its handle or title",
			tr_in("kind", kind));
	const char *const kinds[] = {kind, NULL};
	enum err e = coach_find_as(txn, word, kinds, out, why);
	if (e == OK)
		e = leaf_open(txn, *out, &leaf, why);
	if (e == OK && strcmp(leaf->head->kind->name, kind) != 0)
		return because(why, ERR_REFUSED, "%.100s is a %s, not a %s", word,
			tr_in("kind", leaf->head->kind->name), tr_in("kind", kind));
	return e;
}

/* The session a word means: itself, or that of the visit. */
enum err coach_session(struct cli *cli, struct notebook_txn *txn, size_t index,
	struct id *out, struct why *why)
{
	static const char *const visits[] = {"visit", NULL};
	const char *word = args_word(&cli->args, index);
	struct leaf *leaf;
	struct id id;
	if (word == NULL)
		return because(
			why, ERR_USAGE, "which visit? Name it by its handle or title");
	enum err e = coach_find_as(txn, word, visits, &id, why);
	if (e == OK)
		e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	*out = id;
	if (strcmp(leaf->head->kind->name, "session") == 0)
		return OK;
	if (strcmp(leaf->head->kind->name, "visit") != 0)
		return because(why, ERR_REFUSED, "%.100s is a %s, not a visit", word,
			tr_in("kind", leaf->head->kind->name));
	e = lesson_of_visit(txn, id, out, why);
	if (e == OK && id_is_zero(*out))
		return because(why, ERR_NOT_FOUND,
			"this visit was not observed yet: kith observe %.100s", word);
	return e;
}

const char *const *coach_list(struct cli *cli, const char *text, size_t *count)
{
	*count = 0;
	if (text == NULL)
		return NULL;
	char *copy = arena_text(&cli->arena, text), *rest = NULL;
	const char **out = arena_array(&cli->arena, strlen(text) / 2 + 1, sizeof *out);
	for (char *word = strtok_r(copy, ", ", &rest); word != NULL;
		word = strtok_r(NULL, ", ", &rest))
		out[(*count)++] = word;
	return out;
}

enum err coach_time(const char *text, uint64_t *out_ms, struct why *why)
{
	uint64_t seconds = 0;
	unsigned parts = 0;
	const char *at = text;
	for (;;) {
		size_t len = strspn(at, "0123456789");
		if (len == 0 || len > 3 || parts == 3 || (parts > 0 && atoi(at) > 59))
			break;
		seconds = seconds * 60 + (uint64_t)atoi(at);
		parts++;
		at += len;
		if (*at == '\0' && parts >= 2) {
			*out_ms = seconds * 1000;
			return OK;
		}
		if (*at++ != ':')
			break;
	}
	return because(why, ERR_INVALID,
		"\"%.40s\" is no time in a lesson; write minutes and seconds, 12:04",
		text);
}

enum err coach_number(const char *what, const char *text, int64_t min, int64_t max,
	int64_t *out, struct why *why)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < min || value > max)
		return because(why, ERR_INVALID,
			"%s is a number from %lld to %lld, not \"%.40s\"", tr(what),
			(long long)min, (long long)max, text);
	*out = value;
	return OK;
}

enum err coach_done(struct cli *cli, struct notebook_txn **txn, struct id id,
	const char *sentence, struct why *why)
{
	struct view_document document;
	enum err e = view_document(*txn, id, &document, why);
	if (e != OK)
		return e;
	show_made(cli, &document, sentence);
	return cli_commit(txn, why);
}

const char *coach_rest(struct cli *cli, size_t index)
{
	CLEAN_BUF struct buf all = {0};
	if (args_word(&cli->args, index) == NULL)
		return NULL;
	for (size_t i = index; i < cli->args.word_count; i++)
		buf_add_format(
			&all, "%s%s", i > index ? " " : "", args_word(&cli->args, i));
	return arena_string(&cli->arena, buf_bytes(&all));
}

enum err coach_partner(
	struct cli *cli, struct notebook_txn *txn, struct partner **out, struct why *why)
{
	struct partner *partners;
	size_t count, active = 0;
	enum err e = cli_partner(cli, txn, "with", out, why);
	if (e != OK || *out != NULL)
		return e;
	e = people_partners(txn, &partners, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		if (partners[i].state == PARTNER_LEFT ||
			partners[i].state == PARTNER_LEAVING)
			continue;
		*out = &partners[i];
		active++;
	}
	if (e != OK)
		return because(why, e, "the partners cannot be read: %s", err_text(e));
	if (active == 0)
		return because(why, ERR_NOT_FOUND,
			"you have no partner yet: kith pair, side by side with a "
			"colleague");
	return active == 1 ? OK : because(why, ERR_USAGE, "with whom? Say --with NAME");
}

size_t coach_captures_left(struct notebook_txn *txn, const struct partner *partner)
{
	struct parting parting;
	return people_was_left(txn, partner) &&
			       parting_look(txn, partner, &parting, NULL) == OK
		       ? parting.capture_count
		       : 0;
}

void coach_say_captures(struct cli *cli, size_t captures, const char *name)
{
	if (captures > 0)
		print_line(&cli->print,
			tr_n("  %zu raw capture of their lessons is here; keep or erase "
			     "it: kith unpair %s",
				"  %zu raw captures of their lessons are here; keep or "
				"erase them: kith unpair %s",
				captures),
			captures, name);
}
