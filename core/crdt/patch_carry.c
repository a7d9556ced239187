/* patch_carry(): the patch and the effect walked side by side over their common base. */
#include "core/crdt/patch_body.h"

/* The patch as a reader: span `index`, of which `span` is still to come. */
struct ours {
	const struct spans *spans;
	size_t index;
	struct patch_span span;
	bool is_end;
};

/* The effect likewise: `run` is what is still to come of run `index`. */
struct theirs {
	const struct effect *effect;
	size_t index;
	struct effect_run run;
};

/* The carried patch as it grows: `retained` is owed to the next span, `gone` says that
 * the last character of the base here is one the effect deleted. */
struct carried {
	struct spans spans;
	uint32_t retained;
	bool gone;
};

static void load_span(struct ours *ours)
{
	ours->is_end = ours->index == spans_count(ours->spans);
	ours->span = ours->is_end ? (struct patch_span){.retained = UINT32_MAX}
				  : *spans_get(ours->spans, ours->index);
}

static void load_run(struct theirs *theirs)
{
	theirs->run =
		theirs->index == theirs->effect->count
			? (struct effect_run){.kind = EFFECT_RETAIN, .len = UINT32_MAX}
			: theirs->effect->runs[theirs->index];
}

static void pass_ours(struct ours *ours, uint32_t n)
{
	if (ours->is_end)
		return;
	if (ours->span.retained > 0)
		ours->span.retained -= n;
	else
		ours->span.deleted -= n;
	if (ours->span.retained == 0 && ours->span.inserted == 0 &&
		ours->span.deleted == 0) {
		ours->index++;
		load_span(ours);
	}
}

static void pass_theirs(struct theirs *theirs, uint32_t n)
{
	if (theirs->index == theirs->effect->count)
		return;
	theirs->run.len -= n;
	if (theirs->run.len == 0) {
		theirs->index++;
		load_run(theirs);
	}
}

static void add_insert(struct carried *to, uint32_t n, bool after_gone)
{
	spans_add(&to->spans,
		(struct patch_span){to->retained, n, 0, after_gone || to->gone});
	to->retained = 0;
}

/* Our insertions here that are `after_gone` or not. */
static void put_ours(struct carried *to, struct ours *ours, bool after_gone)
{
	while (ours->span.retained == 0 && ours->span.inserted > 0 &&
		ours->span.after_gone == after_gone) {
		add_insert(to, ours->span.inserted, after_gone);
		ours->span.inserted = 0;
		ours->span.after_gone = false;
		pass_ours(ours, 0);
	}
}

/* Their insertions here that are `after_dead` or not. */
static void put_theirs(struct carried *to, struct theirs *theirs, bool after_dead)
{
	while (theirs->run.kind == EFFECT_INSERT &&
		theirs->run.after_dead == after_dead) {
		to->retained += theirs->run.len;
		to->gone = false;
		pass_theirs(theirs, theirs->run.len);
	}
}

/* Whoever's log is smaller stands first, with all that they inserted there. */
static void put_both(struct carried *to, struct ours *ours, struct theirs *theirs,
	struct log_id own, bool after)
{
	bool is_theirs = theirs->run.kind == EFFECT_INSERT &&
			 theirs->run.after_dead == after &&
			 log_id_compare(theirs->run.by, own) < 0;
	if (is_theirs)
		put_theirs(to, theirs, after);
	put_ours(to, ours, after);
	put_theirs(to, theirs, after);
}

/* As much of the base as both treat alike. */
static void pass_base(struct carried *to, struct ours *ours, struct theirs *theirs)
{
	bool is_deleted = ours->span.retained == 0;
	uint32_t n = is_deleted ? ours->span.deleted : ours->span.retained;
	if (n > theirs->run.len)
		n = theirs->run.len;
	to->gone = theirs->run.kind == EFFECT_DELETE;
	if (!to->gone && is_deleted) {
		spans_add(&to->spans, (struct patch_span){to->retained, 0, n, false});
		to->retained = 0;
	} else if (!to->gone) {
		to->retained += n;
	}
	pass_ours(ours, n);
	pass_theirs(theirs, n);
}

void patch_carry(struct patch *patch, const struct effect *effect, struct log_id own)
{
	struct carried to = {0};
	struct ours ours = {.spans = &patch->spans};
	struct theirs theirs = {.effect = effect};
	load_span(&ours);
	load_run(&theirs);
	while (!ours.is_end) {
		put_both(&to, &ours, &theirs, own, false);
		put_both(&to, &ours, &theirs, own, true);
		/* An effect whose insertions do not stand in that order is read as it is.
		 */
		if (theirs.run.kind != EFFECT_INSERT && !ours.is_end)
			pass_base(&to, &ours, &theirs);
	}
	spans_release(&patch->spans);
	patch->spans = to.spans;
}
