/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/frame.h"

#include <string.h>

#include "base/own.h"
#include "base/mem.h"
#include "control/report/markup.h"
#include "control/report/style.h"
#include "control/when.h"

static const char begin[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n";

/* frame_begin - up to the body */
void
frame_begin(struct buf *out, const char *what, const char *host)
{
	buf_texts(out, begin, "<title>");
	markup_text(out, what);
	markup_text(out, host);
	buf_texts(out, "</title>\n<style>\n", style_sheet,
	    "</style>\n</head>\n<body>\n");
}

/* frame_title - the heading of the page */
void
frame_title(struct buf *out, const char *what, const char *host,
    const char *note)
{
	buf_text(out, "<header>\n<h1>");
	markup_text(out, what);
	markup_text(out, host);
	buf_text(out, "</h1>\n");
	markup_element(out, "p", " class=\"note\"", note);
	buf_text(out, "</header>\n<main>\n");
}

/* frame_alert - a line each */
void
frame_alert(struct buf *out, const struct buf *lines)
{
	const char *line = lines->data;

	if (lines->len == 0)
		return;
	buf_text(out, "<div class=\"alert\" role=\"note\">\n"
	    "<h2>To be looked at</h2>\n<ul>\n");
	while (*line != '\0') {
		size_t n = strcspn(line, "\n");
		own(str) char *text = mem_bytes(line, n);

		markup_element(out, "li", "", text);
		line += n + (line[n] == '\n');
	}
	buf_text(out, "</ul>\n</div>\n");
}

/* frame_tile - more: in small letters below the figure */
void
frame_tile(struct buf *out, const char *name, const char *figure,
    const char *more, bool bad)
{
	buf_text(out, "<dl class=\"tile\">");
	markup_element(out, "dt", "", name);
	buf_texts(out, "<dd", bad ? " class=\"bad\">" : ">");
	markup_text(out, figure);
	buf_text(out, "<small>");
	markup_text(out, more);
	buf_text(out, "</small></dd></dl>\n");
}

/* frame_end - and when it was made */
void
frame_end(struct buf *out, int64_t now)
{
	char at[WHEN_TEXT];

	buf_text(out, "</main>\n<footer>");
	markup_text(out, "tdcctl " VERSION ", ");
	markup_text(out, when_text(now, at));
	buf_text(out, "</footer>\n</body>\n</html>\n");
}
