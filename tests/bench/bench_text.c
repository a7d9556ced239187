/*
 * How fast and how small texts are, on real editing traces. One JSON line a file; times
 * in ms, medians of RUNS or more; sizes in bytes and KiB.
 *
 *   bench_text merge|local FILE...   everything about each trace
 *   bench_text diverge BASE A B      two people apart on the end text of BASE: the sealed
 *                                    draft of B, applied where A's was sealed before
 *   bench_text keystroke FILE        one key in a live session, on the end text of FILE:
 *                                    edit, seal, encode, decode, apply on both sides
 *   bench_text growth FILE           the trace repeated 1, 4 and 16 times
 *
 * local_ms      every patch as a local edit into a draft
 * encode_ms     history_encode() of the history, every txn an event of its own
 * merge_ms      from those bytes (bytes_full) to the text, all decoded and checked
 * bytes_sealed  the same work done by one writer offline and sealed in one go
 * bytes_snapshot, load_ms   what the store keeps, and from there to an editable text
 * steady_kb     memory of the loaded text; peak_kb: what a merge adds to a new process
 * ok            whether the text that comes out is the trace's, each way
 *
 * What is freed stays with the process, as the peers' runtimes keep theirs: otherwise
 * each run would wait again for the kernel to clear the pages of the one before.
 */
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/history.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"
#include "tests/bench/timing.h"
#include "tests/bench/trace.h"

#define RUNS_MIN 9u
#define RUNS_MAX 201u
#define RUNS_MS  400.0 /* as many as fit into this */

/* ---- medians ---- */

struct times {
	double ms[RUNS_MAX], sum, started;
	size_t count;
};

static bool go_on(const struct times *times)
{
	return times->count < RUNS_MIN ||
	       (times->sum < RUNS_MS && times->count < RUNS_MAX);
}

static void start(struct times *times)
{
	times->started = now_ms();
}

static void stop(struct times *times)
{
	double ms = now_ms() - times->started;
	times->ms[times->count++] = ms;
	times->sum += ms;
}

static double median(struct times *times)
{
	return median_ms(times->ms, times->count);
}

/* ---- the history of a trace ---- */

/* Logs are chains of txns of one agent, each of which has seen the one before: an agent
 * that wrote on two branches at once is two logs. */
struct chain {
	struct log_id id;
	uint32_t agent;
	uint64_t entries;
};

struct history {
	struct text *text;
	struct buf inserted; /* everything ever inserted, in order */
	struct chain *chains;
	size_t chain_count, chain_cap;
	struct vector *seen; /* by txn, itself included */
	bool ok;
};

static size_t chain_for(
	struct history *history, uint32_t agent, const struct vector *seen)
{
	size_t of_agent = 0;
	for (size_t i = 0; i < history->chain_count; i++) {
		const struct chain *chain = &history->chains[i];
		if (chain->agent != agent)
			continue;
		if (vector_get(seen, chain->id) == chain->entries)
			return i;
		of_agent++;
	}
	history->chains = mem_grow(history->chains, history->chain_count,
		&history->chain_cap, sizeof(*history->chains));
	struct chain *chain = &history->chains[history->chain_count];
	*chain = (struct chain){.agent = agent};
	for (size_t i = 0; i < 4; i++) {
		chain->id.b[i] = (uint8_t)(agent >> (24 - 8 * i));
		chain->id.b[4 + i] = (uint8_t)(of_agent >> (24 - 8 * i));
	}
	return history->chain_count++;
}

static void add_txn(struct history *history, const struct trace *trace, size_t number)
{
	const struct trace_txn *txn = &trace->txns[number];
	struct vector *seen = &history->seen[number];
	for (size_t p = 0; p < txn->parent_count; p++)
		vector_join(seen, &history->seen[trace->parents[txn->parent_first + p]]);
	CLEAN_MEM struct text_op *ops = mem_array(2 * txn->count, sizeof(*ops));
	CLEAN_BUF struct buf text = {0};
	size_t count = 0;
	for (size_t i = 0; i < txn->count; i++) {
		const struct trace_patch *patch = &trace->patches[txn->first + i];
		if (patch->del > 0)
			ops[count++] = (struct text_op){false, patch->pos, patch->del};
		if (patch->len > 0)
			ops[count++] = (struct text_op){true, patch->pos, patch->len};
		buf_add(&text, patch->text);
	}
	size_t number_of_chain = chain_for(history, txn->agent, seen);
	struct chain *chain = &history->chains[number_of_chain];
	struct text_change change = {ops, count, buf_bytes(&text)};
	chain->entries++;
	if (text_apply(history->text, chain->id, chain->entries, seen, &change, NULL) !=
		OK)
		history->ok = false;
	vector_set(seen, chain->id, chain->entries);
	buf_add(&history->inserted, buf_bytes(&text));
}

