#include "core/coaching/html.h"

#include "core/base/tr.h"
#include "core/base/utf8.h"

static void add_escaped(struct buf *out, struct bytes text, bool lines)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.at[i]) {
		case '&':
			buf_add_text(out, "&amp;");
			break;
		case '<':
			buf_add_text(out, "&lt;");
			break;
		case '>':
			buf_add_text(out, "&gt;");
			break;
		case '"':
			buf_add_text(out, "&quot;");
			break;
		case '\n':
			buf_add_text(out, lines ? "<br>\n" : " ");
			break;
		default:
			buf_add_u8(out, text.at[i]);
		}
	}
}

void html_text(struct buf *out, struct bytes text)
{
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, text, true);
	add_escaped(out, buf_bytes(&clean), false);
}

void html_lines(struct buf *out, struct bytes text)
{
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, text, true);
	add_escaped(out, buf_bytes(&clean), true);
}

void html_cstr(struct buf *out, const char *text)
{
	html_text(out, bytes_text(text));
}

/* Dark on white, sizes in rem, one column on paper. Okabe and Ito's blue and orange are
 * told apart by everybody; patterns and numbers stand beside them all the same. */
static const char style[] =
	"html{font:100%/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}"
	"body{max-width:56rem;margin:2rem auto;padding:0 1rem}"
	"h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.35rem;margin-top:2.5rem;"
	"border-bottom:.15rem solid #1a1a1a}h3{font-size:1.1rem}"
	"figure{margin:1.5rem 0;break-inside:avoid}figcaption{font-weight:600}"
	"svg{display:block;max-width:100%;height:auto;margin:.5rem 0}"
	"svg text{font:13px system-ui,sans-serif;fill:#1a1a1a}"
	"table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}"
	"th,td{border:1px solid #767676;padding:.15rem .5rem;text-align:start;"
	"vertical-align:top}td.n{text-align:end;font-variant-numeric:tabular-nums;"
	"unicode-bidi:plaintext}.blocks th{white-space:nowrap}.line{margin:.3rem 0}tr{break-inside:avoid}"
	"th{background:#f0f0f0}.scroll{overflow-x:auto}"
	"blockquote{margin:1rem 0;padding-inline-start:1rem;border-inline-start:.25rem "
	"solid #595959}"
	".letters{overflow-wrap:anywhere;font-family:monospace}.quiet{color:#525252;font-"
	"size:.9rem}footer{margin-top:3rem;border-top:1px "
	"solid "
	"#767676;padding-top:.5rem}"
	"@media print{body{max-width:none;margin:0;font-size:10pt}a{color:inherit}"
	".scroll{overflow:visible}h2,h3{break-after:avoid}}";

void html_begin(struct buf *out, const char *title)
{
	buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"");
	html_cstr(out, tr_language());
	buf_add_format(out, "\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		tr_is_rtl() ? "rtl" : "ltr");
	buf_add_text(out,
		"<meta name=\"viewport\" "
		"content=\"width=device-width,initial-scale=1\">\n"
		/* Nothing may be fetched or run, whatever a sentence in here contains. */
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
		"'none'; style-src 'unsafe-inline'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	html_cstr(out, title);
	buf_add_format(
		out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
	html_heading(out, 1, title);
}

void html_end(struct buf *out)
{
	buf_add_text(out, "</main>\n<footer>\n<p>");
	html_cstr(out, tr("Written for peer coaching; not an evaluation."));
	buf_add_text(out, "</p>\n</footer>\n</body>\n</html>\n");
}

void html_heading(struct buf *out, unsigned level, const char *text)
{
	buf_add_format(out, "<h%u dir=\"auto\">", level);
	html_cstr(out, text);
	buf_add_format(out, "</h%u>\n", level);
}

void html_paragraph(struct buf *out, struct bytes text)
{
	buf_add_text(out, "<p dir=\"auto\">");
	html_lines(out, text);
	buf_add_text(out, "</p>\n");
}
