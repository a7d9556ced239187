#include "core/notebook/notebook.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/notebook/apply.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

const char notebook_machine_key[] = "machine";
static const char schema_key[] = "schema", cards_key[] = "cards";

uint64_t notebook_now_s(const struct notebook *notebook)
{
	return notebook->now_s != 0 ? notebook->now_s : (uint64_t)time(NULL);
}

/* ---- Transactions. */

static enum err begin(
	struct notebook *notebook, bool write, struct notebook_txn **out, struct why *why)
{
	*out = NULL;
	struct notebook_txn *txn = mem_new(sizeof *txn);
	enum err e = store_begin(notebook->store, write, &txn->store, why);
	if (e != OK) {
		mem_free(txn);
		return e;
	}
	txn->notebook = notebook;
	txn->write = write;
	txn->now_s = notebook_now_s(notebook);
	*out = txn;
	return OK;
}

enum err notebook_look(
	struct notebook *notebook, struct notebook_txn **out, struct why *why)
{
	return begin(notebook, false, out, why);
}

enum err notebook_edit(
	struct notebook *notebook, struct notebook_txn **out, struct why *why)
{
	return begin(notebook, true, out, why);
}

static void txn_free(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL)
			leaf_own_release(txn->leaves[i]);
	mem_free(txn->leaves);
	spaces_release(txn);
	people_release(txn);
	mem_free(txn->all);
	cards_release(txn);
	words_release(txn);
	arena_release(&txn->arena);
	mem_free(txn);
}

void notebook_abort(struct notebook_txn *txn)
{
	if (txn == NULL)
		return;
	if (txn->store != NULL)
		store_abort(txn->store);
	txn_free(txn);
}

void notebook_abortp(struct notebook_txn **txn)
{
	notebook_abort(*txn);
	*txn = NULL;
}

enum err notebook_commit(struct notebook_txn *txn, struct why *why)
{
	if (!txn->write) {
		notebook_abort(txn);
		return OK;
	}
	/* Leaves first: saving them moves the sums and draft lists that the spaces keep.
	 */
	enum err e = leaves_save(txn, why);
	if (e == OK) {
		e = spaces_save(txn);
		if (e == OK)
			e = people_save(txn);
		if (e != OK)
			why_say(why, "the change could not be written: %s", err_text(e));
	}
	if (e != OK) {
		notebook_abort(txn);
		return e;
	}
	e = store_commit(txn->store, why);
	txn->store = NULL;
	txn_free(txn);
	return e;
}

struct notebook *txn_notebook(struct notebook_txn *txn)
{
	return txn->notebook;
}

struct arena *txn_arena(struct notebook_txn *txn)
{
	return &txn->arena;
}

uint64_t txn_now_s(const struct notebook_txn *txn)
{
	return txn->now_s;
}

/* ---- Making, opening, closing. */

static struct notebook *make(const char *dir, const struct schema *schema)
{
	struct notebook *n = mem_new(sizeof *n);
	n->dir = mem_text(dir);
	n->schema = schema;
	return n;
}

/* What tells this folder on this machine from a copy of it: the machine's own id and the
 * folder's inode. A copy that keeps both (restored in place) is known by the partner's
 * word (restore.c). */
void notebook_machine(const char *dir, uint8_t out[16])
{
	char id[64] = {0};
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t got = read(fd, id, sizeof id - 1);
		(void)got;
		(void)close(fd);
	}
	struct stat st = {0};
	(void)stat(dir, &st);
	uint64_t inode = (uint64_t)st.st_ino;
	struct bytes parts[] = {bytes_text(id), {(const uint8_t *)&inode, sizeof inode}};
	struct hash hash = hash_of("kith/machine/1", parts, 2);
	memcpy(out, hash.b, 16);
}

static enum err put_number(struct store_txn *txn, const char *key, uint32_t number)
{
	CLEAN_BUF struct buf value = {0};
	buf_add_u32(&value, number);
	return store_put(txn, TABLE_SETTINGS, bytes_text(key), buf_bytes(&value));
}

/* 0 where there is none. */
static uint32_t get_number(struct store_txn *txn, const char *key)
{
	CLEAN_BUF struct buf value = {0};
	uint32_t number = 0;
	if (store_get(txn, TABLE_SETTINGS, bytes_text(key), &value) != OK)
		return 0;
	struct bytes rest = buf_bytes(&value);
	return bytes_take_u32(&rest, &number) ? number : 0;
}

static enum err put_settings(struct notebook *n, struct store_txn *txn)
{
	uint8_t machine[16];
	notebook_machine(n->dir, machine);
	enum err e = store_put(
		txn, TABLE_SETTINGS, bytes_text(notebook_machine_key), BYTES_OF(machine));
	if (e != OK)
		return e;
	e = put_number(txn, schema_key, n->schema->number);
	return e == OK ? put_number(txn, cards_key, CARDS_NUMBER) : e;
}

