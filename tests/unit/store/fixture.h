/*
 * What the tests of the store share: folders of their own, a store in one of them (the
 * cost of its passphrase is paid once a program and the folder copied), and the records
 * that the tests write.
 */
#ifndef KITH_TESTS_STORE_FIXTURE_H
#define KITH_TESTS_STORE_FIXTURE_H

#include "tests/test.h"

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"
#include "core/store/store.h"

#define PASSPHRASE "five plain words in order"

/* For cmocka's group setup: the library is ready. */
int fixture_start(void **state);

/* A folder of this test's own, removed with all in it by folder_gone(). */
struct folder {
	char path[200];
};

void folder_fresh(struct folder *folder);
void folder_gone(struct folder *folder);

/* For CLEANUP(): the folder goes when the test's scope ends well. */
#define TEMP_FOLDER CLEANUP(folder_gone) struct folder

/* The path of `name` in the folder; valid until the fourth call after this one. */
const char *in_folder(const struct folder *folder, const char *name);

/* Make a store in the folder, as kith init does, without the cost of its own key: all
 * stores of one program are copies of one, with one master key. */
void store_fresh(struct folder *folder, struct secret *master);

/* The recovery key of all these stores: it opens them without the cost of a passphrase.
 */
const char *store_recovery(void);

/* Copy the plain files of one folder into another one that is there. */
void folder_copy(const char *from, const char *to);

/* A file's content, whole; and set it. */
void file_read(const char *path, struct buf *out);
void file_write(const char *path, struct bytes content);

/* Whether any file under the folder holds these bytes. */
bool folder_holds(const char *path, struct bytes needle);

/* Names and content of a folder's files, to see that nothing was changed. Not lock.mdb,
 * which LMDB makes for each use of the store. */
void folder_state(const char *path, struct buf *out);

/* What `f` says in a child process, which then ends without a word. Nothing in it may
 * assert: that would go on with the tests in the child. */
bool in_child(bool (*f)(void *arg), void *arg);

/* The same as another user than the folder's: only where the tests run as root, and true
 * where not. */
bool as_nobody(bool (*f)(void *arg), void *arg);
bool may_be_nobody(void);

/* Each ends the test when it does not succeed. */
struct store *store_opened(const char *dir, const struct secret *master);
struct store_txn *txn_begun(struct store *store, bool write);
void txn_committed(struct store_txn *txn);

/* One record in one transaction: of the store, or of a document. */
void put_one(struct store *store, const char *key, const char *value);
void put_one_of(
	struct store *store, struct id document, const char *key, const char *value);
void erase_one(struct store *store, struct id document);

/* Whether the record is there with this value; or, with NULL, not there at all. */
void assert_one(struct store *store, const char *key, const char *value);
void assert_one_of(
	struct store *store, struct id document, const char *key, const char *value);

/* The number of records in the closed store's data file, as LMDB counts them. */
size_t records_in(const char *dir);

/* Their names and values, as they lie there; release what was appended. Names are 16
 * bytes; `values` has one for each name, and is the caller's to free (mem_free). */
struct raw {
	struct buf names, bytes;
	struct bytes *values;
	size_t count;
};
void raw_read(const char *dir, struct raw *out);
void raw_release(struct raw *raw);
/* Give the record of that name another value. */
void raw_write(const char *dir, const uint8_t name[16], struct bytes value);

/* A document's id made of a small number. */
struct id doc(unsigned number);

#endif
