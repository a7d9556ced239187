/*
 * Laws of patches on generated cases, each against something slow and obviously right.
 * The seed is fixed; KITH_LAWS_SEED and KITH_LAWS_CASES give others, and more.
 */
#include "tests/test.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/change.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"

#define CLEAN_ROPE  CLEANUP(rope_freep)
#define CLEAN_PATCH CLEANUP(patch_freep)

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

/* Scalar values of one to four bytes, combining and right-to-left ones among them. */
static const uint32_t SCALARS[] = {'a', 'b', ' ', '\n', 'z', 0xe9, 0x301, 0x5d0, 0x627,
	0x20ac, 0x4e2d, 0xffff, 0x10000, 0x1f600, 0x10ffff};

static void add_text(struct buf *out, uint64_t *seed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		utf8_add(out, SCALARS[below(seed, 15)]);
}

static struct rope *random_rope(uint64_t *seed, size_t count)
{
	CLEAN_BUF struct buf text = {0};
	add_text(&text, seed, count);
	return rope_from(buf_bytes(&text));
}

/* A draft's edits: mostly typing and deleting near the last place, sometimes far away. */
static void edit_randomly(struct patch *patch, uint64_t *seed, size_t *len, size_t *at)
{
	if (*at > *len || below(seed, 3) == 0)
		*at = below(seed, *len + 1);
	size_t del = below(seed, 2) == 0 ? below(seed, 4) : 0;
	if (del > 0 && below(seed, 2) == 0)
		*at -= del < *at ? del : *at; /* a backspace */
	if (del > *len - *at)
		del = *len - *at;
	CLEAN_BUF struct buf text = {0};
	size_t add = below(seed, 3) == 0 ? 0 : below(seed, 4);
	add_text(&text, seed, add);
	patch_splice(patch, *at, del, buf_bytes(&text));
	*len += add;
	*len -= del;
	*at += add;
}

static struct patch *random_patch(uint64_t *seed, size_t *len, size_t edits)
{
	struct patch *patch = patch_new();
	size_t at = 0;
	for (size_t i = 0; i < edits; i++)
		edit_randomly(patch, seed, len, &at);
	return patch;
}

static struct rope *applied(const struct patch *patch, const struct rope *base)
{
	struct rope *out = rope_new();
	assert_true(patch_base_len(patch) <= rope_len(base));
	patch_apply(patch, base, out);
	return out;
}

/* The reference: every character by itself, the base's deleted ones kept in their place.
 */
struct naive {
	struct item {
		uint32_t scalar;
		bool is_base, is_deleted;
	} items[4096];
	size_t count;
};

static void naive_init(struct naive *naive, const struct rope *base)
{
	CLEAN_BUF struct buf text = {0};
	rope_add(base, &text);
	struct bytes rest = buf_bytes(&text);
	naive->count = 0;
	uint32_t scalar = 0;
	while (utf8_next(&rest, &scalar))
		naive->items[naive->count++] = (struct item){scalar, true, false};
}

/* The index directly after visible character number `pos` - 1. */
static size_t naive_gap(const struct naive *naive, size_t pos)
{
	size_t i = 0;
	for (; pos > 0; i++)
		pos -= !naive->items[i].is_deleted;
	return i;
}

static void naive_insert(struct naive *naive, size_t index, struct item item)
{
	assert_true(naive->count < 4096);
	memmove(&naive->items[index + 1], &naive->items[index],
		(naive->count - index) * sizeof(item));
	naive->items[index] = item;
	naive->count++;
}

static void naive_splice(struct naive *naive, size_t pos, size_t del, struct bytes text)
{
	for (; del > 0; del--) {
		size_t i = naive_gap(naive, pos + 1) - 1;
		naive->items[i].is_deleted = true;
		if (!naive->items[i].is_base) {
			naive->count--;
			memmove(&naive->items[i], &naive->items[i + 1],
				(naive->count - i) * sizeof(naive->items[0]));
		}
	}
	uint32_t scalar = 0;
	for (; utf8_next(&text, &scalar); pos++)
		naive_insert(naive, naive_gap(naive, pos),
			(struct item){scalar, false, false});
}