static enum err populate(struct notebook *n, const struct notebook_birth *birth,
	struct bytes recovery, struct why *why)
{
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	enum err e = store_begin(n->store, true, &txn, why);
	if (e != OK)
		return e;
	e = me_new(n, txn, birth->name, recovery, why);
	if (e != OK)
		return e;
	e = me_save(n, txn);
	if (e == OK)
		e = put_settings(n, txn);
	if (e != OK)
		return because(
			why, e, "the new store cannot be written: %s", err_text(e));
	e = store_commit(txn, why);
	txn = NULL;
	return e;
}

enum kdf kdf_of_birth(enum birth_kdf kdf)
{
	static const enum kdf kdfs[] = {KDF_MODERATE, KDF_INTERACTIVE, KDF_SENSITIVE};
	return kdfs[kdf];
}

enum err notebook_create(const char *dir, const struct notebook_birth *birth,
	const struct schema *schema, struct buf *recovery, struct why *why)
{
	struct store_options options = {.kdf = kdf_of_birth(birth->kdf)};
	CLEAN_BUF struct buf sheet = {0};
	struct notebook *n = make(dir, schema);
	enum err e = store_create(dir, birth->passphrase, &options,
		birth->recovery ? &sheet : NULL, &n->store, why);
	if (e == OK)
		e = populate(n, birth, buf_bytes(&sheet), why);
	bool made = n->store != NULL;
	notebook_close(n);
	if (e != OK && made)
		store_remove(dir);
	if (e == OK && recovery != NULL)
		buf_add(recovery, buf_bytes(&sheet));
	wipe(sheet.at, sheet.len);
	return e;
}

enum err notebook_unlock(
	const char *dir, struct bytes passphrase, struct secret *master, struct why *why)
{
	return store_unlock(dir, passphrase, master, why);
}

struct noted {
	bool moved;  /* another machine, or a copy of the folder */
	bool learnt; /* this kith knows more kinds than the last that opened the store */
	bool other_cards; /* that one wrote its cards in another form */
};

static enum err read_settings(struct notebook *n, struct noted *noted, struct why *why)
{
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	enum err e = store_begin(n->store, false, &txn, why);
	if (e == OK)
		e = me_load(n, txn, why);
	if (e != OK)
		return e;
	CLEAN_BUF struct buf machine = {0};
	uint8_t here[16];
	notebook_machine(n->dir, here);
	e = store_get(txn, TABLE_SETTINGS, bytes_text(notebook_machine_key), &machine);
	noted->moved = e != OK || !bytes_equal(buf_bytes(&machine), BYTES_OF(here));
	uint32_t known = get_number(txn, schema_key);
	noted->learnt = known > 0 && known < n->schema->number;
	noted->other_cards = get_number(txn, cards_key) != CARDS_NUMBER;
	return OK;
}

static enum err catch_up(struct notebook *n, const struct noted *noted, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = notebook_edit(n, &txn, why);
	if (e == OK && noted->other_cards)
		e = cards_remake(txn, why);
	if (e == OK && noted->moved)
		e = restore_everywhere(txn, why);
	if (e == OK && noted->learnt)
		e = apply_waiting(txn, why);
	if (e == OK)
		e = put_settings(n, txn->store);
	if (e != OK)
		return e;
	e = notebook_commit(txn, why);
	txn = NULL;
	return e;
}

enum err notebook_open(const char *dir, const struct secret *master,
	const struct schema *schema, struct notebook **out, struct why *why)
{
	*out = NULL;
	struct notebook *n = make(dir, schema);
	n->master = *master;
	struct noted noted = {0};
	enum err e = store_open(dir, master, &n->store, why);
	if (e == OK)
		e = read_settings(n, &noted, why);
	if (e == OK && (noted.moved || noted.learnt || noted.other_cards))
		e = catch_up(n, &noted, why);
	if (e != OK) {
		notebook_close(n);
		return e;
	}
	*out = n;
	return OK;
}

void notebook_close(struct notebook *n)
{
	if (n == NULL)
		return;
	if (n->store != NULL)
		store_close(n->store);
	buf_release(&n->me.list);
	mem_free(n->dir);
	wipe(n, sizeof *n);
	mem_free(n);
}

const char *notebook_dir(const struct notebook *notebook)
{
	return notebook->dir;
}

const struct secret *notebook_master(const struct notebook *notebook)
{
	return &notebook->master;
}

uint64_t notebook_version(struct notebook *notebook)
{
	return store_version(notebook->store);
}

int notebook_watch_fd(struct notebook *notebook)
{
	return store_watch_fd(notebook->store);
}

void notebook_watch_read(struct notebook *notebook)
{
	struct notebook_txn *txn = NULL;
	store_watch_read(notebook->store);
	/* LMDB writes the page that wakes us and tells the new version a moment before it
	 * lets readers see the commit. Whoever gets the lock of writers comes after that
	 * moment. */
	if (notebook_edit(notebook, &txn, NULL) == OK)
		notebook_abort(txn);
}

enum err notebook_lock_node(const char *dir, int *fd, struct why *why)
{
	return store_lock_node(dir, fd, why);
}

void notebook_clock(struct notebook *notebook, uint64_t now_s)
{
	notebook->now_s = now_s;
}
