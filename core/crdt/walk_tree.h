/*
 * The characters of a walk in the order of the text, as runs in a B-tree that sums up how
 * many are visible at the version the walk stands at (*there*) and in the text here.
 *
 * Characters are named by ids from 0: first those that were there before the walk, in
 * their order, then by event. From an id its run is found by a set of all ids with which
 * runs begin, three levels of 64 bits a word, and from there its leaf by a hash table: an
 * array by id would be memory that grows with the text, touched once here and there.
 *
 * Only walk*.c include this.
 */
#ifndef KITH_CRDT_WALK_TREE_H
#define KITH_CRDT_WALK_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_NONE UINT32_MAX

/* A leaf's items are searched one by one. Tests build with less, for deep trees. */
#ifndef LEAF_ITEMS
#define LEAF_ITEMS    32u
#define NODE_CHILDREN 16u
#endif

/* A run of characters, each after the one before it. */
struct item {
	uint32_t id, len;
	uint32_t left, right; /* neighbours when it was inserted, or TREE_NONE */
	uint32_t dead;        /* here: the event that deleted it; TREE_NONE: it lives */
	uint16_t state;       /* there: 0 not inserted yet, 1 visible, n deleted */
	bool is_last;         /* walk.c */
};

struct tree_leaf {
	uint32_t parent, before, after; /* neighbours among leaves */
	uint32_t count;
	struct item items[LEAF_ITEMS];
};

struct tree_width {
	uint32_t there, here;
};

struct tree_node {
	uint32_t parent, count;
	uint32_t child[NODE_CHILDREN]; /* nodes, or leaves when `is_low` */
	struct tree_width width[NODE_CHILDREN];
	bool is_low;
};

/* In which leaf the run is that begins with `id`. TREE_NONE: an empty slot. */
struct tree_slot {
	uint32_t id, leaf;
};

/* Leaf 0 is the leftmost one. */
struct tree {
	struct tree_leaf *leaves;
	size_t leaf_count, leaf_cap;
	struct tree_node *nodes;
	size_t node_count, node_cap;
	uint32_t root;
	struct tree_width width;
	uint64_t *starts[3]; /* for `id_cap` ids; nothing but the runs' */
	size_t id_count, id_cap;
	struct tree_slot *slots; /* open addressing; at least half of them are empty */
	size_t run_count, slot_cap;
	unsigned slot_bits; /* how many are in use: 2^slot_bits of slot_cap */
	uint32_t spread;    /* what ids are multiplied by: odd, this process's own */
};

/* Before the item at `index` of `leaf`, or after its last one. */
struct tree_place {
	uint32_t leaf, index;
	uint32_t here; /* visible characters here before it */
};

void tree_release(struct tree *tree);
/* Empty but for one run of `len` characters; keeps its memory. */
void tree_begin(struct tree *tree, uint32_t len);
/* Ids below `count` may be inserted. */
void tree_reserve(struct tree *tree, size_t count);

static inline struct item *tree_item(const struct tree *tree, struct tree_place place)
{
	return &tree->leaves[place.leaf].items[place.index];
}

/* Products, not branches: nobody foresees which run is visible. */
static inline uint32_t item_there(const struct item *item)
{
	return item->len * (item->state == 1);
}

static inline uint32_t item_here(const struct item *item)
{
	return item->len * (item->dead == TREE_NONE);
}

/* Move on past the end of a leaf; false at the end of the text. */
bool tree_settle(const struct tree *tree, struct tree_place *place);

/* The item that holds the character; `here` is not set. */
struct tree_place tree_find(const struct tree *tree, uint32_t id);

/* The item that holds the character before which `pos` are visible there; how many of
 * the item's own are among those: `*offset`. It exists. `here` counts up to the item. */
struct tree_place tree_seek(const struct tree *tree, uint32_t pos, uint32_t *offset);

/* Cut an item in two; returns where the right one is. `*place` comes to be where the left
 * one is now. */
struct tree_place tree_cut(struct tree *tree, struct tree_place *place, uint32_t offset);

/* Insert an item before the place. Its id is the greatest so far. */
void tree_insert(struct tree *tree, struct tree_place place, struct item item);
/* Lengthen an item at its end by `len`, visible both there and here. */
void tree_extend(struct tree *tree, struct tree_place place, uint32_t len);

/* Change an item's states, and the sums. */
void tree_set(struct tree *tree, struct tree_place place, uint16_t state, uint32_t dead);

/* Where the character stands, comparable with that of others until the next change. */
uint64_t tree_order(const struct tree *tree, uint32_t id);

size_t tree_memory(const struct tree *tree);

#endif
