/* What every unit test includes: cmocka and the headers it needs before it. */
#ifndef KITH_TESTS_TEST_H
#define KITH_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
