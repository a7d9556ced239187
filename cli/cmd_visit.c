/* kith visit: plan a visit to my lesson, answer one, see where it stands. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/coaching/daywords.h"
#include "core/coaching/schema.h"
#include "core/coaching/visit.h"
#include "core/notebook/share.h"

/* ---- Planning. */

static enum err read_plan(struct cli *cli, struct notebook_txn *txn,
	struct visit_words *words, struct why *why)
{
	const char *minutes = args_value(&cli->args, "min");
	static const char *const goals[] = {"goal", NULL};
	const char *goal = args_value(&cli->args, "goal");
	enum err e = OK;
	*words = (struct visit_words){
		.class_label = args_value(&cli->args, "class"),
		.when = args_value(&cli->args, "when"),
		.place = args_value(&cli->args, "place"),
		.aim = args_value(&cli->args, "aim"),
		.focus = args_value(&cli->args, "focus"),
		.not_wanted = args_value(&cli->args, "not"),
		.sit = args_value(&cli->args, "sit"),
	};
	words->instruments =
		coach_list(cli, args_value(&cli->args, "use"), &words->instrument_count);
	words->wanted =
		coach_list(cli, args_value(&cli->args, "want"), &words->wanted_count);
	if (minutes != NULL)
		e = coach_number("--min", minutes, 5, 120, &words->minutes, why);
	if (e == OK && goal != NULL)
		e = coach_find_as(txn, goal, goals, &words->goal, why);
	return e;
}

static enum err send(struct cli *cli, struct notebook_txn **txn, struct id id,
	struct partner *partner, struct why *why)
{
	struct id there;
	enum err e = share_document(*txn, id, partner, ROLE_COMMENT, &there, why);
	if (e != OK)
		return e;
	return coach_done(cli, txn, there,
		arena_format(&cli->arena,
			tr("It goes out when you next meet %s's computer; %s will see "
			   "exactly this: kith show"),
			view_partner(partner), view_partner(partner)),
		why);
}

/* With a handle it changes that plan. */
static enum err plan(struct cli *cli, struct notebook_txn **txn, struct why *why)
{
	struct visit_words words;
	struct partner *partner = NULL;
	struct id id;
	bool change = args_word(&cli->args, 1) != NULL;
	enum err e = read_plan(cli, *txn, &words, why);
	if (e == OK && change) {
		e = coach_word(cli, *txn, 1, "visit", &id, why);
		if (e == OK)
			e = coach_visit_change(*txn, id, &words, why);
		return e == OK ? coach_done(cli, txn, id, "Changed", why) : e;
	}
	if (e == OK && args_has(&cli->args, "with"))
		e = coach_partner(cli, *txn, &partner, why);
	if (e == OK)
		e = coach_visit_plan(*txn, &words, &id, why);
	if (e != OK)
		return e;
	if (partner != NULL)
		return send(cli, txn, id, partner, why);
	return coach_done(
		cli, txn, id, "Kept, private; kith visit send it to a partner", why);
}

static enum err send_one(struct cli *cli, struct notebook_txn **txn, struct why *why)
{
	struct partner *partner;
	struct id id;
	enum err e = coach_word(cli, *txn, 1, "visit", &id, why);
	if (e == OK)
		e = coach_partner(cli, *txn, &partner, why);
	return e == OK ? send(cli, txn, id, partner, why) : e;
}

/* ---- Answering. */

static enum err answer(struct cli *cli, struct notebook_txn **txn,
	enum visit_answer answer, struct why *why)
{
	static const char *const sentences[] = {
		[ANSWER_ACCEPT] = N_("Accepted; the answer goes out when you next meet"),
		[ANSWER_OTHER_TIME] = N_("Another time proposed"),
		[ANSWER_DECLINE] = N_("Not this time"),
		[ANSWER_DROP] = N_("Dropped; no reason is asked"),
		[ANSWER_ASK_KIND] = N_("Asked; the answer comes when you next meet"),
		[ANSWER_SUGGEST] = N_("Suggested"),
	};
	struct id id;
	const char *rest = coach_rest(cli, 2);
	enum err e = coach_word(cli, *txn, 1, "visit", &id, why);
	if (e == OK)
		e = coach_visit_answer(*txn, id, answer,
			answer == ANSWER_OTHER_TIME ? rest : NULL,
			answer == ANSWER_ASK_KIND || answer == ANSWER_SUGGEST ? rest
									      : NULL,
			why);
	return e == OK ? coach_done(cli, txn, id, sentences[answer], why) : e;
}