/* The patch the reference stands for, written out as a saved one. */
static void naive_save(const struct naive *naive, struct buf *out)
{
	CLEAN_BUF struct buf spans = {0};
	CLEAN_BUF struct buf text = {0};
	size_t count = 0;
	for (size_t i = 0; i < naive->count;) {
		size_t run[3] = {0};
		for (; i < naive->count && naive->items[i].is_base &&
			!naive->items[i].is_deleted;
			i++)
			run[0]++;
		for (; i < naive->count && !naive->items[i].is_base; i++, run[1]++)
			utf8_add(&text, naive->items[i].scalar);
		for (; i < naive->count && naive->items[i].is_deleted; i++)
			run[2]++;
		if (run[1] == 0 && run[2] == 0)
			continue;
		buf_add_varint(&spans, run[0]);
		buf_add_varint(&spans, run[1] * 2);
		buf_add_varint(&spans, run[2]);
		count++;
	}
	buf_add_varint(out, count);
	buf_add(out, buf_bytes(&spans));
	buf_add(out, buf_bytes(&text));
}

static void every_edit_leaves_the_patch_that_a_naive_one_leaves(void **state)
{
	(void)state;
	static struct naive naive;
	for (uint64_t n = 0; n < cases(60); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 60), at = 0;
		CLEAN_ROPE struct rope *base = random_rope(&seed, len);
		CLEAN_PATCH struct patch *patch = patch_new();
		naive_init(&naive, base);
		for (size_t step = 0; step < 80; step++) {
			uint64_t again = seed;
			size_t old_len = len, old_at = at;
			edit_randomly(patch, &seed, &len, &at);
			/* The same edit once more, to have its position and its text. */
			CLEAN_PATCH struct patch *one = patch_new();
			edit_randomly(one, &again, &old_len, &old_at);
			struct patch_span span;
			size_t index = 0, pos = 0, del = patch_deleted(one);
			if (patch_next(one, &index, &span))
				pos = span.retained;
			CLEAN_BUF struct buf text = {0};
			rope_add(patch_text(one), &text);
			naive_splice(&naive, pos, del, buf_bytes(&text));

			CLEAN_BUF struct buf is = {0};
			CLEAN_BUF struct buf want = {0};
			patch_save(patch, &is);
			naive_save(&naive, &want);
			assert_int_equal(is.len, want.len);
			assert_memory_equal(is.at, want.at, is.len);
		}
	}
}

static void composing_is_doing_one_after_the_other(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 40);
		CLEAN_ROPE struct rope *base = random_rope(&seed, len);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &len, below(&seed, 12));
		CLEAN_PATCH struct patch *q = random_patch(&seed, &len, below(&seed, 12));
		CLEAN_ROPE struct rope *between = applied(p, base);
		CLEAN_ROPE struct rope *want = applied(q, between);
		assert_int_equal(rope_len(want), len);
		patch_compose(p, q);
		CLEAN_ROPE struct rope *is = applied(p, base);
		assert_true(rope_equal(is, want));
	}
}

static void composing_is_associative(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 30);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &len, below(&seed, 10));
		CLEAN_PATCH struct patch *q = random_patch(&seed, &len, below(&seed, 10));
		CLEAN_PATCH struct patch *r = random_patch(&seed, &len, below(&seed, 10));
		CLEAN_PATCH struct patch *left = patch_copy(p);
		patch_compose(left, q);
		patch_compose(left, r);
		patch_compose(q, r);
		patch_compose(p, q);
		assert_true(patch_equal(left, p));
	}
}

/* One canary, typed at some time and deleted at another. */
struct canary {
	size_t at, len;
	bool is_there;
};

/* The edit as it comes to lie when the canary stands in the text: typing at its place
 * goes before it. */
