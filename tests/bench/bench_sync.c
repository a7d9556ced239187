/*
 * What it costs to bring two replicas together: N shared pages, C of them changed on each
 * side while apart. Two notebooks in memory, sessions between them without a network, so
 * that the time is ours alone.
 *
 *	bench_sync [N [C]]      (10000 pages, 100 changed)
 *
 * `wire` is every byte of both directions after the challenge, padding and seals
 *included; `words` is what was written since: the floor.
 */
#include "tests/test.h"

#include "core/base/mem.h"
#include "tests/bench/timing.h"
#include "tests/unit/protocol/nodes.h"

#define WORDS 40 /* in a new page, of 6 bytes */

static struct node anna, ben;
static size_t words_written;

static void die(const char *what, const struct why *why)
{
	fprintf(stderr, "bench_sync: %s: %s\n", what, why->text);
	exit(1);
}

static struct notebook_txn *edit(struct node *node)
{
	struct notebook_txn *txn = NULL;
	struct why why = {0};
	if (notebook_edit(node->book, &txn, &why) != OK)
		die("edit", &why);
	return txn;
}

static void commit(struct notebook_txn *txn)
{
	struct why why = {0};
	if (notebook_commit(txn, &why) != OK)
		die("commit", &why);
}

static void add_words(struct notebook_txn *txn, struct leaf *leaf, size_t count)
{
	struct why why = {0};
	const struct field_schema *field = NULL;
	struct draft *draft = NULL;
	CLEAN_BUF struct buf text = {0};
	for (size_t i = 0; i < count; i++)
		buf_add_format(&text, "%05zu ", (words_written + i * 7919) % 100000);
	if (leaf_field(txn, leaf, bytes_text("body"), &field, &why) != OK ||
		leaf_draft(txn, leaf, &draft, &why) != OK ||
		draft_splice(draft, leaf->sealed, field, (struct bytes){0}, 0, 0,
			buf_bytes(&text), &why) != OK)
		die("write", &why);
	words_written += text.len;
}

static void make_pages(struct id *pages, size_t count)
{
	struct notebook_txn *txn = edit(&anna);
	struct why why = {0};
	struct person_id partner = node_partner(&anna, txn, &ben)->person;
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		if (leaf_new_together(
			    txn, &nodes_schema.kinds[0], &partner, &leaf, &why) != OK)
			die("page", &why);
		pages[i] = leaf->id;
		add_words(txn, leaf, WORDS);
	}
	commit(txn);
}

static void change_pages(struct node *node, const struct id *pages, size_t count)
{
	struct notebook_txn *txn = edit(node);
	struct why why = {0};
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = NULL;
		if (leaf_open(txn, pages[i], &leaf, &why) != OK)
			die("open", &why);
		add_words(txn, leaf, 5);
	}
	commit(txn);
}

static void meet(const char *what)
{
	struct talk talk = {0};
	CLEAN_BUF struct buf wire = {0};
	talk.cipher = &wire;
	talk.side[0].once = true;
	double began = now_ms();
	talk_whole(&talk, &anna, &ben);
	double took = now_ms() - began;
	if (!talk.side[0].report.verified || !talk.side[1].report.verified) {
		fprintf(stderr, "bench_sync: not verified:\n%s", buf_text(&talk.log));
		exit(1);
	}
	printf("%-26s %9.1f ms %10zu B wire %10zu B words %2u round trips\n", what, took,
		wire.len, words_written, talk.side[0].report.round_trips);
	words_written = 0;
	buf_release(&talk.log);
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	size_t changed = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
	struct why why = {0};
	if (crypto_start() != OK || count < 2 * changed)
		die("start", &why);
	char *base = nodes_folder();
	node_make(&anna, base, "anna");
	node_make(&ben, base, "ben");
	nodes_pair(&anna, &ben);
	struct id *pages = mem_array(count, sizeof *pages);

	meet("a first hello");
	make_pages(pages, count);
	meet("all pages, one side");
	meet("nothing changed");
	change_pages(&anna, pages, changed);
	meet("some changed, one side");
	change_pages(&anna, pages, changed);
	change_pages(&ben, pages + changed, changed);
	meet("some changed, each side");
	change_pages(&anna, pages, changed);
	change_pages(&ben, pages, changed);
	meet("the same changed by both");

	mem_free(pages);
	node_close(&anna);
	node_close(&ben);
	nodes_remove(base);
	return 0;
}
