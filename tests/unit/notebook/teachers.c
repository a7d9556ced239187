#include "tests/unit/notebook/teachers.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/notebook/internal.h"
#include "tests/test.h"

struct teacher teachers[TEACHERS] = {
	{.name = "Amina"}, {.name = "Ben"}, {.name = "Carla"}};

const struct schema *teachers_schema = &test_schema;
static char base[64];

/* ---- Folders. */

static void copy_file(const char *from, const char *to)
{
	char block[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(in >= 0 && out >= 0);
	ssize_t got;
	while ((got = read(in, block, sizeof block)) > 0)
		assert_int_equal(write(out, block, (size_t)got), got);
	(void)close(in);
	(void)close(out);
}

static bool is_kept(const char *name)
{
	return name[0] != '.' && strcmp(name, "lock.mdb") != 0;
}

/* Each file of a folder, removed from `to` first: the folder itself stays what it is. */
static void copy_folder(const char *from, const char *to)
{
	char a[512], b[512];
	struct dirent *entry;
	(void)mkdir(to, 0700);
	DIR *dir = opendir(to);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(b, sizeof b, "%s/%s", to, entry->d_name);
		if (entry->d_name[0] != '.')
			(void)unlink(b);
	}
	(void)closedir(dir);
	dir = opendir(from);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct stat st;
		(void)snprintf(a, sizeof a, "%s/%s", from, entry->d_name);
		(void)snprintf(b, sizeof b, "%s/%s", to, entry->d_name);
		if (is_kept(entry->d_name) && stat(a, &st) == 0 && S_ISREG(st.st_mode))
			copy_file(a, b);
	}
	(void)closedir(dir);
}

static void remove_folder(const char *path)
{
	char at[512];
	struct dirent *entry;
	DIR *dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct stat st;
		(void)snprintf(at, sizeof at, "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (lstat(at, &st) == 0 && S_ISDIR(st.st_mode))
			remove_folder(at);
		else
			(void)unlink(at);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

static void place_of_copy(const struct teacher *t, const char *name, char out[512])
{
	(void)snprintf(out, 512, "%s.%s", t->dir, name);
}

void teacher_open(struct teacher *t)
{
	struct why why = {0};
	enum err e = notebook_open(t->dir, &t->master, t->schema, &t->notebook, &why);
	if (e != OK)
		fail_msg("%s: %s", t->name, why_text(&why, e));
}

void teacher_close(struct teacher *t)
{
	notebook_close(t->notebook);
	t->notebook = NULL;
}

void teacher_keep(struct teacher *t, const char *name)
{
	char at[512];
	bool open = t->notebook != NULL;
	place_of_copy(t, name, at);
	teacher_close(t);
	copy_folder(t->dir, at);
	if (open)
		teacher_open(t);
}

void teacher_put_back(struct teacher *t, const char *name)
{
	char at[512];
	place_of_copy(t, name, at);
	teacher_close(t);
	copy_folder(at, t->dir);
	teacher_open(t);
}

void teacher_copy(struct teacher *from, struct teacher *to, const char *place)
{
	teacher_close(from);
	*to = *from;
	assert_true((size_t)snprintf(to->dir, sizeof to->dir, "%s/%s", base, place) <
		    sizeof to->dir);
	remove_folder(to->dir);
	copy_folder(from->dir, to->dir);
	teacher_open(from);
	teacher_open(to);
}

/* What the settings say of the folder it is in is made to say the new one. */
static void say_it_is_here(struct teacher *t)
{
	struct store_txn *txn = NULL;
	struct store *store = NULL;
	/* Opened as itself it would notice: the record is written below the notebook. */
	assert_int_equal(store_open(t->dir, &t->master, &store, NULL), OK);
	assert_int_equal(store_begin(store, true, &txn, NULL), OK);
	uint8_t here[16];
	notebook_machine(t->dir, here);
	assert_int_equal(
		store_put(txn, TABLE_SETTINGS, bytes_text("machine"), BYTES_OF(here)),
		OK);
	assert_int_equal(store_commit(txn, NULL), OK);
	store_close(store);
}

void teacher_clone(struct teacher *from, struct teacher *to, const char *place)
{
	teacher_close(from);
	*to = *from;
	assert_true((size_t)snprintf(to->dir, sizeof to->dir, "%s/%s", base, place) <
		    sizeof to->dir);
	remove_folder(to->dir);
	copy_folder(from->dir, to->dir);
	say_it_is_here(to);
	teacher_open(from);
	teacher_open(to);
}

static void make_teacher(struct teacher *t)
{
	struct notebook_birth birth = {.name = t->name,
		.passphrase = bytes_text("correct horse"),
		.kdf = BIRTH_INTERACTIVE};
	struct why why = {0};
	t->schema = teachers_schema;
	(void)snprintf(t->dir, sizeof t->dir, "%s/%s", base, t->name);
	enum err e = notebook_create(t->dir, &birth, teachers_schema, NULL, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	assert_int_equal(notebook_unlock(t->dir, birth.passphrase, &t->master, NULL), OK);
	teacher_open(t);
}

int teachers_start(void **state)
{
	(void)state;
	if (crypto_start() != OK)
		return 1;
	bool fast = access("/dev/shm", W_OK) == 0;
	(void)snprintf(
		base, sizeof base, "%s/kith-notebook-XXXXXX", fast ? "/dev/shm" : "/tmp");
	if (mkdtemp(base) == NULL)
		return 1;
	for (size_t i = 0; i < TEACHERS; i++)
		make_teacher(&teachers[i]);
	teachers_pair(amina, ben);
	for (size_t i = 0; i < TEACHERS; i++)
		teacher_keep(&teachers[i], "first");
	return 0;
}

int teachers_stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEACHERS; i++)
		teacher_close(&teachers[i]);
	remove_folder(base);
	return 0;
}

int teachers_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEACHERS; i++) {
		teachers[i].schema = teachers_schema;
		teacher_put_back(&teachers[i], "first");
	}
	return 0;
}

