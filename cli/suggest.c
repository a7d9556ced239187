#include "cli/suggest.h"

#include <stdint.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	if (a_len >= SUGGEST_MAX || b_len >= SUGGEST_MAX)
		return SUGGEST_MAX;

	uint8_t d[SUGGEST_MAX][SUGGEST_MAX] = {{0}};
	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = (uint8_t)i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
			best = least(best, d[i - 1][j] + 1u);
			best = least(best, d[i][j - 1] + 1u);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				best = least(best, d[i - 2][j - 2] + 1u);
			d[i][j] = (uint8_t)best;
		}
	}
	return d[a_len][b_len];
}

const char *suggest(const char *wrong, const char *const words[], size_t count)
{
	const char *nearest = NULL;
	size_t best = SUGGEST_MAX;
	for (size_t i = 0; i < count; i++) {
		size_t distance = suggest_distance(wrong, words[i]);
		size_t allowed = (strlen(words[i]) + 2) / 3;
		if (distance <= allowed && distance < best) {
			best = distance;
			nearest = words[i];
		}
	}
	return nearest;
}
