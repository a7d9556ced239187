/*
 * Randomness from a seed, for keys and nonces too: a simulation that is played again is
 * the same one, to the byte.
 */
#ifndef KITH_TESTS_RANDOM_H
#define KITH_TESTS_RANDOM_H

#include <stdint.h>

/* Take the place of the system's randomness. Before crypto_start(). */
void random_start(void);
void random_seed(uint64_t seed);

/* 0 … bound - 1, from a stream of its own: what the code under test draws moves nothing.
 */
uint32_t random_upto(uint32_t bound);

#endif
