/*
 * What a process that holds keys gives up first (SECURITY §4.3).
 */
#ifndef KITH_CRYPTO_PROCESS_H
#define KITH_CRYPTO_PROCESS_H

#include "core/base/err.h"

/*
 * No core dumps, no reading of our memory by other processes of the same user, and files
 * made by us readable by us alone (umask 077). For main(), before any key is read; the
 * limits hold for children too, umask included.
 *
 * Errors: ERR_IO when the system refuses.
 */
MUST_USE enum err process_harden(struct why *why);

#endif
