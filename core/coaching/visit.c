#include "core/coaching/visit.h"

#include <string.h>

#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/lesson.h"
#include "core/coaching/search.h"
#include "core/coaching/when.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"
#include "core/notebook/card.h"

const char *const wanted_words[WANTED_KINDS] = {
	"noticed", "strength", "wondered", "idea", "data"};

static const struct {
	const char *word, *text;
} states[] = {
	[VISIT_DRAFT] = {"draft", N_("planned, not sent")},
	[VISIT_SENT] = {"sent", N_("sent")},
	[VISIT_OTHER_TIME] = {"other_time", N_("another time was proposed")},
	[VISIT_DECLINED] = {"declined", N_("not this time")},
	[VISIT_ACCEPTED] = {"accepted", N_("accepted")},
	[VISIT_DROPPED] = {"dropped", N_("dropped")},
	[VISIT_RAN] = {"ran", N_("took place")},
	[VISIT_HANDED_OVER] = {"handed_over", N_("handed over")},
	[VISIT_TALKED] = {"talked", N_("talked about")},
	[VISIT_REFLECTED] = {"reflected", N_("reflected on")},
	[VISIT_CLOSED] = {"closed", N_("closed")},
};

const char *visit_state_word(enum visit_state state)
{
	return states[state].word;
}

const char *visit_state_text(enum visit_state state)
{
	return states[state].text;
}

/* ---- Where it stands. */

/* What an acceptance is of: when, how long, where. */
static struct hash plan_hash(struct notebook_txn *txn, const struct leaf *leaf)
{
	CLEAN_BUF struct buf minutes = {0};
	struct bytes nothing = {(const uint8_t *)"\0", 1};
	buf_add_format(&minutes, "%lld", (long long)have_int(txn, leaf, "minutes", 0));
	struct bytes parts[] = {have_text(txn, leaf, "when"), nothing,
		buf_bytes(&minutes), nothing, have_text(txn, leaf, "place")};
	return hash_of("kith/visit/plan/1", parts, sizeof parts / sizeof parts[0]);
}

/* What the answers add up to. */
struct answers {
	bool dropped, declined, accepted, stale, other_time;
	bool any_accept;
};

static void read_answers(struct notebook_txn *txn, const struct leaf *leaf,
	struct answers *sum, struct visit *out)
{
	struct reading log;
	struct hash now = plan_hash(txn, leaf);
	have_all(txn, leaf, "answers", &log);
	for (size_t i = 0; i < log.count; i++) {
		struct bytes record = log.items[i].value, of;
		if (part_is(record, "answer", "drop"))
			sum->dropped = true;
		if (part_is(record, "answer", "accept")) {
			struct pack_reader r = {0};
			struct hash then = {{0}};
			if (value_part(record, "of", &of)) {
				r = pack_read(of);
				pack_read_fixed(&r, then.b, sizeof then.b);
			}
			sum->any_accept = true;
			sum->accepted = hash_equal(&then, &now);
			sum->stale = !sum->accepted;
			sum->declined = sum->other_time = false;
		}
		if (part_is(record, "answer", "decline")) {
			sum->declined = true;
			sum->accepted = sum->stale = sum->other_time = false;
		}
		if (part_is(record, "answer", "other_time")) {
			sum->other_time = true;
			sum->accepted = sum->stale = sum->declined = false;
			out->other_when =
				arena_string(txn_arena(txn), part_text(record, "when"));
			out->other_text =
				arena_string(txn_arena(txn), part_text(record, "text"));
		}
	}
}

static unsigned read_done(struct notebook_txn *txn, const struct leaf *leaf)
{
	static const char *const words[] = {"ran", "talked", "reflected", "closed"};
	struct reading log;
	unsigned done = 0;
	have_all(txn, leaf, "done", &log);
	for (size_t i = 0; i < log.count; i++)
		for (size_t k = 0; k < 4; k++)
			if (part_is(log.items[i].value, "done", words[k]))
				done |= 1u << k;
	return done;
}

