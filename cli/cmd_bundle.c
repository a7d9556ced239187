/* kith bundle: what a partner lacks as a file to carry, and reading one that came. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/crypto/process.h"
#include "core/notebook/ledger.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/bundle.h"

#define SHOWN_MAX 20u /* titles on the screen; --json has all */

/* ---- Writing */

static enum err find_reader(
	struct cli *cli, struct person_id *out, const char **name, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner = NULL;
	enum err e = cli_look(cli, &txn, why);
	if (e == OK)
		e = cli_partner(cli, txn, "for", &partner, why);
	if (e != OK)
		return e;
	*out = partner->person;
	*name = arena_text(&cli->arena, view_partner(partner));
	return OK;
}

static void say_written(struct cli *cli, const char *file, const char *name,
	const struct bundle_written *w, uint64_t bytes)
{
	struct print *print = &cli->print;
	const char *path = print_clean(&cli->arena, bytes_text(file));
	print_line(print,
		tr_n("%s is written (%zu change, %zu KB). Only %s can open it.",
			"%s is written (%zu changes, %zu KB). Only %s can open it.",
			w->entries),
		path, w->entries, (size_t)(bytes + 1023) / 1024, name);
	if (w->forked)
		print_line(print,
			"It carries no changes: two copies of one notebook were used, "
			"and it "
			"says where they part. Read the bundle that %s writes next.",
			name);
	else if (w->pulling)
		print_line(print,
			"Yours wait: this notebook was put back from a copy. When %s has "
			"read it, their next bundle brings back what is missing here.",
			name);
	else if (w->entries == 0)
		print_line(print,
			"Nothing is new for %s; it tells what has arrived here.", name);
	if (w->more)
		print_line(print,
			"It is full: the rest is in the next one, once you have read one "
			"from %s.",
			name);
	print_line(print, "%s reads it: kith bundle read FILE", name);
}

static enum err write_one(struct cli *cli, struct why *why)
{
	const char *file = args_word(&cli->args, 1), *name = NULL;
	struct person_id person;
	struct bundle_written written;
	uint64_t bytes = 0;
	if (args_value(&cli->args, "for") == NULL)
		return because(why, ERR_USAGE,
			"say whom it is for: kith bundle write FILE --for NAME");
	enum err e = find_reader(cli, &person, &name, why);
	if (e == OK)
		e = bundle_write(cli->notebook, &person, file, &written, &bytes, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json) {
		say_written(cli, file, name, &written, bytes);
		return OK;
	}
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_cstr(json, "partner", name);
	json_uint(json, "entries", written.entries);
	json_uint(json, "bytes", bytes);
	json_bool(json, "more", written.more);
	json_bool(json, "forked", written.forked);
	json_bool(json, "put_back", written.pulling);
	json_close(json);
	return OK;
}

/* ---- Reading */

struct reading_job {
	struct cli *cli;
	struct notebook_txn *txn;
	const struct bundle_taken *taken;
	const char *name;
	size_t pending;  /* what waits here to go to them */
	size_t captures; /* of their lessons, since they ended it */
	uint64_t verified_s;
};

static bool carry_back(const struct reading_job *job)
{
	const struct bundle_taken *t = job->taken;
	return !t->left && (t->they_lack || t->waits || t->missed || t->restored ||
				   t->my_fork || t->their_fork || t->pulling);
}

/* What is no document any more was taken back or dropped. */
static void say_documents(struct reading_job *job)
{
	const struct bundle_taken *t = job->taken;
	size_t shown = 0, more = 0, gone = 0;
	for (size_t i = 0; i < t->document_count; i++) {
		struct view_document document;
		if (view_document(job->txn, t->documents[i], &document, NULL) != OK)
			gone++;
		else if (shown == SHOWN_MAX)
			more++;
		else if (++shown <= SHOWN_MAX)
			print_line(&job->cli->print, "  %s  %s", document.handle,
				document.title);
	}
	if (more > 0)
		print_line(&job->cli->print,
			tr_n("  and %zu more", "  and %zu more", more), more);
	if (gone > 0)
		print_line(&job->cli->print,
			tr_n("  %zu is gone: taken back, or dropped",
				"  %zu are gone: taken back, or dropped", gone),
			gone);
}

