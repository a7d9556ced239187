/*
 * Laws of texts on generated histories of several replicas that write apart and meet now
 * and then, each against a reference that is slow and obviously right: FugueMax as a tree
 * of single characters (Weidner & Kleppmann, arXiv 2305.00583, §4).
 * The seed is fixed; KITH_LAWS_SEED and KITH_LAWS_CASES give others, and more.
 */
#include "tests/test.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/history.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"

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

/* ---- a world: entries, who has seen which, and the characters they made ---- */

#define REPLICAS_MAX 8
#define ENTRIES_MAX  160
#define NODES_MAX    1024
#define OPS_MAX      6
#define END          (-1)

/* A character in the tree: child of `parent` (or the root, END), on its left or right
 * side. `right` is the character to its right when it was inserted; END: none. */
struct node {
	int parent, right;
	bool is_left_child;
	int entry;
	uint32_t scalar;
	bool deleted_by[ENTRIES_MAX];
};

struct entry {
	size_t replica;
	uint64_t number;
	struct vector seen;
	bool knows[ENTRIES_MAX]; /* all that it has seen */
	struct text_op ops[OPS_MAX];
	size_t count;
	struct buf text;
};

struct world {
	uint64_t seed;
	size_t replicas;
	struct log_id logs[REPLICAS_MAX];
	struct text *texts[REPLICAS_MAX];
	struct buf inserted[REPLICAS_MAX]; /* in the order it was applied there */
	bool knows[REPLICAS_MAX][ENTRIES_MAX];
	uint64_t numbers[REPLICAS_MAX];
	struct entry entries[ENTRIES_MAX];
	size_t entry_count;
	struct node nodes[NODES_MAX];
	size_t node_count;
};

static struct world world;

static void begin(uint64_t seed, size_t replicas)
{
	memset(&world, 0, sizeof(world));
	world.seed = seed;
	world.replicas = replicas;
	size_t first = below(&world.seed, 7);
	for (size_t i = 0; i < world.replicas; i++) {
		world.logs[i] = (struct log_id){{(uint8_t)((first + i * 5) % 11)}};
		world.texts[i] = text_new();
	}
}

static size_t some_replicas(uint64_t number)
{
	return 2 + number % (number % 4 == 0 ? 7 : 3);
}

static void end(void)
{
	for (size_t i = 0; i < world.replicas; i++) {
		text_free(world.texts[i]);
		buf_release(&world.inserted[i]);
	}
	for (size_t i = 0; i < world.entry_count; i++) {
		vector_release(&world.entries[i].seen);
		buf_release(&world.entries[i].text);
	}
}

/* ---- the reference: the order of the tree ---- */

static bool comes_before(int x, int y);

static size_t depth_of(int x)
{
	size_t depth = 0;
	for (; x != END; x = world.nodes[x].parent)
		depth++;
	return depth;
}

/* Two children of one parent: left ones before right ones; right ones by their right
 * neighbour, the farther first; then by log id. */
static bool sibling_before(int x, int y)
{
	const struct node *a = &world.nodes[x], *b = &world.nodes[y];
	if (a->is_left_child != b->is_left_child)
		return a->is_left_child;
	if (!a->is_left_child && a->right != b->right)
		return a->right == END ||
		       (b->right != END && comes_before(b->right, a->right));
	return log_id_compare(world.logs[world.entries[a->entry].replica],
		       world.logs[world.entries[b->entry].replica]) < 0;
}

static bool comes_before(int x, int y)
{
	size_t depth_x = depth_of(x), depth_y = depth_of(y);
	int up_x = x, up_y = y, below_x = END, below_y = END;
	for (; depth_x > depth_y; depth_x--)
		below_x = up_x, up_x = world.nodes[up_x].parent;
	for (; depth_y > depth_x; depth_y--)
		below_y = up_y, up_y = world.nodes[up_y].parent;
	if (up_x == up_y)
		return below_x != END ? world.nodes[below_x].is_left_child
				      : !world.nodes[below_y].is_left_child;
	for (; world.nodes[up_x].parent != world.nodes[up_y].parent;
		up_x = world.nodes[up_x].parent)
		up_y = world.nodes[up_y].parent;
	return sibling_before(up_x, up_y);
}

