#include "cli/digest.h"

#include <string.h>

#include "core/base/tr.h"
#include "core/coaching/needs.h"
#include "core/coaching/views.h"
#include "core/notebook/ledger.h"
#include "core/notebook/places.h"

#define TITLES 3u /* as many are named; the rest is counted */

enum err digest_begin(struct cli *cli, struct notebook_txn *txn, struct partner *partner,
	struct digest *out)
{
	const char **notices;
	*out = (struct digest){.person = partner->person};
	if (ledger_notices(txn, partner, &notices) > 0)
		out->notice = arena_text(&cli->arena, notices[0]);
	return news_mark(txn, partner, &out->mark);
}

void digest_release(struct digest *digest)
{
	news_mark_release(&digest->mark);
}

/* All that is said of one partner, read at once. */
struct reading_of {
	const char *name;
	struct news news;
	struct place_both *places;
	struct need *needs;
	const char **notices;
	size_t place_count, need_count, notice_count;
};

/* Those with this partner come to the front. */
static size_t keep_places(
	struct notebook_txn *txn, struct reading_of *r, struct person_id person)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->place_count; i++) {
		struct leaf *leaf;
		if (leaf_open(txn, r->places[i].document, &leaf, NULL) == OK &&
			person_equal(leaf->partner, person))
			r->places[kept++] = r->places[i];
	}
	return kept;
}

static size_t keep_needs(struct reading_of *r, struct person_id person)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->need_count; i++)
		if (person_equal(r->needs[i].partner, person))
			r->needs[kept++] = r->needs[i];
	return kept;
}

static size_t new_notices(const struct reading_of *r, const struct digest *digest)
{
	size_t count = 0;
	while (count < r->notice_count &&
		(digest->notice == NULL ||
			strcmp(r->notices[count], digest->notice) != 0))
		count++;
	return count;
}

static enum err read_all(struct notebook_txn *txn, const struct digest *digest,
	struct reading_of *r, struct why *why)
{
	static const struct id all;
	struct partner *partner = people_partner(txn, &digest->person);
	*r = (struct reading_of){0};
	if (partner == NULL)
		return because(why, ERR_NOT_FOUND, "there is no such partner");
	r->name = view_partner(partner);
	enum err e = news_since(txn, partner, &digest->mark, &r->news);
	if (e == OK)
		e = places_of(txn, all, &r->places, &r->place_count, why);
	if (e == OK)
		e = needs_of(txn, &r->needs, &r->need_count, why);
	if (e != OK)
		return e;
	r->place_count = keep_places(txn, r, digest->person);
	r->need_count = keep_needs(r, digest->person);
	r->notice_count = ledger_notices(txn, partner, &r->notices);
	r->notice_count = new_notices(r, digest);
	return OK;
}

/* ---- In words. */

/* `n-k7f3x "Too private"`. */
static const char *named(struct cli *cli, struct notebook_txn *txn, struct id id)
{
	struct leaf *leaf;
	char handle[HANDLE_TEXT];
	if (leaf_open(txn, id, &leaf, NULL) != OK)
		return "";
	leaf_handle(txn, leaf, handle);
	/* The owner looks at the lesson before the partner's words about it. */
	if (strcmp(leaf->head->kind->name, "feedback") == 0)
		return arena_format(&cli->arena, tr("%s (feedback)"), handle);
	return arena_format(&cli->arena, "%s \"%s\"", handle, view_title(txn, leaf));
}

static const char *listed(
	struct cli *cli, struct notebook_txn *txn, const struct id *ids, size_t count)
{
	const char *all = "";
	for (size_t i = 0; i < count && i < TITLES; i++)
		all = arena_format(&cli->arena, "%s%s%s", all, i > 0 ? ", " : "",
			named(cli, txn, ids[i]));
	size_t more = count > TITLES ? count - TITLES : 0;
	if (more > 0)
		all = arena_format(&cli->arena,
			tr_n("%s, and %zu more", "%s, and %zu more", more), all, more);
	return all;
}

static void say_need(struct cli *cli, struct notebook_txn *txn, const struct need *need)
{
	struct print *print = &cli->print;
	struct leaf *leaf;
	char h[HANDLE_TEXT];
	if (leaf_open(txn, need->document, &leaf, NULL) != OK)
		return;
	leaf_handle(txn, leaf, h);
	const char *name = view_person(txn, &need->partner);
	const char *title = view_title(txn, leaf);
	const char *word = print_clean(&cli->arena, bytes_text(need->word));
	switch (need->kind) {
	case NEED_ANSWER:
		print_line(print,
			"  %s asks you to visit \"%s\": kith visit accept %s (or other, "
			"or decline)",
			name, title, h);
		break;
	case NEED_AGAIN:
		print_line(print,
			"  %s changed the plan you had accepted, \"%s\": kith visit "
			"accept %s",
			name, title, h);
		break;
	case NEED_TIME:
		print_line(print,
			"  %s proposes %s for \"%s\": kith visit plan %s --when \"%s\"",
			name, word, title, h, word);
		break;
	case NEED_SIGN:
		print_line(print, "  %s signed your agreement: kith agreement --with %s",
			name, name);
		break;
	case NEED_LOOK:
		print_line(print,
			"  %s wrote feedback of a kind you did not ask for (%s). Show? "
			"kith feedback --show",
			name, word);
		break;
	case NEED_QUOTE:
		print_line(print,
			"  %s asks to quote you, \"%s\": kith quote approve %s (or "
			"decline, or other)",
			name, title, h);
		break;
	case NEED_PART:
		print_line(print,
			"  what you noted in \"%s\" is here still; keep or erase it: "
			"kith "
			"unpair %s",
			title, name);
		break;
	}
}

