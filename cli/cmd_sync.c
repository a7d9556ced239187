/* kith sync: meet partners once, now; show what came, what went, and whether it is the
 * same. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/digest.h"
#include "cli/places.h"
#include "core/coaching/schema.h"
#include "core/coaching/views.h"
#include "core/crypto/process.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/clock.h"
#include "net/host/loop.h"
#include "net/host/node.h"

#define WAIT_S     20
#define WAIT_MAX_S 3600
#define GOODBYE_MS UINT64_C(1000)

/* One partner to meet, and what came of it. */
struct target {
	struct person_id person;
	const char *name;
	struct digest digest; /* of before */
	uint64_t mark;
	bool is_done;
	struct node_outcome outcome; /* when done; else the last failure */
	enum err err;
	struct why why;
};

struct sync_job {
	struct cli *cli;
	struct target *targets;
	size_t count;
	struct address address;
	bool has_address;
	uint64_t deadline_ms;
	bool is_stopped;
};

/* ---- Whom */

static enum err add_target(
	struct sync_job *job, struct notebook_txn *txn, struct partner *partner)
{
	struct target *target = &job->targets[job->count++];
	target->person = partner->person;
	target->name = arena_text(&job->cli->arena, view_partner(partner));
	return digest_begin(job->cli, txn, partner, &target->digest);
}

static void job_release(struct sync_job *job)
{
	for (size_t i = 0; i < job->count; i++)
		digest_release(&job->targets[i].digest);
}

static enum err choose_all(
	struct sync_job *job, struct notebook_txn *txn, struct why *why)
{
	struct partner *partners;
	size_t count;
	enum err e = people_partners(txn, &partners, &count);
	if (e != OK)
		return e;
	job->targets = arena_array(&job->cli->arena, count + 1, sizeof *job->targets);
	for (size_t i = 0; e == OK && i < count; i++)
		if (partners[i].state != PARTNER_LEFT)
			e = add_target(job, txn, &partners[i]);
	if (e == OK && job->count == 0)
		return because(why, ERR_NOT_FOUND,
			"there is nobody to meet yet; beside a colleague: kith pair");
	return e;
}

static enum err choose(struct sync_job *job, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	enum err e = cli_look(job->cli, &txn, why);
	if (e == OK)
		e = cli_partner(job->cli, txn, "with", &partner, why);
	if (e != OK)
		return e;
	if (partner == NULL)
		return choose_all(job, txn, why);
	job->targets = arena_array(&job->cli->arena, 1, sizeof *job->targets);
	if (partner->state == PARTNER_LEFT)
		return because(why, ERR_REFUSED, "the pair with %s has ended",
			view_partner(partner));
	return add_target(job, txn, partner);
}

static enum err read_options(struct sync_job *job, struct why *why)
{
	const char *address = args_value(&job->cli->args, "address");
	const char *wait = args_value(&job->cli->args, "wait");
	unsigned long seconds = WAIT_S;
	char *end;
	if (wait != NULL) {
		seconds = strtoul(wait, &end, 10);
		if (*wait < '0' || *wait > '9' || *end != '\0' || seconds > WAIT_MAX_S)
			return because(why, ERR_USAGE,
				"--wait takes a number of seconds, at most %d",
				WAIT_MAX_S);
	}
	job->deadline_ms = clock_monotonic_ms() + seconds * 1000;
	job->has_address = address != NULL;
	return address != NULL ? address_read(address, true, &job->address, why) : OK;
}

static const struct address *address_of(const struct sync_job *job)
{
	return job->has_address ? &job->address : NULL;
}

/* ---- As the node, where none runs */

static bool is_final(enum err e)
{
	return e != OK && e != ERR_NOT_REACHED && e != ERR_CLOSED && e != ERR_TIMEOUT &&
	       e != ERR_NOT_FOUND && e != ERR_BUSY;
}

/* Whether this one's time is over, one way or the other. */
static bool look_at(struct node *node, struct target *target)
{
	if (target->is_done || is_final(target->err))
		return true;
	target->is_done =
		node_outcome(node, target->person, target->mark, &target->outcome);
	target->err = target->outcome.err;
	target->why = target->outcome.why;
	return target->is_done || is_final(target->err);
}

static bool all_over(struct node *node, struct sync_job *job)
{
	bool is_over = true;
	for (size_t i = 0; i < job->count; i++)
		is_over = look_at(node, &job->targets[i]) && is_over;
	return is_over;
}

static void stop(void *arg, int signal)
{
	(void)signal;
	struct sync_job *job = arg;
	job->is_stopped = true;
}

static enum err turn(struct loop *loop, uint64_t deadline_ms)
{
	uint64_t now = clock_monotonic_ms();
	return loop_run_once(loop, now < deadline_ms ? (int64_t)(deadline_ms - now) : 0);
}

