/*
 * Replays published histories of three writers and compares the end text: as they were
 * written, in random causal orders, and saved and loaded on the way.
 *
 * Reads what run_conformance.py writes. A writer there may write two things without one
 * having seen the other, which a log here cannot: so each txn is a log of its own, its id
 * made of the agent's name and the sequence number, which settle ties there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"

#define TXNS_MAX  512
#define OPS_MAX   64
#define ORDERS    6
#define HISTORIES 1000

struct txn {
	struct log_id log;
	struct text_op ops[OPS_MAX];
	size_t count;
	uint8_t text[OPS_MAX * 8];
	size_t text_len;
	bool seen[TXNS_MAX]; /* all that it has seen */
	struct vector vector;
};

struct history {
	struct txn txns[TXNS_MAX];
	size_t count;
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "test_conformance: %s\n", what);
	exit(1);
}

static size_t read_hex(const char *text, uint8_t *out, size_t room)
{
	if (strcmp(text, "-") == 0)
		return 0;
	size_t len = strlen(text) / 2;
	if (len > room)
		fail("a text is too long");
	for (size_t i = 0; i < len; i++) {
		char pair[3] = {text[2 * i], text[2 * i + 1], 0};
		out[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return len;
}

static void see(struct txn *txn, const struct history *history, size_t parent)
{
	if (parent >= history->count - 1)
		fail("a parent comes later");
	txn->seen[parent] = true;
	for (size_t i = 0; i < parent; i++)
		txn->seen[i] |= history->txns[parent].seen[i];
}

static void add_txn(struct history *history, char agent, unsigned seq, char *parents)
{
	if (history->count == TXNS_MAX)
		fail("a history is too long");
	struct txn *txn = &history->txns[history->count++];
	memset(txn, 0, sizeof(*txn));
	txn->log = (struct log_id){{(uint8_t)agent, (uint8_t)(seq >> 8), (uint8_t)seq}};
	char *rest = NULL;
	for (char *p = strtok_r(parents, ",", &rest); p != NULL && *p != '-';
		p = strtok_r(NULL, ",", &rest))
		see(txn, history, strtoul(p, NULL, 10));
	for (size_t i = 0; i < history->count; i++) {
		if (txn->seen[i])
			vector_set(&txn->vector, history->txns[i].log, 1);
	}
}

/* Operations stand in the file as a replacement of `del` by a text. */
static void add_op(struct history *history, unsigned pos, unsigned del, const char *hex)
{
	struct txn *txn = &history->txns[history->count - 1];
	if (txn->count + 2 > OPS_MAX)
		fail("a txn is too long");
	if (del > 0)
		txn->ops[txn->count++] = (struct text_op){false, pos, del};
	size_t len = read_hex(
		hex, txn->text + txn->text_len, sizeof(txn->text) - txn->text_len);
	struct bytes text = {txn->text + txn->text_len, len};
	txn->text_len += len;
	if (len > 0)
		txn->ops[txn->count++] =
			(struct text_op){true, pos, (uint32_t)utf8_count(text)};
}

static void apply(struct text *text, const struct txn *txn)
{
	struct text_change change = {txn->ops, txn->count, {txn->text, txn->text_len}};
	CLEAN_EFFECT struct effect effect = {0};
	size_t before = text_len(text);
	if (text_fits(text, txn->log, 1, &txn->vector, &change) != OK ||
		text_apply(text, txn->log, 1, &txn->vector, &change, &effect) != OK)
		fail("a change was refused");
	/* The effect alone says how the text's length has changed. */
	size_t after = before;
	for (size_t i = 0; i < effect.count; i++) {
		if (effect.runs[i].kind == EFFECT_INSERT)
			after += effect.runs[i].len;
		if (effect.runs[i].kind == EFFECT_DELETE)
			after -= effect.runs[i].len;
	}
	if (after != text_len(text))
		fail("an effect is not what changed");
}

/* A random order in which each txn comes after all it has seen. */
static void shuffle(const struct history *history, uint64_t *seed, size_t *order)
{
	bool done[TXNS_MAX] = {false};
	for (size_t n = 0; n < history->count; n++) {
		size_t ready[TXNS_MAX], count = 0;
		for (size_t i = 0; i < history->count; i++) {
			bool is_ready = !done[i];
			for (size_t k = 0; k < i && is_ready; k++)
				is_ready = !history->txns[i].seen[k] || done[k];
			if (is_ready)
				ready[count++] = i;
		}
		*seed ^= *seed << 13;
		*seed ^= *seed >> 7;
		*seed ^= *seed << 17;
		order[n] = ready[*seed % count];
		done[order[n]] = true;
	}
}

static struct text *saved_and_loaded(struct text *text)
{
	CLEAN_BUF struct buf saved = {0};
	text_save(text, &saved);
	text_free(text);
	struct text *loaded = NULL;
	if (text_load(buf_bytes(&saved), &loaded) != OK)
		fail("what was saved does not load");
	return loaded;
}

/* `when`: before which txn of the order the text is saved and loaded; or never. */
static bool replay(const struct history *history, const size_t *order, size_t when,
	struct bytes want)
{
	struct text *text = text_new();
	for (size_t i = 0; i < history->count; i++) {
		if (i == when)
			text = saved_and_loaded(text);
		apply(text, &history->txns[order[i]]);
	}
	bool ok = rope_is(text_rope(text), want);
	text_free(text);
	return ok;
}

static bool check(const struct history *history, uint64_t *seed, struct bytes want)
{
	size_t order[TXNS_MAX];
	for (size_t i = 0; i < history->count; i++)
		order[i] = i;
	bool ok = replay(history, order, SIZE_MAX, want);
	for (size_t n = 0; n < ORDERS && ok; n++) {
		shuffle(history, seed, order);
		ok = replay(history, order, SIZE_MAX, want) &&
		     replay(history, order, *seed / 7 % history->count, want);
	}
	return ok;
}

static void clear(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		vector_release(&history->txns[i].vector);
	history->count = 0;
}

int main(void)
{
	static struct history history;
	static char line[65536], a[65536];
	unsigned histories = 0, wrong = 0;
	uint64_t seed = 88172645463325252;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char agent = 0;
		unsigned x = 0, y = 0;
		if (sscanf(line, "txn %c %u %s", &agent, &x, a) == 3) {
			add_txn(&history, agent, x, a);
		} else if (sscanf(line, "op %u %u %s", &x, &y, a) == 3) {
			add_op(&history, x, y, a);
		} else if (sscanf(line, "end %s", a) == 1) {
			uint8_t want[8192];
			struct bytes text = {want, read_hex(a, want, sizeof(want))};
			if (!check(&history, &seed, text)) {
				wrong++;
				(void)printf("history %u differs\n", histories);
			}
			histories++;
			clear(&history);
		} else {
			fail("a line was not understood");
		}
	}
	(void)printf("%u of %u histories agree\n", histories - wrong, histories);
	return histories == HISTORIES && wrong == 0 ? 0 : 1;
}
