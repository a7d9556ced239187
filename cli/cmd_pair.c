/* kith pair: two teachers beside each other become partners. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/pause.h"
#include "cli/prompt.h"
#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/crypto/process.h"
#include "core/notebook/invisible.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/link.h"
#include "net/host/loop.h"
#include "net/host/pairer.h"
#include "net/host/visible.h"

/* What the person was asked last and has not answered. */
enum question {
	ASKED_NOTHING,
	ASKED_CODE,
	ASKED_WORDS,
};

struct pair {
	struct cli *cli;
	struct loop *loop;
	struct pairer *pairer;
	struct lines *lines;
	enum question asked;
	bool compared; /* words were on the screen */
	bool burned;   /* a code was wrong */
	char words[WORDS_TEXT_MAX];

	const char *called;       /* --name-for, or "" */
	struct person_id partner; /* once written */
	struct link_report met;   /* the session that followed */
	bool is_invisible;        /* here */
	bool over;
	enum err err;
	struct why why;
};

/* ---- Telling. With --json the document alone is on stdout, and what a person must see
 * on the way is on stderr. */

PRINTF_LIKE(2, 3)
static void tell(struct pair *p, const char *format, ...)
{
	va_list list;
	FILE *to = p->cli->print.is_json ? stderr : stdout;
	va_start(list, format);
	vfprintf(to, tr(format), list);
	va_end(list);
	fputc('\n', to);
	fflush(to);
}

/* At a terminal the answer stands behind the question. */
static void ask(struct pair *p, enum question question, const char *text)
{
	lines_forget_typed(p->lines);
	p->asked = question;
	fprintf(stderr, "%s%s", tr(text), prompt_is_possible() ? " " : "\n");
	fflush(stderr);
}

static void stop(struct pair *p, enum err e, const char *why)
{
	if (p->over)
		return;
	p->over = true;
	p->err = because(&p->why, e, "%s", tr(why));
}

/* ---- The store */

static void fill_known(struct notebook_txn *txn, const struct partner *partner,
	struct pairing_known *known)
{
	known->person = partner->person;
	known->list_number = partner->list.number;
	known->space = partner->space;
	if (people_open_space(txn, &partner->person, &known->space, &known->space_key))
		known->state = PAIRING_SPACE_OPEN;
	else if (id_is_zero(partner->space))
		known->state = PAIRING_SPACE_NONE;
	else
		known->state = PAIRING_SPACE_CLOSED;
}

/* Everyone I am or was paired with, wiped and freed by the caller; where I am invisible.
 */
static enum err read_known(struct cli *cli, struct pairing_known **out, size_t *count,
	struct invisible *invisible, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = people_partners(txn, &partners, count)) != OK ||
		(e = invisible_read(txn, invisible, why)) != OK)
		return e;
	*out = mem_array(*count, sizeof **out);
	for (size_t i = 0; i < *count; i++)
		fill_known(txn, &partners[i], &(*out)[i]);
	return OK;
}

static enum err keep(struct pair *p, const struct pairing_outcome *outcome)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct pairing_result result = {.list = outcome->list,
		.list_bytes = outcome->list_bytes,
		.name = outcome->name,
		.called = p->called,
		.root = outcome->root,
		.i_typed = outcome->i_typed,
		.kept = outcome->kept,
		.space = outcome->space,
		.space_key = outcome->space_key,
		.provisional = outcome->provisional};
	enum err e = cli_edit(p->cli, &txn, &p->why);
	if (e == OK)
		e = people_pair(txn, &result, &p->why);
	if (e == OK)
		e = cli_commit(&txn, &p->why);
	wipe(&result, sizeof result);
	p->partner = outcome->list.person;
	return e;
}

/* ---- What the pairing decides */

static void show_code(struct pair *p, const struct pairing_event *event)
{
	const char *problem = p->is_invisible ? tr("you are invisible on this network")
					      : pairer_problem(p->pairer);
	tell(p, event->again ? "Another code: %s" : "Your code: %s", event->code);
	if (event->again)
		return;
	tell(p, "Beside you, your colleague types: kith pair --enter");
	if (problem != NULL)
		tell(p,
			"They will not find this computer by themselves: %s. It listens "
			"on "
			"port %u; they may add: --address HOST:%u",
			problem, pairer_port(p->pairer), pairer_port(p->pairer));
}

/* Words that were not the same, or an answer that did not come, end the command: a person
 * should look up before trying again. */
static void next_code(struct pair *p, const struct pairing_event *event)
{
	if (p->compared) {
		stop(p, ERR_MISMATCH, event->why);
		pairer_cancel(p->pairer);
		return;
	}
	if (event->again) {
		p->burned = true;
		fprintf(stderr, "kith: %s\n", tr(event->why));
	}
	if (event->type == PAIRING_SHOW_CODE)
		show_code(p, event);
	else
		ask(p, ASKED_CODE, "The code on your colleague's screen:");
}

