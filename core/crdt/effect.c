#include "core/crdt/effect.h"

#include <assert.h>

#include "core/base/mem.h"
#include "core/crdt/patch_spans.h"

void effect_release(struct effect *effect)
{
	mem_free(effect->runs);
	*effect = (struct effect){0};
}

static void add(struct effect *effect, struct effect_run run, size_t len)
{
	assert(len <= UINT32_MAX);
	run.len = (uint32_t)len;
	if (len == 0)
		return;
	if (effect->count > 0) {
		struct effect_run *last = &effect->runs[effect->count - 1];
		if (last->kind == run.kind && last->after_dead == run.after_dead &&
			log_id_equal(last->by, run.by)) {
			assert(run.len <= UINT32_MAX - last->len);
			last->len += run.len;
			return;
		}
	}
	effect->runs = mem_grow(
		effect->runs, effect->count, &effect->cap, sizeof(*effect->runs));
	effect->runs[effect->count++] = run;
}

void effect_add(struct effect *effect, enum effect_kind kind, size_t len)
{
	assert(kind != EFFECT_INSERT);
	add(effect, (struct effect_run){.kind = kind}, len);
}

void effect_add_insert(
	struct effect *effect, size_t len, struct log_id by, bool after_dead)
{
	add(effect,
		(struct effect_run){
			.kind = EFFECT_INSERT, .by = by, .after_dead = after_dead},
		len);
}

bool effect_is_empty(const struct effect *effect)
{
	for (size_t i = 0; i < effect->count; i++) {
		if (effect->runs[i].kind != EFFECT_RETAIN)
			return false;
	}
	return true;
}

struct effect_maker {
	struct spans spans;
};

struct effect_maker *effect_maker_new(void)
{
	return mem_new(sizeof(struct effect_maker));
}

void effect_maker_free(struct effect_maker *maker)
{
	if (maker == NULL)
		return;
	spans_release(&maker->spans);
	mem_free(maker);
}

void effect_maker_insert(
	struct effect_maker *maker, size_t pos, size_t len, bool after_dead)
{
	if (len > 0)
		(void)spans_insert(&maker->spans, pos, len, after_dead);
}

void effect_maker_delete(struct effect_maker *maker, size_t pos, size_t len)
{
	while (len > 0) {
		size_t text = 0, cut = 0;
		len -= spans_delete(&maker->spans, pos, len, &text, &cut);
	}
}

void effect_maker_end(
	const struct effect_maker *maker, struct log_id by, struct effect *out)
{
	spans_effect(&maker->spans, by, out);
}

void spans_effect(const struct spans *spans, struct log_id by, struct effect *out)
{
	for (size_t i = 0; i < spans_count(spans); i++) {
		const struct patch_span *span = spans_get(spans, i);
		effect_add(out, EFFECT_RETAIN, span->retained);
		effect_add_insert(out, span->inserted, by, span->after_gone);
		effect_add(out, EFFECT_DELETE, span->deleted);
	}
}
