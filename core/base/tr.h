/*
 * Words in the reader's language: gettext (https://www.gnu.org/software/gettext/), of
 * which the catalogues are in packaging/po. The language is LANGUAGE's, else the
 * locale's; where there is none the words stay English.
 *
 * What is written in the source is the English sentence itself.
 */
#ifndef KITH_BASE_TR_H
#define KITH_BASE_TR_H

#include <stdbool.h>

#include "core/base/bytes.h"

/* Call once, before the first word is said; the rest of the locale stays "C". */
void tr_start(void);

/* The sentence in the reader's language. Static. */
const char *tr(const char *sentence) __attribute__((format_arg(1)));
/* The same of a word that ends at its length, such as an instrument's: the catalogue's,
 * which is static, or `word` itself. */
struct bytes tr_bytes(struct bytes word);
/* The one of the two that fits `n`, by the language's own rule. */
const char *tr_n(const char *one, const char *many, unsigned long n)
	__attribute__((format_arg(1))) __attribute__((format_arg(2)));
/* A word that means different things: `context` says which. */
const char *tr_in(const char *context, const char *word);

/* Mark a sentence that stands in a table: it is said by tr() later. */
#define N_(sentence)        sentence
#define N_IN(context, word) word /* by tr_in() */

/* The language's tag as HTML has it ("en", "pt-BR"), and whether it runs right to left.
 */
const char *tr_language(void);
bool tr_is_rtl(void);

/* The decimal point: "." or ",". */
const char *tr_decimal(void);

#endif