/* All characters, deleted ones too, that whoever knows `knows` has, in order. */
static size_t list_of(const bool *knows, int *list)
{
	size_t count = 0;
	for (size_t n = 0; n < world.node_count; n++) {
		if (!knows[world.nodes[n].entry])
			continue;
		size_t i = count++;
		for (; i > 0 && comes_before((int)n, list[i - 1]); i--)
			list[i] = list[i - 1];
		list[i] = (int)n;
	}
	return count;
}

static bool is_visible(int node, const bool *knows)
{
	for (size_t e = 0; e < world.entry_count; e++) {
		if (knows[e] && world.nodes[node].deleted_by[e])
			return false;
	}
	return true;
}

/* The index directly after visible character number `pos` - 1. */
static size_t gap_of(const int *list, const bool *knows, size_t pos)
{
	size_t i = 0;
	for (; pos > 0; i++)
		pos -= is_visible(list[i], knows);
	return i;
}

static bool has_right_child(int parent, const bool *knows)
{
	for (size_t n = 0; n < world.node_count; n++) {
		const struct node *node = &world.nodes[n];
		if (node->parent == parent && !node->is_left_child && knows[node->entry])
			return true;
	}
	return false;
}

static void reference_insert(int entry, const bool *knows, size_t pos, uint32_t scalar)
{
	static int list[NODES_MAX];
	size_t count = list_of(knows, list), gap = gap_of(list, knows, pos);
	int left = gap > 0 ? list[gap - 1] : END;
	int right = gap < count ? list[gap] : END;
	assert_true(world.node_count < NODES_MAX);
	struct node *node = &world.nodes[world.node_count];
	*node = (struct node){.right = right, .entry = entry, .scalar = scalar};
	node->is_left_child = has_right_child(left, knows);
	node->parent = node->is_left_child ? right : left;
	world.node_count++;
}

static void reference_delete(int entry, const bool *knows, size_t pos)
{
	static int list[NODES_MAX];
	(void)list_of(knows, list);
	world.nodes[list[gap_of(list, knows, pos + 1) - 1]].deleted_by[entry] = true;
}

static void reference_text(const bool *knows, struct buf *out)
{
	static int list[NODES_MAX];
	size_t count = list_of(knows, list);
	for (size_t i = 0; i < count; i++) {
		if (is_visible(list[i], knows))
			utf8_add(out, world.nodes[list[i]].scalar);
	}
}

/* ---- what replicas do ---- */

/* Scalar values of one to four bytes, right-to-left ones among them. */
static const uint32_t SCALARS[] = {'a', 'b', 'c', 'd', 'e', ' ', '\n', 0xe9, 0x301, 0x5d0,
	0x20ac, 0x4e2d, 0x10000, 0x1f600, 0x10ffff};

static void add_op(struct entry *entry, size_t *len)
{
	struct text_op *op = &entry->ops[entry->count];
	op->is_insert = *len == 0 || below(&world.seed, 5) < 3;
	size_t n = 1 + below(&world.seed, 3);
	if (op->is_insert) {
		op->pos = (uint32_t)below(&world.seed, *len + 1);
		/* Where others write too. */
		if (below(&world.seed, 2) == 0)
			op->pos /= 4;
		for (size_t i = 0; i < n; i++)
			utf8_add(&entry->text, SCALARS[below(&world.seed, 15)]);
		*len += n;
	} else {
		op->pos = (uint32_t)below(&world.seed, *len);
		if (n > *len - op->pos)
			n = *len - op->pos;
		*len -= n;
	}
	op->len = (uint32_t)n;
	entry->count++;
}