static void edit_around(struct patch *patch, struct canary *canary, size_t pos,
	size_t del, struct bytes text)
{
	if (!canary->is_there || pos + del <= canary->at) {
		patch_splice(patch, pos, del, text);
		canary->at += utf8_count(text) - del;
	} else if (pos > canary->at) {
		patch_splice(patch, pos + canary->len, del, text);
	} else {
		patch_splice(patch, canary->at + canary->len, pos + del - canary->at,
			(struct bytes){0});
		patch_splice(patch, pos, canary->at - pos, text);
		canary->at = pos + utf8_count(text);
	}
}

static void check_no_trace(const struct patch *is, const struct patch *clean)
{
	CLEAN_BUF struct buf a = {0};
	CLEAN_BUF struct buf b = {0};
	patch_save(is, &a);
	patch_save(clean, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.at, b.at, a.len);
	assert_null(memmem(a.at, a.len, "CANARY", 6));
}

static void what_was_typed_and_deleted_leaves_no_trace(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(1500); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 30);
		CLEAN_PATCH struct patch *is = patch_new();
		CLEAN_PATCH struct patch *clean = patch_new();
		struct canary canary = {0};
		for (size_t step = 0; step < 25; step++) {
			if (!canary.is_there && below(&seed, 3) == 0) {
				canary = (struct canary){below(&seed, len + 1), 7, true};
				patch_splice(is, canary.at, 0, bytes_text("CANARY\n"));
			}
			size_t pos = below(&seed, len + 1), del = below(&seed, 3);
			if (del > len - pos)
				del = len - pos;
			CLEAN_BUF struct buf text = {0};
			size_t add = below(&seed, 3);
			add_text(&text, &seed, add);
			edit_around(is, &canary, pos, del, buf_bytes(&text));
			patch_splice(clean, pos, del, buf_bytes(&text));
			len = len + add - del;
			if (canary.is_there && (step == 24 || below(&seed, 4) == 0)) {
				/* One key at a time, from its end: backspace. */
				for (size_t i = canary.len; i > 0; i--)
					patch_splice(is, canary.at + i - 1, 1,
						(struct bytes){0});
				canary.is_there = false;
			}
			if (!canary.is_there)
				check_no_trace(is, clean);
		}
	}
}

/* What carrying must come to: both over one list of the base's characters. In each gap
 * stand our and their insertions, ours first when `ours_first`. */
static void merge_naively(const struct naive *ours, const struct naive *theirs,
	bool ours_first, struct buf *out)
{
	size_t i = 0, j = 0;
	for (;;) {
		for (int turn = 0; turn < 2; turn++) {
			bool is_ours = (turn == 0) == ours_first;
			const struct naive *list = is_ours ? ours : theirs;
			size_t *at = is_ours ? &i : &j;
			for (; *at < list->count && !list->items[*at].is_base; ++*at)
				utf8_add(out, list->items[*at].scalar);
		}
		if (i == ours->count)
			return;
		if (!ours->items[i].is_deleted && !theirs->items[j].is_deleted)
			utf8_add(out, ours->items[i].scalar);
		i++, j++;
	}
}

static void apply_naively(
	struct naive *naive, const struct rope *base, const struct patch *patch)
{
	naive_init(naive, base);
	size_t index = 0, at = 0;
	struct patch_span span;
	CLEAN_BUF struct buf text = {0};
	rope_add(patch_text(patch), &text);
	struct bytes rest = buf_bytes(&text);
	while (patch_next(patch, &index, &span)) {
		at += span.retained;
		for (uint32_t i = 0; i < span.inserted; i++) {
			uint32_t scalar = 0;
			assert_true(utf8_next(&rest, &scalar));
			naive_insert(naive, at++, (struct item){scalar, false, false});
		}
		for (uint32_t i = 0; i < span.deleted; i++)
			naive->items[at++].is_deleted = true;
	}
}

static const struct log_id SMALL = {{1}}, GREAT = {{2}};

