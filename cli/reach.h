/* How far a document got, in the words of CLI.md. */
#ifndef KITH_CLI_REACH_H
#define KITH_CLI_REACH_H

#include "core/notebook/share.h"

/* Of a document that is shared: not_sent, may_have_left, held. */
const char *reach_word(enum reach reach);
/* Of one that was taken back: never_left, may_have_left, held. */
const char *reach_before(enum reach was);

#endif