static void reference_apply(const struct entry *entry, int number, const bool *knows)
{
	struct bytes rest = buf_bytes(&entry->text);
	for (size_t i = 0; i < entry->count; i++) {
		const struct text_op *op = &entry->ops[i];
		for (uint32_t k = 0; k < op->len; k++) {
			uint32_t scalar = 0;
			if (op->is_insert) {
				assert_true(utf8_next(&rest, &scalar));
				reference_insert(number, knows, op->pos + k, scalar);
			} else {
				reference_delete(number, knows, op->pos);
			}
		}
	}
}

/* Make `before` what the effect says; inserted characters are taken from `after`. */
static void assert_effect(
	const struct effect *effect, const struct rope *before, const struct rope *after)
{
	CLEAN_ROPE struct rope *made = rope_new();
	size_t at_before = 0, at_after = 0;
	for (size_t i = 0; i < effect->count; i++) {
		const struct effect_run *run = &effect->runs[i];
		if (run->kind == EFFECT_INSERT)
			rope_append_range(made, after, at_after, run->len);
		if (run->kind == EFFECT_RETAIN)
			rope_append_range(made, before, at_before, run->len);
		at_after += run->kind != EFFECT_DELETE ? run->len : 0;
		at_before += run->kind != EFFECT_INSERT ? run->len : 0;
	}
	rope_append_range(made, before, at_before, rope_len(before) - at_before);
	assert_true(rope_equal(made, after));
}

static void apply(size_t replica, size_t number)
{
	struct entry *entry = &world.entries[number];
	struct text *text = world.texts[replica];
	struct text_change change = {entry->ops, entry->count, buf_bytes(&entry->text)};
	struct log_id log = world.logs[entry->replica];
	CLEAN_ROPE struct rope *before = rope_copy(text_rope(text));
	CLEAN_EFFECT struct effect effect = {0};
	if (below(&world.seed, 2) == 0)
		assert_int_equal(
			text_fits(text, log, entry->number, &entry->seen, &change), OK);
	assert_int_equal(
		text_apply(text, log, entry->number, &entry->seen, &change, &effect), OK);
	assert_effect(&effect, before, text_rope(text));
	buf_add(&world.inserted[replica], buf_bytes(&entry->text));
	world.knows[replica][number] = true;
	assert_int_equal(
		text_fits(text, log, entry->number, &entry->seen, &change), ERR_VOID);
}

static struct entry *new_entry(size_t replica)
{
	assert_true(world.entry_count < ENTRIES_MAX);
	struct entry *entry = &world.entries[world.entry_count++];
	entry->replica = replica;
	world.numbers[replica] += 1 + below(&world.seed, 2);
	entry->number = world.numbers[replica];
	memcpy(entry->knows, world.knows[replica], sizeof(entry->knows));
	for (size_t i = 0; i < world.entry_count; i++) {
		const struct entry *other = &world.entries[i];
		if (entry->knows[i] && other->replica != replica &&
			vector_get(&entry->seen, world.logs[other->replica]) <
				other->number)
			vector_set(
				&entry->seen, world.logs[other->replica], other->number);
	}
	return entry;
}

static void write_something(size_t replica)
{
	int number = (int)world.entry_count;
	struct entry *entry = new_entry(replica);
	size_t len = text_len(world.texts[replica]);
	for (size_t n = 1 + below(&world.seed, OPS_MAX); n > 0; n--)
		add_op(entry, &len);
	world.knows[replica][number] = true;
	reference_apply(entry, number, world.knows[replica]);
	apply(replica, (size_t)number);
}

static void pull(size_t replica, size_t from)
{
	for (size_t i = 0; i < world.entry_count; i++) {
		if (world.knows[from][i] && !world.knows[replica][i])
			apply(replica, i);
	}
}

/* One more entry that it lacks, where it has seen all before it. */
static void pull_one(size_t replica)
{
	for (size_t i = 0; i < world.entry_count; i++) {
		bool is_ready = !world.knows[replica][i] && below(&world.seed, 3) == 0;
		for (size_t k = 0; k < i && is_ready; k++)
			is_ready = world.knows[replica][k] ||
				   (!world.entries[i].knows[k] &&
					   world.entries[k].replica !=
						   world.entries[i].replica);
		if (is_ready) {
			apply(replica, i);
			return;
		}
	}
}

