/*
 * A store with many notes, to time commands on:
 *
 *	make_store DIR N        N notes of 300 bytes; the passphrase is "four quiet test
 *words"
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/coaching/commands.h"
#include "core/coaching/schema.h"
#include "core/crypto/keys.h"
#include "core/notebook/notebook.h"

#define BATCH 1000u

static void check(enum err e, const struct why *why)
{
	if (e == OK)
		return;
	fprintf(stderr, "make_store: %s\n", why_text(why, e));
	exit(1);
}

static void add_notes(struct notebook *notebook, unsigned from, unsigned count)
{
	struct why why = {{0}};
	struct notebook_txn *txn;
	check(notebook_edit(notebook, &txn, &why), &why);
	for (unsigned i = from; i < from + count; i++) {
		CLEAN_BUF struct buf text = {0};
		struct id id;
		buf_add_format(&text, "Note %u\n", i);
		while (text.len < 300)
			buf_add_format(&text, "word%u ",
				(i * 7919u + (unsigned)text.len) % 1000u);
		check(coach_note(txn, buf_bytes(&text), NULL, &id, &why), &why);
	}
	check(notebook_commit(txn, &why), &why);
}

int main(int argc, char *argv[])
{
	struct why why = {{0}};
	struct notebook *notebook;
	WIPED(secret) master;
	struct bytes passphrase = bytes_text("four quiet test words");
	struct notebook_birth birth = {
		.name = "Amina", .passphrase = passphrase, .kdf = BIRTH_INTERACTIVE};
	if (argc != 3) {
		fprintf(stderr, "usage: make_store DIR N\n");
		return 2;
	}
	unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
	check(crypto_start(), &why);
	check(notebook_create(argv[1], &birth, &coaching_schema, NULL, &why), &why);
	check(notebook_unlock(argv[1], passphrase, &master, &why), &why);
	check(notebook_open(argv[1], &master, &coaching_schema, &notebook, &why), &why);
	for (unsigned i = 0; i < count; i += BATCH)
		add_notes(notebook, i, count - i < BATCH ? count - i : BATCH);
	notebook_close(notebook);
	return 0;
}
