#include "tests/laws/notebook_world.h"

#include <sodium.h>

/* ---- Chance: one stream for each step, and one for all that libsodium is asked for. */

uint64_t chance_state, sodium_state;

static uint64_t next_of(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t below(size_t n)
{
	return n == 0 ? 0 : (size_t)(next_of(&chance_state) % n);
}

bool percent(unsigned p)
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

void install_chance(void)
{
	static struct randombytes_implementation chance = {
		.implementation_name = chance_name,
		.random = chance_u32,
		.buf = chance_fill};
	(void)randombytes_set_implementation(&chance);
}

/* ---- The truth. */

struct world w;
FILE *report;

void note(const char *format, ...)
{
	if (w.trace_count == TRACE_MAX)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(w.trace[w.trace_count++], sizeof w.trace[0], format, args);
	va_end(args);
}

void print_trace(void)
{
	for (size_t i = 0; report != NULL && i < w.trace_count; i++)
		(void)fprintf(report, "%s\n", w.trace[i]);
	if (report != NULL)
		(void)fflush(report);
}

void bad(const char *format, ...)
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

const char *named(const struct machine *m)
{
	return m->is_copy ? "copy" : m->t->name;
}

const char *short_id(struct id id)
{
	static char texts[4][ID_TEXT + 1];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	id_text(id, text);
	text[6] = '\0';
	return text;
}

size_t pair_of(int a, int b)
{
	return (size_t)(a + b - 1); /* 0+1, 0+2, 1+2 */
}

/* ---- Words. */

size_t new_word(const struct machine *m)
{
	if (w.word_count == WORDS_MAX)
		bad("too many words");
	w.words[w.word_count] = (struct word){.who = m->person};
	return w.word_count++;
}

void word_text(size_t word, char out[WORD + 1])
{
	(void)snprintf(out, WORD + 1, "zq%05zu ", word);
}

/* Calls back for each word in some bytes, with its offset. */
bool next_word(struct bytes text, size_t *at, size_t *word)
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

void kill_word(size_t word, unsigned pairs)
{
	struct word *t = &w.words[word];
	t->killed = true;
	if (!t->free)
		t->allowed &= ~(pairs & ~t->said);
}

/* ---- Looking at notebooks. */

static void words_in(struct bytes text, see_word seen, void *context,
	const struct leaf *leaf, const struct field_schema *field, bool is_draft)
{
	size_t at = 0, word = 0;
	while (next_word(text, &at, &word))
		seen(context, word, leaf, field, is_draft);
}

void words_of_field(struct notebook_txn *txn, const struct leaf *leaf,
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

void words_of(struct notebook_txn *txn, const struct leaf *leaf, bool sealed_only,
	see_word seen, void *context)
{
	for (size_t i = 0; i < leaf->head->kind->field_count; i++)
		words_of_field(txn, leaf, sealed_only ? NULL : leaf->draft,
			&leaf->head->kind->fields[i], seen, context);
}

void all_words(const struct machine *m, bool sealed_only, see_word seen, void *context)
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

void mark_present(void *context, size_t word, const struct leaf *leaf,
	const struct field_schema *field, bool is_draft)
{
	(void)leaf, (void)field, (void)is_draft;
	((bool *)context)[word] = true;
}

struct id *documents(
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

struct partner *partner_in(struct notebook_txn *txn, const struct machine *m, size_t pair)
{
	static const int others[PAIRS][3] = {{1, 0, -1}, {2, -1, 0}, {-1, 2, 1}};
	return partner_of(txn, m->t, &teachers[others[pair][m->person]]);
}

bool is_in(size_t pair, const struct machine *m)
{
	static const bool in[PAIRS][3] = {
		{true, true, false}, {true, false, true}, {false, true, true}};
	return in[pair][m->person];
}

size_t a_pair(const struct machine *m)
{
	size_t pair = 0;
	do {
		pair = below(w.persons == 2 ? 1 : PAIRS);
	} while (!is_in(pair, m));
	return pair;
}

/* ---- What goes over the line. */

void listen(struct teacher *from, struct teacher *to, struct bytes said, void *ear)
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

void drop_meeting(size_t i)
{
	meeting_end(&w.meetings[i]);
	w.meetings[i] = w.meetings[--w.meeting_count];
	w.meeting_pair[i] = w.meeting_pair[w.meeting_count];
	/* The ear is by place. */
	for (size_t k = 0; k < w.meeting_count; k++)
		w.meetings[k].ear = &w.meeting_pair[k];
}

void cut(const struct machine *m)
{
	for (size_t i = w.meeting_count; i > 0; i--)
		if (w.meetings[i - 1].side[0].teacher == m->t ||
			w.meetings[i - 1].side[1].teacher == m->t)
			drop_meeting(i - 1);
}

void check_refused(struct meeting *m)
{
	if (m->refused == OK)
		return;
	/* Two copies, and the other side built on one: only pairing again helps. */
	if (m->refused == ERR_FORK && w.with_copy)
		exit(4);
	bad("I6 refused: %s (%s and %s)", why_text(&m->why, m->refused),
		m->side[0].teacher->name, m->side[1].teacher->name);
}