static void carrying_keeps_every_insertion_and_both_deletions(void **state)
{
	(void)state;
	static struct naive ours, theirs;
	for (uint64_t n = 0; n < cases(3000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 30), len_p = len, len_q = len;
		bool ours_first = below(&seed, 2) == 0;
		CLEAN_ROPE struct rope *base = random_rope(&seed, len);
		CLEAN_PATCH struct patch *p =
			random_patch(&seed, &len_p, below(&seed, 12));
		CLEAN_PATCH struct patch *q =
			random_patch(&seed, &len_q, below(&seed, 12));
		apply_naively(&ours, base, p);
		apply_naively(&theirs, base, q);
		CLEAN_BUF struct buf want = {0};
		merge_naively(&ours, &theirs, ours_first, &want);

		CLEAN_EFFECT struct effect effect = {0};
		patch_effect(q, ours_first ? GREAT : SMALL, &effect);
		size_t deleted = patch_deleted(p);
		CLEAN_ROPE struct rope *text = rope_copy(patch_text(p));
		patch_carry(p, &effect, ours_first ? SMALL : GREAT);
		assert_true(rope_equal(patch_text(p), text));
		assert_true(patch_deleted(p) <= deleted);
		CLEAN_ROPE struct rope *now = applied(q, base);
		CLEAN_ROPE struct rope *is = applied(p, now);
		assert_true(rope_is(is, buf_bytes(&want)));
	}
}

static void a_carried_patch_is_in_canonical_form(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 30);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &(size_t){len}, 8);
		for (size_t i = 0; i < 3; i++) {
			CLEAN_PATCH struct patch *q = random_patch(&seed, &len, 5);
			CLEAN_EFFECT struct effect effect = {0};
			patch_effect(q, below(&seed, 2) == 0 ? SMALL : GREAT, &effect);
			patch_carry(p, &effect, (struct log_id){{1, 1}});
			CLEAN_BUF struct buf saved = {0};
			patch_save(p, &saved);
			CLEAN_PATCH struct patch *loaded = NULL;
			assert_int_equal(patch_load(buf_bytes(&saved), &loaded), OK);
			assert_true(patch_equal(loaded, p));
		}
	}
}

/* What is sealed does what the patch does, all insertions before all deletions, and holds
 * no text but the patch's own. */
static void a_sealed_patch_does_what_the_patch_does(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(2000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t base_len = below(&seed, 40), len = base_len;
		CLEAN_ROPE struct rope *base = random_rope(&seed, len);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &len, below(&seed, 14));
		CLEAN_ROPE struct rope *want = applied(p, base);
		CLEAN_ARENA struct arena arena = {0};
		struct text_change change;
		patch_seal(p, &arena, &change);
		assert_true(rope_is(patch_text(p), change.text));
		struct bytes rest = change.text;
		bool is_deleting = false;
		for (size_t i = 0; i < change.count; i++) {
			const struct text_op *op = &change.ops[i];
			struct bytes text = {0};
			assert_true(op->len > 0);
			assert_false(is_deleting && op->is_insert);
			is_deleting = !op->is_insert;
			if (op->is_insert)
				assert_true(bytes_take(
					&rest, utf8_offset(rest, op->len), &text));
			rope_splice(base, op->pos, is_deleting ? op->len : 0, text);
		}
		assert_int_equal(rest.len, 0);
		assert_true(rope_equal(base, want));
	}
}

/* Two texts alike in most, and sometimes in nothing. */
static void random_pair(uint64_t *seed, struct buf *from, struct buf *to)
{
	size_t len = below(seed, 10) == 0 ? 3000 : 80;
	CLEAN_ROPE struct rope *a = random_rope(seed, below(seed, len));
	rope_add(a, from);
	size_t count = rope_len(a), edits = below(seed, 3) == 0 ? 100 : below(seed, 8);
	CLEAN_PATCH struct patch *patch = random_patch(seed, &count, edits);
	CLEAN_ROPE struct rope *b = applied(patch, a);
	if (below(seed, 10) == 0)
		add_text(to, seed, below(seed, len));
	else
		rope_add(b, to);
}

