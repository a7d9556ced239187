/* What a patch is made of. Only patch*.c include this. */
#ifndef KITH_CRDT_PATCH_BODY_H
#define KITH_CRDT_PATCH_BODY_H

#include "core/base/utf8.h"
#include "core/crdt/patch.h"
#include "core/crdt/patch_spans.h"

/* `text` is all that the spans insert, in order. */
struct patch {
	struct spans spans;
	struct rope *text;
};

#endif