static void say_came(struct reading_job *job)
{
	const struct bundle_taken *t = job->taken;
	struct print *print = &job->cli->print;
	print_line(print,
		tr_n("%s, written %s: %zu change came",
			"%s, written %s: %zu changes came", t->came),
		job->name, print_when(&job->cli->arena, t->written_s), t->came);
	say_documents(job);
	if (t->voids > 0)
		print_line(print,
			tr_n("%zu change was left out: it does what its author may not "
			     "do",
				"%zu changes were left out: they do what their author "
				"may "
				"not do",
				t->voids),
			t->voids);
	if (t->verified && t->waits)
		print_line(print, "identical so far, verified %s",
			print_when(&job->cli->arena, job->verified_s));
	else if (t->verified)
		print_line(print, "identical, verified %s",
			print_when(&job->cli->arena, job->verified_s));
	if (t->differs)
		print_line(print, "Your copies differ though both hold the same changes: "
				  "meet once on "
				  "a network (kith sync), so that both can mend them.");
}

/* What stands in the way; each ends by saying what to do. */
static bool say_trouble(struct reading_job *job)
{
	const struct bundle_taken *t = job->taken;
	struct print *print = &job->cli->print;
	if (t->healed)
		print_line(print, "Two copies of this notebook were used: what only this "
				  "one said is "
				  "in private notes now.");
	if (t->their_fork)
		print_line(print,
			"%s uses a copy of an older notebook: no change was taken. Write "
			"them a bundle, so that theirs can be mended.",
			job->name);
	else if (t->my_fork || t->restored || t->pulling)
		print_line(print,
			"This notebook is older than what %s has of it: it was put back "
			"from "
			"a copy. Write them a bundle and read the one that comes back; "
			"it "
			"brings what is missing.",
			job->name);
	else if (t->missed)
		print_line(print,
			"It goes on from changes that are not here: none was taken. "
			"Write %s "
			"a bundle; their next one brings them all.",
			job->name);
	else
		return false;
	return true;
}

static void say_next(struct reading_job *job)
{
	const struct bundle_taken *t = job->taken;
	struct print *print = &job->cli->print;
	if (t->left) {
		print_line(print, "The pair with %s has ended.", job->name);
		coach_say_captures(job->cli, job->captures, job->name);
	} else if (say_trouble(job))
		return;
	else if (t->waits && job->pending > 0)
		print_line(print,
			tr_n("%zu document waits for %s: kith bundle write FILE --for %s",
				"%zu documents wait for %s: kith bundle write FILE --for "
				"%s",
				job->pending),
			job->pending, job->name, job->name);
	else if (t->they_lack || t->waits)
		print_line(print,
			"Something waits for %s: kith bundle write FILE --for %s",
			job->name, job->name);
	else if (t->i_lack)
		print_line(print,
			"It was full: the rest is in %s's next one, once they have read "
			"one "
			"from you.",
			job->name);
	else if (t->came > 0)
		print_line(print,
			"Nothing has to go back; a bundle back would tell %s that this "
			"arrived.",
			job->name);
}

static enum err say_text(struct reading_job *job, struct why *why)
{
	struct print *print = &job->cli->print;
	size_t places = 0;
	if (job->taken->known) {
		print_line(print,
			"You have read it before, or a later one from %s: nothing "
			"changed.",
			job->name);
		return OK;
	}
	say_came(job);
	enum err e = places_say(job->cli, job->txn, &places, why);
	if (e == OK)
		say_next(job);
	return e;
}

