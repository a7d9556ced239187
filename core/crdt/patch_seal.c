/*
 * patch_seal(): all insertions first, each after its left neighbour in the base, while
 * everything the patch deletes still stands; then all deletions. Written so, a rewritten
 * draft merges exactly as its keystrokes would have (DESIGN §4.4).
 */
#include "core/crdt/change.h"
#include "core/crdt/patch_body.h"
#include "core/crdt/rope.h"

/* One more operation; joins the one before where it goes on where that ended: after an
 * insertion at its end, after a deletion at its place. */
static void add_op(struct text_op *ops, size_t *count, struct text_op op)
{
	if (op.len == 0)
		return;
	struct text_op *last = *count > 0 ? &ops[*count - 1] : NULL;
	if (last != NULL && last->is_insert == op.is_insert &&
		last->pos + (op.is_insert ? last->len : 0) == op.pos) {
		last->len += op.len;
		return;
	}
	ops[(*count)++] = op;
}

static void add_insertions(const struct patch *patch, struct text_op *ops, size_t *count)
{
	size_t index = 0;
	uint32_t pos = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span)) {
		pos += span.retained;
		add_op(ops, count, (struct text_op){true, pos, span.inserted});
		pos += span.inserted + span.deleted;
	}
}

static void add_deletions(const struct patch *patch, struct text_op *ops, size_t *count)
{
	size_t index = 0;
	uint32_t pos = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span)) {
		pos += span.retained + span.inserted;
		add_op(ops, count, (struct text_op){false, pos, span.deleted});
	}
}

void patch_seal(const struct patch *patch, struct arena *arena, struct text_change *out)
{
	size_t spans = spans_count(&patch->spans), count = 0;
	struct text_op *ops = arena_array(arena, 2 * spans, sizeof(*ops));
	add_insertions(patch, ops, &count);
	add_deletions(patch, ops, &count);
	CLEAN_BUF struct buf text = {0};
	rope_add(patch->text, &text);
	*out = (struct text_change){
		.ops = ops, .count = count, .text = arena_bytes(arena, buf_bytes(&text))};
}
