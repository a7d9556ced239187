/* Everything teachers and their machines do in a history. */
#include "core/notebook/restore.h"
#include "tests/laws/notebook_world.h"

static void do_new(const struct machine *m)
{
	static const char *const kinds[] = {"note", "goal", "session", "feedback"};
	struct id id = make(m->t, kinds[below(4)], NULL, NULL);
	note("%s makes %s", named(m), short_id(id));
	write_in(m, id);
	write_in(m, id);
}

static bool some_document(
	const struct machine *m, bool private, size_t pair, struct id *out)
{
	size_t count = 0;
	struct notebook_txn *txn = look(m->t);
	struct id space = private ? (struct id){0} : partner_in(txn, m, pair)->space;
	struct id *ids = documents(txn, private, space, &count);
	if (count > 0)
		*out = ids[below(count)];
	notebook_abort(txn);
	return count > 0;
}

static void do_write_private(const struct machine *m)
{
	struct id id;
	if (some_document(m, true, 0, &id))
		write_in(m, id);
}

static void do_write_shared(const struct machine *m)
{
	struct id id;
	if (some_document(m, false, a_pair(m), &id))
		write_in(m, id);
}

static void do_page(const struct machine *m)
{
	struct leaf *leaf = NULL;
	size_t pair = a_pair(m);
	struct notebook_txn *txn = edit(m->t);
	struct person_id person = partner_in(txn, m, pair)->person;
	assert_int_equal(
		leaf_new_together(txn, test_kind("page"), &person, &leaf, NULL), OK);
	struct id id = leaf->id;
	done(txn);
	note("%s makes page %s", named(m), short_id(id));
	write_in(m, id);
}

struct granting {
	size_t pair;
	struct id document;
	bool all; /* also what is each pair's own */
};

static void grant_word(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	const struct granting *g = context;
	(void)leaf, (void)is_draft;
	if (g->all || field->who != WHO_COMMENT)
		allow(word, g->pair, g->document);
}

static void do_share(const struct machine *m)
{
	struct id id, there;
	struct leaf *leaf = NULL;
	size_t pair = a_pair(m);
	if (!some_document(m, true, 0, &id))
		return;
	struct notebook_txn *txn = edit(m->t);
	assert_int_equal(leaf_open(txn, id, &leaf, NULL), OK);
	unsigned roles = leaf->head->kind->roles;
	enum role role = (enum role)below(3);
	struct partner *partner = partner_in(txn, m, pair);
	if ((roles & (1u << role)) == 0 ||
		share_document(txn, id, partner, role, &there, NULL) != OK) {
		notebook_abort(txn);
		return;
	}
	assert_int_equal(leaf_open(txn, there, &leaf, NULL), OK);
	bool moved = leaf->head->way == WAY_MOVED;
	struct granting g = {pair, there, moved};
	words_of(txn, leaf, false, grant_word, &g);
	note("%s %s %s as %s to %s", named(m), moved ? "moves" : "shows", short_id(id),
		short_id(there), partner->called);
	done(txn);
}

struct ending {
	size_t pair;
	bool gone;
};

static void end_word(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	const struct ending *e = context;
	struct word *t = &w.words[word];
	(void)leaf, (void)field, (void)is_draft;
	if (e->gone)
		t->lost = LOST_GONE;
	if (!t->free)
		t->allowed &= ~((1u << e->pair) & ~t->said);
}

static void do_end(const struct machine *m)
{
	struct id id, back;
	enum reach was = REACH_NOT_SENT;
	struct leaf *leaf = NULL;
	size_t pair = a_pair(m);
	if (percent(40) || !some_document(m, false, pair, &id))
		return;
	struct notebook_txn *txn = edit(m->t);
	assert_int_equal(leaf_open(txn, id, &leaf, NULL), OK);
	const struct person_id *me = &notebook_me(m->t->notebook)->person;
	bool takes = document_may_end(leaf->head, me, SECTION_TAKEBACK);
	bool never = leaf->sealed == NULL;
	struct ending e = {pair, leaf->head->kind->owner == OWNER_TAUGHT && !never};
	words_of(txn, leaf, false, end_word, &e);
	enum err got = takes ? share_takeback(txn, id, &was, &back, NULL)
			     : share_drop(txn, id, NULL);
	if (got != OK)
		bad("an end was refused: %s", err_text(got));
	if (takes && was != REACH_NOT_SENT && w.end_count < ENDS_MAX)
		w.ends[w.end_count++] =
			(struct ended){pair, id, (size_t)(m - w.machines)};
	note("%s %s %s (%d)", named(m), takes ? "takes back" : "drops", short_id(id),
		(int)was);
	done(txn);
}

