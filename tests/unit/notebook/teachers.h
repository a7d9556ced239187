/*
 * Teachers with real notebooks in a temporary folder, paired without a network, and what
 * they do, in a word each. Whatever fails fails the test that did it.
 */
#ifndef KITH_TESTS_NOTEBOOK_TEACHERS_H
#define KITH_TESTS_NOTEBOOK_TEACHERS_H

#include "core/notebook/ledger.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "core/notebook/share.h"
#include "tests/unit/notebook/kinds.h"

struct teacher {
	const char *name;
	char dir[96];
	struct secret master;
	struct notebook *notebook;
	const struct schema *schema;
};

#define TEACHERS 3
extern struct teacher teachers[TEACHERS];
#define amina (&teachers[0])
#define ben   (&teachers[1])
#define carla (&teachers[2])

/* What kinds of documents they have: those of kinds.h, unless a test says otherwise
 * before teachers_start(). */
extern const struct schema *teachers_schema;

/* Group setup and teardown: three new notebooks, made once. */
int teachers_start(void **state);
int teachers_stop(void **state);
/* Test setup: all as they were first, in the same folders. Amina and Ben are paired. */
int teachers_again(void **state);

void teacher_open(struct teacher *t);
void teacher_close(struct teacher *t);

/* The folder's files put aside under a name, and put back in the same folder: a backup
 * that nobody notices. */
void teacher_keep(struct teacher *t, const char *name);
void teacher_put_back(struct teacher *t, const char *name);
/* A copy of the folder in another place, which notices that it is one. */
void teacher_copy(struct teacher *from, struct teacher *to, const char *place);
/* A copy that does not notice: as if the disk had been cloned. */
void teacher_clone(struct teacher *from, struct teacher *to, const char *place);

void teachers_pair(struct teacher *a, struct teacher *b);
struct partner *partner_of(
	struct notebook_txn *txn, struct teacher *t, struct teacher *other);

struct notebook_txn *look(struct teacher *t);
struct notebook_txn *edit(struct teacher *t);
void done(struct notebook_txn *txn);

/* ---- What they do, each in a transaction of its own. */

struct id make(struct teacher *t, const char *kind, const char *field, const char *value);
struct id make_page(struct teacher *t, struct teacher *with, const char *title);
/* Set a register or a text, add to a set, append a record to a log. ERR_REFUSED … */
enum err try_write(struct teacher *t, struct id id, const char *field, const char *value);
void put(struct teacher *t, struct id id, const char *field, const char *value);
void put_ref(struct teacher *t, struct id id, const char *field, struct id target);
void take_out(struct teacher *t, struct id id, const char *field, const char *value);
struct id give(struct teacher *t, struct id id, struct teacher *to, enum role role);
enum err try_give(struct teacher *t, struct id id, struct teacher *to, enum role role);
enum reach take_back(struct teacher *t, struct id id, struct id *back);
void let_go(struct teacher *t, struct id id);
void unpair(struct teacher *t, struct teacher *from);
/* Erase a document. A record under the own id of the page that quoted it stands for what
 * that key could open: it is gone too. */
void erase_with_page(struct teacher *t, struct id document, struct id page);

/* ---- What they see. Static text, until the next call. */

/* A field as text: values side by side with "|", a log's records in their order. ""
 * where there is nothing, "-" where there is no such document. */
const char *see(struct teacher *t, struct id id, const char *field);
/* The same of what is sealed alone: what the partner has. */
const char *see_sealed(struct teacher *t, struct id id, const char *field);
bool has(struct teacher *t, struct id id);
/* Whether a word stands anywhere in a document that is private. */
bool has_private_word(struct teacher *t, const char *word);
/* Whether a word stands anywhere at all, drafts included. */
bool has_word(struct teacher *t, const char *word);
size_t private_count(struct teacher *t);
size_t shared_count(struct teacher *t, struct teacher *with);
/* The only document of the pair's space. */
struct id only_shared(struct teacher *t, struct teacher *with);
struct ledger_line line_of(struct teacher *t, struct id id);
size_t pending(struct teacher *t, struct teacher *with);
/* Whether every card says what its document does, and there is one for each. */
bool cards_are_true(struct teacher *t); /* words too */
bool noticed(struct teacher *t, struct teacher *with, const char *words);

#endif