static void compare(struct pair *p, const struct pairing_event *event)
{
	char question[256];
	p->compared = true;
	(void)snprintf(p->words, sizeof p->words, "%s", event->words);
	tell(p,
		event->is_known ? "%s is your partner already; this renews it."
				: "The other side is called %s.",
		event->name);
	tell(p, "words: %s", p->words);
	(void)snprintf(question, sizeof question,
		tr("Are these the three words on %s's screen? [y/n]"), event->name);
	ask(p, ASKED_WORDS, question);
}

static void done(struct pair *p, const struct pairing_event *event)
{
	enum err e = keep(p, event->outcome);
	if (e == OK) {
		pairer_kept(p->pairer);
		return;
	}
	stop(p, e, why_text(&p->why, e));
	pairer_cancel(p->pairer);
}

/* Nobody typed another code after a wrong one: it was the wrong one that ended it. */
static void failed(struct pair *p, const struct pairing_event *event)
{
	if (event->err == ERR_MISMATCH)
		pause_begin(notebook_dir(p->cli->notebook));
	bool waited = event->err == ERR_TIMEOUT || event->err == ERR_CLOSED;
	stop(p, p->burned && waited ? ERR_MISMATCH : event->err, event->why);
}

static void take_lines(struct pair *p);

static void on_event(void *arg, const struct pairing_event *event)
{
	struct pair *p = arg;
	p->asked = ASKED_NOTHING;
	if (event == NULL) {
		p->over = true;
		return;
	}
	switch (event->type) {
	case PAIRING_SHOW_CODE:
	case PAIRING_ASK_CODE:
		next_code(p, event);
		break;
	case PAIRING_COMPARE:
		compare(p, event);
		break;
	case PAIRING_DONE:
		done(p, event);
		break;
	case PAIRING_FAILED:
		failed(p, event);
		break;
	case PAIRING_DIAL:
	case PAIRING_HANG_UP:
		break;
	}
	take_lines(p);
}

/* ---- What the person says */

static void answer_code(struct pair *p, const char *line)
{
	struct why why;
	enum err e = pairer_typed(p->pairer, line, &why);
	p->asked = ASKED_NOTHING;
	if (e == OK)
		return;
	fprintf(stderr, "kith: %s\n", why_text(&why, e));
	ask(p, ASKED_CODE, "The code on your colleague's screen:");
}

static void answer_words(struct pair *p, const char *line)
{
	const char *first = line + strspn(line, " \t");
	bool yes = is_yes(first), no = is_no(first);
	if (!yes && !no) {
		ask(p, ASKED_WORDS, "The same three words? y or n:");
		return;
	}
	p->asked = ASKED_NOTHING;
	if (yes)
		tell(p, "Waiting for your colleague to say so too.");
	pairer_answer(p->pairer, yes);
}

/* Standard input is at its end and there is a question. */
static void no_answer(struct pair *p)
{
	if (p->asked == ASKED_WORDS)
		stop(p, ERR_MISMATCH,
			"nobody said that the words are the same, so nothing "
			"was kept: answer y or n");
	else
		stop(p, p->burned ? ERR_MISMATCH : ERR_INVALID,
			p->burned ? "the codes did not match, and no other was typed"
				  : "no code was typed: give it as a line on stdin");
	pairer_cancel(p->pairer);
}

static void take_lines(struct pair *p)
{
	WIPED(buf) line = {0};
	(void)buf_extend(&line, LINE_MAX_LEN + 1);
	buf_clear(&line);
	while (p->asked != ASKED_NOTHING && !p->over && lines_next(p->lines, &line)) {
		if (p->asked == ASKED_CODE)
			answer_code(p, buf_text(&line));
		else
			answer_words(p, buf_text(&line));
	}
	if (p->asked != ASKED_NOTHING && !p->over && lines_ended(p->lines))
		no_answer(p);
}

static void on_lines(void *arg)
{
	take_lines(arg);
}

static void on_signal(void *arg, int signal)
{
	(void)signal;
	struct pair *p = arg;
	stop(p, ERR_REFUSED, "given up: nothing was kept");
	pairer_cancel(p->pairer);
}

/* ---- The command */

static enum err read_address(struct cli *cli, const char *option, struct address *out,
	bool *given, struct why *why)
{
	const char *text = args_value(&cli->args, option);
	*given = text != NULL;
	return text != NULL ? address_read(text, true, out, why) : OK;
}

static enum err read_called(struct pair *p, struct why *why)
{
	const char *name = args_value(&p->cli->args, "name-for");
	p->called = "";
	if (name == NULL)
		return OK;
	p->called = print_clean(&p->cli->arena, bytes_text(name));
	if (p->called[0] == '\0' || strlen(p->called) > NAME_MAX_LEN)
		return because(why, ERR_USAGE, "--name-for takes a name of 1 to %d bytes",
			NAME_MAX_LEN);
	return OK;
}

