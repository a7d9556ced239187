/*
 * A network of its own for a test program, so that nothing it says leaves it and no port
 * it takes is somebody's.
 */
#ifndef KITH_TESTS_HOST_NAMESPACE_H
#define KITH_TESTS_HOST_NAMESPACE_H

#include <stdbool.h>

/* Be in a network namespace of one's own, as root or by a user namespace. False where
 * the machine does not allow it: exit with SKIPPED. */
bool enter_namespace(void);

/* Switch an interface on or off. */
bool set_interface(const char *name, bool up);

#define SKIPPED 77 /* meson's */

#endif
