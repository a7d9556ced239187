/*
 * Random histories over real notebooks, with the truth beside them (shared with the
 * model: README.md there). Every word a teacher writes is one of its kind, so that one
 * that is lost, doubled or leaked can be named.
 *
 *   I1 equal vectors, equal sums           I5 a value nobody saw is never replaced
 *   I2 no word lost or doubled             I6 everything ends verified
 *   I3 nothing unshared, nor what was      I7 the ledger never says "not sent" of
 *      deleted before sealing, is said        what was
 *   I4 taken back stays gone
 *
 * Each history runs in a process of its own, from its number alone: it is repeated, and
 * shortened, by leaving steps out.
 *
 *   laws_notebook                     a few histories; KITH_LAWS_CASES=n: n times as many
 *   laws_notebook FIRST COUNT [STEPS] those, with what else happens: r c three
 */
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/crdt/value.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"
#include "tests/test.h"
#include "tests/unit/notebook/meeting.h"

#define QUICK_CASES 24
#define STEPS       60
#define WORDS_MAX   4096
#define WORD        8 /* "zq01234 " */
#define PAIRS       3
#define MACHINES    4
#define ENDS_MAX    64
#define TRACE_MAX   512

/* ---- Chance: one stream for each step, and one for all that libsodium is asked for. */

static uint64_t chance_state, sodium_state;

static uint64_t next_of(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return n == 0 ? 0 : (size_t)(next_of(&chance_state) % n);
}

static bool percent(unsigned p)
{
	return below(100) < p;
}

static const char *chance_name(void)
{
	return "laws";
}

static uint32_t chance_u32(void)
{
	return (uint32_t)next_of(&sodium_state);
}

static void chance_fill(void *const at, const size_t len)
{
	uint8_t *out = at;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(next_of(&sodium_state) >> 24);
}

/* ---- The truth. */

enum lost {
	LOST_NOT,
	LOST_HELD, /* gone from this store, but the partner holds it */
	LOST_GONE
};

struct word {
	int who;
	bool killed, free;
	enum lost lost;
	unsigned allowed, said; /* by pair, as bits */
	struct id document[PAIRS];
};

struct machine {
	struct teacher *t;
	int person;
	bool is_copy, is_unaware;
	unsigned backups;
};

struct ended {
	size_t pair;
	struct id document;
	size_t by;
};

static struct {
	struct word words[WORDS_MAX];
	size_t word_count;
	struct machine machines[MACHINES];
	size_t machine_count;
	struct teacher copy;
	struct meeting meetings[PAIRS * 2];
	size_t meeting_pair[PAIRS * 2];
	size_t meeting_count;
	struct buf heard[PAIRS];
	struct ended ends[ENDS_MAX];
	size_t end_count;
	bool rewound, with_restore, with_copy;
	unsigned persons;
	unsigned taste[16];
	char trace[TRACE_MAX][160];
	size_t trace_count;
} w;

static FILE *report;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
	if (w.trace_count == TRACE_MAX)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(w.trace[w.trace_count++], sizeof w.trace[0], format, args);
	va_end(args);
}

static void print_trace(void)
{
	for (size_t i = 0; report != NULL && i < w.trace_count; i++)
		(void)fprintf(report, "%s\n", w.trace[i]);
	if (report != NULL)
		(void)fflush(report);
}

