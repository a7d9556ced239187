/* What must hold after every step, and at the end. */
#include "tests/laws/notebook_world.h"

static bool same_logs(const struct space *a, const struct space *b)
{
	size_t ours = 0, theirs = 0;
	for (size_t i = 0; i < a->log_count; i++)
		ours += a->logs[i].seq > 0;
	for (size_t i = 0; i < b->log_count; i++) {
		const struct space_log *log = &b->logs[i];
		theirs += log->seq > 0;
		bool same = log->seq == 0;
		for (size_t k = 0; k < a->log_count; k++)
			same = same || (log_id_equal(a->logs[k].id, log->id) &&
					       a->logs[k].seq == log->seq &&
					       hash_equal(&a->logs[k].head, &log->head));
		if (!same)
			return false;
	}
	return ours == theirs;
}

static bool is_whole(const struct space *s)
{
	return s->end_count == 0 && s->unread == 0 && s->incomplete == 0;
}

/* The sum as it is kept is the sum of what is there. */
static void check_sum(
	struct notebook_txn *txn, const struct machine *m, struct space *space)
{
	struct space fresh_sum = {.key = space->key};
	size_t count = 0;
	struct id *ids = documents(txn, false, space->id, &count);
	for (size_t i = 0; i < count; i++) {
		struct leaf_own *own = NULL;
		struct hash state;
		assert_int_equal(leaf_load(txn, ids[i], &own), OK);
		if (own->leaf.sealed == NULL)
			continue;
		leaf_state(space, own, &state);
		space_sum_add(&fresh_sum, &state);
	}
	for (size_t i = 0; i < space->end_count; i++)
		if (space->ends[i].counted)
			space_sum_add(&fresh_sum, &space->ends[i].state);
	if (memcmp(fresh_sum.sum, space->sum, sizeof space->sum) != 0)
		bad("I1 %s keeps a sum of what is not there", named(m));
}

static void check_ledger(struct notebook_txn *txn, const struct machine *m, size_t pair)
{
	struct ledger_line *lines = NULL;
	size_t count = 0;
	struct bytes heard = buf_bytes(&w.heard[pair]);
	assert_int_equal(
		ledger_of(txn, partner_in(txn, m, pair), &lines, &count, NULL), OK);
	for (size_t i = 0; i < count; i++) {
		if (lines[i].reach == REACH_NOT_SENT && !m->is_unaware && heard.len > 0 &&
			memmem(heard.at, heard.len, lines[i].document.b, 16) != NULL)
			bad("I7 %s says not sent: %s", named(m),
				short_id(lines[i].document));
	}
}

static void check_two(
	const struct machine *a, const struct machine *b, size_t pair, bool at_the_end)
{
	struct notebook_txn *x = look(a->t), *y = look(b->t);
	struct space *s = NULL, *t = NULL;
	assert_int_equal(space_open(x, partner_in(x, a, pair)->space, &s), OK);
	assert_int_equal(space_open(y, partner_in(y, b, pair)->space, &t), OK);
	bool same = same_logs(s, t);
	if (same && is_whole(s) && is_whole(t) &&
		memcmp(s->sum, t->sum, sizeof s->sum) != 0)
		bad("I1 %s and %s differ", named(a), named(b));
	if (at_the_end && (s->pulling || t->pulling))
		bad("I6 own history never comes back, %s and %s", named(a), named(b));
	if (at_the_end && (!same || !is_whole(s) || !is_whole(t)))
		bad("I6 %s and %s do not hold the same (%d %zu %lu %lu, %zu %lu %lu)",
			named(a), named(b), same, s->end_count, (unsigned long)s->unread,
			(unsigned long)s->incomplete, t->end_count,
			(unsigned long)t->unread, (unsigned long)t->incomplete);
	if (at_the_end || percent(15)) {
		check_sum(x, a, s);
		check_sum(y, b, t);
	}
	check_ledger(x, a, pair);
	check_ledger(y, b, pair);
	notebook_abort(x);
	notebook_abort(y);
}