static enum err state_of(struct notebook_txn *txn, const struct leaf *leaf,
	struct visit *out, struct why *why)
{
	struct answers sum = {0};
	struct id session = {{0}};
	read_answers(txn, leaf, &sum, out);
	unsigned done = read_done(txn, leaf);
	struct card handed;
	enum err e = lesson_of_visit(txn, leaf->id, &session, why);
	bool over = e == OK && !id_is_zero(session) &&
		    card_find(txn, session, &handed, NULL) == OK && !handed.is_private;
	out->both_answered = sum.dropped && sum.any_accept;
	out->state = done & (1u << DONE_CLOSED)      ? VISIT_CLOSED
		     : done & (1u << DONE_REFLECTED) ? VISIT_REFLECTED
		     : done & (1u << DONE_TALKED)    ? VISIT_TALKED
		     : over                          ? VISIT_HANDED_OVER
		     : sum.dropped                   ? VISIT_DROPPED
		     : done & (1u << DONE_RAN)       ? VISIT_RAN
		     : leaf->is_private              ? VISIT_DRAFT
		     : sum.declined                  ? VISIT_DECLINED
		     : sum.other_time || sum.stale   ? VISIT_OTHER_TIME
		     : sum.accepted                  ? VISIT_ACCEPTED
						     : VISIT_SENT;
	return e;
}

static const char **read_words(struct notebook_txn *txn, const struct leaf *leaf,
	const char *name, size_t *count)
{
	struct reading set;
	have_all(txn, leaf, name, &set);
	const char **out = arena_array(txn_arena(txn), set.count, sizeof *out);
	for (size_t i = 0; i < set.count; i++)
		out[i] = arena_string(txn_arena(txn), value_text(set.items[i].value));
	*count = set.count;
	return out;
}

static unsigned wanted_bit(const char *word)
{
	for (unsigned i = 0; i < WANTED_KINDS; i++)
		if (strcmp(word, wanted_words[i]) == 0)
			return 1u << i;
	return 0;
}

static enum err open_visit(
	struct notebook_txn *txn, struct id id, struct leaf **out, struct why *why)
{
	enum err e = leaf_open(txn, id, out, why);
	if (e == OK && strcmp((*out)->head->kind->name, "visit") != 0)
		return because(why, ERR_REFUSED, "that is a %s, not a visit",
			tr_in("kind", (*out)->head->kind->name));
	return e;
}

/* What visit_wants() asks for. */
static void read_wanted(
	struct notebook_txn *txn, const struct leaf *leaf, struct visit *out)
{
	size_t count;
	const char **wanted = read_words(txn, leaf, "wanted", &count);
	for (size_t i = 0; i < count; i++)
		out->wanted |= wanted_bit(wanted[i]);
}

enum err visit_read_wanted(
	struct notebook_txn *txn, struct id id, struct visit *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct visit){.id = id};
	enum err e = open_visit(txn, id, &leaf, why);
	if (e == OK)
		read_wanted(txn, leaf, out);
	return e;
}

enum err visit_read(
	struct notebook_txn *txn, struct id id, struct visit *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct visit){.id = id, .other_when = "", .other_text = ""};
	enum err e = open_visit(txn, id, &leaf, why);
	if (e != OK)
		return e;
	out->i_teach =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	if (!leaf->is_private)
		out->partner = leaf->partner;
	else if (!out->i_teach) /* kept when the pair ended */
		out->partner = leaf->head->owner;
	out->goal = have_ref(txn, leaf, "goal");
	out->room = have_ref(txn, leaf, "room");
	out->when = have_line(txn, leaf, "when");
	out->place = have_line(txn, leaf, "place");
	out->class_label = have_line(txn, leaf, "class_label");
	out->aim = have_line(txn, leaf, "aim");
	out->focus = have_line(txn, leaf, "focus");
	out->not_wanted = have_line(txn, leaf, "not_wanted");
	out->sit = have_line(txn, leaf, "sit");
	out->minutes = have_int(txn, leaf, "minutes", 0);
	out->instruments = read_words(txn, leaf, "instruments", &out->instrument_count);
	read_wanted(txn, leaf, out);
	return state_of(txn, leaf, out, why);
}

bool visit_wants(const struct visit *visit, const char *kind)
{
	return visit->wanted == 0 || (visit->wanted & wanted_bit(kind)) != 0;
}

/* ---- The plan. */

