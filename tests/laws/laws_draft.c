/*
 * Laws of drafts of one text between writers who do not see each other, on generated
 * cases: a draft merges as its keystrokes would have, and it is the same whether it is
 * sealed first or carried over what arrived first (DESIGN §4.4).
 * The seed is fixed; KITH_LAWS_SEED and KITH_LAWS_CASES give others, and more.
 */
#include "tests/test.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"

#define CLEAN_ROPE  CLEANUP(rope_freep)
#define CLEAN_PATCH CLEANUP(patch_freep)

static void text_freep(struct text **text)
{
	text_free(*text);
}
#define CLEAN_TEXT CLEANUP(text_freep)

static uint64_t seed_of_case(uint64_t number)
{
	const char *text = getenv("KITH_LAWS_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 9;
	return (seed * 1000003 + number) * UINT64_C(0x9e3779b97f4a7c15) | 1;
}

static uint64_t cases(uint64_t usual)
{
	const char *text = getenv("KITH_LAWS_CASES");
	return text != NULL ? usual * strtoull(text, NULL, 10) : usual;
}

static size_t below(uint64_t *seed, size_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (size_t)(*seed >> 11) % n;
}

/* One edit: replace `del` from `pos` on by `len` characters of `text`. */
struct edit {
	size_t pos, del, len;
	uint8_t text[4];
};

/* A writer's letters are their own, so that a failure shows whose text went where. */
static struct edit random_edit(uint64_t *seed, char letter, size_t len, size_t *at)
{
	struct edit edit = {0};
	if (*at > len || below(seed, 3) == 0)
		*at = below(seed, len + 1);
	if (below(seed, 2) == 0)
		edit.del = below(seed, 4);
	if (edit.del > 0 && below(seed, 2) == 0)
		*at -= edit.del < *at ? edit.del : *at;
	if (edit.del > len - *at)
		edit.del = len - *at;
	edit.pos = *at;
	edit.len = below(seed, 3) == 0 ? 0 : below(seed, 4);
	for (size_t i = 0; i < edit.len; i++)
		edit.text[i] = (uint8_t)((size_t)letter + below(seed, 8));
	*at += edit.len;
	return edit;
}

static struct bytes text_of(const struct edit *edit)
{
	return (struct bytes){edit->text, edit->len};
}

static void do_edit(struct patch *patch, const struct edit *edit)
{
	patch_splice(patch, edit->pos, edit->del, text_of(edit));
}

#define EDITS_MAX 16

struct draft_edits {
	struct edit edits[EDITS_MAX];
	size_t count;
};

static void random_edits(
	uint64_t *seed, char letter, size_t len, size_t count, struct draft_edits *out)
{
	size_t at = below(seed, len + 1);
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		out->edits[i] = random_edit(seed, letter, len, &at);
		len = len - out->edits[i].del + out->edits[i].len;
	}
}

static struct patch *patch_of(const struct draft_edits *edits)
{
	struct patch *patch = patch_new();
	for (size_t i = 0; i < edits->count; i++)
		do_edit(patch, &edits->edits[i]);
	return patch;
}

/* One entry: a patch, as it is sealed. */
static void apply(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct patch *patch, struct effect *effect)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	patch_seal(patch, &arena, &change);
	assert_int_equal(text_apply(text, log, entry, seen, &change, effect), OK);
}

/* What both have: some entries of two logs, one after the other, so that there is text,
 * and text that was deleted. */
struct ground {
	struct draft_edits edits[4];
	size_t count;
	struct log_id own, other, third;
	struct vector seen;
	size_t len;
};

static struct text *ground_text(const struct ground *ground)
{
	struct text *text = text_new();
	CLEAN_VECTOR struct vector seen = {0};
	for (size_t i = 0; i < ground->count; i++) {
		CLEAN_PATCH struct patch *patch = patch_of(&ground->edits[i]);
		struct log_id log = i % 2 == 0 ? ground->own : ground->other;
		apply(text, log, i / 2 + 1, &seen, patch, NULL);
		vector_set(&seen, log, i / 2 + 1);
	}
	return text;
}

