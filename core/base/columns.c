#include "core/base/columns.h"

#include <utf8proc.h>

#include "core/base/utf8.h"

#define EMOJI_STYLE 0xfe0f /* variation selector 16 */
#define JOINER      0x200d /* zero width joiner */

bool cluster_next(struct bytes *rest, struct bytes *cluster)
{
	uint32_t one, other;
	utf8proc_int32_t state = 0;
	struct bytes ahead = *rest;
	cluster->at = rest->at;
	if (!utf8_next(&ahead, &one))
		return false;
	for (;;) {
		struct bytes here = ahead;
		if (!utf8_next(&ahead, &other) ||
			utf8proc_grapheme_break_stateful(
				(utf8proc_int32_t)one, (utf8proc_int32_t)other, &state)) {
			*rest = here;
			break;
		}
		one = other;
	}
	cluster->len = (size_t)(rest->at - cluster->at);
	return true;
}

static bool is_skin(uint32_t scalar)
{
	return scalar >= 0x1f3fb && scalar <= 0x1f3ff;
}

static bool is_flag(uint32_t scalar)
{
	return scalar >= 0x1f1e6 && scalar <= 0x1f1ff;
}

static bool is_picture(uint32_t scalar)
{
	return utf8proc_get_property((utf8proc_int32_t)scalar)->boundclass ==
	       UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* The jamo behind the first of a syllable are drawn into it; a vowel sign that takes room
 * of its own (Mc) takes a column, whatever utf8proc says of it. */
static size_t scalar_columns(uint32_t scalar)
{
	if (utf8proc_category((utf8proc_int32_t)scalar) == UTF8PROC_CATEGORY_MC)
		return 1;
	int width = utf8proc_charwidth((utf8proc_int32_t)scalar);
	bool is_jamo_behind = scalar >= 0x1160 && scalar <= 0x11ff;
	return width > 0 && !is_jamo_behind ? (size_t)width : 0;
}

size_t cluster_columns(struct bytes cluster)
{
	size_t columns = 0;
	uint32_t first = 0, scalar;
	bool is_drawn_as_one = false;
	for (size_t i = 0; utf8_next(&cluster, &scalar); i++) {
		if (i == 0)
			first = scalar;
		else if (scalar == EMOJI_STYLE)
			is_drawn_as_one = true;
		else if (is_picture(first) && (scalar == JOINER || is_skin(scalar)))
			is_drawn_as_one = true;
		else if (is_flag(first) && is_flag(scalar))
			is_drawn_as_one = true;
		columns += scalar_columns(scalar);
	}
	return is_drawn_as_one ? 2 : columns;
}

/* Most text is mostly this: letters of one byte and one column. What follows the last
 * of them may belong to it. */
static size_t plain_columns(struct bytes *text)
{
	size_t len = 0;
	while (len < text->len && text->at[len] >= ' ' && text->at[len] < 0x7f)
		len++;
	if (len < text->len && len > 0)
		len--;
	*text = (struct bytes){text->at + len, text->len - len};
	return len;
}

size_t text_columns(struct bytes text)
{
	size_t columns = plain_columns(&text);
	struct bytes cluster;
	while (cluster_next(&text, &cluster))
		columns += cluster_columns(cluster);
	return columns;
}

/* ---- Direction */

enum direction { RUNS_NEITHER, RUNS_LEFT_TO_RIGHT, RUNS_RIGHT_TO_LEFT };

static enum direction direction_of(uint32_t scalar)
{
	switch (utf8proc_get_property((utf8proc_int32_t)scalar)->bidi_class) {
	case UTF8PROC_BIDI_CLASS_L:
		return RUNS_LEFT_TO_RIGHT;
	case UTF8PROC_BIDI_CLASS_R:
	case UTF8PROC_BIDI_CLASS_AL:
		return RUNS_RIGHT_TO_LEFT;
	default:
		return RUNS_NEITHER;
	}
}

/* The part of `text` that begins with a letter from right to left and goes on to the last
 * such letter before one from left to right or the line's end; marks on it included. */
static struct bytes stretch(struct bytes text)
{
	struct bytes rest = text;
	size_t len = 0;
	uint32_t scalar;
	bool is_on_last = false;
	while (utf8_next(&rest, &scalar)) {
		enum direction runs = direction_of(scalar);
		if (runs == RUNS_LEFT_TO_RIGHT || scalar == '\n')
			break;
		bool is_mark =
			utf8proc_get_property((utf8proc_int32_t)scalar)->bidi_class ==
			UTF8PROC_BIDI_CLASS_NSM;
		is_on_last = runs == RUNS_RIGHT_TO_LEFT || (is_on_last && is_mark);
		if (is_on_last)
			len = text.len - rest.len;
	}
	return (struct bytes){text.at, len};
}

void add_isolated(struct buf *out, struct bytes text)
{
	uint32_t scalar;
	for (struct bytes rest = text; utf8_next(&rest, &scalar); text = rest) {
		if (direction_of(scalar) != RUNS_RIGHT_TO_LEFT) {
			utf8_add(out, scalar);
			continue;
		}
		struct bytes part = stretch(text);
		buf_add_text(out, "\u2068");
		buf_add(out, part);
		buf_add_text(out, "\u2069");
		rest = (struct bytes){text.at + part.len, text.len - part.len};
	}
}