void check_pairs(bool at_the_end)
{
	for (size_t i = 0; i < w.machine_count; i++)
		if ((at_the_end || percent(15)) && !cards_are_true(w.machines[i].t))
			bad("a card of %s is not as its document", named(&w.machines[i]));
	for (size_t p = 0; p < (w.persons == 2 ? 1 : PAIRS); p++)
		for (size_t i = 0; i < w.machine_count; i++)
			for (size_t k = i + 1; k < w.machine_count; k++)
				if (is_in(p, &w.machines[i]) && is_in(p, &w.machines[k]))
					check_two(&w.machines[i], &w.machines[k], p,
						at_the_end);
}

/* In one text no word stands twice. */
struct doubled {
	size_t words[1024], count;
};

static void see_doubled(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	struct doubled *d = context;
	(void)is_draft;
	if (field->type != FIELD_TEXT || field_is_whole(field, leaf->head->way) ||
		d->count == 1024)
		return;
	for (size_t i = 0; i < d->count; i++)
		if (d->words[i] == word)
			bad("I2 doubled: word %zu in %s", word, short_id(leaf->id));
	d->words[d->count++] = word;
}

static void check_doubled(const struct machine *m, size_t pair)
{
	size_t count = 0;
	struct notebook_txn *txn = look(m->t);
	struct id *ids = documents(txn, false, partner_in(txn, m, pair)->space, &count);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		struct doubled d = {.count = 0};
		assert_int_equal(leaf_open(txn, ids[i], &leaf, NULL), OK);
		words_of(txn, leaf, false, see_doubled, &d);
	}
	notebook_abort(txn);
}

static bool ended_anywhere(const struct word *t)
{
	for (size_t p = 0; p < PAIRS; p++) {
		struct ended e = {.pair = p, .document = t->document[p]};
		for (size_t i = 0; i < w.machine_count && !id_is_zero(e.document); i++)
			if (is_in(p, &w.machines[i]) && ended_here(&w.machines[i], &e))
				return true;
	}
	return false;
}

static void check_words(void)
{
	static bool have[3][WORDS_MAX];
	memset(have, 0, sizeof have);
	for (size_t i = 0; i < w.machine_count; i++)
		all_words(
			&w.machines[i], false, mark_present, have[w.machines[i].person]);
	for (size_t i = 0; i < w.word_count; i++) {
		const struct word *t = &w.words[i];
		if (!t->killed && !have[t->who][i] && t->lost != LOST_GONE &&
			!(t->lost == LOST_HELD && ended_anywhere(t)))
			bad("I2 lost: word %zu of %s", i, teachers[t->who].name);
	}
}

static void settle(void)
{
	while (w.meeting_count > 0)
		drop_meeting(0);
	for (int round = 0; round < 8; round++) {
		for (size_t i = 0; i < w.machine_count; i++) {
			for (size_t k = 0; k < i; k++) {
				const struct machine *a = &w.machines[k];
				const struct machine *b = &w.machines[i];
				if (a->person == b->person)
					continue;
				struct meeting *x = connect_to(a, b);
				meeting_run(x);
				check_refused(x);
				if (round == 7 &&
					!(x->side[0].verified && x->side[1].verified))
					bad("I6 %s and %s never verify", named(a),
						named(b));
				drop_meeting(w.meeting_count - 1);
			}
		}
	}
}

void check_at_the_end(void)
{
	note("-- at the end");
	settle();
	check_pairs(true);
	for (size_t i = 0; i < w.machine_count; i++)
		for (size_t p = 0; p < (w.persons == 2 ? 1 : PAIRS); p++)
			if (is_in(p, &w.machines[i]))
				check_doubled(&w.machines[i], p);
	for (size_t i = 0; i < w.end_count; i++)
		for (size_t k = 0; k < w.machine_count; k++)
			if (is_in(w.ends[i].pair, &w.machines[k]) &&
				has(w.machines[k].t, w.ends[i].document))
				bad("I4 %s still has %s", named(&w.machines[k]),
					short_id(w.ends[i].document));
	check_words();
}
