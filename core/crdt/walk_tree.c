#include "core/crdt/walk_tree.h"

#include <assert.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/base/mem.h"

void tree_release(struct tree *tree)
{
	for (size_t i = 0; i < 3; i++)
		mem_free(tree->starts[i]);
	mem_free(tree->slots);
	mem_free(tree->leaves);
	mem_free(tree->nodes);
	*tree = (struct tree){0};
}

/* ---- ids ---- */

/* Words of each level for `ids` ids. */
static size_t words(size_t ids, size_t level)
{
	for (size_t i = 0; i <= level; i++)
		ids = (ids + 63) / 64;
	return ids;
}

void tree_reserve(struct tree *tree, size_t count)
{
	if (count > tree->id_cap) {
		size_t cap = count + count / 2 + 1024;
		for (size_t i = 0; i < 3; i++) {
			size_t was = words(tree->id_cap, i), now = words(cap, i);
			tree->starts[i] = mem_resize(
				tree->starts[i], now, sizeof(*tree->starts[i]));
			memset(tree->starts[i] + was, 0,
				(now - was) * sizeof(*tree->starts[i]));
		}
		tree->id_cap = cap;
	}
	if (count > tree->id_count)
		tree->id_count = count;
}

/* Take the starts of all runs out, one by one: to clear the whole set would take as long
 * as the text is, and a history has thousands of short walks. */
static void clear_starts(struct tree *tree)
{
	for (size_t i = 0; i < tree->leaf_count; i++) {
		for (uint32_t k = 0; k < tree->leaves[i].count; k++) {
			uint32_t id = tree->leaves[i].items[k].id;
			tree->starts[0][id >> 6] = 0;
			tree->starts[1][id >> 12] = 0;
			tree->starts[2][id >> 18] = 0;
		}
	}
	tree->leaf_count = 0;
	tree->id_count = tree->run_count = 0;
}

#define SLOT_BITS_MIN 6u

/* `bits` as the size of an empty table. */
static void clear_slots(struct tree *tree, unsigned bits)
{
	size_t count = (size_t)1 << bits;
	if (count > tree->slot_cap) {
		mem_free(tree->slots);
		tree->slots = mem_resize(NULL, count, sizeof(*tree->slots));
		tree->slot_cap = count;
	}
	tree->slot_bits = bits;
	memset(tree->slots, 0xff, count * sizeof(*tree->slots));
}

/*
 * A number that who wrote the history cannot know: with a fixed one a partner could begin
 * runs at ids that all come to lie side by side, and each search would pass over all. It
 * changes where slots are, never what comes out. From the random bytes the kernel gives
 * every process (getauxval(3)).
 */
static uint32_t own_number(void)
{
	uint32_t number = UINT32_C(2654435769);
	const void *random = (const void *)getauxval(AT_RANDOM);
	if (random != NULL)
		memcpy(&number, random, sizeof(number));
	return number | 1;
}

/* The slot of an id, or the empty one where it belongs: multiplication spreads them
 * (Dietzfelbinger et al., "A Reliable Randomized Algorithm for the Closest-Pair Problem",
 * J. Algorithms 25, 1997, §2: with a random odd factor two ids rarely meet). */
static struct tree_slot *slot_for(const struct tree *tree, uint32_t id)
{
	size_t mask = ((size_t)1 << tree->slot_bits) - 1;
	size_t i = id * tree->spread >> (32 - tree->slot_bits);
	while (tree->slots[i].id != id && tree->slots[i].id != TREE_NONE)
		i = (i + 1) & mask;
	return &tree->slots[i];
}

static void set_leaf(struct tree *tree, uint32_t id, uint32_t leaf)
{
	*slot_for(tree, id) = (struct tree_slot){id, leaf};
}

/* Twice as many slots, filled anew from the leaves. */
static void grow_slots(struct tree *tree)
{
	clear_slots(tree, tree->slot_bits + 1);
	for (size_t i = 0; i < tree->leaf_count; i++) {
		for (uint32_t k = 0; k < tree->leaves[i].count; k++)
			set_leaf(tree, tree->leaves[i].items[k].id, (uint32_t)i);
	}
}

