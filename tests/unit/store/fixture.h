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

/* A folder of this test's own under TMPDIR, removed with all in it by folder_gone(). */
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

/* Copy the plain files of one folder into another one that is there. */
void folder_copy(const char *from, const char *to);

/* A file's content, whole; and set it. */
void file_read(const char *path, struct buf *out);
void file_write(const char *path, struct bytes content);

/* Whether any file under the folder holds these bytes. */
bool folder_holds(const char *path, struct bytes needle);

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

/* A document's id made of a small number. */
struct id doc(unsigned number);

#endif
