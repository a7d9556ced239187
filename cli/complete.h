/*
 * What may stand next on a command line, for the shells' completion:
 * packaging/completions are small, and ask here.
 */
#ifndef KITH_CLI_COMPLETE_H
#define KITH_CLI_COMPLETE_H

#include "cli/cli.h"

/*
 * The words after "kith" as typed so far, the last one (it may be empty) being typed.
 * Says one candidate a line: the word, a tab, what it means. ":file" and ":dir" ask the
 * shell for its own. Handles and names of partners come from a running node that is
 * unlocked; otherwise there are none, and nobody is asked for a passphrase.
 */
void complete(struct cli *cli, const char *const *words, size_t count);

#endif
