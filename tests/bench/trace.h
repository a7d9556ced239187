/*
 * An editing trace, read from its JSON (the two forms that github.com/josephg/
 * editing-traces has), gzipped or not, or a list of patches.
 */
#ifndef KITH_BENCH_TRACE_H
#define KITH_BENCH_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Replace `del` scalar values from `pos` on by `text`, of `len` scalar values. */
struct trace_patch {
	uint32_t pos, del, len;
	struct bytes text;
};

/* Made on the merge of its parents, txns before it. */
struct trace_txn {
	uint32_t agent;
	size_t first, count;               /* patches */
	size_t parent_first, parent_count; /* parents */
};

struct trace {
	struct trace_patch *patches;
	size_t patch_count, patch_cap;
	struct trace_txn *txns;
	size_t txn_count, txn_cap;
	uint32_t *parents;
	size_t parent_count, parent_cap;
	bool is_concurrent;
	struct bytes end; /* the text that must come out; empty in a list of patches */
	struct buf strings;
};

/* False, with a line on standard error, when the file is no trace. */
bool trace_read(const char *path, struct trace *trace);
void trace_release(struct trace *trace);

#endif