static void make_ground(uint64_t *seed, struct ground *ground)
{
	static const uint8_t order[6][3] = {
		{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	const uint8_t *ids = order[below(seed, 6)];
	*ground = (struct ground){
		.own = {{ids[0]}}, .other = {{ids[1]}}, .third = {{ids[2]}}};
	size_t count = below(seed, 5);
	for (size_t i = 0; i < count; i++) {
		random_edits(
			seed, '0', ground->len, 1 + below(seed, 5), &ground->edits[i]);
		for (size_t k = 0; k < ground->edits[i].count; k++) {
			const struct edit *edit = &ground->edits[i].edits[k];
			ground->len = ground->len - edit->del + edit->len;
		}
		ground->count++;
		vector_set(&ground->seen, i % 2 == 0 ? ground->own : ground->other,
			i / 2 + 1);
	}
}

/* Entries of another log, each having seen the ground and those before it. */
struct others {
	struct log_id log;
	struct draft_edits edits[3];
	size_t count;
};

static void make_others(uint64_t *seed, const struct ground *ground, struct log_id log,
	struct others *out)
{
	size_t len = ground->len;
	*out = (struct others){.log = log, .count = below(seed, 4)};
	char letter = log_id_equal(log, ground->other) ? 'm' : 'u';
	for (size_t i = 0; i < out->count; i++) {
		random_edits(seed, letter, len, 1 + below(seed, 4), &out->edits[i]);
		for (size_t k = 0; k < out->edits[i].count; k++)
			len = len - out->edits[i].edits[k].del +
			      out->edits[i].edits[k].len;
	}
}

/* Applied to a text; `draft` (may be NULL) is carried over each. */
static void apply_others(struct text *text, const struct ground *ground,
	const struct others *others, struct patch *draft)
{
	uint64_t first = vector_get(&ground->seen, others->log) + 1;
	for (size_t i = 0; i < others->count; i++) {
		CLEAN_PATCH struct patch *patch = patch_of(&others->edits[i]);
		CLEAN_EFFECT struct effect effect = {0};
		apply(text, others->log, first + i, &ground->seen, patch, &effect);
		if (draft != NULL)
			patch_carry(draft, &effect, ground->own);
	}
}

static void check_same(const struct rope *is, const struct rope *wanted, uint64_t number)
{
	if (rope_equal(is, wanted))
		return;
	CLEAN_BUF struct buf a = {0};
	CLEAN_BUF struct buf b = {0};
	rope_add(is, &a);
	rope_add(wanted, &b);
	fail_msg("case %llu: \"%s\", not \"%s\"", (unsigned long long)number,
		buf_text(&a), buf_text(&b));
}

/* Everything of one case: what both have, own edits, and what two others wrote. */
struct story {
	struct ground ground;
	struct draft_edits own;
	struct others other, third;
};

static void make_story(uint64_t number, struct story *story)
{
	uint64_t seed = seed_of_case(number);
	make_ground(&seed, &story->ground);
	random_edits(
		&seed, 'a', story->ground.len, 1 + below(&seed, EDITS_MAX), &story->own);
	make_others(&seed, &story->ground, story->ground.other, &story->other);
	make_others(&seed, &story->ground, story->ground.third, &story->third);
}

static uint64_t own_entry(const struct story *story)
{
	return vector_get(&story->ground.seen, story->ground.own) + 1;
}

/* The text after the others' entries and the own draft, sealed unseen by anybody. */
static struct text *merged(const struct story *story)
{
	struct text *text = ground_text(&story->ground);
	CLEAN_PATCH struct patch *patch = patch_of(&story->own);
	apply_others(text, &story->ground, &story->other, NULL);
	apply_others(text, &story->ground, &story->third, NULL);
	apply(text, story->ground.own, own_entry(story), &story->ground.seen, patch,
		NULL);
	return text;
}

static void a_sealed_draft_merges_as_its_keystrokes_would_have(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(3000); n++) {
		struct story story;
		make_story(n, &story);
		CLEAN_TEXT struct text *want = ground_text(&story.ground);
		/* Each edit an entry of its own. */
		for (size_t i = 0; i < story.own.count; i++) {
			CLEAN_PATCH struct patch *key = patch_new();
			do_edit(key, &story.own.edits[i]);
			apply(want, story.ground.own, own_entry(&story) + i,
				&story.ground.seen, key, NULL);
		}
		apply_others(want, &story.ground, &story.other, NULL);
		apply_others(want, &story.ground, &story.third, NULL);
		CLEAN_TEXT struct text *is = merged(&story);
		check_same(text_rope(is), text_rope(want), n);
		vector_release(&story.ground.seen);
	}
}

static void a_draft_is_the_same_sealed_first_or_carried_first(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(3000); n++) {
		struct story story;
		make_story(n, &story);
		story.third.count = 0;
		CLEAN_TEXT struct text *text = ground_text(&story.ground);
		CLEAN_PATCH struct patch *draft = patch_of(&story.own);
		apply_others(text, &story.ground, &story.other, draft);
		CLEAN_ROPE struct rope *is = rope_new();
		patch_apply(draft, text_rope(text), is);
		CLEAN_TEXT struct text *want = merged(&story);
		check_same(is, text_rope(want), n);
		vector_release(&story.ground.seen);
	}
}