/* ---- Transactions. */

struct notebook_txn *look(struct teacher *t)
{
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_look(t->notebook, &txn, NULL), OK);
	return txn;
}

struct notebook_txn *edit(struct teacher *t)
{
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_edit(t->notebook, &txn, NULL), OK);
	return txn;
}

static void check(enum err e, const struct why *why)
{
	if (e != OK)
		fail_msg("%s", why_text(why, e));
}

void done(struct notebook_txn *txn)
{
	struct why why = {0};
	check(notebook_commit(txn, &why), &why);
}

/* ---- Pairing. */

static void pair_one(
	struct teacher *t, const struct teacher *other, struct pairing_result result)
{
	struct why why = {0};
	const struct me *them = notebook_me(other->notebook);
	result.list_bytes = buf_bytes(&them->list);
	assert_int_equal(device_list_read(result.list_bytes, &result.list), OK);
	result.name = them->name;
	result.called = "";
	struct notebook_txn *txn = edit(t);
	check(people_pair(txn, &result, &why), &why);
	done(txn);
}

void teachers_pair(struct teacher *a, struct teacher *b)
{
	struct pairing_result result = {.space = random_id()};
	random_secret(&result.root);
	random_secret(&result.space_key);
	struct notebook_txn *txn = look(a);
	struct id space;
	struct secret key;
	if (people_open_space(txn, &notebook_me(b->notebook)->person, &space, &key)) {
		result.space = space;
		result.space_key = key;
		result.kept = true;
	}
	notebook_abort(txn);
	result.i_typed = true;
	pair_one(a, b, result);
	result.i_typed = false;
	pair_one(b, a, result);
}

struct partner *partner_of(
	struct notebook_txn *txn, struct teacher *t, struct teacher *other)
{
	(void)t;
	struct partner *p = people_partner(txn, &notebook_me(other->notebook)->person);
	assert_non_null(p);
	return p;
}
