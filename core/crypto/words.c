#include "core/crypto/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/crypto/keys.h"
#include "core/crypto/words_list.h"

#define WORDS         3
#define LETTERS_MIN   4 /* of a word, when one types only its beginning */
#define SEPARATORS    " \t\r\n-."
#define CODE_IS       "a code is a number and three words, like 07-crusade-everyday-dropper"
#define PARITY(place) ((place) % 2) /* which of the two lists */

void words_code_wipe(struct words_code *code)
{
	wipe(code, sizeof *code);
}

static const char *word_at(const uint8_t bytes[WORDS], size_t place)
{
	return words_list[bytes[place]][PARITY(place)];
}

void words_code_text(const struct words_code *code, char out[WORDS_TEXT_MAX])
{
	(void)snprintf(out, WORDS_TEXT_MAX, "%02d-%s-%s-%s", code->nameplate,
		word_at(code->r, 0), word_at(code->r, 1), word_at(code->r, 2));
}

void words_three_text(const uint8_t bytes[3], char out[WORDS_TEXT_MAX])
{
	(void)snprintf(out, WORDS_TEXT_MAX, "%s %s %s", word_at(bytes, 0),
		word_at(bytes, 1), word_at(bytes, 2));
}

/* What stands before the next separator; empty at the end. */
static struct bytes next_part(const char **text)
{
	*text += strspn(*text, SEPARATORS);
	struct bytes part = {(const uint8_t *)*text, strcspn(*text, SEPARATORS)};
	*text += part.len;
	return part;
}

static bool read_nameplate(struct bytes part, uint8_t *out)
{
	unsigned v = 0;
	if (part.len == 0 || part.len > 2)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		if (part.at[i] < '0' || part.at[i] > '9')
			return false;
		v = v * 10 + (unsigned)(part.at[i] - '0');
	}
	*out = (uint8_t)v;
	return true;
}

/* Whether `part`, in any case, is the beginning of `word`. */
static bool begins(const char *word, struct bytes part)
{
	for (size_t i = 0; i < part.len; i++) {
		uint8_t c = part.at[i];
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		/* The closing NUL differs from every character of a part. */
		if (c != (uint8_t)word[i])
			return false;
	}
	return true;
}

/* No word begins another one, so a whole word is always found once (the tests see to
 * it). */
static enum err read_word(struct bytes part, size_t place, uint8_t *out, struct why *why)
{
	size_t found = 0;
	for (size_t i = 0; part.len >= LETTERS_MIN && i < 256; i++)
		if (begins(words_list[i][PARITY(place)], part)) {
			*out = (uint8_t)i;
			found++;
		}
	if (found == 0)
		return because(why, ERR_INVALID, "word %zu looks wrong", place + 1);
	if (found > 1)
		return because(why, ERR_INVALID,
			"word %zu could be more than one: type all of it", place + 1);
	return OK;
}

static enum err read_code(const char *text, struct words_code *code, struct why *why)
{
	if (!read_nameplate(next_part(&text), &code->nameplate))
		return because(why, ERR_INVALID, "%s", CODE_IS);
	for (size_t place = 0; place < WORDS; place++) {
		struct bytes part = next_part(&text);
		if (part.len == 0)
			return because(why, ERR_INVALID, "%s", CODE_IS);
		enum err e = read_word(part, place, &code->r[place], why);
		if (e != OK)
			return e;
	}
	if (next_part(&text).len > 0)
		return because(why, ERR_INVALID, "%s", CODE_IS);
	return OK;
}

enum err words_code_read(const char *text, struct words_code *code, struct why *why)
{
	words_code_wipe(code);
	enum err e = read_code(text, code, why);
	if (e != OK)
		words_code_wipe(code);
	return e;
}