static void add_start(struct tree *tree, uint32_t id, uint32_t leaf)
{
	assert(id < tree->id_count);
	tree->starts[0][id >> 6] |= UINT64_C(1) << (id & 63);
	tree->starts[1][id >> 12] |= UINT64_C(1) << (id >> 6 & 63);
	tree->starts[2][id >> 18] |= UINT64_C(1) << (id >> 12 & 63);
	if (2 * ++tree->run_count > (size_t)1 << tree->slot_bits)
		grow_slots(tree); /* the run stands in its leaf already */
	else
		set_leaf(tree, id, leaf);
}

static uint32_t highest(uint64_t word)
{
	return 63 - (uint32_t)__builtin_clzll(word);
}

/* The bits of a word up to, and with, number `bit`. */
static uint64_t up_to(uint64_t word, uint32_t bit)
{
	return word & (~UINT64_C(0) >> (63 - bit));
}

/* The first id of the run that holds the character: the greatest start not above it. */
static uint32_t start_of(const struct tree *tree, uint32_t id)
{
	uint64_t word = up_to(tree->starts[0][id >> 6], id & 63);
	if (word != 0)
		return (id & ~63u) | highest(word);
	/* Nothing in its word: the level above knows which word before it has one. Id 0
	 * begins a run, so `at` does not become negative. */
	uint32_t at = (id >> 6) - 1;
	word = up_to(tree->starts[1][at >> 6], at & 63);
	if (word == 0) {
		uint32_t top = (at >> 6) - 1, w = top >> 6;
		word = up_to(tree->starts[2][w], top & 63);
		while (word == 0)
			word = tree->starts[2][--w];
		top = w << 6 | highest(word);
		word = tree->starts[1][top];
		at = top << 6;
	}
	at = (at & ~63u) | highest(word);
	return at << 6 | highest(tree->starts[0][at]);
}

/* ---- leaves and nodes ---- */

static uint32_t new_leaf(struct tree *tree)
{
	tree->leaves = mem_grow(
		tree->leaves, tree->leaf_count, &tree->leaf_cap, sizeof(*tree->leaves));
	struct tree_leaf *leaf = &tree->leaves[tree->leaf_count];
	leaf->parent = leaf->before = leaf->after = TREE_NONE;
	leaf->count = 0;
	return (uint32_t)tree->leaf_count++;
}

static uint32_t new_node(struct tree *tree, bool is_low)
{
	tree->nodes = mem_grow(
		tree->nodes, tree->node_count, &tree->node_cap, sizeof(*tree->nodes));
	struct tree_node *node = &tree->nodes[tree->node_count];
	node->parent = TREE_NONE;
	node->count = 0;
	node->is_low = is_low;
	return (uint32_t)tree->node_count++;
}

static uint32_t slot_of(const struct tree_node *node, uint32_t child)
{
	uint32_t i = 0;
	while (node->child[i] != child)
		i++;
	return i;
}

static void set_parent(struct tree *tree, bool is_leaf, uint32_t child, uint32_t parent)
{
	if (is_leaf)
		tree->leaves[child].parent = parent;
	else
		tree->nodes[child].parent = parent;
}

/* Put a child into a node that has the room. */
static void put_child(struct tree *tree, uint32_t at, uint32_t slot, uint32_t child,
	struct tree_width width)
{
	struct tree_node *node = &tree->nodes[at];
	uint32_t rest = node->count - slot;
	memmove(&node->child[slot + 1], &node->child[slot], rest * sizeof(child));
	memmove(&node->width[slot + 1], &node->width[slot], rest * sizeof(width));
	node->child[slot] = child;
	node->width[slot] = width;
	node->count++;
	set_parent(tree, node->is_low, child, at);
}

static void grow_root(struct tree *tree)
{
	uint32_t root = new_node(tree, false);
	put_child(tree, root, 0, tree->root, tree->width);
	tree->root = root;
}

/* The sums of what moves from a child to the new one put in to its right. */
static void move_width(struct tree *tree, uint32_t at, uint32_t child, uint32_t made,
	struct tree_width moved)
{
	struct tree_node *node = &tree->nodes[at];
	uint32_t slot = slot_of(node, child);
	node->width[slot].there -= moved.there;
	node->width[slot].here -= moved.here;
	put_child(tree, at, slot + 1, made, moved);
}