static void save_and_load(size_t replica)
{
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf again = {0};
	struct text *loaded = NULL;
	text_save(world.texts[replica], &saved);
	assert_int_equal(text_load(buf_bytes(&saved), &loaded), OK);
	text_save(loaded, &again);
	assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&again)));
	text_free(world.texts[replica]);
	world.texts[replica] = loaded;
}

static void assert_as_reference(size_t replica)
{
	CLEAN_BUF struct buf want = {0};
	reference_text(world.knows[replica], &want);
	assert_true(rope_is(text_rope(world.texts[replica]), buf_bytes(&want)));
}

static void live(size_t steps)
{
	for (size_t n = 0; n < steps; n++) {
		size_t replica = below(&world.seed, world.replicas);
		switch (below(&world.seed, 8)) {
		case 0:
			pull(replica, below(&world.seed, world.replicas));
			break;
		case 1:
		case 2:
			pull_one(replica);
			break;
		case 3:
			save_and_load(replica);
			break;
		default:
			write_something(replica);
		}
		assert_as_reference(replica);
	}
}

static void meet(void)
{
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < world.replicas; i++)
			pull(round == 0 ? 0 : i, round == 0 ? i : 0);
	}
}

static void every_replica_agrees_with_the_reference_at_every_step(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(150); n++) {
		begin(seed_of_case(n), some_replicas(n));
		live(12 + below(&world.seed, 40));
		meet();
		for (size_t i = 0; i < world.replicas; i++)
			assert_as_reference(i);
		end();
	}
}

static void assert_history_makes_it(size_t replica)
{
	struct text *text = world.texts[replica], *made = NULL;
	CLEAN_BUF struct buf history = {0};
	history_encode(text, buf_bytes(&world.inserted[replica]), &history);
	assert_int_equal(history_merge(buf_bytes(&history), &made), OK);
	assert_true(rope_equal(text_rope(text), text_rope(made)));
	text_free(made);
}

static void a_history_makes_the_text_it_is_of(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(60); n++) {
		begin(seed_of_case(n + 12000), some_replicas(n));
		live(12 + below(&world.seed, 30));
		assert_history_makes_it(0);
		meet();
		assert_history_makes_it(world.replicas - 1);
		end();
	}
}

static void the_trace_names_the_entry_of_every_character(void **state)
{
	(void)state;
	static int list[NODES_MAX];
	for (uint64_t n = 0; n < cases(60); n++) {
		begin(seed_of_case(n + 1000), some_replicas(n));
		live(30);
		meet();
		CLEAN_ARENA struct arena arena = {0};
		struct text_run *runs = NULL;
		size_t count = 0, all = list_of(world.knows[0], list), run = 0,
		       in_run = 0;
		text_trace(world.texts[0], &arena, &runs, &count);
		for (size_t i = 0; i < all; i++) {
			const struct entry *entry =
				&world.entries[world.nodes[list[i]].entry];
			if (!is_visible(list[i], world.knows[0]))
				continue;
			assert_true(run < count);
			assert_int_equal(runs[run].entry, entry->number);
			assert_true(
				log_id_equal(runs[run].log, world.logs[entry->replica]));
			if (++in_run == runs[run].len)
				run++, in_run = 0;
		}
		assert_int_equal(run, count);
		end();
	}
}

/* ---- drafts ---- */

/* A draft's keystrokes on a text of `*len`, as a patch and one by one as entries. */
struct stroke {
	struct text_op op;
	uint8_t text[4];
	size_t text_len;
};