static enum err check_options(struct cli *cli, struct why *why)
{
	bool types = args_has(&cli->args, "enter");
	if (types && args_has(&cli->args, "listen"))
		return because(why, ERR_USAGE,
			"--listen is for whoever shows the code; with --enter it is "
			"--address");
	if (!types && args_has(&cli->args, "address"))
		return because(why, ERR_USAGE,
			"--address is for whoever types the code; without --enter it is "
			"--listen");
	return OK;
}

static enum err begin(struct pair *p, struct why *why)
{
	struct address listen, to;
	bool has_listen, has_to;
	struct invisible invisible;
	struct pairing_known *known = NULL;
	size_t known_count = 0;
	enum err e = read_address(p->cli, "listen", &listen, &has_listen, why);
	if (e == OK)
		e = read_address(p->cli, "address", &to, &has_to, why);
	if (e == OK)
		e = read_known(p->cli, &known, &known_count, &invisible, why);
	if (e != OK)
		return e;
	p->is_invisible = visible_now(&invisible) != VISIBLE;
	const struct me *me = notebook_me(p->cli->notebook);
	struct pairer_config config = {.loop = p->loop,
		.pairing = {.typer = args_has(&p->cli->args, "enter"),
			.own = &me->device_secret,
			.person = me->person,
			.list = buf_bytes(&me->list),
			.name = me->name,
			.known = known,
			.known_count = known_count,
			.versions = wire_versions_own()},
		.listen = has_listen ? &listen : NULL,
		.to = has_to ? &to : NULL,
		.is_invisible = p->is_invisible,
		.fn = on_event,
		.arg = p};
	e = pairer_new(&config, &p->pairer, why);
	wipe(known, known_count * sizeof *known);
	mem_free(known);
	return e;
}

static enum err talk(struct pair *p, struct why *why)
{
	enum err e = loop_signals(p->loop, on_signal, p);
	if (e == OK)
		e = begin(p, why);
	if (e != OK)
		return e;
	p->lines = lines_new(p->loop, on_lines, p);
	while (e == OK && !p->over)
		e = loop_run_once(p->loop, -1);
	if (e == OK && p->err != OK)
		e = because(why, p->err, "%s", why_text(&p->why, p->err));
	return e;
}

/* A session that does not come about takes nothing back: they meet at the next sync. */
static void meet(struct pair *p)
{
	struct why why;
	p->over = false;
	if (pairer_meet(p->pairer, p->cli->notebook, &p->met, &why) != OK)
		print_note(&p->cli->print, "kith: paired, but not met yet: %s", why.text);
}

static enum err say(struct pair *p, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = cli_look(p->cli, &txn, why);
	if (e != OK)
		return e;
	const struct partner *partner = people_partner(txn, &p->partner);
	if (partner == NULL)
		return because(
			why, ERR_DAMAGED, "the partner was written but is not there");
	const char *name = view_partner(partner);
	if (!p->cli->print.is_json) {
		print_line(&p->cli->print,
			p->met.sync.verified
				? "Paired with %s, and met: identical, verified. Next: "
				  "kith share HANDLE --with \"%s\""
				: "Paired with %s. Next: kith share HANDLE --with \"%s\"",
			name, name);
		return OK;
	}
	char person[PERSON_TEXT + 1];
	person_text(partner->person, person);
	json_object(&p->cli->print.json, NULL);
	json_cstr(&p->cli->print.json, "partner", name);
	json_cstr(&p->cli->print.json, "person", person);
	json_cstr(&p->cli->print.json, "words", p->words);
	json_bool(&p->cli->print.json, "met", p->met.sync.met);
	json_bool(&p->cli->print.json, "verified", p->met.sync.verified);
	json_close(&p->cli->print.json);
	return OK;
}

static void release(struct pair *p)
{
	lines_free(p->lines);
	pairer_free(p->pairer);
	loop_free(p->loop);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(release) struct pair p = {.cli = cli};
	enum err e = check_options(cli, why);
	if (e == OK)
		e = read_called(&p, why);
	if (e == OK)
		e = process_harden(why);
	if (e == OK && cli->notebook == NULL)
		e = cli_open(cli, why);
	if (e == OK)
		e = pause_is_over(notebook_dir(cli->notebook), why);
	if (e != OK)
		return e;
	p.loop = loop_new();
	e = talk(&p, why);
	if (e != OK)
		return e;
	meet(&p);
	return say(&p, why);
}

static const struct option options[] = {
	{"enter", NULL, "type the code that your colleague's screen shows"},
	{"listen", "HOST:PORT", "show a code: wait there, and nowhere else"},
	{"address", "HOST:PORT",
		"with --enter: the other computer, where it is not found"},
	{"name-for", "NAME", "what you call them; they never see it"},
};
const struct command cmd_pair = {
	.name = "pair",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "become partners with a colleague beside you",
	.detail = "One shows a code (kith pair), the other types it (kith pair --enter). "
		  "Then both see\n"
		  "three words and a name: compare them aloud and answer y or n.",
	OPTIONS(options),
	.run = run,
};