/* Move the right half of a node's children to a new one beside it. Whatever is above is
 * split before, while all sums are right. */
static void split_node(struct tree *tree, uint32_t at)
{
	if (tree->nodes[at].parent == TREE_NONE)
		grow_root(tree);
	if (tree->nodes[tree->nodes[at].parent].count == NODE_CHILDREN)
		split_node(tree, tree->nodes[at].parent);
	uint32_t made = new_node(tree, tree->nodes[at].is_low);
	struct tree_node *left = &tree->nodes[at], *right = &tree->nodes[made];
	struct tree_width moved = {0, 0};
	right->count = left->count / 2;
	left->count -= right->count;
	for (uint32_t i = 0; i < right->count; i++) {
		right->child[i] = left->child[left->count + i];
		right->width[i] = left->width[left->count + i];
		moved.there += right->width[i].there;
		moved.here += right->width[i].here;
		set_parent(tree, right->is_low, right->child[i], made);
	}
	move_width(tree, left->parent, at, made, moved);
}

/* Add to the sums above a leaf; what is taken away is added as its complement. */
static void add_width(struct tree *tree, uint32_t leaf, uint32_t there, uint32_t here)
{
	uint32_t child = leaf, at = tree->leaves[leaf].parent;
	while (at != TREE_NONE) {
		struct tree_node *node = &tree->nodes[at];
		uint32_t slot = slot_of(node, child);
		node->width[slot].there += there;
		node->width[slot].here += here;
		child = at;
		at = node->parent;
	}
	tree->width.there += there;
	tree->width.here += here;
}

/* Move the right half of a leaf's items to a new one beside it. */
static uint32_t split_leaf(struct tree *tree, uint32_t at)
{
	if (tree->nodes[tree->leaves[at].parent].count == NODE_CHILDREN)
		split_node(tree, tree->leaves[at].parent);
	uint32_t made = new_leaf(tree);
	struct tree_leaf *left = &tree->leaves[at], *right = &tree->leaves[made];
	struct tree_width moved = {0, 0};
	right->count = left->count / 2;
	left->count -= right->count;
	memcpy(right->items, left->items + left->count,
		right->count * sizeof(struct item));
	for (uint32_t i = 0; i < right->count; i++) {
		moved.there += item_there(&right->items[i]);
		moved.here += item_here(&right->items[i]);
		set_leaf(tree, right->items[i].id, made);
	}
	right->before = at;
	right->after = left->after;
	left->after = made;
	if (right->after != TREE_NONE)
		tree->leaves[right->after].before = made;
	move_width(tree, left->parent, at, made, moved);
	return made;
}

/* Put an item in; the sums are the caller's. Returns where it is. */
static struct tree_place put_item(
	struct tree *tree, struct tree_place place, struct item item)
{
	if (tree->leaves[place.leaf].count == LEAF_ITEMS) {
		uint32_t made = split_leaf(tree, place.leaf);
		uint32_t left = tree->leaves[place.leaf].count;
		if (place.index > left) {
			place.index -= left;
			place.leaf = made;
		}
	}
	struct tree_leaf *leaf = &tree->leaves[place.leaf];
	memmove(&leaf->items[place.index + 1], &leaf->items[place.index],
		(leaf->count - place.index) * sizeof(item));
	leaf->items[place.index] = item;
	leaf->count++;
	add_start(tree, item.id, place.leaf);
	return place;
}

void tree_begin(struct tree *tree, uint32_t len)
{
	clear_starts(tree);
	tree->spread = own_number();
	tree_reserve(tree, len);
	clear_slots(tree, SLOT_BITS_MIN);
	tree->node_count = 0;
	tree->width = (struct tree_width){0, 0};
	tree->root = new_node(tree, true);
	put_child(tree, tree->root, 0, new_leaf(tree), tree->width);
	if (len > 0)
		tree_insert(tree, (struct tree_place){0},
			(struct item){.len = len,
				.left = TREE_NONE,
				.right = TREE_NONE,
				.state = 1,
				.dead = TREE_NONE});
}

