#include <stdio.h>
#include <string.h>

#include "net/host/node_parts.h"

static struct outcomes *outcomes_of(struct node *node, struct person_id person)
{
	for (size_t i = 0; i < node->outcome_count; i++)
		if (person_equal(node->outcomes[i].person, person))
			return &node->outcomes[i];
	if (node->outcome_count == PARTNERS_MAX) /* those who left make room */
		node->outcome_count--;
	struct outcomes *outcomes = &node->outcomes[node->outcome_count++];
	*outcomes = (struct outcomes){.person = person};
	return outcomes;
}

static void say_done(struct node *node, const struct node_outcome *outcome,
	const struct sync_report *report, bool is_first)
{
	CLEAN_BUF struct buf text = {0};
	if (!is_first && outcome->received == 0 && outcome->sent == 0 &&
		outcome->verified)
		return;
	sync_report_add(report, &text);
	node_log(node, "%s: %s", node_called(node, outcome->person), buf_text(&text));
}

/* A partner who is away is said to be so once, not at each attempt. */
static void say_failed(
	struct node *node, struct outcomes *outcomes, const struct node_outcome *outcome)
{
	bool is_news = !outcomes->is_down || outcomes->failed.err != outcome->err;
	if (is_news)
		node_log(node, "%s: %s", node_called(node, outcome->person),
			outcome->why.text);
	outcomes->is_down = true;
}

static void publish(struct node *node, const struct node_outcome *outcome)
{
	if (node->config.outcome != NULL)
		node->config.outcome(node->config.arg, outcome);
	node_answer_waiting(node);
}

void node_note_done(struct node *node, struct person_id person,
	const struct link_report *report, bool is_first)
{
	struct node_outcome outcome = {.number = ++node->outcome_numbers,
		.person = person,
		.met = report->sync.met,
		.received = report->sync.came,
		.sent = report->sync.sent,
		.both_wrote = report->sync.both_wrote,
		.voids = report->sync.voids,
		.verified = report->sync.verified,
		.differs = report->sync.differs,
		.round_trips = report->sync.round_trips,
		.bytes_in = report->bytes_in,
		.bytes_out = report->bytes_out,
		.ms = report->ms};
	memcpy(outcome.fingerprint, report->sync.fingerprint, sizeof outcome.fingerprint);
	struct outcomes *outcomes = outcomes_of(node, person);
	outcomes->is_down = false;
	outcomes->done = outcome;
	say_done(node, &outcome, &report->sync, is_first);
	publish(node, &outcome);
}

void node_note_failed(struct node *node, struct person_id person, enum err e,
	const char *sentence, const struct link_report *report)
{
	struct node_outcome outcome = {.number = ++node->outcome_numbers,
		.person = person,
		.err = e,
		.met = report->sync.met,
		.received = report->sync.came,
		.sent = report->sync.sent,
		.bytes_in = report->bytes_in,
		.bytes_out = report->bytes_out,
		.ms = report->ms};
	snprintf(outcome.why.text, sizeof outcome.why.text, "%s", sentence);
	struct outcomes *outcomes = outcomes_of(node, person);
	say_failed(node, outcomes, &outcome);
	outcomes->failed = outcome;
	publish(node, &outcome);
}

bool node_outcome(const struct node *node, struct person_id person, uint64_t mark,
	struct node_outcome *out)
{
	*out = (struct node_outcome){.person = person};
	for (size_t i = 0; i < node->outcome_count; i++) {
		const struct outcomes *outcomes = &node->outcomes[i];
		if (!person_equal(outcomes->person, person))
			continue;
		if (outcomes->done.number > mark) {
			*out = outcomes->done;
			return true;
		}
		if (outcomes->failed.number > mark)
			*out = outcomes->failed;
	}
	return false;
}