static void the_difference_of_two_texts_makes_one_of_the_other(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(1500); n++) {
		uint64_t seed = seed_of_case(n);
		CLEAN_BUF struct buf from = {0};
		CLEAN_BUF struct buf to = {0};
		random_pair(&seed, &from, &to);
		CLEAN_PATCH struct patch *patch =
			patch_between(buf_bytes(&from), buf_bytes(&to));
		CLEAN_ROPE struct rope *base = rope_from(buf_bytes(&from));
		CLEAN_ROPE struct rope *is = applied(patch, base);
		assert_true(rope_is(is, buf_bytes(&to)));
		assert_int_equal(patch_is_empty(patch),
			bytes_equal(buf_bytes(&from), buf_bytes(&to)));
		CLEAN_BUF struct buf saved = {0};
		patch_save(patch, &saved);
		CLEAN_PATCH struct patch *loaded = NULL;
		assert_int_equal(patch_load(buf_bytes(&saved), &loaded), OK);
	}
}

static void places_map_to_the_same_neighbours(void **state)
{
	(void)state;
	static struct naive naive;
	for (uint64_t n = 0; n < cases(300); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 30), draft_len = len;
		CLEAN_ROPE struct rope *base = random_rope(&seed, len);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &draft_len, 10);
		apply_naively(&naive, base, p);
		size_t base_pos = 0, draft_pos = 0;
		for (size_t i = 0; i < naive.count; i++) {
			const struct item *item = &naive.items[i];
			if (item->is_base && !item->is_deleted) {
				/* Visible in both: the places before it and after it
				 * agree. */
				assert_int_equal(
					patch_to_draft(p, base_pos + 1), draft_pos + 1);
				assert_int_equal(
					patch_to_base(p, draft_pos + 1), base_pos + 1);
			}
			base_pos += item->is_base;
			draft_pos += !item->is_deleted;
		}
		assert_int_equal(patch_to_draft(p, len + 5), draft_len + 5);
	}
}

static void bytes_that_no_patch_saves_to_are_refused(void **state)
{
	(void)state;
	size_t refused = 0;
	for (uint64_t n = 0; n < cases(4000); n++) {
		uint64_t seed = seed_of_case(n);
		size_t len = below(&seed, 300);
		CLEAN_PATCH struct patch *p = random_patch(&seed, &len, below(&seed, 10));
		CLEAN_BUF struct buf saved = {0};
		patch_save(p, &saved);
		for (size_t i = 0; i <= below(&seed, 3); i++)
			saved.at[below(&seed, saved.len)] ^=
				(uint8_t)(1u << below(&seed, 8));
		if (below(&seed, 4) == 0)
			saved.len = below(&seed, saved.len);
		CLEAN_PATCH struct patch *loaded = NULL;
		enum err e = patch_load(buf_bytes(&saved), &loaded);
		if (e != OK) {
			assert_int_equal(e, ERR_CORRUPT);
			assert_null(loaded);
			refused++;
			continue;
		}
		CLEAN_BUF struct buf again = {0};
		patch_save(loaded, &again);
		assert_int_equal(again.len, saved.len);
		assert_memory_equal(again.at, saved.at, saved.len);
	}
	assert_true(refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_edit_leaves_the_patch_that_a_naive_one_leaves),
		cmocka_unit_test(composing_is_doing_one_after_the_other),
		cmocka_unit_test(composing_is_associative),
		cmocka_unit_test(what_was_typed_and_deleted_leaves_no_trace),
		cmocka_unit_test(carrying_keeps_every_insertion_and_both_deletions),
		cmocka_unit_test(a_carried_patch_is_in_canonical_form),
		cmocka_unit_test(a_sealed_patch_does_what_the_patch_does),
		cmocka_unit_test(the_difference_of_two_texts_makes_one_of_the_other),
		cmocka_unit_test(places_map_to_the_same_neighbours),
		cmocka_unit_test(bytes_that_no_patch_saves_to_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
