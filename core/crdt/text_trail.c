/* text_trail(): from a walk over everything, what stands where and what is gone. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/crdt/text_body.h"

/* The characters from `first` on, by the event that inserted them, deleted by one entry.
 */
struct deleted {
	uint32_t first, len;
	struct text_deleter by;
};

/* Who deleted that character? Asked for one end of a gap. */
struct question {
	uint32_t character;
	size_t piece;
	bool is_left;
};

struct trail {
	const struct graph *graph;
	struct arena *arena;
	struct text_piece *pieces;
	size_t count, cap;
	struct question *questions;
	size_t question_count, question_cap;
	struct deleted *deleted;
	size_t deleted_count, deleted_cap;
};

/* How many of the `len` events from `event` on are of one entry, and which. */
static uint32_t of_one_entry(
	const struct graph *graph, uint32_t event, uint32_t len, struct text_run *out)
{
	const struct clock_run *run = graph_clock_of(graph, event);
	uint32_t nth = (event - run->start) / run->per;
	uint32_t n = run->start + (nth + 1) * run->per - event;
	*out = (struct text_run){.log = graph->logs[run->log].id,
		.entry = run->entry + nth,
		.len = n < len ? n : len,
		.at = event - run->start - nth * run->per};
	return out->len;
}

/* ---- What stands where. */

static struct text_piece *add_piece(struct trail *t)
{
	t->pieces = mem_grow(t->pieces, t->count, &t->cap, sizeof(*t->pieces));
	t->pieces[t->count] = (struct text_piece){0};
	return &t->pieces[t->count++];
}

static void add_visible(struct trail *t, uint32_t event, uint32_t len)
{
	while (len > 0) {
		struct text_run run;
		uint32_t n = of_one_entry(t->graph, event, len, &run);
		struct text_piece *last = t->count > 0 ? &t->pieces[t->count - 1] : NULL;
		if (last != NULL && last->run.len > 0 && last->run.entry == run.entry &&
			log_id_equal(last->run.log, run.log))
			last->run.len += n;
		else
			add_piece(t)->run = run;
		event += n;
		len -= n;
	}
}

static void ask(struct trail *t, uint32_t character, bool is_left)
{
	t->questions = mem_grow(
		t->questions, t->question_count, &t->question_cap, sizeof(*t->questions));
	t->questions[t->question_count++] =
		(struct question){character, t->count - 1, is_left};
}

static void add_dead(struct trail *t, uint32_t event, uint32_t len)
{
	if (t->count > 0 && t->pieces[t->count - 1].run.len == 0) {
		/* The gap goes on: it ends elsewhere. */
		t->questions[t->question_count - 1].character = event + len - 1;
		return;
	}
	(void)add_piece(t);
	ask(t, event, true);
	ask(t, event + len - 1, false);
}

/* ---- Who deleted what. */

static void add_deletion(struct trail *t, const struct walk_deletion *deletion)
{
	for (uint32_t done = 0, n = 0; done < deletion->len; done += n) {
		struct text_run run;
		uint32_t left = deletion->len - done;
		n = of_one_entry(t->graph, deletion->event + done, left, &run);
		t->deleted = mem_grow(t->deleted, t->deleted_count, &t->deleted_cap,
			sizeof(*t->deleted));
		t->deleted[t->deleted_count++] =
			(struct deleted){.first = deletion->inserted +
						  (deletion->is_back ? left - n : done),
				.len = n,
				.by = {run.log, run.entry}};
	}
}

static int by_character(const void *a, const void *b)
{
	const struct question *x = a, *y = b;
	return (x->character > y->character) - (x->character < y->character);
}

static int by_first(const void *a, const void *b)
{
	const struct deleted *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

static int deleter_compare(const struct text_deleter *a, const struct text_deleter *b)
{
	int order = log_id_compare(a->log, b->log);
	return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* In order, the smallest ones only: the same wherever this is asked. */
static void add_deleter(struct text_deleter *all, size_t *count, struct text_deleter by)
{
	size_t at = *count;
	while (at > 0 && deleter_compare(&all[at - 1], &by) > 0)
		at--;
	if (at == TEXT_DELETERS)
		return;
	if (*count < TEXT_DELETERS)
		++*count;
	for (size_t i = *count - 1; i > at; i--)
		all[i] = all[i - 1];
	all[at] = by;
}

static void answer(struct trail *t, const struct question *question,
	const struct text_deleter *all, size_t count)
{
	struct text_piece *gap = &t->pieces[question->piece];
	struct text_deleter *own = arena_array(t->arena, count, sizeof(*own));
	for (size_t i = 0; i < count; i++)
		own[i] = all[i];
	if (question->is_left) {
		gap->left = own;
		gap->left_count = count;
	} else {
		gap->right = own;
		gap->right_count = count;
	}
}

/* From the smallest character to the greatest; `open` are the deletions that may reach
 * the one at hand: at most one of each log, since a log deletes a character once. */
static void answer_all(struct trail *t)
{
	size_t *open = mem_array(t->deleted_count, sizeof(*open));
	size_t open_count = 0, next = 0;
	for (size_t q = 0; q < t->question_count; q++) {
		uint32_t character = t->questions[q].character;
		struct text_deleter all[TEXT_DELETERS] = {0};
		size_t count = 0;
		while (next < t->deleted_count && t->deleted[next].first <= character)
			open[open_count++] = next++;
		for (size_t i = open_count; i-- > 0;) {
			const struct deleted *d = &t->deleted[open[i]];
			if (character - d->first < d->len)
				add_deleter(all, &count, d->by);
			else
				open[i] = open[--open_count];
		}
		answer(t, &t->questions[q], all, count);
	}
	mem_free(open);
}

void text_trail(const struct text *text, struct arena *arena, struct text_piece **pieces,
	size_t *count)
{
	struct trail t = {.graph = &text->graph, .arena = arena};
	*pieces = NULL;
	*count = 0;
	if (text_unpack(text) != OK)
		return;
	struct walk *walk = walk_new(&text->graph, 0, 0);
	struct walk_piece piece;
	struct walk_deletion deletion;
	walk_replay(walk, text->graph.events);
	for (size_t i = 0; walk_next_piece(walk, &i, &piece);) {
		if (piece.is_dead)
			add_dead(&t, piece.event, piece.len);
		else
			add_visible(&t, piece.event, piece.len);
	}
	for (size_t i = 0; walk_next_deletion(walk, &i, &deletion);)
		add_deletion(&t, &deletion);
	walk_free(walk);
	if (t.question_count > 0)
		qsort(t.questions, t.question_count, sizeof(*t.questions), by_character);
	if (t.deleted_count > 0)
		qsort(t.deleted, t.deleted_count, sizeof(*t.deleted), by_first);
	answer_all(&t);
	*count = t.count;
	*pieces = arena_array(arena, t.count, sizeof(**pieces));
	for (size_t i = 0; i < t.count; i++)
		(*pieces)[i] = t.pieces[i];
	mem_free(t.pieces);
	mem_free(t.questions);
	mem_free(t.deleted);
}
