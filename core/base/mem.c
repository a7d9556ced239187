#include "core/base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p)
{
	if (p == NULL) {
		(void)fputs("kith: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *mem_new(size_t size)
{
	return checked(calloc(1, size > 0 ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
	return checked(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *mem_resize(void *p, size_t count, size_t size)
{
	size_t total = 0;
	if (size_mul_overflows(count, size, &total))
		return checked(NULL);
	return checked(realloc(p, total > 0 ? total : 1));
}

void *mem_double(void *p, size_t *cap, size_t size)
{
	size_t room = *cap < 8 ? 8 : *cap * 2;
	p = mem_resize(p, room, size);
	*cap = room;
	return p;
}

void *mem_copy(const void *p, size_t size)
{
	void *copy = mem_new(size);
	if (size > 0)
		memcpy(copy, p, size);
	return copy;
}

char *mem_text(const char *text)
{
	return mem_copy(text, strlen(text) + 1);
}

void mem_free(void *p)
{
	free(p);
}

void mem_freep(void *p)
{
	void *inner = NULL;
	memcpy(&inner, p, sizeof inner);
	free(inner);
}

/* Blocks double, so that an arena of n bytes costs O(log n) allocations. */
#define ARENA_FIRST   4096u
#define ARENA_LARGEST (1u << 20)

struct arena_block {
	struct arena_block *before;
	size_t used, room;
	alignas(max_align_t) unsigned char at[];
};

/* A new block in front, of at least `need` bytes. */
static void add_block(struct arena *arena, size_t need)
{
	size_t room = arena->block == NULL ? ARENA_FIRST : arena->block->room * 2;
	size_t whole = 0;
	if (room > ARENA_LARGEST)
		room = ARENA_LARGEST;
	if (room < need)
		room = need;
	if (size_add_overflows(room, sizeof(struct arena_block), &whole))
		whole = SIZE_MAX; /* ends the program */
	struct arena_block *block = mem_new(whole);
	block->before = arena->block;
	block->room = room;
	arena->block = block;
}

void *arena_new(struct arena *arena, size_t size)
{
	size_t aligned = 0;
	if (size_add_overflows(size, alignof(max_align_t) - 1, &aligned))
		return checked(NULL);
	aligned &= ~(alignof(max_align_t) - 1);
	if (arena->block == NULL || arena->block->room - arena->block->used < aligned)
		add_block(arena, aligned);
	void *p = arena->block->at + arena->block->used;
	arena->block->used += aligned;
	return p;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total = 0;
	if (size_mul_overflows(count, size, &total))
		return checked(NULL);
	return arena_new(arena, total);
}

char *arena_text(struct arena *arena, const char *text)
{
	return arena_string(arena, bytes_text(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = arena_new(arena, (size_t)(len < 0 ? 0 : len) + 1);
	(void)vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, format, again);
	va_end(again);
	return text;
}

struct bytes arena_bytes(struct arena *arena, struct bytes bytes)
{
	uint8_t *copy = arena_new(arena, bytes.len);
	if (bytes.len > 0)
		memcpy(copy, bytes.at, bytes.len);
	return (struct bytes){copy, bytes.len};
}

char *arena_string(struct arena *arena, struct bytes text)
{
	char *copy = arena_new(arena, text.len + 1);
	if (text.len > 0)
		memcpy(copy, text.at, text.len);
	return copy;
}

void arena_release(struct arena *arena)
{
	while (arena->block != NULL) {
		struct arena_block *before = arena->block->before;
		free(arena->block);
		arena->block = before;
	}
}