static void bad(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void bad(const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (report != NULL)
		(void)fprintf(report, "!! %s\n", text);
	exit(3);
}

static const char *named(const struct machine *m)
{
	return m->is_copy ? "copy" : m->t->name;
}

static const char *short_id(struct id id)
{
	static char texts[4][ID_TEXT + 1];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	id_text(id, text);
	text[6] = '\0';
	return text;
}

static size_t pair_of(int a, int b)
{
	return (size_t)(a + b - 1); /* 0+1, 0+2, 1+2 */
}

/* ---- Words. */

static size_t new_word(const struct machine *m)
{
	if (w.word_count == WORDS_MAX)
		bad("too many words");
	w.words[w.word_count] = (struct word){.who = m->person};
	return w.word_count++;
}

static void word_text(size_t word, char out[WORD + 1])
{
	(void)snprintf(out, WORD + 1, "zq%05zu ", word);
}

/* Calls back for each word in some bytes, with its offset. */
static bool next_word(struct bytes text, size_t *at, size_t *word)
{
	while (*at + WORD - 1 <= text.len) {
		const uint8_t *p = text.at + *at;
		unsigned n = 0;
		bool is_word = p[0] == 'z' && p[1] == 'q';
		for (size_t i = 2; is_word && i < WORD - 1; i++) {
			is_word = p[i] >= '0' && p[i] <= '9';
			n = n * 10 + (unsigned)(p[i] - '0');
		}
		++*at;
		if (is_word && n < w.word_count) {
			*word = n;
			return true;
		}
	}
	return false;
}

static void kill_word(size_t word, unsigned pairs)
{
	struct word *t = &w.words[word];
	t->killed = true;
	if (!t->free)
		t->allowed &= ~(pairs & ~t->said);
}

/* ---- Looking at notebooks. */

typedef void (*see_word)(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft);

static void words_in(struct bytes text, see_word seen, void *context,
	const struct leaf *leaf, const struct field_schema *field, bool is_draft)
{
	size_t at = 0, word = 0;
	while (next_word(text, &at, &word))
		seen(context, word, leaf, field, is_draft);
}

static void words_of_field(struct notebook_txn *txn, const struct leaf *leaf,
	const struct draft *draft, const struct field_schema *field, see_word seen,
	void *context)
{
	struct arena *arena = txn_arena(txn);
	struct reading reading = {0};
	struct bytes text = {0};
	struct bytes key = field->family ? bytes_text("k") : (struct bytes){0};
	bool whole =
		field->type == FIELD_REGISTER ||
		(field->type == FIELD_TEXT && field_is_whole(field, leaf->head->way));
	if (whole)
		read_values(leaf->sealed, draft, field, key, arena, &reading);
	else if (field->type == FIELD_TEXT)
		(void)read_text(leaf->sealed, draft, field, key, arena, &text);
	else if (field->type == FIELD_SET)
		read_set(leaf->sealed, draft, field, key, arena, &reading);
	else
		read_log(leaf->sealed, draft, field, arena, &reading);
	words_in(text, seen, context, leaf, field, false);
	for (size_t i = 0; i < reading.count; i++)
		words_in(reading.items[i].value, seen, context, leaf, field,
			reading.items[i].is_draft);
}

static void words_of(struct notebook_txn *txn, const struct leaf *leaf, bool sealed_only,
	see_word seen, void *context)
{
	for (size_t i = 0; i < leaf->head->kind->field_count; i++)
		words_of_field(txn, leaf, sealed_only ? NULL : leaf->draft,
			&leaf->head->kind->fields[i], seen, context);
}

static void all_words(
	const struct machine *m, bool sealed_only, see_word seen, void *context)
{
	const struct id *ids = NULL;
	size_t count = 0;
	struct notebook_txn *txn = look(m->t);
	assert_int_equal(leaf_all(txn, &ids, &count, NULL), OK);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		if (leaf_open(txn, ids[i], &leaf, NULL) == OK &&
			(!sealed_only || leaf->sealed != NULL))
			words_of(txn, leaf, sealed_only, seen, context);
	}
	notebook_abort(txn);
}

static void mark_present(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	(void)leaf, (void)field, (void)is_draft;
	((bool *)context)[word] = true;
}

static struct id *documents(
	struct notebook_txn *txn, bool private, struct id space, size_t *count)
{
	const struct id *ids = NULL;
	size_t all = 0;
	*count = 0;
	assert_int_equal(leaf_all(txn, &ids, &all, NULL), OK);
	struct id *out = arena_array(txn_arena(txn), all, sizeof *out);
	for (size_t i = 0; i < all; i++) {
		struct leaf *leaf = NULL;
		if (leaf_open(txn, ids[i], &leaf, NULL) == OK &&
			(private ? leaf->is_private : id_equal(leaf->space, space)))
			out[(*count)++] = ids[i];
	}
	return out;
}

static struct partner *partner_in(
	struct notebook_txn *txn, const struct machine *m, size_t pair)
{
	static const int others[PAIRS][3] = {{1, 0, -1}, {2, -1, 0}, {-1, 2, 1}};
	return partner_of(txn, m->t, &teachers[others[pair][m->person]]);
}