static enum err mark(
	struct cli *cli, struct notebook_txn **txn, enum visit_done done, struct why *why)
{
	struct id id;
	enum err e = coach_word(cli, *txn, 1, "visit", &id, why);
	if (e == OK)
		e = coach_visit_done(*txn, id, done, why);
	return e == OK ? coach_done(cli, txn, id, "Noted", why) : e;
}

/* ---- Showing. */

static const char *wanted_text(struct cli *cli, const struct visit *visit)
{
	const char *all = "";
	for (size_t i = 0; i < WANTED_KINDS; i++)
		if (visit->wanted & (1u << i))
			all = arena_format(&cli->arena, "%s%s%s", all,
				all[0] != '\0' ? ", " : "",
				tr_in("choice", wanted_words[i]));
	return all[0] != '\0' ? all : tr("anything");
}

static const char *day_text(struct cli *cli, const char *when)
{
	char said[DAYWORDS_DATE];
	daywords_written(when, said);
	return print_clean(&cli->arena, bytes_text(said));
}

static void show_visit_text(
	struct cli *cli, struct notebook_txn *txn, const struct visit *visit)
{
	struct print *print = &cli->print;
	print_line(print, visit->i_teach ? "  %s%s; I teach" : "  %s%s; I look",
		tr(visit_state_text(visit->state)),
		visit->both_answered ? tr(" (you answered at the same time)") : "");
	if (visit->state != VISIT_DRAFT)
		print_line(print, "  with %s", view_person(txn, &visit->partner));
	if (visit->when[0] != '\0')
		print_line(print, "  when: %s%s", day_text(cli, visit->when),
			visit->minutes > 0
				? arena_format(&cli->arena,
					  tr_n(", %lld minute", ", %lld minutes",
						  (unsigned long)visit->minutes),
					  (long long)visit->minutes)
				: "");
	if (visit->state == VISIT_OTHER_TIME && visit->other_when[0] != '\0')
		print_line(print, "  proposed instead: %s",
			day_text(cli, visit->other_when));
	print_line(print, "  feedback wanted: %s", wanted_text(cli, visit));
	for (size_t i = 0; i < visit->instrument_count; i++)
		print_line(print, "  to be watched with: %s",
			print_clean(&cli->arena, bytes_text(visit->instruments[i])));
}

static enum err show_one(
	struct cli *cli, struct notebook_txn *txn, struct id id, struct why *why)
{
	struct view_line line;
	struct visit visit;
	enum err e = visit_read(txn, id, &visit, why);
	if (e == OK)
		e = view_line(txn, id, &line, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json) {
		print_heading(&cli->print, "%s  %s", line.handle, line.title);
		show_visit_text(cli, txn, &visit);
		return OK;
	}
	show_json_line(cli, NULL, &line);
	json_cstr(&cli->print.json, "state", visit_state_word(visit.state));
	json_bool(&cli->print.json, "i_teach", visit.i_teach);
	json_cstr(&cli->print.json, "other_when",
		visit.other_when[0] != '\0' ? visit.other_when : NULL);
	json_close(&cli->print.json);
	return OK;
}

/* An invitation to whoever it is, never a debt (R1). */
static void say_balance(
	struct cli *cli, const char *partner, const struct balance *balance)
{
	size_t visited = balance->visited, was_visited = balance->was_visited;
	if (was_visited > visited)
		print_line(&cli->print,
			"%s: you visited %zu, were visited %zu. You are welcome there, "
			"whenever it suits you both.",
			partner, visited, was_visited);
	else if (visited > was_visited)
		print_line(&cli->print,
			"%s: you visited %zu, were visited %zu. Invite them to a lesson "
			"of yours, whenever it suits you both.",
			partner, visited, was_visited);
	else if (visited > 0)
		print_line(&cli->print, "%s: you visited %zu, were visited %zu", partner,
			visited, was_visited);
}

