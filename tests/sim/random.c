#include "tests/sim/random.h"

#include <sodium.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t for_the_code, for_the_test;

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static const char *name(void)
{
	return "kith-simulation";
}

static uint32_t one(void)
{
	return (uint32_t)next(&for_the_code);
}

static void fill(void *const buf, const size_t len)
{
	unsigned char *at = buf;
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)next(&for_the_code);
}

void random_start(void)
{
	static struct randombytes_implementation simulated = {
		.implementation_name = name, .random = one, .buf = fill};
	random_seed(0);
	(void)randombytes_set_implementation(&simulated);
}

void random_seed(uint64_t seed)
{
	for_the_code = seed;
	for_the_test = ~seed;
}

uint32_t random_upto(uint32_t bound)
{
	return (uint32_t)(next(&for_the_test) % bound);
}
