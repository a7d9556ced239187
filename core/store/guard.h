/*
 * Whether the data file is safe to open. LMDB maps it and trusts what it finds: a file
 * cut short is SIGBUS, a damaged page SIGSEGV or an endless loop.
 *
 * Each opening looks at both meta pages and the file's length. If the file is not byte
 * for byte as long, as new and as far as the last clean close noted (a crash, a copy, a
 * repair tool), a forked child walks all of it first, and only the child can die of it.
 *
 * Source: measured with LMDB 0.9.24; lmdb.h and the layout of MDB_meta in mdb.c. SECURITY
 * §4.4.
 */
#ifndef KITH_STORE_GUARD_H
#define KITH_STORE_GUARD_H

#include <stdbool.h>

#include "core/base/err.h"

#define GUARD_DATA "data.mdb"
#define GUARD_LOCK "lock.mdb"
#define GUARD_NOTE "guard"
#define GUARD_COPY "data.new" /* a compaction's, until it takes the data file's place */

/*
 * Look at meta pages and length of the data file in the folder `dir_fd`; changes nothing.
 * Errors: ERR_DAMAGED, missing included; ERR_IO.
 */
MUST_USE enum err guard_check(int dir_fd, struct why *why);

/* Whether the data file is as guard_note() last saw it. */
bool guard_is_noted(int dir_fd);

/* Note how the data file is now. For the last process that closes it, after closing.
 * Nothing is lost when it fails: the next opening walks. */
void guard_note(int dir_fd);

/* Remove what a compaction that was cut short has left. For the only one that has the
 * store open. */
void guard_clear(int dir_fd);

/*
 * Read the whole data file of `dir` in a child: each page, record and free page. Nobody
 * may write meanwhile. Errors: ERR_DAMAGED; ERR_IO when there is no child to be had.
 */
MUST_USE enum err guard_walk(const char *dir, struct why *why);

#endif