bool tree_settle(const struct tree *tree, struct tree_place *place)
{
	while (place->index == tree->leaves[place->leaf].count) {
		if (tree->leaves[place->leaf].after == TREE_NONE)
			return false;
		place->leaf = tree->leaves[place->leaf].after;
		place->index = 0;
	}
	return true;
}

struct tree_place tree_find(const struct tree *tree, uint32_t id)
{
	uint32_t start = start_of(tree, id), index = 0;
	uint32_t at = slot_for(tree, start)->leaf;
	const struct tree_leaf *leaf = &tree->leaves[at];
	while (leaf->items[index].id != start)
		index++;
	return (struct tree_place){.leaf = at, .index = index};
}

struct tree_place tree_seek(const struct tree *tree, uint32_t pos, uint32_t *offset)
{
	assert(pos < tree->width.there);
	uint32_t at = tree->root, here = 0;
	for (;;) {
		const struct tree_node *node = &tree->nodes[at];
		uint32_t i = 0;
		for (; node->width[i].there <= pos; i++) {
			pos -= node->width[i].there;
			here += node->width[i].here;
		}
		at = node->child[i];
		if (node->is_low)
			break;
	}
	const struct item *item = tree->leaves[at].items;
	uint32_t index = 0;
	for (; item_there(item) <= pos; item++, index++) {
		pos -= item_there(item);
		here += item_here(item);
	}
	*offset = pos;
	return (struct tree_place){at, index, here};
}

struct tree_place tree_cut(struct tree *tree, struct tree_place *place, uint32_t offset)
{
	/* Make room while the sums say what the leaf holds. */
	if (tree->leaves[place->leaf].count == LEAF_ITEMS) {
		uint32_t made = split_leaf(tree, place->leaf);
		uint32_t count = tree->leaves[place->leaf].count;
		if (place->index >= count) {
			place->index -= count;
			place->leaf = made;
		}
	}
	struct item *left = tree_item(tree, *place), right = *left;
	left->len = offset;
	right.left = right.id + offset - 1;
	right.id += offset;
	right.len -= offset;
	struct tree_place beside = *place;
	beside.here += left->dead == TREE_NONE ? offset : 0;
	beside.index++;
	return put_item(tree, beside, right);
}

void tree_insert(struct tree *tree, struct tree_place place, struct item item)
{
	uint32_t leaf = put_item(tree, place, item).leaf;
	add_width(tree, leaf, item_there(&item), item_here(&item));
}

void tree_extend(struct tree *tree, struct tree_place place, uint32_t len)
{
	tree_item(tree, place)->len += len;
	add_width(tree, place.leaf, len, len);
}

void tree_set(struct tree *tree, struct tree_place place, uint16_t state, uint32_t dead)
{
	struct item *item = tree_item(tree, place);
	uint32_t there = item_there(item), here = item_here(item);
	item->state = state;
	item->dead = dead;
	if (item_there(item) != there || item_here(item) != here)
		add_width(tree, place.leaf, item_there(item) - there,
			item_here(item) - here);
}

uint64_t tree_order(const struct tree *tree, uint32_t id)
{
	struct tree_place place = tree_find(tree, id);
	uint32_t child = place.leaf, at = tree->leaves[child].parent;
	uint64_t order = place.index;
	/* All leaves are equally deep; five bits for the item, four for each node. */
	for (unsigned shift = 5; at != TREE_NONE; shift += 4) {
		order |= (uint64_t)slot_of(&tree->nodes[at], child) << shift;
		child = at;
		at = tree->nodes[at].parent;
	}
	return order;
}

size_t tree_memory(const struct tree *tree)
{
	size_t sum = tree->leaf_cap * sizeof(*tree->leaves) +
		     tree->node_cap * sizeof(*tree->nodes) +
		     tree->slot_cap * sizeof(*tree->slots);
	for (size_t i = 0; i < 3 && tree->id_cap > 0; i++)
		sum += words(tree->id_cap, i) * sizeof(uint64_t);
	return sum;
}
