/* columns_save(): the event graph as columns. */
#include "core/base/mem.h"
#include "core/crdt/text_columns.h"

static uint64_t zigzag(int64_t v)
{
	return v < 0 ? (uint64_t)-v * 2 - 1 : (uint64_t)v * 2;
}

static void save_clock(const struct graph *graph, struct buf *out)
{
	buf_add_varint(out, graph->log_count);
	for (size_t i = 0; i < graph->log_count; i++)
		buf_add_raw(out, graph->logs[i].id.b, sizeof(graph->logs[i].id.b));
	CLEAN_MEM uint64_t *last = mem_array(graph->log_count, sizeof(*last));
	buf_add_varint(out, graph->clock_count);
	for (size_t i = 0; i < graph->clock_count; i++)
		buf_add_varint(out, graph->clock[i].log);
	for (size_t i = 0; i < graph->clock_count; i++) {
		const struct clock_run *run = &graph->clock[i];
		buf_add_varint(out, run->entry - last[run->log] - 1);
		last[run->log] = run->entry + (run->count - 1);
	}
	for (size_t i = 0; i < graph->clock_count; i++)
		buf_add_varint(out, graph->clock[i].per);
	for (size_t i = 0; i < graph->clock_count; i++)
		buf_add_varint(out, graph->clock[i].count);
}

static void save_lengths(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->run_count; i++)
		buf_add_varint(out, graph_run_end(graph, i) - graph->runs[i].start);
}

static void save_parent_counts(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->run_count; i++)
		buf_add_varint(out, graph->runs[i].parent_count);
}

static void save_parents(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->run_count; i++) {
		const struct graph_run *run = &graph->runs[i];
		for (uint32_t p = 0; p < run->parent_count; p++)
			buf_add_varint(
				out, run->start - graph->parents[run->parents + p]);
	}
}

static void save_kinds(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		unsigned kind = op->is_insert ? 0 : op->is_back ? 2 : 1;
		buf_add_varint(out, (uint64_t)(op->len - 1) * 3 + kind);
	}
}

static void save_places(const struct graph *graph, struct buf *out)
{
	uint32_t at = 0;
	for (size_t i = 0; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		/* What is deleted backward begins where the last edit ended. */
		uint32_t from = op->is_back ? op->pos + op->len : op->pos;
		buf_add_varint(out, zigzag((int64_t)from - at));
		at = op->is_insert ? op->pos + op->len : op->pos;
	}
}

void columns_save(const struct graph *graph, struct buf *out)
{
	static void (*const SAVERS[])(const struct graph *, struct buf *) = {save_clock,
		save_lengths, save_parent_counts, save_parents, save_kinds, save_places};
	for (size_t i = 0; i < sizeof(SAVERS) / sizeof(SAVERS[0]); i++) {
		CLEAN_BUF struct buf column = {0};
		SAVERS[i](graph, &column);
		buf_add_varint(out, column.len);
		buf_add(out, buf_bytes(&column));
	}
}
