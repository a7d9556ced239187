/*
 * Standard input as lines, in a loop that does other things meanwhile: what is typed is
 * kept until it is asked for.
 */
#ifndef KITH_CLI_LINES_H
#define KITH_CLI_LINES_H

#include <stdbool.h>

#include "core/base/bytes.h"

struct lines;
struct loop;

/* `fn`: there is a line more, or the end. Called from the loop. */
struct lines *lines_new(struct loop *loop, void (*fn)(void *arg), void *arg);
void lines_free(struct lines *lines);

/* The next line without its line break; false when none is whole yet. What is longer than
 * LINE_MAX_LEN is cut off there. */
bool lines_next(struct lines *lines, struct buf *out);
/* All lines were given, and none will come. */
bool lines_ended(const struct lines *lines);

/* At a terminal: what was typed before the question was asked is no answer to it. */
void lines_forget_typed(struct lines *lines);

#endif
