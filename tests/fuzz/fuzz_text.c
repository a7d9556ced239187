/*
 * A history of three writers made by the input: who writes, who reads whom, and
 * operations at any places, inside the text or not. A change outside what its writer saw
 * is refused and nothing moves; whoever has seen the same has the same text, also saved
 * and loaded in between; and the input itself is no saved text, or a whole one.
 */
#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"

#define WRITERS 3u
#define CHANGES 64u
#define OPS_MAX 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct made {
	size_t writer;
	uint64_t entry;
	struct vector seen;
	struct text_op ops[OPS_MAX];
	size_t count;
	struct buf text;
	bool known[CHANGES]; /* to its writer when it was made */
};

struct play {
	struct bytes rest;
	struct text *texts[WRITERS];
	bool known[WRITERS][CHANGES];
	struct made changes[CHANGES];
	size_t count;
};

static const struct log_id LOGS[WRITERS] = {{"b"}, {"c"}, {"a"}};

static uint8_t next(struct play *play)
{
	uint8_t v = 0;
	(void)bytes_take_u8(&play->rest, &v);
	return v;
}

static enum err apply(struct text *text, const struct made *made, bool fits_first)
{
	struct text_change change = {made->ops, made->count, buf_bytes(&made->text)};
	CLEAN_EFFECT struct effect effect = {0};
	CLEAN_BUF struct buf before = {0};
	text_bytes(text, &before);
	enum err fits = ERR_VOID;
	if (fits_first)
		fits = text_fits(
			text, LOGS[made->writer], made->entry, &made->seen, &change);
	enum err e = text_apply(
		text, LOGS[made->writer], made->entry, &made->seen, &change, &effect);
	assert(!fits_first || fits == e);
	assert(e == OK || e == ERR_VOID);
	assert(e == OK || (rope_is(text_rope(text), buf_bytes(&before)) &&
				  effect_is_empty(&effect)));
	return e;
}

/* Whether places lie within the text that the writer saw: what text_apply() must say. */
static bool fits(const struct made *made, size_t len)
{
	for (size_t i = 0; i < made->count; i++) {
		const struct text_op *op = &made->ops[i];
		if (op->pos > len || (!op->is_insert && op->len > len - op->pos))
			return false;
		len = op->is_insert ? len + op->len : len - op->len;
	}
	return true;
}

static void write(struct play *play, size_t writer)
{
	struct made *made = &play->changes[play->count];
	*made = (struct made){.writer = writer, .entry = 1};
	memcpy(made->known, play->known[writer], sizeof(made->known));
	for (size_t i = 0; i < play->count; i++) {
		const struct made *other = &play->changes[i];
		if (!play->known[writer][i])
			continue;
		if (other->writer == writer)
			made->entry = other->entry + 1;
		else
			vector_set(&made->seen, LOGS[other->writer], other->entry);
	}
	for (uint8_t n = next(play) % OPS_MAX + 1; n > 0; n--) {
		struct text_op *op = &made->ops[made->count++];
		uint8_t kind = next(play);
		op->is_insert = kind % 2 == 0;
		op->len = kind / 2 % 4 + 1;
		op->pos = next(play);
		for (uint32_t i = 0; i < op->len && op->is_insert; i++)
			buf_add_text(&made->text, i % 2 == 0 ? "x" : "é");
	}
	bool want = fits(made, text_len(play->texts[writer]));
	enum err e = apply(play->texts[writer], made, made->count % 2 == 1);
	assert((e == OK) == want);
	if (e == OK) {
		play->known[writer][play->count++] = true;
		return;
	}
	vector_release(&made->seen);
	buf_release(&made->text);
}

static void read_from(struct play *play, size_t writer, size_t from)
{
	for (size_t i = 0; i < play->count; i++) {
		if (play->known[from][i] && !play->known[writer][i]) {
			enum err e =
				apply(play->texts[writer], &play->changes[i], i % 2 == 0);
			assert(e == OK);
			play->known[writer][i] = true;
		}
	}
}

static void save_and_load(struct play *play, size_t writer)
{
	CLEAN_BUF struct buf saved = {0};
	text_save(play->texts[writer], &saved);
	text_free(play->texts[writer]);
	enum err e = text_load(buf_bytes(&saved), &play->texts[writer]);
	assert(e == OK);
}

static void compare(const struct play *play)
{
	for (size_t a = 0; a < WRITERS; a++) {
		for (size_t b = 0; b < a; b++) {
			if (memcmp(play->known[a], play->known[b], CHANGES) == 0)
				assert(rope_equal(text_rope(play->texts[a]),
					text_rope(play->texts[b])));
		}
	}
}

static void load_input(struct bytes input)
{
	struct text *text = NULL;
	CLEAN_VECTOR struct vector none = {0};
	struct text_op op = {true, 0, 1};
	struct text_change change = {&op, 1, bytes_text("x")};
	if (text_load(input, &text) != OK) {
		assert(text == NULL);
		return;
	}
	enum err e = text_apply(text, LOGS[0], UINT64_MAX, &none, &change, NULL);
	assert(e == OK || e == ERR_VOID || e == ERR_CORRUPT);
	text_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play *play = mem_new(sizeof(*play));
	play->rest = (struct bytes){data, size};
	load_input(play->rest);
	for (size_t i = 0; i < WRITERS; i++)
		play->texts[i] = text_new();
	while (play->rest.len > 0 && play->count < CHANGES) {
		uint8_t what = next(play);
		size_t writer = what % WRITERS;
		if (what / 4 % 4 < 2)
			write(play, writer);
		else if (what / 4 % 4 == 2)
			read_from(play, writer, what / 16 % WRITERS);
		else
			save_and_load(play, writer);
		compare(play);
	}
	for (size_t i = 0; i < WRITERS * 2; i++)
		read_from(play, i % WRITERS, (i + 1) % WRITERS);
	compare(play);
	for (size_t i = 0; i < WRITERS; i++)
		text_free(play->texts[i]);
	for (size_t i = 0; i < play->count; i++) {
		vector_release(&play->changes[i].seen);
		buf_release(&play->changes[i].text);
	}
	mem_free(play);
	return 0;
}
