/* A form byte (2); then the columns of the event graph (core/crdt/text_columns.h) and all
 * inserted text, each squeezed: its bytes, the squeezed bytes, those. */
#include "core/crdt/history.h"

#include "core/base/mem.h"
#include "core/base/squeeze.h"
#include "core/base/utf8.h"
#include "core/crdt/history_order.h"
#include "core/crdt/text_columns.h"

#define FORM 2u

static void add_squeezed(struct bytes part, struct buf *out)
{
	CLEAN_BUF struct buf small = {0};
	squeeze(part, &small);
	buf_add_varint(out, part.len);
	buf_add_varint(out, small.len);
	buf_add(out, buf_bytes(&small));
}

/* The inserted text in the order of `order`. */
static void add_in_order(const struct graph *graph, struct bytes inserted,
	const struct span_list *order, struct buf *out)
{
	/* Where in `inserted` the text of each run of operations begins. */
	CLEAN_MEM size_t *starts = mem_array(graph->op_count, sizeof(*starts));
	struct bytes rest = inserted, part;
	for (size_t i = 0; i < graph->op_count; i++) {
		starts[i] = inserted.len - rest.len;
		if (graph->ops[i].is_insert)
			(void)bytes_take(
				&rest, utf8_offset(rest, graph->ops[i].len), &part);
	}
	for (size_t n = 0; n < order->count; n++) {
		struct span span = order->at[n];
		for (size_t i = graph_op_of(graph, span.start);
			i < graph->op_count && graph->ops[i].start < span.end; i++) {
			const struct op_run *op = &graph->ops[i];
			rest = (struct bytes){
				inserted.at + starts[i], inserted.len - starts[i]};
			uint32_t from =
				span.start > op->start ? span.start - op->start : 0;
			uint32_t to = span.end - op->start < op->len
					      ? span.end - op->start
					      : op->len;
			if (op->is_insert &&
				bytes_take(&rest, utf8_offset(rest, from), &part) &&
				bytes_take(&rest, utf8_offset(rest, to - from), &part))
				buf_add(out, part);
		}
	}
}

void history_encode(const struct text *text, struct bytes inserted, struct buf *out)
{
	CLEAN_BUF struct buf columns = {0};
	CLEAN_BUF struct buf ordered = {0};
	struct graph graph = {0};
	struct span_list order = {0};
	if (text_unpack(text) != OK)
		return;
	history_order(&text->graph, &graph, &order);
	add_in_order(&text->graph, inserted, &order, &ordered);
	columns_save(&graph, &columns);
	buf_add_u8(out, FORM);
	add_squeezed(buf_bytes(&columns), out);
	add_squeezed(buf_bytes(&ordered), out);
	graph_release(&graph);
	span_list_release(&order);
}

/* `*plain` is the caller's to free, in any case. */
static enum err take_squeezed(
	struct bytes *rest, size_t max, uint8_t **plain, struct bytes *out)
{
	uint64_t len = 0, small_len = 0;
	struct bytes small;
	if (!bytes_take_varint(rest, &len) || !bytes_take_varint(rest, &small_len))
		return ERR_CORRUPT;
	if (len > max)
		return ERR_TOO_BIG;
	if (small_len > rest->len || !bytes_take(rest, (size_t)small_len, &small))
		return ERR_CORRUPT;
	*plain = mem_resize(NULL, (size_t)len, 1);
	*out = (struct bytes){*plain, (size_t)len};
	return unsqueeze(small, *plain, (size_t)len);
}

static enum err merge(struct bytes history, struct text *text)
{
	CLEAN_MEM uint8_t *columns_at = NULL;
	CLEAN_MEM uint8_t *inserted_at = NULL;
	struct bytes columns, inserted;
	uint8_t form = 0;
	uint32_t len = 0;
	if (!bytes_take_u8(&history, &form) || form != FORM)
		return ERR_CORRUPT;
	enum err e = take_squeezed(&history, HISTORY_COLUMNS_MAX, &columns_at, &columns);
	if (e == OK)
		e = take_squeezed(&history, HISTORY_TEXT_MAX, &inserted_at, &inserted);
	if (e != OK)
		return e;
	bool ok = history.len == 0 && utf8_valid(inserted) &&
		  columns_load(columns, &inserted, text, &len);
	return ok ? OK : ERR_CORRUPT;
}

enum err history_merge(struct bytes history, struct text **out)
{
	*out = NULL;
	struct text *text = text_new();
	enum err e = merge(history, text);
	if (e != OK) {
		text_free(text);
		return e;
	}
	*out = text;
	return OK;
}