static void make_history(const struct trace *trace, struct history *history)
{
	*history = (struct history){.text = text_new(), .ok = true};
	history->seen = mem_array(trace->txn_count, sizeof(*history->seen));
	for (size_t i = 0; i < trace->txn_count; i++)
		add_txn(history, trace, i);
	for (size_t i = 0; i < trace->txn_count; i++)
		vector_release(&history->seen[i]);
	history->ok = history->ok && rope_is(text_rope(history->text), trace->end);
}

static void release_history(struct history *history)
{
	text_free(history->text);
	buf_release(&history->inserted);
	mem_free(history->chains);
	mem_free(history->seen);
}

/* ---- the parts of a row ---- */

static void write_all(struct patch *draft, const struct trace *trace)
{
	for (size_t i = 0; i < trace->patch_count; i++) {
		const struct trace_patch *patch = &trace->patches[i];
		patch_splice(draft, patch->pos, patch->del, patch->text);
	}
}

static bool makes(const struct patch *draft, struct bytes want)
{
	struct rope *base = rope_new(), *made = rope_new();
	patch_apply(draft, base, made);
	bool ok = rope_is(made, want);
	rope_free(base);
	rope_free(made);
	return ok;
}

static bool bench_local(const struct trace *trace, double *ms, size_t *sealed)
{
	struct times times = {0};
	bool ok = true;
	while (go_on(&times)) {
		start(&times);
		struct patch *draft = patch_new();
		write_all(draft, trace);
		stop(&times);
		if (times.count == 1) {
			CLEAN_ARENA struct arena arena = {0};
			CLEAN_BUF struct buf bytes = {0};
			struct text_change change;
			ok = makes(draft, trace->end);
			patch_seal(draft, &arena, &change);
			text_change_encode(&change, &bytes);
			*sealed = bytes.len;
		}
		patch_free(draft);
	}
	*ms = median(&times);
	return ok;
}

static bool bench_merge(struct bytes full, struct bytes want, double *ms)
{
	struct times times = {0};
	bool ok = true;
	while (go_on(&times)) {
		struct text *text = NULL;
		start(&times);
		enum err e = history_merge(full, &text);
		stop(&times);
		ok = ok && e == OK && rope_is(text_rope(text), want);
		text_free(text);
	}
	*ms = median(&times);
	return ok;
}

static bool bench_load(struct bytes saved, struct bytes want, double *ms, size_t *steady)
{
	struct times times = {0};
	bool ok = true;
	while (go_on(&times)) {
		struct text *text = NULL;
		start(&times);
		enum err e = text_load(saved, &text);
		stop(&times);
		ok = ok && e == OK && rope_is(text_rope(text), want);
		*steady = e == OK ? text_memory(text) : 0;
		text_free(text);
	}
	*ms = median(&times);
	return ok;
}

/* ---- the memory of a merge, in a process of its own ---- */

/* The most this process had in memory: not getrusage(), which counts what it was before
 * exec() too. */