static bool is_in(size_t pair, const struct machine *m)
{
	static const bool in[PAIRS][3] = {
		{true, true, false}, {true, false, true}, {false, true, true}};
	return in[pair][m->person];
}

static size_t a_pair(const struct machine *m)
{
	size_t pair = 0;
	do {
		pair = below(w.persons == 2 ? 1 : PAIRS);
	} while (!is_in(pair, m));
	return pair;
}

/* ---- What goes over the line. */

static void listen(struct teacher *from, struct teacher *to, struct bytes said, void *ear)
{
	size_t pair = *(size_t *)ear, at = 0, word = 0;
	(void)from, (void)to;
	while (next_word(said, &at, &word)) {
		if ((w.words[word].allowed & (1u << pair)) == 0)
			bad("I3 said: word %zu, pair %zu", word, pair);
		w.words[word].said |= 1u << pair;
	}
	buf_add(&w.heard[pair], said);
}

static void drop_meeting(size_t i)
{
	meeting_end(&w.meetings[i]);
	w.meetings[i] = w.meetings[--w.meeting_count];
	w.meeting_pair[i] = w.meeting_pair[w.meeting_count];
	/* The ear is by place. */
	for (size_t k = 0; k < w.meeting_count; k++)
		w.meetings[k].ear = &w.meeting_pair[k];
}

static void cut(const struct machine *m)
{
	for (size_t i = w.meeting_count; i > 0; i--)
		if (w.meetings[i - 1].side[0].teacher == m->t ||
			w.meetings[i - 1].side[1].teacher == m->t)
			drop_meeting(i - 1);
}

static void check_refused(struct meeting *m)
{
	if (m->refused == OK)
		return;
	/* Two copies, and the other side built on one: only pairing again helps. */
	if (m->refused == ERR_FORK && w.with_copy)
		exit(4);
	bad("I6 refused: %s (%s and %s)", why_text(&m->why, m->refused),
		m->side[0].teacher->name, m->side[1].teacher->name);
}

/* ---- What they do. */

static void allow(size_t word, size_t pair, struct id document)
{
	w.words[word].allowed |= 1u << pair;
	w.words[word].document[pair] = document;
}

/* To which pairs a field of this document goes. */
static unsigned pairs_of(struct notebook_txn *txn, const struct machine *m,
	const struct leaf *leaf, const struct field_schema *field,
	struct id document[PAIRS])
{
	unsigned pairs = 0;
	for (size_t p = 0; p < PAIRS; p++) {
		struct leaf_copy *copies = NULL;
		if (!is_in(p, m) || (w.persons == 2 && p > 0))
			continue;
		const struct partner *partner = partner_in(txn, m, p);
		if (id_equal(partner->space, leaf->space)) {
			pairs |= 1u << p;
			document[p] = leaf->id;
		}
		size_t count = leaf->is_private && field->who != WHO_COMMENT
				       ? leaf_copies(txn, leaf->id, &copies)
				       : 0;
		for (size_t i = 0; i < count; i++) {
			if (!person_equal(copies[i].partner, partner->person))
				continue;
			pairs |= 1u << p;
			document[p] = copies[i].document;
		}
	}
	return pairs;
}

struct writing {
	const struct machine *m;
	struct notebook_txn *txn;
	struct leaf *leaf;
	struct draft *draft;
	const struct field_schema *field;
	struct bytes key;
	unsigned pairs;
	struct id document[PAIRS];
};

static size_t fresh(struct writing *x, char text[WORD + 1])
{
	size_t word = new_word(x->m);
	for (size_t p = 0; p < PAIRS; p++)
		if ((x->pairs & (1u << p)) != 0)
			allow(word, p, x->document[p]);
	word_text(word, text);
	note("%s writes %zu in %s %s", named(x->m), word, short_id(x->leaf->id),
		x->field->name);
	return word;
}

/* Private: it will never leave; shared: what was not sealed yet will not. */
static void killed(struct writing *x, size_t word)
{
	kill_word(word, x->leaf->is_private ? 7u : x->pairs);
	note("%s deletes %zu in %s %s", named(x->m), word, short_id(x->leaf->id),
		x->field->name);
}

static void kill_value(struct writing *x, struct bytes value)
{
	size_t at = 0, word = 0;
	while (next_word(value, &at, &word))
		killed(x, word);
}

