/* seek_snippet(): a place on one line, around what was found. */
#include "core/base/fold.h"
#include "core/base/utf8.h"
#include "core/coaching/seek.h"

/* How far a cut may move to stand between two words: a word longer than this is cut. */
#define WORD_LEN 16u

static bool is_space(struct bytes text, size_t at)
{
	return text.at[at] == ' ' || text.at[at] == '\n' || text.at[at] == '\r' ||
	       text.at[at] == '\t';
}

static const char *clean(
	struct arena *arena, struct bytes text, const char *front, const char *back)
{
	CLEAN_BUF struct buf line = {0}, out = {0};
	buf_add_text(&out, front);
	/* A break between words, however it was made, is one space. */
	for (size_t i = 0; i < text.len; i++) {
		if (!is_space(text, i))
			buf_add_u8(&line, text.at[i]);
		else if (line.len == 0 || line.at[line.len - 1] != ' ')
			buf_add_u8(&line, ' ');
	}
	utf8_add_clean(&out, buf_bytes(&line), false);
	buf_add_text(&out, back);
	return arena_string(arena, buf_bytes(&out));
}

/* The bytes that `width` scalar values take before the end of `text`. */
static size_t start_of(struct bytes text, size_t width)
{
	size_t at = text.len, cut;
	for (size_t n = 0; n < width && at > 0; n++)
		do
			at--;
		while (at > 0 && (text.at[at] & 0xC0) == 0x80);
	if (at == 0)
		return 0;
	for (cut = at; cut + 1 < text.len && cut - at < WORD_LEN; cut++)
		if (is_space(text, cut))
			return cut + 1;
	return at;
}

static size_t end_of(struct bytes text, size_t width)
{
	size_t at = utf8_offset(text, width), cut;
	if (at == text.len)
		return at;
	for (cut = at; cut > 0 && at - cut < WORD_LEN; cut--)
		if (is_space(text, cut))
			return cut;
	return at;
}

struct snippet seek_snippet(
	struct arena *arena, const struct seek_place *place, size_t width)
{
	struct fold_span found = place->found;
	struct bytes text = place->text;
	if (found.len == 0)
		width *= 2;
	struct bytes before = {text.at, found.at};
	struct bytes after = {
		text.at + found.at + found.len, text.len - found.at - found.len};
	size_t from = start_of(before, width), to = end_of(after, width);
	return (struct snippet){
		clean(arena, (struct bytes){before.at + from, before.len - from},
			from > 0 ? "…" : "", ""),
		clean(arena, (struct bytes){text.at + found.at, found.len}, "", ""),
		clean(arena, (struct bytes){after.at, to}, "", to < after.len ? "…" : ""),
	};
}
