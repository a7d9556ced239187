/*
 * What kith writes for others to read: one file, or a folder of files. There whole or not
 * at all, and for its owner's eyes (0600, 0700) as far as the disk can say so.
 */
#ifndef KITH_CLI_OUT_H
#define KITH_CLI_OUT_H

#include "core/base/bytes.h"
#include "core/base/err.h"

/* Beside the file, then in its place. Errors: ERR_IO. */
MUST_USE enum err out_file(const char *path, struct bytes content, struct why *why);

struct out_folder;

/* Whether a folder may be begun there: before anything is asked. Errors: as
 * out_folder_new(). */
MUST_USE enum err out_folder_check(const char *path, struct why *why);

/*
 * Begin a folder beside `path`, which must not be there, or be an empty folder.
 * Errors: ERR_EXISTS where something is in it; ERR_INVALID for a path that is no
 * folder's, for the folder one stands in; ERR_IO.
 */
MUST_USE enum err out_folder_new(
	const char *path, struct out_folder **out, struct why *why);

/* Append to one of its files, "notes/n-k7f3x.md"; the file and its folder are made with
 * the first bytes. Errors: ERR_IO; ERR_CLOSED when a signal asked to stop. */
MUST_USE enum err out_folder_add(struct out_folder *folder, const char *name,
	struct bytes content, struct why *why);

/* On the disk and in its place. Errors: ERR_IO. */
MUST_USE enum err out_folder_done(struct out_folder *folder, struct why *why);

/* What was not done is removed. */
void out_folder_free(struct out_folder *folder);

#endif
