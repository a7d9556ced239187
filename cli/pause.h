/*
 * The minute of waiting after three codes that did not match (SECURITY §2.4): so many
 * guesses and no more has whoever keeps calling, however often the command is run again.
 * An empty file in the store's folder, whose time is all it says.
 */
#ifndef KITH_CLI_PAUSE_H
#define KITH_CLI_PAUSE_H

#include "core/base/err.h"

/* Three codes are burned: from now on. A folder that takes no file lets it pass. */
void pause_begin(const char *home);

/* Errors: ERR_REFUSED while it lasts, saying for how long. */
MUST_USE enum err pause_is_over(const char *home, struct why *why);

#endif