struct meeting *connect_to(const struct machine *m, const struct machine *o)
{
	for (size_t i = w.meeting_count; i > 0; i--) {
		struct meeting *old = &w.meetings[i - 1];
		if ((old->side[0].teacher == m->t && old->side[1].teacher == o->t) ||
			(old->side[0].teacher == o->t && old->side[1].teacher == m->t))
			drop_meeting(i - 1);
	}
	if (w.meeting_count == PAIRS * 2)
		drop_meeting(0);
	struct meeting *x = &w.meetings[w.meeting_count];
	*x = (struct meeting){.listen = listen};
	w.meeting_pair[w.meeting_count] = pair_of(m->person, o->person);
	x->ear = &w.meeting_pair[w.meeting_count++];
	meeting_begin(x, m->t, o->t);
	return x;
}

static void do_connect(const struct machine *m)
{
	const struct machine *o = &w.machines[below(w.machine_count)];
	if (o->person == m->person)
		return;
	note("%s meets %s", named(m), named(o));
	struct meeting *x = connect_to(m, o);
	if (percent(50)) {
		meeting_run(x);
		check_refused(x);
		note("  to the end");
	}
}

static struct meeting *a_meeting(const struct machine *m, int *side)
{
	for (size_t i = 0; i < w.meeting_count; i++)
		for (*side = 0; *side < 2; ++*side)
			if (w.meetings[i].side[*side].teacher == m->t)
				return &w.meetings[i];
	return NULL;
}

static void do_step(const struct machine *m)
{
	int side = 0;
	struct meeting *x = a_meeting(m, &side);
	if (x != NULL && meeting_step(x, side)) {
		note("%s receives", named(m));
		check_refused(x);
	}
}

static void do_flow(const struct machine *m)
{
	int side = 0;
	struct meeting *x = a_meeting(m, &side);
	if (x != NULL) {
		note("%s says what it has", named(m));
		meeting_flow(x, side);
	}
}

static void do_cut(const struct machine *m)
{
	note("%s is cut off", named(m));
	cut(m);
}

/* ---- Restores and copies. */

static void free_word(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	(void)context, (void)leaf, (void)field, (void)is_draft;
	w.words[word].free = true;
	w.words[word].allowed |= w.words[word].said;
}

/* A word that stands in the pair's space, draft or not, may be said there. */
static void free_space(const struct machine *m)
{
	struct notebook_txn *txn = look(m->t);
	for (size_t p = 0; p < (w.persons == 2 ? 1 : PAIRS); p++) {
		size_t count = 0;
		if (!is_in(p, m))
			continue;
		struct id *ids =
			documents(txn, false, partner_in(txn, m, p)->space, &count);
		for (size_t i = 0; i < count; i++) {
			struct leaf *leaf = NULL;
			struct granting g = {p, ids[i], true};
			assert_int_equal(leaf_open(txn, ids[i], &leaf, NULL), OK);
			words_of(txn, leaf, false, grant_word, &g);
		}
	}
	notebook_abort(txn);
}

/* What the old state shows to partners is its right to say. */
static void free_shown(const struct machine *m)
{
	size_t count = 0;
	struct notebook_txn *txn = look(m->t);
	struct id *ids = documents(txn, true, (struct id){0}, &count);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		assert_int_equal(leaf_open(txn, ids[i], &leaf, NULL), OK);
		for (size_t f = 0; f < leaf->head->kind->field_count; f++) {
			const struct field_schema *field = &leaf->head->kind->fields[f];
			struct id document[PAIRS] = {0};
			unsigned pairs = pairs_of(txn, m, leaf, field, document);
			for (size_t p = 0; p < PAIRS; p++) {
				struct granting g = {p, document[p], true};
				if ((pairs & (1u << p)) != 0)
					words_of_field(txn, leaf, leaf->draft, field,
						grant_word, &g);
			}
		}
	}
	notebook_abort(txn);
	free_space(m);
	all_words(m, false, free_word, NULL);
}

static void do_backup(struct machine *m)
{
	char name[16];
	if (m->is_copy || m->backups == 4)
		return;
	(void)snprintf(name, sizeof name, "b%u", m->backups);
	note("%s backs up as %u", named(m), m->backups++);
	teacher_keep(m->t, name);
}