static long max_rss_kb(void)
{
	long kb = -1;
	char line[256];
	FILE *file = fopen("/proc/self/status", "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	}
	if (file != NULL)
		(void)fclose(file);
	return kb;
}

static int peak_here(void)
{
	CLEAN_BUF struct buf full = {0};
	uint8_t part[65536];
	size_t n = 0;
	while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
		buf_add_raw(&full, part, n);
	struct text *text = NULL;
	long before = max_rss_kb();
	enum err e = history_merge(buf_bytes(&full), &text);
	(void)printf("%ld\n", e == OK ? max_rss_kb() - before : -1);
	text_free(text);
	return 0;
}

static long peak_kb(struct bytes full)
{
	int in = memfd_create("history", 0), out[2];
	if (in < 0 || write(in, full.at, full.len) != (ssize_t)full.len ||
		lseek(in, 0, SEEK_SET) != 0 || pipe(out) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		(void)dup2(in, STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)execl("/proc/self/exe", "bench_text", "peak", (char *)NULL);
		_exit(127);
	}
	(void)close(in);
	(void)close(out[1]);
	char text[32] = {0};
	ssize_t n = read(out[0], text, sizeof(text) - 1);
	(void)close(out[0]);
	(void)waitpid(child, NULL, 0);
	return n > 0 ? strtol(text, NULL, 10) : -1;
}

/* ---- a row ---- */

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static bool row(const char *path, const struct trace *trace)
{
	struct history history;
	double local = 0, encode = 0, merge = 0, load = 0;
	size_t sealed = 0, steady = 0;
	CLEAN_BUF struct buf full = {0};
	CLEAN_BUF struct buf saved = {0};
	make_history(trace, &history);
	double began = now_ms();
	history_encode(history.text, buf_bytes(&history.inserted), &full);
	encode = now_ms() - began;
	text_save(history.text, &saved);
	bool ok = history.ok;
	size_t chars = text_len(history.text);
	release_history(&history);
	if (!trace->is_concurrent)
		ok = bench_local(trace, &local, &sealed) && ok;
	ok = bench_merge(buf_bytes(&full), trace->end, &merge) && ok;
	ok = bench_load(buf_bytes(&saved), trace->end, &load, &steady) && ok;
	(void)printf("{\"trace\":\"%s\",\"patches\":%zu,\"chars\":%zu,", name_of(path),
		trace->patch_count, chars);
	if (trace->is_concurrent)
		(void)printf("\"local_ms\":null,");
	else
		(void)printf("\"local_ms\":%.3f,", local);
	(void)printf("\"encode_ms\":%.1f,\"merge_ms\":%.3f,\"load_ms\":%.4f,"
		     "\"bytes_full\":%zu,",
		encode, merge, load, full.len);
	if (trace->is_concurrent)
		(void)printf("\"bytes_sealed\":null,");
	else
		(void)printf("\"bytes_sealed\":%zu,", sealed);
	(void)printf("\"bytes_snapshot\":%zu,\"steady_kb\":%.1f,\"peak_kb\":%ld,"
		     "\"ok\":%s}\n",
		saved.len, (double)steady / 1024, peak_kb(buf_bytes(&full)),
		ok ? "true" : "false");
	(void)fflush(stdout);
	return ok;
}

static int rows(int count, char **paths)
{
	bool ok = true;
	for (int i = 0; i < count; i++) {
		struct trace trace;
		if (!trace_read(paths[i], &trace))
			return 2;
		ok = row(paths[i], &trace) && ok;
		trace_release(&trace);
	}
	return ok ? 0 : 1;
}

/* ---- two apart ---- */

static const struct log_id BASE = {"base"}, ANNA = {"anna"}, BEN = {"ben"};

static void seal(const struct patch *draft, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	patch_seal(draft, &arena, &change);
	text_change_encode(&change, out);
}

static enum err apply(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, struct bytes sealed, struct effect *effect)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	enum err e = text_change_decode(sealed, &arena, &change);
	return e == OK ? text_apply(text, log, entry, seen, &change, effect) : e;
}

/* The end text of a trace as one sealed entry. */
static struct text *shared_text(const struct trace *trace)
{
	CLEAN_VECTOR struct vector none = {0};
	struct text *text = text_new();
	struct text_op op = {true, 0, (uint32_t)utf8_count(trace->end)};
	struct text_change change = {&op, 1, trace->end};
	if (text_apply(text, BASE, 1, &none, &change, NULL) != OK)
		exit(1);
	return text;
}

static void seal_all(const struct trace *trace, struct buf *out)
{
	struct patch *draft = patch_new();
	write_all(draft, trace);
	seal(draft, out);
	patch_free(draft);
}

static int diverge(char **paths)
{
	struct trace base, a, b;
	if (!trace_read(paths[0], &base) || !trace_read(paths[1], &a) ||
		!trace_read(paths[2], &b))
		return 2;
	CLEAN_BUF struct buf sealed_a = {0};
	CLEAN_BUF struct buf sealed_b = {0};
	CLEAN_VECTOR struct vector seen = {0};
	struct text *shared = shared_text(&base), *other = shared_text(&base);
	struct times times = {0};
	bool ok = true;
	seal_all(&a, &sealed_a);
	seal_all(&b, &sealed_b);
	vector_set(&seen, BASE, 1);
	ok = apply(other, BEN, 1, &seen, buf_bytes(&sealed_b), NULL) == OK &&
	     apply(other, ANNA, 1, &seen, buf_bytes(&sealed_a), NULL) == OK;
	while (go_on(&times)) {
		CLEAN_EFFECT struct effect effect = {0};
		struct text *text = shared_text(&base);
		ok = ok && apply(text, ANNA, 1, &seen, buf_bytes(&sealed_a), NULL) == OK;
		start(&times);
		enum err e = apply(text, BEN, 1, &seen, buf_bytes(&sealed_b), &effect);
		stop(&times);
		ok = ok && e == OK && rope_equal(text_rope(text), text_rope(other));
		text_free(text);
	}
	(void)printf(
		"{\"trace\":\"%s\",\"keystrokes\":[%zu,%zu],\"delta_bytes\":[%zu,%zu],"
		"\"apply_ms\":%.4f,\"ok\":%s}\n",
		name_of(paths[0]), a.patch_count, b.patch_count, sealed_a.len,
		sealed_b.len, median(&times), ok ? "true" : "false");
	text_free(shared);
	text_free(other);
	trace_release(&base);
	trace_release(&a);
	trace_release(&b);
	return ok ? 0 : 1;
}

