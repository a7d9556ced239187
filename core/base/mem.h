/*
 * Allocation that ends the program when memory is out, and the arena for things
 * that live and die together.
 *
 * Ending is safe: no length from a peer or a file reaches an allocation before it was
 * compared with its documented maximum, and every change to the store is a transaction.
 */
#ifndef KITH_BASE_MEM_H
#define KITH_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* `size` bytes, zeroed; never NULL (for size 0 too). Free with mem_free(). */
void *mem_new(size_t size);

/* An array of `count` zeroed items; ends the program when the product overflows. */
void *mem_array(size_t count, size_t size);

/* Grow or shrink; what is beyond the old content is undefined. `p` may be NULL. */
void *mem_resize(void *p, size_t count, size_t size);

/* A doubling array `p` of `*cap` items, made greater. */
void *mem_double(void *p, size_t *cap, size_t size);

/* Make room for one more item in a doubling array `p` that holds `count` of `*cap`. */
static inline void *mem_grow(void *p, size_t count, size_t *cap, size_t size)
{
	return count < *cap ? p : mem_double(p, cap, size);
}

void *mem_copy(const void *p, size_t size);
char *mem_text(const char *text);
void mem_free(void *p);

/* For CLEANUP(): frees the pointer that `p` points to. */
void mem_freep(void *p);

#define CLEAN_MEM CLEANUP(mem_freep)

/* Memory freed all at once. A zeroed arena is an empty one. */
struct arena {
	struct arena_block *block;
};

void *arena_new(struct arena *arena, size_t size); /* zeroed, aligned for any type */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_text(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct bytes arena_bytes(struct arena *arena, struct bytes bytes);
char *arena_string(struct arena *arena, struct bytes text); /* with a closing NUL */
void arena_release(struct arena *arena);

#define CLEAN_ARENA __attribute__((cleanup(arena_release)))

#endif
