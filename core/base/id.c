#include "core/base/id.h"

#include <string.h>

static const char digits32[] = "0123456789abcdefghjkmnpqrstvwxyz";

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	const char *at = c != '\0' ? strchr(digits32, c) : NULL;
	return at != NULL ? (int)(at - digits32) : -1;
}

int id_compare(struct id a, struct id b)
{
	return memcmp(a.b, b.b, sizeof a.b);
}

bool id_equal(struct id a, struct id b)
{
	return id_compare(a, b) == 0;
}

bool id_is_zero(struct id a)
{
	return id_equal(a, (struct id){{0}});
}

int log_id_compare(struct log_id a, struct log_id b)
{
	return memcmp(a.b, b.b, sizeof a.b);
}

bool log_id_equal(struct log_id a, struct log_id b)
{
	return log_id_compare(a, b) == 0;
}

bool person_equal(struct person_id a, struct person_id b)
{
	return memcmp(a.b, b.b, sizeof a.b) == 0;
}

void base32_text(struct bytes bytes, char *out)
{
	unsigned held = 0, bits = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		held = held << 8 | bytes.at[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			*out++ = digits32[held >> bits & 31];
		}
		held &= (1u << bits) - 1;
	}
	if (bits > 0)
		*out++ = digits32[held << (5 - bits) & 31];
	*out = '\0';
}

bool base32_read(const char *text, size_t len, uint8_t *out, size_t out_len)
{
	if (len != (out_len * 8 + 4) / 5)
		return false;
	unsigned held = 0, bits = 0;
	size_t filled = 0;
	for (size_t i = 0; i < len; i++) {
		int v = digit_value(text[i]);
		if (v < 0)
			return false;
		held = held << 5 | (unsigned)v;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out[filled++] = (uint8_t)(held >> bits);
		}
		held &= (1u << bits) - 1;
	}
	return filled == out_len && held == 0;
}

void id_text(struct id id, char out[ID_TEXT + 1])
{
	base32_text(BYTES_OF(id.b), out);
}

bool id_read(const char *text, struct id *out)
{
	return base32_read(text, strlen(text), out->b, sizeof out->b);
}

void person_text(struct person_id person, char out[PERSON_TEXT + 1])
{
	base32_text(BYTES_OF(person.b), out);
}

bool handle_read(const char *text, char *letter, char digits[ID_TEXT + 1])
{
	size_t len = strlen(text);
	if (len < 3 || len > ID_TEXT + 2 || text[1] != '-')
		return false;
	char first = text[0];
	if (first >= 'A' && first <= 'Z')
		first = (char)(first - 'A' + 'a');
	if (first < 'a' || first > 'z')
		return false;
	for (size_t i = 2; i < len; i++) {
		int v = digit_value(text[i]);
		if (v < 0)
			return false;
		digits[i - 2] = digits32[v];
	}
	digits[len - 2] = '\0';
	*letter = first;
	return true;
}