/* ---- one key ---- */

#define KEYS 2000u

static int keystroke(const char *path)
{
	struct trace trace;
	if (!trace_read(path, &trace))
		return 2;
	struct text *mine = shared_text(&trace), *theirs = shared_text(&trace);
	CLEAN_VECTOR struct vector seen = {0};
	vector_set(&seen, BASE, 1);
	size_t bytes = 0, at = text_len(mine) / 2;
	bool ok = true;
	double began = now_ms();
	for (uint64_t i = 1; i <= KEYS; i++) {
		CLEAN_BUF struct buf sealed = {0};
		CLEAN_EFFECT struct effect effect = {0};
		struct patch *draft = patch_new();
		patch_splice(draft, at + i - 1, 0, bytes_text("k"));
		seal(draft, &sealed);
		ok = ok && apply(mine, ANNA, i, &seen, buf_bytes(&sealed), NULL) == OK &&
		     apply(theirs, ANNA, i, &seen, buf_bytes(&sealed), &effect) == OK;
		bytes += sealed.len;
		patch_free(draft);
	}
	double ms = now_ms() - began;
	ok = ok && rope_equal(text_rope(mine), text_rope(theirs));
	(void)printf("{\"trace\":\"%s\",\"keys\":%u,\"us_per_key\":%.2f,"
		     "\"bytes_per_key\":%.1f,\"ok\":%s}\n",
		name_of(path), KEYS, ms * 1e3 / KEYS, (double)bytes / KEYS,
		ok ? "true" : "false");
	text_free(mine);
	text_free(theirs);
	trace_release(&trace);
	return ok ? 0 : 1;
}

/* ---- growth ---- */

/* The trace again and again, each time in front of what was written before. */
static void repeat(
	const struct trace *trace, size_t times, struct trace *out, struct buf *end)
{
	*out = (struct trace){.is_concurrent = trace->is_concurrent};
	out->patch_count = trace->patch_count * times;
	out->txn_count = trace->txn_count * times;
	out->patches = mem_array(out->patch_count, sizeof(*out->patches));
	out->txns = mem_array(out->txn_count, sizeof(*out->txns));
	out->parents =
		mem_array((trace->parent_count + 1) * times, sizeof(*out->parents));
	for (size_t n = 0; n < times; n++) {
		memcpy(out->patches + n * trace->patch_count, trace->patches,
			trace->patch_count * sizeof(*trace->patches));
		for (size_t i = 0; i < trace->txn_count; i++) {
			struct trace_txn txn = trace->txns[i];
			size_t from = txn.parent_first;
			txn.first += n * trace->patch_count;
			txn.parent_first = out->parent_count;
			for (size_t p = 0; p < txn.parent_count; p++)
				out->parents[out->parent_count++] =
					(uint32_t)(trace->parents[from + p] +
						   n * trace->txn_count);
			/* What has no parent has seen the last txn before. */
			if (n > 0 && txn.parent_count++ == 0)
				out->parents[out->parent_count++] =
					(uint32_t)(n * trace->txn_count - 1);
			else if (n > 0)
				txn.parent_count--;
			out->txns[n * trace->txn_count + i] = txn;
		}
		buf_add(end, trace->end);
	}
	out->end = buf_bytes(end);
}

static int growth(const char *path)
{
	struct trace trace;
	if (!trace_read(path, &trace))
		return 2;
	bool ok = true;
	for (size_t times = 1; times <= 16; times *= 4) {
		CLEAN_BUF struct buf end = {0};
		struct trace longer;
		char name[64];
		repeat(&trace, times, &longer, &end);
		(void)snprintf(name, sizeof(name), "%s x %zu", name_of(path), times);
		ok = row(name, &longer) && ok;
		trace_release(&longer);
	}
	trace_release(&trace);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
	(void)mallopt(M_MMAP_MAX, 0);
	if (argc > 2 && (strcmp(mode, "merge") == 0 || strcmp(mode, "local") == 0))
		return rows(argc - 2, argv + 2);
	if (argc == 5 && strcmp(mode, "diverge") == 0)
		return diverge(argv + 2);
	if (argc == 3 && strcmp(mode, "keystroke") == 0)
		return keystroke(argv[2]);
	if (argc == 3 && strcmp(mode, "growth") == 0)
		return growth(argv[2]);
	if (argc == 2 && strcmp(mode, "peak") == 0)
		return peak_here();
	(void)fputs("usage: bench_text merge|local FILE... | diverge BASE A B | "
		    "keystroke FILE | growth FILE\n",
		stderr);
	return 2;
}