/* How often each visited the other, shown to both alike. */
static enum err show_balance(struct cli *cli, struct notebook_txn *txn, struct why *why)
{
	struct partner *partners;
	size_t count;
	enum err e = people_partners(txn, &partners, &count);
	if (cli->print.is_json)
		json_array(&cli->print.json, "balance");
	for (size_t i = 0; e == OK && i < count; i++) {
		struct balance balance;
		e = visit_balance(txn, &partners[i].person, &balance, why);
		if (e == OK && cli->print.is_json) {
			json_object(&cli->print.json, NULL);
			json_cstr(&cli->print.json, "with", view_partner(&partners[i]));
			json_uint(&cli->print.json, "visited", balance.visited);
			json_uint(&cli->print.json, "was_visited", balance.was_visited);
			json_close(&cli->print.json);
		} else if (e == OK) {
			say_balance(cli, view_partner(&partners[i]), &balance);
		}
	}
	if (cli->print.is_json)
		json_close(&cli->print.json);
	return e;
}

static enum err show_all(struct cli *cli, struct notebook_txn *txn, struct why *why)
{
	struct view_line *lines;
	size_t count;
	enum err e = view_lines(txn, coaching_kind("visit"), &lines, &count, why);
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "visits");
	}
	for (size_t i = 0; e == OK && i < count; i++)
		e = show_one(cli, txn, lines[i].id, why);
	if (cli->print.is_json)
		json_close(&cli->print.json);
	else if (count == 0)
		print_line(&cli->print, "No visit is planned. kith visit plan --with "
					"NAME --when \"tue 10:10\" "
					"--focus \"…\"");
	if (e == OK)
		e = show_balance(cli, txn, why);
	if (cli->print.is_json)
		json_close(&cli->print.json);
	return e;
}

static enum err act(struct cli *cli, struct notebook_txn **txn, struct why *why)
{
	static const char *const words[] = {"plan", "send", "accept", "other", "decline",
		"drop", "ask", "suggest", "ran", "talked", "reflected", "close", "show",
		NULL};
	size_t index = 0;
	enum err e = args_choice("visit", args_word(&cli->args, 0), words, &index, why);
	if (e != OK)
		return e;
	if (index == 0)
		return plan(cli, txn, why);
	if (index == 1)
		return send_one(cli, txn, why);
	if (index < 8)
		return answer(cli, txn,
			(enum visit_answer)((int[]){ANSWER_ACCEPT, ANSWER_OTHER_TIME,
				ANSWER_DECLINE, ANSWER_DROP, ANSWER_ASK_KIND,
				ANSWER_SUGGEST}[index - 2]),
			why);
	if (index < 12)
		return mark(cli, txn, (enum visit_done)(index - 8), why);
	struct id id;
	e = coach_word(cli, *txn, 1, "visit", &id, why);
	return e == OK ? show_one(cli, *txn, id, why) : e;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK)
		return e;
	return args_word(&cli->args, 0) == NULL ? show_all(cli, txn, why)
						: act(cli, &txn, why);
}

static const struct option options[] = {
	{"with", "NAME", "plan, send: the partner who is to come"},
	{"class", "LABEL", "which class: 9B"},
	{"when", "TIME", "such as tue 10:10, 2027-01-31 9:00, tomorrow 14h"},
	{"min", "N", "how long, 5 to 120 minutes"},
	{"place", "TEXT", "where"},
	{"aim", "TEXT", "what the lesson is for"},
	{"focus", "TEXT", "what to look at"},
	{"use", "INSTRUMENTS", "at most three: flow,wait"},
	{"want", "KINDS", "feedback wanted: noticed,strength,wondered,idea,data"},
	{"not", "TEXT", "what you do not want to hear about"},
	{"sit", "TEXT", "where to sit"},
	{"goal", "H", "the goal it is about"},
};
const struct command cmd_visit = {
	.name = "visit",
	.group = GROUP_VISITS,
	.words = "[ACT] [H]",
	.summary = "plan a visit to your lesson, answer one, see where it stands",
	.detail =
		"visit  all of them, and how often each visited the other\n"
		"visit plan [H]  a new plan, or a change of one; with --with it is sent\n"
		"visit send H  send it to a partner\n"
		"visit accept|decline H  come, or not\n"
		"visit other H TIME  another time\n"
		"visit ask H KIND  may I also say an idea?\n"
		"visit suggest H TEXT  something to look at\n"
		"visit drop H  either of you, at any point, without a reason\n"
		"visit ran|talked|reflected|close H  note how far it is",
	.min = 0,
	.max = WORDS_MANY,
	OPTIONS(options),
	.run = run,
};