static size_t type(struct patch *patch, size_t len, struct stroke *strokes, size_t count)
{
	size_t at = below(&world.seed, len + 1);
	for (size_t i = 0; i < count; i++) {
		if (below(&world.seed, 4) == 0)
			at = below(&world.seed, len + 1);
		struct stroke *stroke = &strokes[i];
		*stroke = (struct stroke){0};
		CLEAN_BUF struct buf text = {0};
		if (at > 0 && below(&world.seed, 5) < 2) {
			at--, len--;
			stroke->op = (struct text_op){false, (uint32_t)at, 1};
			patch_splice(patch, at, 1, (struct bytes){0});
			continue;
		}
		utf8_add(&text, SCALARS[below(&world.seed, 15)]);
		memcpy(stroke->text, text.at, text.len);
		stroke->text_len = text.len;
		stroke->op = (struct text_op){true, (uint32_t)at, 1};
		patch_splice(patch, at, 0, buf_bytes(&text));
		at++, len++;
	}
	return count;
}

static struct text *copy_of(const struct text *text)
{
	CLEAN_BUF struct buf saved = {0};
	struct text *copy = NULL;
	text_save(text, &saved);
	assert_int_equal(text_load(buf_bytes(&saved), &copy), OK);
	return copy;
}

static void apply_strokes(struct text *text, struct log_id log, uint64_t first,
	const struct vector *seen, const struct stroke *strokes, size_t count,
	struct patch *draft, struct log_id own)
{
	for (size_t i = 0; i < count; i++) {
		CLEAN_EFFECT struct effect effect = {0};
		struct text_change change = {
			&strokes[i].op, 1, {strokes[i].text, strokes[i].text_len}};
		assert_int_equal(
			text_apply(text, log, first + i, seen, &change, &effect), OK);
		if (draft != NULL)
			patch_carry(draft, &effect, own);
	}
}

static void apply_sealed(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct patch *patch)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	patch_seal(patch, &arena, &change);
	assert_int_equal(text_apply(text, log, entry, seen, &change, NULL), OK);
}

#define STROKES 24

/* Two people who have seen all of each other's, and then write apart. */
struct apart {
	struct vector seen;
	uint64_t numbers[2];
	struct stroke strokes[2][STROKES];
	size_t counts[2];
	struct patch *patches[2];
};

static void part(struct apart *apart)
{
	meet();
	*apart = (struct apart){0};
	for (size_t i = 0; i < world.entry_count; i++)
		vector_set(&apart->seen, world.logs[world.entries[i].replica],
			world.entries[i].number);
	for (size_t i = 0; i < 2; i++) {
		apart->numbers[i] = world.numbers[i] + 1;
		apart->patches[i] = patch_new();
		apart->counts[i] = type(apart->patches[i], text_len(world.texts[0]),
			apart->strokes[i], 1 + below(&world.seed, STROKES));
	}
}

static void reunite(struct apart *apart)
{
	vector_release(&apart->seen);
	patch_free(apart->patches[0]);
	patch_free(apart->patches[1]);
}

static void a_sealed_draft_merges_as_its_keystrokes_would_have(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(400); n++) {
		struct apart apart;
		begin(seed_of_case(n + 2000), some_replicas(n));
		live(8);
		part(&apart);
		struct text *typed = world.texts[0], *sealed = world.texts[1];
		for (size_t i = 0; i < 2; i++) {
			apply_strokes(typed, world.logs[i], apart.numbers[i], &apart.seen,
				apart.strokes[i], apart.counts[i], NULL, world.logs[0]);
			apply_sealed(sealed, world.logs[i], apart.numbers[i], &apart.seen,
				apart.patches[i]);
		}
		assert_true(rope_equal(text_rope(typed), text_rope(sealed)));
		reunite(&apart);
		end();
	}
}

static void carrying_a_draft_first_or_sealing_it_first_is_the_same(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(400); n++) {
		struct apart apart;
		begin(seed_of_case(n + 4000), some_replicas(n));
		live(12);
		part(&apart);
		struct text *sealed_first = copy_of(world.texts[0]);
		apply_sealed(sealed_first, world.logs[0], apart.numbers[0], &apart.seen,
			apart.patches[0]);
		apply_strokes(sealed_first, world.logs[1], apart.numbers[1], &apart.seen,
			apart.strokes[1], apart.counts[1], NULL, world.logs[0]);

		struct text *carried = world.texts[0];
		apply_strokes(carried, world.logs[1], apart.numbers[1], &apart.seen,
			apart.strokes[1], apart.counts[1], apart.patches[0],
			world.logs[0]);
		vector_set(&apart.seen, world.logs[1],
			apart.numbers[1] + apart.counts[1] - 1);
		apply_sealed(carried, world.logs[0], apart.numbers[0], &apart.seen,
			apart.patches[0]);
		assert_true(rope_equal(text_rope(carried), text_rope(sealed_first)));
		text_free(sealed_first);
		reunite(&apart);
		end();
	}
}

