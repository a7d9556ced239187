#include "core/crdt/text_body.h"

#include "core/base/mem.h"
#include "core/base/utf8.h"

struct text *text_new(void)
{
	struct text *text = mem_new(sizeof(*text));
	text->rope = rope_new();
	text->cache = mem_new(sizeof(*text->cache));
	text->cache->text = text;
	return text;
}

void text_free(struct text *text)
{
	if (text == NULL)
		return;
	text_forget_walk(text);
	heads_release(&text->cache->version);
	span_list_release(&text->cache->unseen);
	span_list_release(&text->cache->unknown);
	mem_free(text->cache);
	graph_release(&text->graph);
	buf_release(&text->packed);
	rope_free(text->rope);
	mem_free(text);
}

bool text_ops_fit(const struct text_op *ops, size_t count, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (ops[i].pos > len)
			return false;
		if (ops[i].is_insert)
			len += ops[i].len;
		else if (ops[i].len > len - ops[i].pos)
			return false;
		else
			len -= ops[i].len;
	}
	return len <= CHANGE_PLACE_MAX;
}

static size_t events_of(const struct text_change *change)
{
	size_t sum = 0;
	for (size_t i = 0; i < change->count; i++)
		sum += change->ops[i].len;
	return sum;
}

/* A change that may stand next in its log, whatever it does. */
static bool is_next(const struct text *text, struct log_id log, uint64_t entry,
	const struct text_change *change)
{
	size_t own = graph_log_of(&text->graph, log);
	if (entry == 0 || (own < text->graph.log_count &&
				  entry <= graph_last_entry(&text->graph, own)))
		return false;
	return events_of(change) <= EVENTS_MAX - text->graph.events;
}

/* The edits of one operation, as the text here takes them. */
static void edit(struct text *text, const struct walk_edit *edit, struct bytes inserted,
	struct effect_maker *maker)
{
	if (edit->is_insert) {
		rope_insert(text->rope, edit->pos, inserted);
		if (maker != NULL)
			effect_maker_insert(
				maker, edit->pos, edit->len, edit->after_dead);
	} else {
		rope_delete(text->rope, edit->pos, edit->len);
		if (maker != NULL)
			effect_maker_delete(maker, edit->pos, edit->len);
	}
}

/* The text of the next insertion, of `len` scalar values. */
static struct bytes take_text(struct bytes *rest, uint32_t len)
{
	struct bytes part = {0};
	(void)bytes_take(rest, utf8_offset(*rest, len), &part);
	return part;
}

static void add_to_graph(struct text *text, struct log_id log, uint64_t entry,
	const struct heads *version, uint32_t whole, const struct text_change *change)
{
	struct graph *graph = &text->graph;
	graph_begin(graph, log, entry, version, whole, (uint32_t)rope_len(text->rope),
		(uint32_t)events_of(change));
	for (size_t i = 0; i < change->count; i++)
		graph_add_op(graph, change->ops[i].is_insert, change->ops[i].pos,
			change->ops[i].len);
}

/* The change has seen everything: its places are those of the text here. */
static void apply_next(
	struct text *text, const struct text_change *change, struct effect_maker *maker)
{
	struct bytes rest = change->text;
	for (size_t i = 0; i < change->count; i++) {
		const struct text_op *op = &change->ops[i];
		struct bytes part = {0};
		if (op->is_insert)
			part = take_text(&rest, op->len);
		edit(text, &(struct walk_edit){op->pos, op->len, op->is_insert, false},
			part, maker);
	}
}

static void apply_beside(struct text *text, struct walk *walk, uint32_t event,
	const struct text_change *change, struct effect_maker *maker)
{
	struct bytes rest = change->text;
	walk_begin(walk, event);
	for (size_t i = 0, done = 0; i < change->count; i++) {
		const struct text_op *op = &change->ops[i];
		struct bytes part = {0};
		if (op->is_insert) {
			part = take_text(&rest, op->len);
			walk_insert(walk, event, op->pos, op->len);
		} else {
			walk_delete(walk, event, op->pos, op->len, false);
		}
		event += op->len;
		size_t count = 0;
		const struct walk_edit *edits = walk_edits(walk, &count);
		for (; done < count; done++)
			edit(text, &edits[done], part, maker);
	}
}

/* Where a change by `log` was made: everything (`*walk` NULL) or less, and then a walk
 * that stands there. ERR_VOID when the change does not fit there. */
static enum err find_place(const struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct text_change *change, struct walk **walk,
	uint32_t *whole)
{
	*walk = NULL;
	enum err e = text_unpack(text);
	if (e != OK)
		return e;
	*whole = text->graph.events;
	if (!is_next(text, log, entry, change))
		return ERR_VOID;
	size_t len = rope_len(text->rope);
	if (!graph_seen_all(&text->graph, log, seen)) {
		struct heads *version = &text->cache->version;
		graph_version(&text->graph, log, seen, version);
		*whole = text_whole(text, version);
		if (*whole < text->graph.events) {
			uint32_t len_there = 0;
			*walk = text_walk(text, version, *whole, &len_there);
			len = len_there;
		}
	}
	return text_ops_fit(change->ops, change->count, len) ? OK : ERR_VOID;
}

enum err text_fits(const struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct text_change *change)
{
	struct walk *walk = NULL;
	uint32_t whole = 0;
	return find_place(text, log, entry, seen, change, &walk, &whole);
}

enum err text_apply(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct text_change *change,
	struct effect *effect)
{
	struct walk *walk = NULL;
	uint32_t whole = 0;
	enum err e = find_place(text, log, entry, seen, change, &walk, &whole);
	if (e != OK || change->count == 0)
		return e;
	uint32_t event = text->graph.events;
	struct effect_maker *maker = effect != NULL ? effect_maker_new() : NULL;
	if (walk == NULL) {
		text_forget_walk(text);
		add_to_graph(text, log, entry, &text->graph.heads, whole, change);
		apply_next(text, change, maker);
	} else {
		add_to_graph(text, log, entry, &text->cache->version, whole, change);
		apply_beside(text, walk, event, change, maker);
	}
	if (maker != NULL)
		effect_maker_end(maker, log, effect);
	effect_maker_free(maker);
	return OK;
}

const struct rope *text_rope(const struct text *text)
{
	return text->rope;
}

size_t text_len(const struct text *text)
{
	return rope_len(text->rope);
}

void text_bytes(const struct text *text, struct buf *out)
{
	rope_add(text->rope, out);
}

size_t text_memory(const struct text *text)
{
	const struct text_cache *cache = text->cache;
	size_t sum = sizeof(*text) + sizeof(*cache) + graph_memory(&text->graph) +
		     rope_memory(text->rope) + text->packed.cap;
	sum += cache->version.cap * sizeof(*cache->version.at) +
	       (cache->unseen.cap + cache->unknown.cap) * sizeof(struct span);
	return sum + (cache->walk != NULL ? walk_memory(cache->walk) : 0);
}