static void write_text(struct writing *x)
{
	struct bytes text = {0};
	char fresh_text[WORD + 1];
	size_t words[256], places[256], count = 0, at = 0, word = 0;
	(void)read_text(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &text);
	while (count < 256 && next_word(text, &at, &word)) {
		places[count] = utf8_count((struct bytes){text.at, at - 1});
		words[count++] = word;
	}
	size_t i = below(count + 1);
	if (count > 0 && i < count && percent(35)) {
		size_t len = places[i] + WORD <= utf8_count(text) ? WORD : WORD - 1;
		assert_int_equal(draft_splice(x->draft, x->leaf->sealed, x->field, x->key,
					 places[i], len, (struct bytes){0}, NULL),
			OK);
		killed(x, words[i]);
		return;
	}
	size_t pos = i < count ? places[i] : utf8_count(text);
	(void)fresh(x, fresh_text);
	assert_int_equal(draft_splice(x->draft, x->leaf->sealed, x->field, x->key, pos, 0,
				 bytes_text(fresh_text), NULL),
		OK);
}

static void write_register(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	CLEAN_BUF struct buf packed = {0};
	if (x->field->value == VALUE_REF)
		return;
	read_values(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &reading);
	for (size_t i = 0; i < reading.count; i++)
		kill_value(x, reading.items[i].value);
	(void)fresh(x, text);
	pack_cstr(&packed, text);
	assert_int_equal(draft_set(x->draft, x->leaf->sealed, x->field, x->key,
				 buf_bytes(&packed), NULL),
		OK);
}

static void write_set(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	CLEAN_BUF struct buf packed = {0};
	read_set(
		x->leaf->sealed, x->draft, x->field, x->key, txn_arena(x->txn), &reading);
	if (reading.count > 0 && percent(35)) {
		struct bytes value = reading.items[below(reading.count)].value;
		assert_int_equal(draft_remove(x->draft, x->leaf->sealed, x->field, x->key,
					 value, NULL),
			OK);
		kill_value(x, value);
		return;
	}
	(void)fresh(x, text);
	pack_cstr(&packed, text);
	assert_int_equal(draft_add(x->draft, x->leaf->sealed, x->field, x->key,
				 buf_bytes(&packed), NULL),
		OK);
}

static void write_log(struct writing *x)
{
	struct reading reading = {0};
	char text[WORD + 1];
	uint8_t rid[8];
	CLEAN_BUF struct buf packed = {0};
	read_log(x->leaf->sealed, x->draft, x->field, txn_arena(x->txn), &reading);
	if (reading.count > 0 && percent(35)) {
		const struct reading_item *item = &reading.items[below(reading.count)];
		if (draft_void(x->draft, x->leaf->sealed, x->field, item->rid,
			    &notebook_me(x->m->t->notebook)->person, NULL) == OK)
			kill_value(x, item->value);
		return;
	}
	(void)fresh(x, text);
	pack_map(&packed, 1);
	pack_cstr(&packed, "text");
	pack_cstr(&packed, text);
	random_fill(rid, sizeof rid);
	assert_int_equal(draft_append(x->draft, x->leaf->sealed, x->field, rid,
				 buf_bytes(&packed), NULL),
		OK);
}

static void write_in(const struct machine *m, struct id id)
{
	struct writing x = {.m = m, .txn = edit(m->t)};
	assert_int_equal(leaf_open(x.txn, id, &x.leaf, NULL), OK);
	const struct kind_schema *kind = x.leaf->head->kind;
	const struct field_schema *field = NULL;
	for (unsigned i = 0; i < 8 && field == NULL; i++) {
		x.field = &kind->fields[below(kind->field_count)];
		if (leaf_field(x.txn, x.leaf, bytes_text(x.field->name), &field, NULL) !=
			OK)
			field = NULL;
	}
	if (field == NULL || leaf_draft(x.txn, x.leaf, &x.draft, NULL) != OK) {
		notebook_abort(x.txn);
		return;
	}
	x.key = field->family ? bytes_text("k") : (struct bytes){0};
	x.pairs = pairs_of(x.txn, m, x.leaf, field, x.document);
	switch (field->type) {
	case FIELD_REGISTER:
		write_register(&x);
		break;
	case FIELD_TEXT:
		write_text(&x);
		break;
	case FIELD_SET:
		write_set(&x);
		break;
	case FIELD_LOG:
		write_log(&x);
		break;
	}
	done(x.txn);
}

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