/* "noticed, questions" is how people say it: plurals and the verb's other form are taken.
 */
static const char *wanted_kind(const char *word)
{
	static const struct {
		const char *word, *kind;
	} also[] = {{"notice", "noticed"}, {"noticing", "noticed"},
		{"noticings", "noticed"}, {"strengths", "strength"},
		{"question", "wondered"}, {"questions", "wondered"},
		{"wonder", "wondered"}, {"ideas", "idea"}};
	for (size_t i = 0; i < sizeof also / sizeof also[0]; i++)
		if (strcmp(word, also[i].word) == 0)
			return also[i].kind;
	return wanted_bit(word) != 0 ? word : NULL;
}

static enum err write_wanted(struct notebook_txn *txn, struct id id,
	const struct visit_words *words, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < words->wanted_count; i++) {
		const char *kind = wanted_kind(words->wanted[i]);
		if (kind == NULL)
			return because(why, ERR_INVALID,
				"\"%.40s\" is no kind of feedback; there are noticed, "
				"strength, "
				"wondered, idea, data",
				words->wanted[i]);
		e = write_add(txn, id, "wanted", bytes_text(kind), why);
	}
	return e;
}

static enum err write_instruments(struct notebook_txn *txn, struct id id,
	const struct visit_words *words, struct why *why)
{
	enum err e = OK;
	if (words->instrument_count > 3)
		return because(why, ERR_INVALID,
			"one cannot watch for more than three things at once: name three "
			"instruments at most");
	for (size_t i = 0; e == OK && i < words->instrument_count; i++) {
		const struct instrument *found =
			lesson_instrument(txn, bytes_text(words->instruments[i]));
		if (found == NULL)
			return because(why, ERR_NOT_FOUND,
				"there is no instrument \"%.40s\"; all there are: kith "
				"instrument",
				words->instruments[i]);
		e = write_add(txn, id, "instruments", found->id, why);
	}
	return e;
}

static enum err write_when(
	struct notebook_txn *txn, struct id id, const char *when, struct why *why)
{
	struct moment moment;
	char text[WHEN_TIME];
	if (when == NULL)
		return OK;
	enum err e = when_read(when, moment_now(), &moment, why);
	if (e != OK)
		return e;
	when_text(moment, text);
	return write_text(txn, id, "when", bytes_text(text), why);
}

static enum err write_plan(struct notebook_txn *txn, struct id id,
	const struct visit_words *words, struct why *why)
{
	const struct {
		const char *name, *text;
	} texts[] = {{"class_label", words->class_label}, {"place", words->place},
		{"aim", words->aim}, {"focus", words->focus},
		{"not_wanted", words->not_wanted}, {"sit", words->sit}};
	if (words->minutes != 0 && (words->minutes < 5 || words->minutes > 120))
		return because(why, ERR_INVALID,
			"a visit lasts 5 to 120 minutes, not %lld; a longer lesson is "
			"two "
			"visits",
			(long long)words->minutes);
	enum err e = write_when(txn, id, words->when, why);
	for (size_t i = 0; e == OK && i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].text != NULL)
			e = write_text(
				txn, id, texts[i].name, bytes_text(texts[i].text), why);
	if (e == OK && words->minutes != 0)
		e = write_int(txn, id, "minutes", words->minutes, why);
	if (e == OK && !id_is_zero(words->goal))
		e = write_ref(txn, id, "goal", words->goal, why);
	if (e == OK && !id_is_zero(words->room))
		e = write_ref(txn, id, "room", words->room, why);
	if (e == OK)
		e = write_instruments(txn, id, words, why);
	if (e == OK)
		e = write_wanted(txn, id, words, why);
	return e;
}

enum err coach_visit_plan(struct notebook_txn *txn, const struct visit_words *words,
	struct id *out, struct why *why)
{
	enum err e = write_new(txn, "visit", out, why);
	if (e == OK)
		e = write_plan(txn, *out, words, why);
	if (e == OK && (words->focus == NULL || utf8_blank(bytes_text(words->focus))))
		e = because(why, ERR_INVALID,
			"a plan needs a focus: what is to be looked at? --focus \"…\"");
	return e;
}

