#include "tests/test.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/graph_seen.h"

#define RUNS   200u
#define EVENTS (RUNS * 4)
#define LOGS   3u

/* A run of `count` events by one log, each a change of its own, on these parents. */
static void write_run(
	struct graph *graph, uint8_t log, uint32_t count, const struct heads *parents)
{
	struct clock_run changes = {.start = graph->events, .per = 1, .count = count};
	size_t index = graph_log_made(graph, (struct log_id){{log}});
	if (graph->logs[index].count > 0)
		changes.entry = graph_last_entry(graph, index);
	changes.entry++;
	graph_add_clock(graph, index, changes);
	graph_add_run(graph, parents, graph->events, 0, count);
	graph->events += count;
}

static void mark(const struct span_list *list, uint8_t *marks)
{
	memset(marks, 0, EVENTS);
	for (size_t i = 0; i < list->count; i++) {
		for (uint32_t e = list->at[i].start; e < list->at[i].end; e++)
			marks[e]++;
	}
}

static void assert_same(const struct span_list *a, const struct span_list *b)
{
	uint8_t in_a[EVENTS], in_b[EVENTS];
	mark(a, in_a);
	mark(b, in_b);
	assert_memory_equal(in_a, in_b, EVENTS);
}

static uint32_t next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % below;
}

/* Runs by logs in turn as chance has it: each has seen its own log's last event, and of
 * another one what the last run of that had. */
static void write_graph(struct graph *graph, uint32_t seed)
{
	uint32_t ends[LOGS] = {0};
	bool wrote[LOGS] = {false};
	for (uint32_t i = 0; i < RUNS; i++) {
		uint32_t at[2], log = next(&seed, LOGS), other = next(&seed, LOGS);
		struct heads parents = {.at = at};
		if (wrote[log])
			at[parents.count++] = ends[log];
		if (other != log && wrote[other] && next(&seed, 3) > 0)
			at[parents.count++] = ends[other];
		if (parents.count == 2 && at[0] < at[1]) {
			at[0] = ends[other];
			at[1] = ends[log];
		}
		write_run(graph, (uint8_t)(log + 1), 1 + next(&seed, 4), &parents);
		ends[log] = graph->events - 1;
		wrote[log] = true;
	}
}

static void versions_differ_as_they_do_in_the_graph(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 20; seed++) {
		struct graph graph = {0};
		struct span_list back = {0}, forth = {0}, only_a = {0}, only_b = {0};
		write_graph(&graph, seed);
		struct graph_seen *seen = graph_seen_new(&graph);
		assert_non_null(seen);
		for (size_t i = 1; i < graph.run_count; i++) {
			const struct graph_run *run = &graph.runs[i];
			uint32_t end = run->start - 1;
			struct heads before = {.at = &end, .count = 1};
			struct heads parents = {.at = graph.parents + run->parents,
				.count = run->parent_count};
			graph_diff(&graph, &before, &parents, &only_a, &only_b);
			graph_seen_stand(seen, i - 1);
			graph_seen_to(seen, i, &back, &forth);
			assert_same(&back, &only_a);
			assert_same(&forth, &only_b);
		}
		graph_seen_free(seen);
		span_list_release(&back);
		span_list_release(&forth);
		span_list_release(&only_a);
		span_list_release(&only_b);
		graph_release(&graph);
	}
}

static void a_log_that_has_not_seen_itself_is_not_counted_on(void **state)
{
	(void)state;
	struct graph graph = {0};
	struct heads nothing = {0};
	uint32_t first = 2;
	write_run(&graph, 1, 3, &nothing);
	write_run(&graph, 2, 2, &(struct heads){.at = &first, .count = 1});
	struct graph_seen *seen = graph_seen_new(&graph);
	assert_non_null(seen);
	graph_seen_free(seen);
	write_run(&graph, 1, 2, &nothing);
	assert_null(graph_seen_new(&graph));
	graph_release(&graph);
}

static void one_log_and_many_are_compared_in_the_graph(void **state)
{
	(void)state;
	struct graph graph = {0};
	struct heads nothing = {0};
	for (uint8_t log = 1; log <= SEEN_LOGS + 1; log++) {
		write_run(&graph, log, 1, &nothing);
		struct graph_seen *seen = graph_seen_new(&graph);
		assert_int_equal(seen != NULL, log > 1 && log <= SEEN_LOGS);
		graph_seen_free(seen);
	}
	graph_release(&graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_differ_as_they_do_in_the_graph),
		cmocka_unit_test(a_log_that_has_not_seen_itself_is_not_counted_on),
		cmocka_unit_test(one_log_and_many_are_compared_in_the_graph),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