static enum err meet_all(
	struct sync_job *job, struct loop *loop, struct node *node, struct why *why)
{
	enum err e = loop_signals(loop, stop, job);
	for (size_t i = 0; e == OK && i < job->count; i++)
		e = node_nudge(node, job->targets[i].person, address_of(job),
			&job->targets[i].mark, why);
	while (e == OK && !job->is_stopped && !all_over(node, job) &&
		clock_monotonic_ms() < job->deadline_ms)
		e = turn(loop, job->deadline_ms);
	/* The last words are still to arrive there. */
	uint64_t goodbye_ms = clock_monotonic_ms() + GOODBYE_MS;
	while (e == OK && !job->is_stopped && node_is_busy(node) &&
		clock_monotonic_ms() < goodbye_ms)
		e = turn(loop, goodbye_ms);
	return e;
}

static enum err be_node(struct sync_job *job, struct loop *loop, struct why *why)
{
	struct node_config config = {
		.loop = loop, .schema = &coaching_schema, .once = true};
	CLEANUP(node_freep) struct node *node = NULL;
	enum err e = cli_home(job->cli, &config.dir, why);
	if (e == OK)
		e = node_new(&config, &node, why);
	if (e == OK)
		e = node_lend(node, job->cli->notebook, why);
	return e == OK ? meet_all(job, loop, node, why) : e;
}

/* ---- By the node that runs */

static enum err ask_node(struct sync_job *job, const char *home, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < job->count; i++)
		e = node_ask_nudge(home, job->targets[i].person, address_of(job),
			&job->targets[i].mark, why);
	for (size_t i = 0; e == OK && i < job->count; i++) {
		struct target *target = &job->targets[i];
		uint64_t now = clock_monotonic_ms();
		target->err = node_ask_outcome(home, target->person, target->mark,
			now < job->deadline_ms ? (int64_t)(job->deadline_ms - now) : 0,
			&target->outcome, &target->why);
		target->is_done = target->err == OK;
	}
	return e;
}

/* ---- What to say */

static void add_figures(struct json *json, const struct node_outcome *o)
{
	char text[ID_TEXT + 1];
	struct id fingerprint;
	memcpy(fingerprint.b, o->fingerprint, sizeof fingerprint.b);
	id_text(fingerprint, text);
	json_bool(json, "met", o->met);
	json_uint(json, "received", o->received);
	json_uint(json, "sent", o->sent);
	json_bool(json, "verified", o->verified);
	json_bool(json, "differs", o->differs);
	json_cstr(json, "fingerprint", o->verified ? text : NULL);
	json_uint(json, "round_trips", o->round_trips);
	json_uint(json, "bytes_in", o->bytes_in);
	json_uint(json, "bytes_out", o->bytes_out);
	json_uint(json, "ms", o->ms);
}

/* Several partners: the sums, and verified when all are. */
static struct node_outcome sum_up(const struct sync_job *job)
{
	struct node_outcome sum = {.verified = true};
	for (size_t i = 0; i < job->count; i++) {
		const struct node_outcome *o = &job->targets[i].outcome;
		bool is_done = job->targets[i].is_done;
		sum.met = sum.met || (is_done && o->met);
		sum.received += o->received;
		sum.sent += o->sent;
		sum.verified = sum.verified && is_done && o->verified;
		sum.differs = sum.differs || (is_done && o->differs);
		if (o->round_trips > sum.round_trips)
			sum.round_trips = o->round_trips;
		sum.bytes_in += o->bytes_in;
		sum.bytes_out += o->bytes_out;
		sum.ms = o->ms > sum.ms ? o->ms : sum.ms;
		memcpy(sum.fingerprint, o->fingerprint, sizeof sum.fingerprint);
	}
	return sum;
}

static enum err add_target_json(struct sync_job *job, struct notebook_txn *txn,
	const struct target *target, struct why *why)
{
	struct json *json = &job->cli->print.json;
	enum err e = OK;
	json_object(json, NULL);
	json_cstr(json, "name", target->name);
	json_bool(json, "reached", target->is_done);
	if (target->is_done) {
		add_figures(json, &target->outcome);
		e = digest_json(
			job->cli, txn, &target->digest, target->outcome.voids, why);
	} else {
		json_cstr(json, "text", why_text(&target->why, target->err));
	}
	json_close(json);
	return e;
}

static enum err say_json(struct sync_job *job, struct notebook_txn *txn, struct why *why)
{
	struct json *json = &job->cli->print.json;
	struct node_outcome sum = sum_up(job);
	json_object(json, NULL);
	add_figures(json, &sum);
	json_array(json, "partners");
	enum err e = OK;
	for (size_t i = 0; e == OK && i < job->count; i++)
		e = add_target_json(job, txn, &job->targets[i], why);
	json_close(json);
	if (e == OK)
		e = places_json(job->cli, txn, "both_wrote", why);
	if (e == OK)
		json_close(json);
	return e;
}