/* What `replica` has seen, itself not included. */
static void seen_by(size_t replica, struct vector *seen)
{
	for (size_t i = 0; i < world.entry_count; i++) {
		const struct entry *entry = &world.entries[i];
		if (world.knows[replica][i] && entry->replica != replica &&
			vector_get(seen, world.logs[entry->replica]) < entry->number)
			vector_set(seen, world.logs[entry->replica], entry->number);
	}
}

/* Apply everything that replica 0 has not seen; carry the draft, if there is one. */
static void catch_up(struct text *text, struct patch *draft)
{
	for (size_t i = 0; i < world.entry_count; i++) {
		const struct entry *entry = &world.entries[i];
		struct text_change change = {
			entry->ops, entry->count, buf_bytes(&entry->text)};
		CLEAN_EFFECT struct effect effect = {0};
		if (world.knows[0][i])
			continue;
		assert_int_equal(text_apply(text, world.logs[entry->replica],
					 entry->number, &entry->seen, &change, &effect),
			OK);
		if (draft != NULL)
			patch_carry(draft, &effect, world.logs[0]);
	}
}

/* Let `draft` of replica 0, which had seen `seen`, be sealed before all that replica 0
 * lacks arrives, and after it; whether both give the same text. */
static bool is_the_same_either_way(struct patch *draft, const struct vector *seen)
{
	CLEAN_VECTOR struct vector all = {0};
	struct text *sealed_first = copy_of(world.texts[0]), *carried = world.texts[0];
	uint64_t next = world.numbers[0] + 1;
	apply_sealed(sealed_first, world.logs[0], next, seen, draft);
	catch_up(sealed_first, NULL);
	catch_up(carried, draft);
	for (size_t i = 0; i < world.entry_count; i++)
		world.knows[0][i] = true;
	seen_by(0, &all);
	apply_sealed(carried, world.logs[0], next, &all, draft);
	bool same = rope_equal(text_rope(carried), text_rope(sealed_first));
	text_free(sealed_first);
	return same;
}

/* Two people who have met: whatever one then seals, entry after entry and each with
 * insertions and deletions, the other's draft is carried over it. */
static void carrying_it_over_many_entries_of_the_other_is_the_same(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(400); n++) {
		struct stroke strokes[STROKES];
		begin(seed_of_case(n + 14000), 2);
		live(10);
		meet();
		CLEAN_PATCH struct patch *draft = patch_new();
		CLEAN_VECTOR struct vector seen = {0};
		seen_by(0, &seen);
		(void)type(draft, text_len(world.texts[0]), strokes,
			1 + below(&world.seed, STROKES));
		for (size_t k = 1 + below(&world.seed, 6); k > 0; k--)
			write_something(1);
		assert_true(is_the_same_either_way(draft, &seen));
		end();
	}
}

/*
 * More than one other writer, and versions that lack something the draft lies on: what
 * arrives may stand among what the draft was carried over, or what had been deleted when
 * it was written. One case in fifty does not agree (core/crdt/patch.h says which and
 * why): a passage of the draft then stands on the other side of one written at the same
 * place. Nobody has seen the draft: all replicas agree.
 */