enum err coach_visit_change(struct notebook_txn *txn, struct id visit,
	const struct visit_words *words, struct why *why)
{
	struct leaf *leaf;
	enum err e = open_visit(txn, visit, &leaf, why);
	return e == OK ? write_plan(txn, visit, words, why) : e;
}

/* ---- Answers. */

static const char *const answer_words[] = {
	"accept", "other_time", "decline", "drop", "ask_kind", "suggest"};

static enum err check_answer(
	const struct visit *visit, enum visit_answer answer, struct why *why)
{
	if (visit->state == VISIT_DRAFT && answer != ANSWER_DROP)
		return because(
			why, ERR_REFUSED, "this visit is not sent yet: kith visit send");
	if (visit->state == VISIT_DROPPED)
		return because(
			why, ERR_REFUSED, "this visit was dropped; plan a new one");
	if (visit->state >= VISIT_RAN && answer != ANSWER_ASK_KIND &&
		answer != ANSWER_SUGGEST)
		return because(why, ERR_REFUSED, "this visit took place already");
	if (visit->i_teach && (answer == ANSWER_ACCEPT || answer == ANSWER_DECLINE))
		return because(why, ERR_REFUSED,
			"this is your own lesson: the answer is your partner's; change "
			"the "
			"plan with kith visit plan, or drop it");
	return OK;
}

enum err coach_visit_answer(struct notebook_txn *txn, struct id id,
	enum visit_answer answer, const char *when, const char *text, struct why *why)
{
	struct visit visit;
	struct leaf *leaf;
	struct moment moment;
	char time[WHEN_TIME] = "";
	enum err e = visit_read(txn, id, &visit, why);
	if (e == OK)
		e = check_answer(&visit, answer, why);
	if (e == OK && answer == ANSWER_OTHER_TIME) {
		e = when_read(when != NULL ? when : "", moment_now(), &moment, why);
		if (e == OK)
			when_text(moment, time);
	}
	if (e == OK)
		e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	struct hash of = plan_hash(txn, leaf);
	const char *kind =
		answer == ANSWER_ASK_KIND && text != NULL ? wanted_kind(text) : NULL;
	if (answer == ANSWER_ASK_KIND && kind == NULL)
		return because(why, ERR_INVALID,
			"ask for one of noticed, strength, wondered, idea, data");
	struct part parts[] = {
		{.name = "answer", .text = bytes_text(answer_words[answer])},
		{.name = "of", .hash = answer == ANSWER_ACCEPT ? of.b : NULL},
		{.name = "when", .text = bytes_text(time)},
		{.name = "text",
			.text = bytes_text(text != NULL && kind == NULL ? text : "")},
		{.name = "kind", .text = bytes_text(kind != NULL ? kind : "")},
	};
	return write_record(txn, id, "answers", parts, 5, NULL, why);
}

enum err coach_visit_done(
	struct notebook_txn *txn, struct id id, enum visit_done done, struct why *why)
{
	static const char *const words[] = {"ran", "talked", "reflected", "closed"};
	struct leaf *leaf;
	enum err e = open_visit(txn, id, &leaf, why);
	if (e != OK)
		return e;
	/* Said once is enough, whoever said it. */
	if (read_done(txn, leaf) & (1u << done))
		return OK;
	struct part part = {.name = "done", .text = bytes_text(words[done])};
	return write_record(txn, id, "done", &part, 1, NULL, why);
}

/* ---- Balance. */

struct balancing {
	const struct person_id *partner;
	struct balance *out;
	enum err failed;
	struct why *why;
};

static void count_visit(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct balancing *b = arg;
	struct visit visit;
	if (b->failed != OK || !is_with_person(txn, leaf, b->partner))
		return;
	b->failed = visit_read(txn, leaf->id, &visit, b->why);
	if (b->failed == OK && visit.state >= VISIT_RAN)
		*(visit.i_teach ? &b->out->was_visited : &b->out->visited) += 1;
}

enum err visit_balance(struct notebook_txn *txn, const struct person_id *partner,
	struct balance *out, struct why *why)
{
	struct balancing b = {.partner = partner, .out = out, .why = why};
	*out = (struct balance){0};
	enum err e = each_of(txn, "visit", count_visit, &b, why);
	return e == OK ? b.failed : e;
}