static bool is_quiet(const struct reading_of *r, size_t voids)
{
	return r->news.fresh_count + r->news.changed_count + r->news.gone +
		       r->notice_count + voids ==
	       0;
}

static void say_lines(
	struct cli *cli, struct notebook_txn *txn, const struct reading_of *r)
{
	struct print *print = &cli->print;
	if (r->news.fresh_count > 0)
		print_line(print, "  new from %s: %s", r->name,
			listed(cli, txn, r->news.fresh, r->news.fresh_count));
	if (r->news.changed_count > 0)
		print_line(print, "  changed: %s",
			listed(cli, txn, r->news.changed, r->news.changed_count));
	if (r->place_count > 0)
		print_line(print,
			tr_n("  both wrote: %zu place needs a look; everything is kept",
				"  both wrote: %zu places need a look; everything is "
				"kept",
				r->place_count),
			r->place_count);
	if (r->news.gone > 0)
		print_line(print, "  taken back: %zu", r->news.gone);
	if (r->need_count > 0)
		print_line(print, "  needs you, whenever you like: %zu", r->need_count);
}

enum err digest_text(struct cli *cli, struct notebook_txn *txn,
	const struct digest *digest, size_t voids, struct why *why)
{
	struct reading_of r;
	enum err e = read_all(txn, digest, &r, why);
	if (e != OK || is_quiet(&r, voids))
		return e;
	say_lines(cli, txn, &r);
	for (size_t i = 0; i < r.need_count; i++)
		say_need(cli, txn, &r.needs[i]);
	for (size_t i = 0; i < r.notice_count; i++)
		print_line(&cli->print, "  %s",
			print_clean(&cli->arena, bytes_text(r.notices[i])));
	/* The same sentence twice is one notice: this sync is to be told all the same. */
	if (voids > 0 && r.notice_count == 0)
		print_line(&cli->print,
			"  %zu changes by %s were left out: they do what their author "
			"may not do",
			voids, r.name);
	return OK;
}

/* ---- As JSON. */

static void add_handles(struct cli *cli, struct notebook_txn *txn, const char *key,
	const struct id *ids, size_t count)
{
	json_array(&cli->print.json, key);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf;
		char handle[HANDLE_TEXT];
		if (leaf_open(txn, ids[i], &leaf, NULL) != OK)
			continue;
		leaf_handle(txn, leaf, handle);
		json_cstr(&cli->print.json, NULL, handle);
	}
	json_close(&cli->print.json);
}

static void add_needs(
	struct cli *cli, struct notebook_txn *txn, const struct reading_of *r)
{
	static const char *const words[] = {[NEED_ANSWER] = "answer_visit",
		[NEED_AGAIN] = "answer_visit_again",
		[NEED_TIME] = "other_time",
		[NEED_SIGN] = "sign_agreement",
		[NEED_LOOK] = "feedback_held_back",
		[NEED_QUOTE] = "answer_quote",
		[NEED_PART] = "decide_captures"};
	struct json *json = &cli->print.json;
	json_array(json, "needs_you");
	for (size_t i = 0; i < r->need_count; i++) {
		struct leaf *leaf;
		char handle[HANDLE_TEXT];
		if (leaf_open(txn, r->needs[i].document, &leaf, NULL) != OK)
			continue;
		leaf_handle(txn, leaf, handle);
		json_object(json, NULL);
		json_cstr(json, "what", words[r->needs[i].kind]);
		json_cstr(json, "handle", handle);
		json_close(json);
	}
	json_close(json);
}

enum err digest_json(struct cli *cli, struct notebook_txn *txn,
	const struct digest *digest, size_t voids, struct why *why)
{
	struct json *json = &cli->print.json;
	struct reading_of r;
	enum err e = read_all(txn, digest, &r, why);
	if (e != OK)
		return e;
	add_handles(cli, txn, "new", r.news.fresh, r.news.fresh_count);
	add_handles(cli, txn, "changed", r.news.changed, r.news.changed_count);
	json_uint(json, "taken_back", r.news.gone);
	add_needs(cli, txn, &r);
	json_uint(json, "left_out", voids);
	json_array(json, "notices");
	for (size_t i = 0; i < r.notice_count; i++)
		json_cstr(json, NULL, r.notices[i]);
	json_close(json);
	return OK;
}
