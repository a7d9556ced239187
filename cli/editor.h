/* A text in the person's own editor ($VISUAL, $EDITOR, else vi). */
#ifndef KITH_CLI_EDITOR_H
#define KITH_CLI_EDITOR_H

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/*
 * Edit `before` by hand; `after` is in `arena`. The text is in a file of a memory file
 * system where there is one, readable by the person alone, overwritten and removed
 * afterwards. Errors: ERR_IO, ERR_INVALID when what came back is not UTF-8, ERR_TOO_BIG,
 * ERR_REFUSED when the editor failed.
 */
MUST_USE enum err editor_edit(
	struct arena *arena, struct bytes before, struct bytes *after, struct why *why);

#endif
