/*
 * Every error kith knows, listed once with its sentence, and the note that carries
 * a fuller sentence up to the person.
 */
#ifndef KITH_BASE_ERR_H
#define KITH_BASE_ERR_H

#define MUST_USE                __attribute__((warn_unused_result))
#define PRINTF_LIKE(nth, first) __attribute__((format(printf, nth, first)))
#define CLEANUP(f)              __attribute__((cleanup(f)))

/* name, sentence */
#define ERRORS(X)                                                                        \
	X(ERR_USAGE, "the command was not understood")                                   \
	X(ERR_INVALID, "the value is not valid")                                         \
	X(ERR_NOT_FOUND, "nothing of that name is here")                                 \
	X(ERR_AMBIGUOUS, "that names more than one")                                     \
	X(ERR_EXISTS, "it exists already")                                               \
	X(ERR_LOCKED, "the store is locked")                                             \
	X(ERR_PASSPHRASE, "wrong passphrase")                                            \
	X(ERR_BUSY, "another kith holds it")                                             \
	X(ERR_IO, "reading or writing failed")                                           \
	X(ERR_FULL, "there is no space left")                                            \
	X(ERR_READ_ONLY, "it cannot be written to")                                      \
	X(ERR_DAMAGED, "the store is damaged")                                           \
	X(ERR_FOREIGN, "that is not a kith store")                                       \
	X(ERR_CORRUPT, "the bytes are not well formed")                                  \
	X(ERR_TOO_BIG, "it is larger than the limit")                                    \
	X(ERR_AUTH, "a seal does not match")                                             \
	X(ERR_VERSION, "the other side speaks another version")                          \
	X(ERR_REFUSED, "that is not allowed here")                                       \
	X(ERR_VOID, "the change does what its author may not do")                        \
	X(ERR_UNREAD, "the change uses what this version does not know")                 \
	X(ERR_GAP, "something before it is missing")                                     \
	X(ERR_FORK, "two histories share one number")                                    \
	X(ERR_MISMATCH, "the two sides do not match")                                    \
	X(ERR_NOT_REACHED, "the partner was not reached")                                \
	X(ERR_TIMEOUT, "it took too long")                                               \
	X(ERR_CLOSED, "the other side ended it")

enum err {
	OK = 0,
#define ERR_ENUM(name, sentence) name,
	ERRORS(ERR_ENUM)
#undef ERR_ENUM
};

/* The sentence of `e` in the reader's language: lower case, no full stop. Static. */
const char *err_text(enum err e);

/* A sentence for a person about what went wrong: what, and what to do. */
struct why {
	char text[512];
};

/* Write the sentence into `why`, which may be NULL. The format is translated here: it
 * stands in the source in English, whole. */
void why_say(struct why *why, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same, and be `e`, so that a refusal is one line. A macro, so that compilers and
 * analysers see which error comes back. */
#define because(why, e, ...) (why_say((why), __VA_ARGS__), (enum err)(e))

/* The sentence for a person: that of `why` if it has one, else that of `e`. */
const char *why_text(const struct why *why, enum err e);

#endif