static struct meeting *connect_to(const struct machine *m, const struct machine *o)
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

static bool ended_here(const struct machine *m, const struct ended *e)
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

static void act(void)
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

/* ---- The laws. */

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

static void check_pairs(bool at_the_end)
{
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

static void check_at_the_end(void)
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

/* ---- Histories. */

static void history(uint64_t number, size_t steps, const bool *skip)
{
	chance_state = number;
	w.persons = percent(30) ? 3 : 2;
	w.with_restore = percent(50);
	w.with_copy = percent(15);
	for (size_t i = 0; i < 16; i++) {
		static const unsigned tastes[] = {0, 1, 1, 3};
		w.taste[i] = i == 6 || i == 7 || i == 3 ? 1 : tastes[below(4)];
	}
	for (size_t i = 0; i < w.persons; i++)
		w.machines[w.machine_count++] =
			(struct machine){.t = &teachers[i], .person = (int)i};
	for (size_t i = 0; i < TEACHERS; i++)
		teacher_put_back(&teachers[i], "law");
	for (size_t i = 0; i < steps; i++) {
		chance_state = number * 1000003 + i;
		sodium_state = ~chance_state;
		if (skip != NULL && skip[i])
			continue;
		act();
		check_pairs(false);
	}
	chance_state = ~number;
	check_at_the_end();
}

/* In a process of its own. 0: held; 4: beyond the design. */
static int run(uint64_t number, size_t steps, const bool *skip, FILE *out)
{
	pid_t child = fork();
	if (child == 0) {
		report = out;
		if (out == NULL) {
			if (freopen("/dev/null", "w", stderr) == NULL ||
				freopen("/dev/null", "w", stdout) == NULL)
				exit(1);
		}
		(void)atexit(print_trace);
		(void)alarm(120);
		history(number, steps, skip);
		w.trace_count = 0;
		exit(0);
	}
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void shorten(uint64_t number, size_t steps, int how)
{
	bool *skip = mem_array(steps, sizeof *skip), *all = mem_array(steps, sizeof *all);
	for (size_t size = steps / 2; size > 0; size /= 2) {
		for (size_t i = 0; i < steps; i += size) {
			memcpy(all, skip, steps * sizeof *all);
			for (size_t k = i; k < i + size && k < steps; k++)
				all[k] = true;
			if (run(number, steps, all, NULL) == how)
				memcpy(skip, all, steps * sizeof *all);
		}
	}
	(void)run(number, steps, skip, stdout);
	mem_free(skip);
	mem_free(all);
}

int main(int argc, char **argv)
{
	static struct randombytes_implementation chance = {
		.implementation_name = chance_name,
		.random = chance_u32,
		.buf = chance_fill};
	const char *times = getenv("KITH_LAWS_CASES");
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t count =
		argc > 2 ? strtoull(argv[2], NULL, 10)
			 : QUICK_CASES * (times != NULL ? strtoull(times, NULL, 10) : 1);
	size_t steps = argc > 3 ? strtoul(argv[3], NULL, 10) : STEPS;
	unsigned failures = 0, beyond = 0;
	(void)randombytes_set_implementation(&chance);
	sodium_state = 1;
	if (teachers_start(NULL) != 0)
		return 1;
	teachers_pair(amina, carla);
	teachers_pair(ben, carla);
	for (size_t i = 0; i < TEACHERS; i++) {
		teacher_keep(&teachers[i], "law");
		teacher_close(&teachers[i]);
	}
	for (uint64_t number = first; number < first + count && failures < 3; number++) {
		int how = run(number, steps, NULL, NULL);
		beyond += how == 4;
		if (how == 0 || how == 4)
			continue;
		failures++;
		printf("history %llu (%d):\n", (unsigned long long)number, how);
		(void)fflush(stdout);
		shorten(number, steps, how);
	}
	printf("%llu histories, %u failed, %u beyond the design\n",
		(unsigned long long)count, failures, beyond);
	(void)teachers_stop(NULL);
	return failures > 0;
}
