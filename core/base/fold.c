#include "core/base/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "core/base/utf8.h"

/* Letters with a stroke, and joined ones, have no decomposition; who types without them
 * leaves the stroke out (as CLDR's transliteration Latin-ASCII has it). */
static const struct {
	uint32_t letter;
	const char *plain;
} strokes[] = {
	{0xE6, "ae"},  /* æ */
	{0xF8, "o"},   /* ø */
	{0x111, "d"},  /* đ */
	{0x127, "h"},  /* ħ */
	{0x131, "i"},  /* ı */
	{0x142, "l"},  /* ł */
	{0x153, "oe"}, /* œ */
	{0x167, "t"},  /* ŧ */
};

/* Accents have a combining class of their own; 6 … 9 are marks that make another letter,
 * and vowel signs are of class 0 (UnicodeData.txt). */
static bool is_accent(utf8proc_int32_t scalar)
{
	int class = utf8proc_get_property(scalar)->combining_class;
	return class == 1 || class > 9;
}

static void add_letter(struct buf *out, uint32_t scalar)
{
	for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++)
		if (strokes[i].letter == scalar) {
			buf_add_text(out, strokes[i].plain);
			return;
		}
	utf8_add(out, scalar);
}

/* A break between words is one space, however it was made. */
static void add_space(struct buf *out, size_t start)
{
	if (out->len == start || out->at[out->len - 1] != ' ')
		buf_add_u8(out, ' ');
}

/* No decomposition is longer (UAX #15: 18). */
#define PARTS_MAX 32

static void add_folded(struct buf *out, size_t start, uint32_t scalar)
{
	utf8proc_int32_t parts[PARTS_MAX];
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char((utf8proc_int32_t)scalar, parts, PARTS_MAX,
			UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
				UTF8PROC_IGNORE | UTF8PROC_LUMP,
			&boundary);
	for (utf8proc_ssize_t i = 0; i < count && i < PARTS_MAX; i++) {
		if (parts[i] <= ' ')
			add_space(out, start);
		else if (!is_accent(parts[i]))
			add_letter(out, (uint32_t)parts[i]);
	}
}

/* What one scalar value adds to `out`, in which this text began at `start`. */
static void add_one(struct buf *out, size_t start, uint32_t scalar)
{
	if (scalar <= ' ' || scalar == 0x7F)
		add_space(out, start);
	else if (scalar < 0x80)
		buf_add_u8(out, scalar >= 'A' && scalar <= 'Z' ? (uint8_t)(scalar + 32)
							       : (uint8_t)scalar);
	else
		add_folded(out, start, scalar);
}

/* Most text is mostly this: letters and digits of one byte, many at once. */
static size_t add_ascii(struct buf *out, struct bytes text)
{
	size_t len = 0;
	while (len < text.len && text.at[len] > ' ' && text.at[len] < 0x7F)
		len++;
	uint8_t *to = buf_extend(out, len);
	for (size_t i = 0; i < len; i++) {
		uint8_t c = text.at[i];
		to[i] = (uint8_t)(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
	}
	return len;
}

void fold_add(struct buf *out, struct bytes text)
{
	size_t start = out->len;
	uint32_t scalar;
	for (;;) {
		size_t taken = add_ascii(out, text);
		text = (struct bytes){text.at + taken, text.len - taken};
		if (!utf8_next(&text, &scalar))
			return;
		add_one(out, start, scalar);
	}
}

struct fold_span fold_source(struct bytes text, size_t at, size_t len)
{
	CLEAN_BUF struct buf folded = {0};
	struct bytes rest = text;
	struct fold_span out = {.at = text.len};
	size_t end = text.len;
	uint32_t scalar;
	for (;;) {
		size_t before = text.len - rest.len, had = folded.len;
		if (!utf8_next(&rest, &scalar))
			break;
		add_one(&folded, 0, scalar);
		if (folded.len == had)
			continue; /* a mark: it goes with the letter before it */
		if (had >= at + len) {
			end = before;
			break;
		}
		if (folded.len > at && out.at == text.len)
			out.at = before;
	}
	out.len = end - out.at;
	return out;
}

bool fold_find(
	struct bytes text, struct bytes words, struct buf *scratch, struct fold_span *out)
{
	buf_clear(scratch);
	fold_add(scratch, text);
	const uint8_t *found = memmem(scratch->at, scratch->len, words.at, words.len);
	if (found == NULL)
		return false;
	*out = fold_source(text, (size_t)(found - scratch->at), words.len);
	return true;
}

bool fold_is_word(uint32_t scalar)
{
	switch (utf8proc_category((utf8proc_int32_t)scalar)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
		return true;
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
		return false;
	}
	return false;
}

bool fold_compose(struct bytes text, int32_t *scratch, size_t room, struct bytes *out)
{
	utf8proc_ssize_t count = utf8proc_decompose(text.at, (utf8proc_ssize_t)text.len,
		scratch, (utf8proc_ssize_t)room, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	/* Re-encoding ends the text with a zero byte: one element more than it is long.
	 */
	if (count < 0 || (size_t)count >= room)
		return false;
	utf8proc_ssize_t len =
		utf8proc_reencode(scratch, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (len < 0)
		return false;
	*out = (struct bytes){(const uint8_t *)scratch, (size_t)len};
	return true;
}

/* The scalar value that ends right before `at`. */
static uint32_t scalar_before(struct bytes text, size_t at)
{
	uint32_t scalar = ' ';
	size_t from = at;
	while (from > 0 && (text.at[from - 1] & 0xC0) == 0x80)
		from--;
	if (from == 0)
		return ' ';
	struct bytes rest = {text.at + from - 1, at - from + 1};
	return utf8_next(&rest, &scalar) ? scalar : ' ';
}

static bool is_word_of_its_own(struct bytes text, size_t at, size_t len)
{
	uint32_t after = ' ';
	struct bytes rest = {text.at + at + len, text.len - at - len};
	(void)utf8_next(&rest, &after);
	return !fold_is_word(scalar_before(text, at)) && !fold_is_word(after);
}

bool fold_find_word(struct bytes text, struct bytes word, struct fold_span *out)
{
	for (size_t from = 0; from < text.len;) {
		const uint8_t *at =
			memmem(text.at + from, text.len - from, word.at, word.len);
		if (at == NULL)
			return false;
		size_t place = (size_t)(at - text.at);
		if (is_word_of_its_own(text, place, word.len)) {
			*out = (struct fold_span){place, word.len};
			return true;
		}
		from = place + 1;
	}
	return false;
}
