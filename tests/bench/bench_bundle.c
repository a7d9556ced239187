/*
 * What a large bundle costs: N pages written at once, carried in one file, and what
 * memory writing and reading it take at most beyond what the process held before.
 *
 *	bench_bundle [N]      (10000 pages of 240 bytes)
 */
#include "tests/test.h"

#include <malloc.h>

#include "net/host/bundle.h"
#include "tests/bench/timing.h"
#include "tests/unit/protocol/carrier.h"

#define BATCH 500u
#define WORDS 40 /* of 6 bytes */

static struct node anna, ben;

/* From /proc/self/status, in KiB. */
static long memory(const char *what)
{
	char line[200];
	long kib = 0;
	FILE *status = fopen("/proc/self/status", "r");
	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, what, strlen(what)) == 0)
			kib = strtol(line + strlen(what), NULL, 10);
	if (status != NULL)
		(void)fclose(status);
	return kib;
}

/* Give back what is free, and forget the peak so far. */
static long begin_peak(void)
{
	(void)malloc_trim(0);
	FILE *refs = fopen("/proc/self/clear_refs", "w");
	if (refs != NULL) {
		(void)fputs("5\n", refs);
		(void)fclose(refs);
	}
	return memory("VmRSS:");
}

static void check(enum err e, const struct why *why)
{
	if (e == OK)
		return;
	fprintf(stderr, "bench_bundle: %s\n", why_text(why, e));
	exit(1);
}

static void make_pages(size_t from, size_t count)
{
	struct notebook_txn *txn = NULL;
	struct why why = {0};
	check(notebook_edit(anna.book, &txn, &why), &why);
	struct person_id partner = node_partner(&anna, txn, &ben)->person;
	for (size_t i = from; i < from + count; i++) {
		CLEAN_BUF struct buf text = {0};
		struct leaf *leaf = NULL;
		const struct field_schema *field = NULL;
		struct draft *draft = NULL;
		for (size_t k = 0; k < WORDS; k++)
			buf_add_format(&text, "%05zu ", (i * 40 + k * 7919) % 100000);
		check(leaf_new_together(
			      txn, &nodes_schema.kinds[0], &partner, &leaf, &why),
			&why);
		check(leaf_field(txn, leaf, bytes_text("body"), &field, &why), &why);
		check(leaf_draft(txn, leaf, &draft, &why), &why);
		check(draft_splice(draft, leaf->sealed, field, (struct bytes){0}, 0, 0,
			      buf_bytes(&text), &why),
			&why);
	}
	check(notebook_commit(txn, &why), &why);
}

int main(int argc, char *argv[])
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	struct why why = {0};
	struct bundle_written written;
	struct bundle_in *in = NULL;
	uint64_t len = 0;
	char path[200];
	check(crypto_start(), &why);
	char *base = nodes_folder();
	node_make(&anna, base, "anna");
	node_make(&ben, base, "ben");
	nodes_pair(&anna, &ben);
	(void)carrier_carry(&anna, &ben);
	(void)carrier_carry(&ben, &anna);
	for (size_t i = 0; i < count; i += BATCH)
		make_pages(i, count - i < BATCH ? count - i : BATCH);
	snprintf(path, sizeof path, "%s/1.kith", base);
	struct person_id person = notebook_me(ben.book)->person;

	long before = begin_peak();
	double began = now_ms();
	check(bundle_write(anna.book, &person, path, &written, &len, &why), &why);
	printf("write  %6zu pages  %4zu entries  %8.1f KiB  %7.0f ms  %7ld KiB "
	       "memory%s\n",
		count, written.entries, (double)len / 1024, now_ms() - began,
		memory("VmHWM:") - before, written.more ? "  (full)" : "");
	before = begin_peak();
	began = now_ms();
	check(bundle_read(ben.book, path, &in, &why), &why);
	const struct bundle_taken *taken = bundle_in_report(in);
	printf("read   %6zu pages  %4zu entries  %s  %7.0f ms  %7ld KiB memory\n",
		taken->document_count, taken->came,
		taken->verified ? "  verified  " : "not verified", now_ms() - began,
		memory("VmHWM:") - before);
	bundle_in_free(in);
	node_close(&anna);
	node_close(&ben);
	nodes_remove(base);
	return 0;
}
