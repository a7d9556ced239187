#include "core/coaching/canvas.h"

#include "core/base/tr.h"
#include "core/coaching/html.h"

void canvas_open(struct canvas *d, struct buf *out, double width, double height,
	const char *title, const char *name)
{
	*d = (struct canvas){
		.out = out, .width = width, .height = height, .rtl = tr_is_rtl()};
	buf_add_format(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
		"aria-labelledby=\"%s\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
		"height=\"%.0f\" direction=\"ltr\">\n<title id=\"%s\">",
		name, width, height, width, height, name);
	html_cstr(out, title);
	buf_add_text(out, "</title>\n");
}

void canvas_close(struct canvas *d)
{
	buf_add_text(d->out, "</svg>\n");
}

void canvas_rect(
	const struct canvas *d, double x, double y, double w, double h, const char *fill)
{
	buf_add_format(d->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		"fill=\"%s\"/>\n",
		d->rtl ? d->width - x - w : x, y, w, h, fill);
}

void canvas_box(
	const struct canvas *d, double x, double y, double w, double h, const char *fill)
{
	buf_add_format(d->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" "
		"stroke=\"#767676\"/>\n",
		d->rtl ? d->width - x - w : x, y, w, h, fill);
}

void canvas_line(const struct canvas *d, double x1, double y1, double x2, double y2,
	const char *how)
{
	buf_add_format(d->out,
		"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n",
		d->rtl ? d->width - x1 : x1, y1, d->rtl ? d->width - x2 : x2, y2, how);
}

void canvas_text(const struct canvas *d, double x, double y, char anchor,
	const char *colour, const char *words)
{
	const char *at = anchor == 'm'               ? "middle"
			 : (anchor == 's') != d->rtl ? "start"
						     : "end";
	buf_add_format(d->out,
		"<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" "
		"style=\"unicode-bidi:plaintext;fill:%s\">",
		d->axis ? " class=\"axis\"" : "", d->rtl ? d->width - x : x, y, at,
		colour);
	html_cstr(d->out, words);
	buf_add_text(d->out, "</text>\n");
}