static void a_draft_is_carried_over_writers_who_knew_less(void **state)
{
	(void)state;
	uint64_t differ = 0;
	for (uint64_t n = 0; n < cases(600); n++) {
		struct stroke strokes[STROKES];
		begin(seed_of_case(n + 8000), 2 + n % 3);
		live(12);
		CLEAN_PATCH struct patch *draft = patch_new();
		CLEAN_VECTOR struct vector seen = {0};
		seen_by(0, &seen);
		(void)type(draft, text_len(world.texts[0]), strokes,
			1 + below(&world.seed, 3));
		differ += !is_the_same_either_way(draft, &seen);
		end();
	}
	assert_true(differ <= cases(600) / 30);
}

static void put(struct text *text, uint8_t log, const char *letter, struct patch *draft)
{
	CLEAN_VECTOR struct vector nothing = {0};
	CLEAN_EFFECT struct effect effect = {0};
	struct text_change change = {
		&(struct text_op){true, 0, 1}, 1, bytes_text(letter)};
	assert_int_equal(
		text_apply(text, (struct log_id){{log}}, 1, &nothing, &change, &effect),
		OK);
	if (draft != NULL)
		patch_carry(draft, &effect, (struct log_id){{3}});
}

/* The example of core/crdt/patch.h: so far the law goes, and no farther. */
static void a_draft_carried_over_two_who_wrote_at_one_place_may_stand_between(
	void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *draft = patch_new();
	CLEAN_VECTOR struct vector both = {0};
	struct text *sealed = text_new(), *carried = text_new();
	patch_splice(draft, 0, 0, bytes_text("z"));
	put(sealed, 3, "z", NULL);
	put(sealed, 1, "x", NULL);
	put(sealed, 2, "y", NULL);
	assert_true(rope_is(text_rope(sealed), bytes_text("xyz")));
	put(carried, 1, "x", draft);
	put(carried, 2, "y", draft);
	vector_set(&both, (struct log_id){{1}}, 1);
	vector_set(&both, (struct log_id){{2}}, 1);
	apply_sealed(carried, (struct log_id){{3}}, 1, &both, draft);
	assert_true(rope_is(text_rope(carried), bytes_text("xzy")));
	text_free(sealed);
	text_free(carried);
}

/* Typing something more and deleting it again changes no byte of what is sealed. */
static void what_a_draft_deleted_again_is_in_no_sealed_byte(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < cases(300); n++) {
		struct apart apart;
		begin(seed_of_case(n + 6000), some_replicas(n));
		live(6);
		part(&apart);
		CLEAN_PATCH struct patch *with = patch_new();
		size_t len = text_len(world.texts[0]);
		for (size_t i = 0; i < apart.counts[0]; i++) {
			const struct stroke *stroke = &apart.strokes[0][i];
			size_t at = below(&world.seed, len + 1);
			patch_splice(with, at, 0, bytes_text("canary"));
			patch_splice(with, at, 6, (struct bytes){0});
			patch_splice(with, stroke->op.pos, stroke->op.is_insert ? 0 : 1,
				(struct bytes){stroke->text, stroke->text_len});
			len = stroke->op.is_insert ? len + 1 : len - 1;
		}
		CLEAN_ARENA struct arena arena = {0};
		CLEAN_BUF struct buf a = {0};
		CLEAN_BUF struct buf b = {0};
		struct text_change change;
		patch_seal(apart.patches[0], &arena, &change);
		text_change_encode(&change, &a);
		patch_seal(with, &arena, &change);
		text_change_encode(&change, &b);
		assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		reunite(&apart);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_replica_agrees_with_the_reference_at_every_step),
		cmocka_unit_test(a_history_makes_the_text_it_is_of),
		cmocka_unit_test(the_trace_names_the_entry_of_every_character),
		cmocka_unit_test(a_sealed_draft_merges_as_its_keystrokes_would_have),
		cmocka_unit_test(carrying_a_draft_first_or_sealing_it_first_is_the_same),
		cmocka_unit_test(carrying_it_over_many_entries_of_the_other_is_the_same),
		cmocka_unit_test(
			a_draft_carried_over_two_who_wrote_at_one_place_may_stand_between),
		cmocka_unit_test(a_draft_is_carried_over_writers_who_knew_less),
		cmocka_unit_test(what_a_draft_deleted_again_is_in_no_sealed_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
