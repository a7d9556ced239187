/*
 * The folder a store lies in: made, judged, emptied. Whose it is, who may write to it,
 * and whether what lies in it is a store, a beginning of one, or somebody else's things.
 */
#ifndef KITH_STORE_FOLDER_H
#define KITH_STORE_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

#define FOLDER_NEW_HEADER "header.new" /* until the store is complete */

/* What making a folder changed, so that it can be undone. */
struct folder_made {
	char *dir;
	size_t kept; /* the part of `dir` that was there before, in bytes */
	bool was_there;
	mode_t mode; /* before, if it was there */
};

/*
 * Make the folder if missing, and judge it fit for a new store. `*dir_fd` is -1 on an
 * error. Nothing is changed by a refusal. Release `made` in any case.
 */
MUST_USE enum err folder_make(
	const char *dir, struct folder_made *made, int *dir_fd, struct why *why);
/* Whether folder_make() would find fault with what is there; looks only. */
MUST_USE enum err folder_judge(const char *dir, struct why *why);

void folder_unmake(const struct folder_made *made);
void folder_made_release(struct folder_made *made);

/* Hold the place for a new header, so that no two processes make a store in one folder;
 * what a creation cut short left is removed. Errors: ERR_BUSY; ERR_FULL, ERR_READ_ONLY,
 * ERR_IO. */
MUST_USE enum err folder_claim(
	int dir_fd, const char *dir, int *header_fd, struct why *why);

/* The new header becomes the header: from here on this is a store. */
MUST_USE enum err folder_complete(int dir_fd, const char *dir, struct why *why);

/* Remove a store's files, those that hold its keys first. */
void folder_clear(int dir_fd);

/*
 * Open the folder of a store and its header file. `write`: to open the store, not only to
 * read the header; then the folder must be safe from other users and not be read-only.
 * Errors: as store_open(). Both descriptors are -1 then.
 */
MUST_USE enum err folder_open(
	const char *dir, bool write, int *dir_fd, int *header_fd, struct why *why);

/* Whether a kith store was used here, whatever became of its header. */
bool folder_was_store(int dir_fd);

#endif
