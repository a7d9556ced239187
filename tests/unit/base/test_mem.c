#include "tests/test.h"

#include <signal.h>
#include <stdalign.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"

static void memory_comes_zeroed_and_never_as_null(void **state)
{
	(void)state;
	uint8_t *p = mem_new(100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	mem_free(p);
	void *nothing = mem_new(0), *none = mem_array(0, 8), *empty = mem_array(8, 0);
	assert_non_null(nothing);
	assert_non_null(none);
	assert_non_null(empty);
	mem_free(nothing);
	mem_free(none);
	mem_free(empty);
	mem_free(NULL);
}

static void resizing_keeps_the_content(void **state)
{
	(void)state;
	uint32_t *p = mem_resize(NULL, 4, sizeof *p);
	for (uint32_t i = 0; i < 4; i++)
		p[i] = i;
	p = mem_resize(p, 1000, sizeof *p);
	p = mem_resize(p, 3, sizeof *p);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(p[i], i);
	p = mem_resize(p, 0, sizeof *p);
	assert_non_null(p);
	mem_free(p);
}

static void a_growing_array_doubles(void **state)
{
	(void)state;
	size_t cap = 0, moves = 0;
	unsigned *items = NULL;
	for (unsigned i = 0; i < 1000; i++) {
		size_t before = cap;
		items = mem_grow(items, i, &cap, sizeof *items);
		moves += cap != before;
		assert_true(cap > i);
		items[i] = i;
	}
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	assert_true(moves <= 8);
	mem_free(items);
}

static void copies_are_ones_own(void **state)
{
	(void)state;
	char text[] = "abc";
	char *copy = mem_text(text);
	uint8_t *bytes = mem_copy(text, 2), *none = mem_copy(NULL, 0);
	text[0] = 'x';
	assert_string_equal(copy, "abc");
	assert_memory_equal(bytes, "ab", 2);
	mem_free(copy);
	mem_free(bytes);
	mem_free(none);
}

static void an_arena_gives_zeroed_aligned_memory_that_stays_where_it_is(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena arena = {0};
	uint8_t *parts[500];
	for (size_t i = 0; i < 500; i++) {
		parts[i] = arena_new(&arena, i * 7);
		assert_int_equal((uintptr_t)parts[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < i * 7; k++)
			assert_int_equal(parts[i][k], 0);
		if (i > 0)
			memset(parts[i], (int)(i % 256), i * 7);
	}
	for (size_t i = 1; i < 500; i++)
		for (size_t k = 0; k < i * 7; k += 100)
			assert_int_equal(parts[i][k], i % 256);
	uint8_t *large = arena_array(&arena, 3 << 20, 1);
	large[(3 << 20) - 1] = 1;
}

static void an_arena_holds_texts(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena arena = {0};
	const char *a = arena_text(&arena, "one");
	const char *b = arena_format(&arena, "%s-%05d", "two", 42);
	struct bytes c = arena_bytes(&arena, bytes_text("three"));
	const char *d = arena_string(&arena, c);
	const char *e = arena_string(&arena, (struct bytes){0});
	assert_string_equal(a, "one");
	assert_string_equal(b, "two-00042");
	assert_true(bytes_equal(c, bytes_text("three")));
	assert_string_equal(d, "three");
	assert_string_equal(e, "");
	arena_release(&arena);
	arena_release(&arena);
	assert_string_equal(arena_text(&arena, "again"), "again");
}

/* Each in a child: it ends the program. */
static void *take_overflow(void)
{
	return mem_array(SIZE_MAX / 2, 3);
}

static void *resize_overflow(void)
{
	return mem_resize(NULL, SIZE_MAX / 2, 3);
}

static void *take_too_much(void)
{
	return mem_new(SIZE_MAX / 4);
}

static void *arena_overflow(void)
{
	struct arena arena = {0};
	return arena_array(&arena, SIZE_MAX / 2, 3);
}

static void *arena_too_much(void)
{
	struct arena arena = {0};
	return arena_new(&arena, SIZE_MAX - 3);
}

static void *buffer_too_much(void)
{
	struct buf buf = {0};
	buf_add_u8(&buf, 1);
	return buf_extend(&buf, SIZE_MAX);
}

static void a_want_of_memory_ends_the_program(void **state)
{
	(void)state;
	void *(*const cases[])(void) = {take_overflow, resize_overflow, take_too_much,
		arena_overflow, arena_too_much, buffer_too_much};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(void)fflush(NULL);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
			(void)signal(SIGABRT, SIG_DFL);
			(void)close(STDERR_FILENO);
			volatile uint8_t *p = cases[i]();
			_exit(p != NULL ? 0 : 3);
		}
		int status = 0;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		/* A sanitizer ends it in its own way. */
		assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT
						: WEXITSTATUS(status) == 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_comes_zeroed_and_never_as_null),
		cmocka_unit_test(resizing_keeps_the_content),
		cmocka_unit_test(a_growing_array_doubles),
		cmocka_unit_test(copies_are_ones_own),
		cmocka_unit_test(
			an_arena_gives_zeroed_aligned_memory_that_stays_where_it_is),
		cmocka_unit_test(an_arena_holds_texts),
		cmocka_unit_test(a_want_of_memory_ends_the_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
