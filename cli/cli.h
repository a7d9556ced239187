/*
 * One run of kith: what was typed, what is to be said, and the notebook once it is open.
 */
#ifndef KITH_CLI_CLI_H
#define KITH_CLI_CLI_H

#include "cli/args.h"
#include "cli/print.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/crdt/document.h"
#include "core/crypto/keys.h"
#include "core/notebook/notebook.h"

struct partner;

struct cli {
	struct args args;
	struct print print;
	struct arena arena;        /* texts that live as long as the run */
	struct notebook *notebook; /* NULL until cli_open() */
	int exit_code;    /* of a run that has said all: not 0 where that is bad news */
	enum err verdict; /* of a JSON document that itself says what is wrong: the exit
			     code */
};

/* The store's folder: --home, KITH_HOME, $XDG_DATA_HOME/kith, ~/.local/share/kith. */
MUST_USE enum err cli_home(struct cli *cli, const char **out, struct why *why);

/* The file a passphrase is read from: --passphrase-file, KITH_PASSPHRASE_FILE; or NULL.
 */
const char *cli_passphrase_file(const struct cli *cli);

/*
 * The master key: from the node that runs, else by the passphrase.
 * Errors: ERR_FOREIGN where no store is, ERR_LOCKED, ERR_PASSPHRASE, ERR_DAMAGED.
 */
MUST_USE enum err cli_key(struct cli *cli, struct secret *master, struct why *why);

/* Open the notebook into cli->notebook. Errors: as cli_key(). */
MUST_USE enum err cli_open(struct cli *cli, struct why *why);

/* A store that is not there (ERR_NOT_FOUND) is no missing document but a store refused:
 * ERR_FOREIGN. Other errors are passed on. */
MUST_USE enum err cli_no_store(enum err e, const char *home, struct why *why);

/* What --kdf says a guess at the passphrase shall cost; BIRTH_MODERATE where it is not
 * given. */
MUST_USE enum err cli_kdf(
	struct cli *cli, enum birth_kdf *out, bool *given, struct why *why);
#define OPTION_KDF                                                                       \
	{                                                                                \
		"kdf", "moderate|interactive|sensitive",                                 \
			"what a guess at the passphrase costs; default: moderate"        \
	}

/* Open the notebook and look at it, or edit it. Free with notebook_abortp() in any case.
 */
MUST_USE enum err cli_look(struct cli *cli, struct notebook_txn **out, struct why *why);
MUST_USE enum err cli_edit(struct cli *cli, struct notebook_txn **out, struct why *why);
/* Keep what was edited; `*txn` is NULL afterwards. */
MUST_USE enum err cli_commit(struct notebook_txn **txn, struct why *why);

/*
 * A text: the word itself, or stdin where it is "-". One closing line break is not part
 * of it. Errors: ERR_TOO_BIG, ERR_INVALID when it is not UTF-8.
 */
MUST_USE enum err cli_text(
	struct cli *cli, const char *word, struct bytes *out, struct why *why);
/* The same of a file. */
MUST_USE enum err cli_text_file(
	struct cli *cli, const char *file, struct bytes *out, struct why *why);

/* A file's bytes, whatever they are. Errors: ERR_TOO_BIG, ERR_IO. */
MUST_USE enum err cli_bytes_file(
	struct cli *cli, const char *file, struct bytes *out, struct why *why);

/* The partner that --with (or `option`) names; NULL where it was not given. */
MUST_USE enum err cli_partner(struct cli *cli, struct notebook_txn *txn,
	const char *option, struct partner **out, struct why *why);

/* A field of a kind, "name" or "name[key]", as typed. Errors: ERR_USAGE with the nearest.
 */
MUST_USE enum err cli_field(const struct kind_schema *kind, const char *word,
	const struct field_schema **field, struct bytes *key, struct why *why);

/*
 * Ask y/n before an act that others notice. Without a terminal, with --json and with
 * --yes the command itself is the answer.
 */
MUST_USE enum err cli_confirm(struct cli *cli, struct why *why, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The option that answers cli_confirm() beforehand. */
#define OPTION_YES                                                                       \
	{                                                                                \
		"yes", NULL, "do not ask"                                                \
	}

#endif