static enum err say_target(struct sync_job *job, struct notebook_txn *txn,
	const struct target *target, struct why *why)
{
	struct print *print = &job->cli->print;
	const struct node_outcome *o = &target->outcome;
	if (!target->is_done) {
		print_line(print, "%s: not met: %s", target->name,
			print_clean(&job->cli->arena,
				bytes_text(why_text(&target->why, target->err))));
		return OK;
	}
	if (o->verified)
		print_line(print, "%s: %zu came, %zu went; identical, verified %s",
			target->name, o->received, o->sent,
			print_when(&job->cli->arena, clock_wall_ms() / 1000));
	else if (o->differs)
		print_line(print, "%s: %zu came, %zu went; your copies are NOT the same",
			target->name, o->received, o->sent);
	else
		print_line(print,
			"%s: %zu came, %zu went; not compared yet (kith status says why)",
			target->name, o->received, o->sent);
	return digest_text(job->cli, txn, &target->digest, o->voids, why);
}

static enum err say_text(struct sync_job *job, struct notebook_txn *txn, struct why *why)
{
	size_t places = 0;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < job->count; i++)
		e = say_target(job, txn, &job->targets[i], why);
	return e == OK ? places_say(job->cli, txn, &places, why) : e;
}

/* One that was met is a success; else the reason why the first was not. */
static enum err verdict(const struct sync_job *job, struct why *why)
{
	for (size_t i = 0; i < job->count; i++)
		if (job->targets[i].is_done)
			return OK;
	const struct target *first = &job->targets[0];
	if (job->is_stopped)
		return because(
			why, ERR_NOT_REACHED, "stopped before %s was met", first->name);
	if (first->err == OK)
		return because(why, ERR_NOT_REACHED,
			"%s was not found on this network: ask whether their kith "
			"runs, give --address, or see kith doctor",
			first->name);
	return because(why, first->err == ERR_NOT_FOUND ? ERR_NOT_REACHED : first->err,
		"%s was not met: %.400s", first->name, why_text(&first->why, first->err));
}

static enum err meet(struct sync_job *job, struct why *why)
{
	const char *home;
	enum err e = cli_home(job->cli, &home, why);
	if (e != OK)
		return e;
	if (node_state(home) != NODE_NONE)
		return ask_node(job, home, why);
	struct loop *loop = loop_new();
	e = be_node(job, loop, why);
	loop_free(loop);
	/* One that started at the same moment is the node now. */
	return e == ERR_BUSY && node_state(home) != NODE_NONE ? ask_node(job, home, why)
							      : e;
}

/* All that was to be said is said; but copies that differ are no success (exit 7). */
static enum err say_differing(const struct sync_job *job, struct why *why)
{
	enum err e = print_flush(&job->cli->print, why);
	for (size_t i = 0; e == OK && i < job->count; i++)
		if (job->targets[i].is_done && job->targets[i].outcome.differs)
			return because(why, ERR_MISMATCH,
				"what you and %s have is not the same, and mending it "
				"did not help: kith status names the documents",
				job->targets[i].name);
	return e;
}

static enum err say(struct sync_job *job, struct notebook_txn *txn, struct why *why)
{
	struct cli *cli = job->cli;
	if (!cli->print.is_json) {
		enum err e = say_text(job, txn, why);
		return e == OK ? say_differing(job, why) : e;
	}
	if (sum_up(job).differs)
		cli->verdict = ERR_MISMATCH;
	return say_json(job, txn, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(job_release) struct sync_job job = {.cli = cli};
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = process_harden(why);
	if (e == OK)
		e = read_options(&job, why);
	if (e == OK)
		e = choose(&job, why);
	if (e == OK && job.has_address && job.count > 1)
		e = because(why, ERR_USAGE,
			"--address is one partner's: say whose it is with --with NAME");
	if (e == OK)
		e = meet(&job, why);
	if (e == OK)
		e = verdict(&job, why);
	if (e == OK)
		e = cli_look(cli, &txn, why);
	return e == OK ? say(&job, txn, why) : e;
}

static const struct option options[] = {
	{"with", "NAME", "meet this partner only (else all of them)"},
	{"address", "HOST:PORT", "try there too: where partners cannot find each other"},
	{"wait", "S", "give up after so many seconds (20)"},
};

const struct command cmd_sync = {
	.name = "sync",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "meet a partner now, and prove that both hold the same",
	.detail =
		"Their kith has to run at the same time: kith run, or kith sync on both "
		"sides.",
	OPTIONS(options),
	.run = run,
};
