/*
 * What the system and LMDB say went wrong, as one of our errors.
 */
#ifndef KITH_STORE_TROUBLE_H
#define KITH_STORE_TROUBLE_H

#include "core/base/err.h"

/* An errno or an LMDB code. `fd`: any file on the disk concerned, for the cases in which
 * LMDB reports a full disk as EIO (a short write); -1 when there is none. */
enum err trouble_of(int code, int fd);

#endif
