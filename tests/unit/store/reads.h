/*
 * Something happens just before a file is read: for what only goes wrong between two
 * steps.
 */
#ifndef KITH_TESTS_STORE_READS_H
#define KITH_TESTS_STORE_READS_H

#include <stddef.h>

/* Once, before the next read of more than `len` bytes. NULL: nothing. */
void reads_before(size_t len, void (*act)(void));

#endif