static void a_carried_draft_seals_to_what_it_showed(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		struct story story;
		make_story(n, &story);
		CLEAN_TEXT struct text *text = ground_text(&story.ground);
		CLEAN_PATCH struct patch *draft = patch_of(&story.own);
		apply_others(text, &story.ground, &story.other, draft);
		apply_others(text, &story.ground, &story.third, draft);
		CLEAN_ROPE struct rope *shown = rope_new();
		patch_apply(draft, text_rope(text), shown);
		CLEAN_VECTOR struct vector seen = {0};
		vector_copy(&seen, &story.ground.seen);
		vector_set(&seen, story.ground.other,
			vector_get(&seen, story.ground.other) + story.other.count);
		vector_set(&seen, story.ground.third, story.third.count);
		apply(text, story.ground.own, own_entry(&story), &seen, draft, NULL);
		check_same(text_rope(text), shown, n);
		vector_release(&story.ground.seen);
	}
}

static int by_byte(const void *a, const void *b)
{
	return *(const uint8_t *)a - *(const uint8_t *)b;
}

/* Among three who write in one place at once, where the draft's words stand may differ:
 * nobody else has seen them, so nobody must agree. No character is lost or doubled. */
static void a_draft_carried_over_two_others_keeps_every_character(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		struct story story;
		make_story(n, &story);
		CLEAN_TEXT struct text *text = ground_text(&story.ground);
		CLEAN_PATCH struct patch *draft = patch_of(&story.own);
		apply_others(text, &story.ground, &story.other, draft);
		apply_others(text, &story.ground, &story.third, draft);
		CLEAN_ROPE struct rope *shown = rope_new();
		patch_apply(draft, text_rope(text), shown);
		CLEAN_TEXT struct text *merge = merged(&story);
		CLEAN_BUF struct buf is = {0};
		CLEAN_BUF struct buf want = {0};
		rope_add(shown, &is);
		text_bytes(merge, &want);
		assert_int_equal(is.len, want.len);
		if (is.len > 0) {
			qsort(is.at, is.len, 1, by_byte);
			qsort(want.at, want.len, 1, by_byte);
			assert_memory_equal(is.at, want.at, is.len);
		}
		vector_release(&story.ground.seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_draft_merges_as_its_keystrokes_would_have),
		cmocka_unit_test(a_draft_is_the_same_sealed_first_or_carried_first),
		cmocka_unit_test(a_carried_draft_seals_to_what_it_showed),
		cmocka_unit_test(a_draft_carried_over_two_others_keeps_every_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