static void add_documents(struct reading_job *job)
{
	struct json *json = &job->cli->print.json;
	const struct bundle_taken *t = job->taken;
	size_t gone = 0;
	json_array(json, "documents");
	for (size_t i = 0; i < t->document_count; i++) {
		struct view_document document;
		if (view_document(job->txn, t->documents[i], &document, NULL) != OK) {
			gone++;
			continue;
		}
		json_object(json, NULL);
		json_cstr(json, "handle", document.handle);
		json_cstr(json, "title", document.title);
		json_close(json);
	}
	json_close(json);
	json_uint(json, "gone", gone);
}

static enum err say_json(struct reading_job *job, struct why *why)
{
	struct json *json = &job->cli->print.json;
	const struct bundle_taken *t = job->taken;
	char text[ID_TEXT + 1];
	struct id fingerprint;
	memcpy(fingerprint.b, t->fingerprint, sizeof fingerprint.b);
	id_text(fingerprint, text);
	json_object(json, NULL);
	json_cstr(json, "partner", job->name);
	json_time(json, "written", t->written_s);
	json_bool(json, "read_before", t->known);
	json_uint(json, "received", t->came);
	add_documents(job);
	json_bool(json, "verified", t->verified);
	json_cstr(json, "fingerprint", t->verified ? text : NULL);
	json_bool(json, "differs", t->differs);
	json_bool(json, "put_back", t->restored || t->pulling);
	json_bool(json, "forked", t->my_fork || t->their_fork);
	json_bool(json, "missed", t->missed);
	json_bool(json, "ended", t->left);
	json_bool(json, "carry_back", carry_back(job));
	enum err e = places_json(job->cli, job->txn, "both_wrote", why);
	if (e == OK)
		json_close(json);
	return e;
}

static enum err read_one(struct cli *cli, struct why *why)
{
	CLEANUP(bundle_in_freep) struct bundle_in *bundle = NULL;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	if (args_has(&cli->args, "for"))
		return because(why, ERR_USAGE,
			"--for is for writing one: kith bundle read FILE");
	enum err e = cli_open(cli, why);
	if (e == OK)
		e = bundle_read(cli->notebook, args_word(&cli->args, 1), &bundle, why);
	if (e == OK)
		e = notebook_look(cli->notebook, &txn, why);
	if (e != OK)
		return e;
	struct reading_job job = {
		.cli = cli, .txn = txn, .taken = bundle_in_report(bundle)};
	struct partner *partner = people_partner(txn, &job.taken->person);
	job.name = arena_text(&cli->arena, view_person(txn, &job.taken->person));
	job.pending = partner != NULL ? ledger_pending(txn, partner) : 0;
	job.captures = partner != NULL ? coach_captures_left(txn, partner) : 0;
	job.verified_s = partner != NULL ? partner->verified_s : 0;
	return cli->print.is_json ? say_json(&job, why) : say_text(&job, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	static const char *const words[] = {"write", "read", NULL};
	size_t index;
	enum err e = args_choice("bundle", args_word(&cli->args, 0), words, &index, why);
	if (e == OK)
		e = process_harden(why);
	if (e != OK)
		return e;
	return index == 0 ? write_one(cli, why) : read_one(cli, why);
}

static const struct option options[] = {
	{"for", "NAME", "the partner who reads it (to write one)"},
};

const struct command cmd_bundle = {
	.name = "bundle",
	.group = GROUP_MEETING,
	.words = "write|read FILE",
	.summary = "a partner's changes as a file, where no network reaches",
	.detail =
		"bundle write FILE --for NAME  all that NAME does not have yet\n"
		"bundle read FILE  what a partner wrote for you\n"
		"\n"
		"Carry FILE on a USB stick, or send it as you like: only the partner's "
		"computer can open it, and nothing in it says whose it is. It does the "
		"same as meeting on a network: what you wrote goes, what you took back "
		"is "
		"erased, and both computers compare what they hold.\n"
		"\n"
		"It may come late, twice or never: the next one holds again what was not "
		"seen to arrive. One that is damaged, cut short or for somebody else "
		"changes nothing. What you take back later still stands in files that "
		"are "
		"written already: delete them once they were read.",
	.min = 2,
	.max = 2,
	OPTIONS(options),
	.run = run,
};
