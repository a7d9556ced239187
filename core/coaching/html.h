/*
 * HTML as kith writes it: one page in itself, with no script and no request to anywhere,
 * that a browser shows, prints, and reads aloud. Whatever a person wrote is escaped on
 * its way in, and cleaned of controls.
 *
 * Source: HTML Living Standard; WCAG 2.2 (contrast 4.5:1, never colour alone).
 */
#ifndef KITH_COACHING_HTML_H
#define KITH_COACHING_HTML_H

#include <stdbool.h>

#include "core/base/bytes.h"

/* Append text, escaped for content and for attributes in double quotes. */
void html_text(struct buf *out, struct bytes text);
void html_cstr(struct buf *out, const char *text);
/* The same with line breaks kept as <br>. */
void html_lines(struct buf *out, struct bytes text);

/* The page up to its heading, in the reader's language and direction; and its end, with
 * the line that says what such a page is not for. */
void html_begin(struct buf *out, const char *title);
void html_end(struct buf *out);

/* <hN>…</hN>, and a paragraph. */
void html_heading(struct buf *out, unsigned level, const char *text);
void html_paragraph(struct buf *out, struct bytes text);

#endif
