#include "core/crypto/noise_pattern.h"

#include <string.h>

#define E  TOKEN_E
#define S  TOKEN_S
#define EE TOKEN_EE
#define ES TOKEN_ES
#define SE TOKEN_SE
#define SS TOKEN_SS

/* clang-format off */
static const struct pattern patterns[] = {
	/* One-way, §7.4. */
	{"N",    false, true,  {{E, ES}}},
	{"K",    true,  true,  {{E, ES, SS}}},
	{"X",    false, true,  {{E, ES, S, SS}}},

	/* Interactive, §7.5. */
	{"NN",   false, false, {{E},            {E, EE}}},
	{"NK",   false, true,  {{E, ES},        {E, EE}}},
	{"NX",   false, false, {{E},            {E, EE, S, ES}}},
	{"KN",   true,  false, {{E},            {E, EE, SE}}},
	{"KK",   true,  true,  {{E, ES, SS},    {E, EE, SE}}},
	{"KX",   true,  false, {{E},            {E, EE, SE, S, ES}}},
	{"XN",   false, false, {{E},            {E, EE},        {S, SE}}},
	{"XK",   false, true,  {{E, ES},        {E, EE},        {S, SE}}},
	{"XX",   false, false, {{E},            {E, EE, S, ES}, {S, SE}}},
	{"IN",   false, false, {{E, S},         {E, EE, SE}}},
	{"IK",   false, true,  {{E, ES, S, SS}, {E, EE, SE}}},
	{"IX",   false, false, {{E, S},         {E, EE, SE, S, ES}}},

	/* Deferred, §18.1. */
	{"NK1",  false, true,  {{E},            {E, EE, ES}}},
	{"NX1",  false, false, {{E},            {E, EE, S},     {ES}}},
	{"X1N",  false, false, {{E},            {E, EE},        {S},        {SE}}},
	{"X1K",  false, true,  {{E, ES},        {E, EE},        {S},        {SE}}},
	{"XK1",  false, true,  {{E},            {E, EE, ES},    {S, SE}}},
	{"X1K1", false, true,  {{E},            {E, EE, ES},    {S},        {SE}}},
	{"X1X",  false, false, {{E},            {E, EE, S, ES}, {S},        {SE}}},
	{"XX1",  false, false, {{E},            {E, EE, S},     {ES, S, SE}}},
	{"X1X1", false, false, {{E},            {E, EE, S},     {ES, S},    {SE}}},
	{"K1N",  true,  false, {{E},            {E, EE},        {SE}}},
	{"K1K",  true,  true,  {{E, ES},        {E, EE},        {SE}}},
	{"KK1",  true,  true,  {{E},            {E, EE, SE, ES}}},
	{"K1K1", true,  true,  {{E},            {E, EE, ES},    {SE}}},
	{"K1X",  true,  false, {{E},            {E, EE, S, ES}, {SE}}},
	{"KX1",  true,  false, {{E},            {E, EE, SE, S}, {ES}}},
	{"K1X1", true,  false, {{E},            {E, EE, S},     {SE, ES}}},
	{"I1N",  false, false, {{E, S},         {E, EE},        {SE}}},
	{"I1K",  false, true,  {{E, ES, S},     {E, EE},        {SE}}},
	{"IK1",  false, true,  {{E, S},         {E, EE, SE, ES}}},
	{"I1K1", false, true,  {{E, S},         {E, EE, ES},    {SE}}},
	{"I1X",  false, false, {{E, S},         {E, EE, S, ES}, {SE}}},
	{"IX1",  false, false, {{E, S},         {E, EE, SE, S}, {ES}}},
	{"I1X1", false, false, {{E, S},         {E, EE, S},     {SE, ES}}},
};
/* clang-format on */

static const struct pattern *find_base(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (strlen(patterns[i].name) == len &&
			memcmp(patterns[i].name, name, len) == 0)
			return &patterns[i];
	return NULL;
}

const struct pattern *pattern_find(const char *name, int *psk)
{
	const char *modifier = strstr(name, "psk");
	size_t base_len = modifier != NULL ? (size_t)(modifier - name) : strlen(name);
	const struct pattern *pattern = find_base(name, base_len);
	*psk = PATTERN_NO_PSK;
	if (pattern == NULL || modifier == NULL)
		return pattern;
	const char *place = modifier + strlen("psk");
	if (*place < '0' || *place > '9' || place[1] != '\0' ||
		(size_t)(*place - '0') > pattern_count(pattern))
		return NULL;
	*psk = *place - '0';
	return pattern;
}

size_t pattern_count(const struct pattern *pattern)
{
	size_t count = 0;
	while (pattern->messages[count][0] != TOKEN_END)
		count++;
	return count;
}

bool pattern_has_static(const struct pattern *pattern, bool initiator)
{
	if (initiator ? pattern->initiator_known : pattern->responder_known)
		return true;
	for (size_t i = initiator ? 0 : 1; i < pattern_count(pattern); i += 2)
		for (const enum token *t = pattern->messages[i]; *t != TOKEN_END; t++)
			if (*t == TOKEN_S)
				return true;
	return false;
}