bool ended_here(const struct machine *m, const struct ended *e)
{
	bool ended = false;
	struct space *space = NULL;
	struct notebook_txn *txn = look(m->t);
	assert_int_equal(space_open(txn, partner_in(txn, m, e->pair)->space, &space), OK);
	assert_int_equal(space_ended(txn, space, e->document, &ended), OK);
	notebook_abort(txn);
	return ended;
}

/* Take-backs that the restored store knows nothing of may be undone with it. */
static void forget_ends(size_t machine)
{
	for (size_t i = w.end_count; i > 0; i--)
		if (w.ends[i - 1].by == machine &&
			!ended_here(&w.machines[machine], &w.ends[i - 1]))
			w.ends[i - 1] = w.ends[--w.end_count];
}

static void do_restore(struct machine *m)
{
	char name[16];
	static bool before[WORDS_MAX], now[WORDS_MAX], elsewhere[WORDS_MAX];
	if (m->backups == 0 || m->is_copy)
		return;
	unsigned n = (unsigned)below(m->backups);
	memset(before, 0, sizeof before);
	memset(now, 0, sizeof now);
	memset(elsewhere, 0, sizeof elsewhere);
	all_words(m, false, mark_present, before);
	cut(m);
	(void)snprintf(name, sizeof name, "b%u", n);
	teacher_put_back(m->t, name);
	bool noticed_it = percent(50);
	note("%s restores %u%s", named(m), n, noticed_it ? ", and knows" : "");
	if (noticed_it) {
		struct notebook_txn *txn = edit(m->t);
		assert_int_equal(restore_everywhere(txn, NULL), OK);
		done(txn);
	} else {
		/* What it does not know it cannot say. */
		m->is_unaware = true;
	}
	w.rewound = true;
	free_shown(m);
	all_words(m, false, mark_present, now);
	for (size_t i = 0; i < w.machine_count; i++)
		all_words(&w.machines[i], true, mark_present, elsewhere);
	for (size_t i = 0; i < w.word_count; i++) {
		struct word *t = &w.words[i];
		if ((before[i] || t->lost != LOST_NOT) && !now[i])
			t->lost = elsewhere[i] ? LOST_HELD : LOST_GONE;
	}
	forget_ends((size_t)(m - w.machines));
}

static void do_copy(struct machine *m)
{
	if (w.machine_count == w.persons + 1 || m->is_copy)
		return;
	cut(m);
	bool noticed_it = percent(50);
	note("%s is copied%s", named(m), noticed_it ? ", and the copy knows" : "");
	if (noticed_it)
		teacher_copy(m->t, &w.copy, "copy");
	else
		teacher_clone(m->t, &w.copy, "copy");
	w.machines[w.machine_count++] =
		(struct machine){.t = &w.copy, .person = m->person, .is_copy = true};
	w.machines[w.machine_count - 1].is_unaware = m->is_unaware = true;
	w.rewound = true;
	free_shown(m);
	free_shown(&w.machines[w.machine_count - 1]);
}

void act(void)
{
	struct machine *m = &w.machines[below(w.machine_count)];
	static const unsigned base[] = {2, 6, 2, 8, 3, 2, 4, 10, 2, 2, 2, 2, 1};
	unsigned weights[13], sum = 0;
	for (size_t i = 0; i < 13; i++) {
		weights[i] = base[i] * w.taste[i];
		if (((i == 10 || i == 11) && !w.with_restore) ||
			(i == 12 && !w.with_copy))
			weights[i] = 0;
		sum += weights[i];
	}
	size_t pick = below(sum), i = 0;
	for (; i < 13 && pick >= weights[i]; i++)
		pick -= weights[i];
	switch (i) {
	case 0:
		do_new(m);
		break;
	case 1:
		do_write_private(m);
		break;
	case 2:
		do_page(m);
		break;
	case 3:
		do_write_shared(m);
		break;
	case 4:
		do_share(m);
		break;
	case 5:
		do_end(m);
		break;
	case 6:
		do_connect(m);
		break;
	case 7:
		do_step(m);
		break;
	case 8:
		do_flow(m);
		break;
	case 9:
		do_cut(m);
		break;
	case 10:
		do_backup(m);
		break;
	case 11:
		do_restore(m);
		break;
	default:
		do_copy(m);
		break;
	}
}
