#include "tests/bench/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"

/* The text of the file; strings in it are unescaped in place, so it must stay. */
struct json {
	uint8_t *at, *end;
	bool failed;
};

static bool run_gzip(const char *path, struct buf *out)
{
	int ends[2];
	if (pipe(ends) != 0)
		return false;
	pid_t child = fork();
	if (child == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)execlp("gzip", "gzip", "-dcf", "--", path, (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	ssize_t n = 0;
	do {
		uint8_t part[65536];
		n = read(ends[0], part, sizeof(part));
		if (n > 0)
			buf_add_raw(out, part, (size_t)n);
	} while (n > 0);
	(void)close(ends[0]);
	int status = 0;
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void blank(struct json *json)
{
	while (json->at < json->end && strchr(" \t\r\n", *json->at) != NULL)
		json->at++;
}

static bool take(struct json *json, char c)
{
	blank(json);
	if (json->at < json->end && *json->at == (uint8_t)c) {
		json->at++;
		return true;
	}
	return false;
}

static void want(struct json *json, char c)
{
	if (!take(json, c))
		json->failed = true;
}

static uint32_t number(struct json *json)
{
	uint32_t v = 0;
	blank(json);
	if (json->at == json->end || *json->at < '0' || *json->at > '9')
		json->failed = true;
	for (; json->at < json->end && *json->at >= '0' && *json->at <= '9'; json->at++)
		v = v * 10 + (*json->at - '0');
	return v;
}

static uint32_t hex4(struct json *json)
{
	char text[5] = {0};
	if (json->end - json->at < 4) {
		json->failed = true;
		return 0;
	}
	memcpy(text, json->at, 4);
	json->at += 4;
	return (uint32_t)strtoul(text, NULL, 16);
}

static void unescape(struct json *json, struct buf *out)
{
	static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
	uint8_t c = *json->at++;
	const char *found = strchr(FROM, c);
	if (c == 'u') {
		uint32_t v = hex4(json);
		if (v >= 0xd800 && v < 0xdc00 && json->end - json->at >= 6) {
			json->at += 2;
			v = 0x10000 + ((v - 0xd800) << 10) + (hex4(json) - 0xdc00);
		}
		utf8_add(out, v);
	} else if (c != 0 && found != NULL) {
		buf_add_u8(out, (uint8_t)TO[found - FROM]);
	} else {
		json->failed = true;
	}
}

/* Written over where it was read: an escape is longer than what it stands for. */
static struct bytes string(struct json *json)
{
	want(json, '"');
	uint8_t *start = json->at, *to = start;
	while (!json->failed && json->at < json->end && *json->at != '"') {
		if (*json->at != '\\') {
			*to++ = *json->at++;
			continue;
		}
		CLEAN_BUF struct buf one = {0};
		json->at++;
		unescape(json, &one);
		memcpy(to, one.at, one.len);
		to += one.len;
	}
	want(json, '"');
	return (struct bytes){start, (size_t)(to - start)};
}

static void skip(struct json *json)
{
	blank(json);
	if (json->at == json->end) {
		json->failed = true;
	} else if (*json->at == '"') {
		(void)string(json);
	} else if (*json->at == '[' || *json->at == '{') {
		char close = *json->at++ == '[' ? ']' : '}';
		while (!json->failed && !take(json, close)) {
			skip(json);
			if (take(json, ':'))
				skip(json);
			(void)take(json, ',');
		}
	} else {
		while (json->at < json->end && strchr(",]} \n", *json->at) == NULL)
			json->at++;
	}
}

static void add_patch(struct trace *trace, struct trace_patch patch)
{
	patch.len = (uint32_t)utf8_count(patch.text);
	trace->patches = mem_grow(
		trace->patches, trace->patch_count, &trace->patch_cap, sizeof(patch));
	trace->patches[trace->patch_count++] = patch;
}

static void read_patches(struct json *json, struct trace *trace)
{
	want(json, '[');
	while (!json->failed && !take(json, ']')) {
		struct trace_patch patch = {0};
		want(json, '[');
		patch.pos = number(json);
		want(json, ',');
		patch.del = number(json);
		want(json, ',');
		patch.text = string(json);
		want(json, ']');
		add_patch(trace, patch);
		(void)take(json, ',');
	}
}

static void read_parents(struct json *json, struct trace *trace)
{
	want(json, '[');
	while (!json->failed && !take(json, ']')) {
		trace->parents = mem_grow(trace->parents, trace->parent_count,
			&trace->parent_cap, sizeof(*trace->parents));
		trace->parents[trace->parent_count++] = number(json);
		(void)take(json, ',');
	}
}

static struct trace_txn *new_txn(struct trace *trace)
{
	trace->txns = mem_grow(
		trace->txns, trace->txn_count, &trace->txn_cap, sizeof(*trace->txns));
	struct trace_txn *txn = &trace->txns[trace->txn_count++];
	*txn = (struct trace_txn){
		.first = trace->patch_count, .parent_first = trace->parent_count};
	return txn;
}

static void read_txn(struct json *json, struct trace *trace)
{
	struct trace_txn *txn = new_txn(trace);
	want(json, '{');
	while (!json->failed && !take(json, '}')) {
		struct bytes key = string(json);
		want(json, ':');
		if (bytes_equal(key, bytes_text("patches"))) {
			read_patches(json, trace);
		} else if (bytes_equal(key, bytes_text("parents"))) {
			read_parents(json, trace);
			trace->is_concurrent = true;
		} else if (bytes_equal(key, bytes_text("agent"))) {
			txn->agent = number(json);
		} else {
			skip(json);
		}
		(void)take(json, ',');
	}
	txn->count = trace->patch_count - txn->first;
	txn->parent_count = trace->parent_count - txn->parent_first;
}

static void read_trace(struct json *json, struct trace *trace)
{
	want(json, '{');
	while (!json->failed && !take(json, '}')) {
		struct bytes key = string(json);
		want(json, ':');
		if (bytes_equal(key, bytes_text("startContent"))) {
			struct bytes start = string(json);
			if (start.len > 0) {
				new_txn(trace)->count = 1;
				add_patch(trace, (struct trace_patch){.text = start});
			}
		} else if (bytes_equal(key, bytes_text("endContent"))) {
			trace->end = string(json);
		} else if (bytes_equal(key, bytes_text("txns"))) {
			want(json, '[');
			while (!json->failed && !take(json, ']')) {
				read_txn(json, trace);
				(void)take(json, ',');
			}
		} else {
			skip(json);
		}
		(void)take(json, ',');
	}
}

/* In the sequential form each txn has seen the one before. */
static void chain(struct trace *trace)
{
	for (size_t i = 0; i < trace->txn_count && !trace->is_concurrent; i++) {
		trace->txns[i].parent_first = trace->parent_count;
		if (i == 0)
			continue;
		trace->parents = mem_grow(trace->parents, trace->parent_count,
			&trace->parent_cap, sizeof(*trace->parents));
		trace->parents[trace->parent_count++] = (uint32_t)i - 1;
		trace->txns[i].parent_count = 1;
	}
}

static bool parents_come_before(const struct trace *trace)
{
	for (size_t i = 0; i < trace->txn_count; i++) {
		const struct trace_txn *txn = &trace->txns[i];
		for (size_t p = 0; p < txn->parent_count; p++) {
			if (trace->parents[txn->parent_first + p] >= i)
				return false;
		}
	}
	return true;
}

bool trace_read(const char *path, struct trace *trace)
{
	*trace = (struct trace){0};
	bool ok = run_gzip(path, &trace->strings);
	struct json json = {
		trace->strings.at, trace->strings.at + trace->strings.len, !ok};
	blank(&json);
	if (ok && json.at < json.end && *json.at == '[')
		read_patches(&json, trace);
	else
		read_trace(&json, trace);
	chain(trace);
	if (!json.failed && parents_come_before(trace))
		return true;
	(void)fprintf(stderr, "%s is not a trace\n", path);
	trace_release(trace);
	return false;
}

void trace_release(struct trace *trace)
{
	mem_free(trace->patches);
	mem_free(trace->txns);
	mem_free(trace->parents);
	buf_release(&trace->strings);
	*trace = (struct trace){0};
}
