/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as one file of HTML that needs nothing else: no script, and a
 * policy that would keep a browser from running or loading any. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "control/report/attention.h"
#include "control/report/figures.h"
#include "control/report/page.h"
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

static void
add_head(const struct survey *survey, struct buf *out)
{
	buf_texts(out, begin, "<title>Threat Defense Connector of ");
	markup_text(out, survey->host);
	buf_texts(out, "</title>\n<style>\n", style_sheet,
	    "</style>\n</head>\n<body>\n");
}

static void
add_title(const struct survey *survey, struct buf *out)
{
	char from[WHEN_TEXT], to[WHEN_TEXT], text[128];

	snprintf(text, sizeof(text), "Copies accepted from %.16s to %.16s, by "
	    "the clock of this host", when_text(survey->summary.span[0], from),
	    when_text(survey->summary.span[1], to));
	buf_text(out, "<header>\n<h1>Threat Defense Connector of ");
	markup_text(out, survey->host);
	buf_text(out, "</h1>\n");
	markup_element(out, "p", " class=\"note\"", text);
	buf_text(out, "</header>\n<main>\n");
}

static void
add_attention(const struct survey *survey, struct buf *out)
{
	own(buf) struct buf lines = BUF;
	char *line = lines.data;

	attention_find(survey, &lines);
	if (lines.len == 0)
		return;
	buf_text(out, "<div class=\"alert\" role=\"note\">\n"
	    "<h2>To be looked at</h2>\n<ul>\n");
	for (line = lines.data; *line != '\0'; ) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end = '\0';
		markup_element(out, "li", "", line);
		line = end != NULL ? end + 1 : line + strlen(line);
	}
	buf_text(out, "</ul>\n</div>\n");
}

/* ---- the tiles ---- */

/* add_tile - more: in small letters below the figure */
static void
add_tile(struct buf *out, const char *name, const char *figure,
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

static void
add_past_tiles(const struct summary *summary, struct buf *out)
{
	const struct tally_row *all = &summary->all;
	const struct tally_spread *delays = &all->delays;
	char text[64];

	add_tile(out, "Copies", COMMAS(all->copies), BYTES(all->bytes), false);
	snprintf(text, sizeof(text), "%s %s", COMMAS(all->delivered),
	    all->delivered == 1 ? "copy" : "copies");
	add_tile(out, "Delivered", SHARE(all->delivered, all->copies), text,
	    false);
	snprintf(text, sizeof(text), "99 %% within %s",
	    DELAY(delays->p99));
	add_tile(out, "Median delay", delays->count > 0 ? DELAY(delays->p50) :
	    "-", delays->count > 0 ? text : "nothing was delivered", false);
	add_tile(out, "Given up", COMMAS(all->given_up),
	    SHARE(all->given_up, all->copies), all->given_up > 0);
}

static void
add_present_tiles(const struct survey *survey, struct buf *out)
{
	const struct status *status = &survey->status;
	uint64_t waiting, n = counter_get(status->counters, COUNT_FAILED_OPEN);
	char text[64], at[WHEN_TEXT];
	bool seen = status_waiting(status, &waiting);

	snprintf(text, sizeof(text), "the oldest for %s",
	    DELAY(survey->now - survey->shape.first));
	add_tile(out, "Waiting now", seen ? COMMAS(waiting) : "-",
	    survey->shape.total > 0 ? text : "in the spool", false);
	add_tile(out, "Kept now", status->sees_copies ?
	    COMMAS(status->failed) : "-", "after they were given up", false);
	snprintf(text, sizeof(text), "since %.16s", survey->counting != 0 ?
	    when_text(survey->counting, at) : "counting began");
	add_tile(out, "Accepted without a copy", COMMAS(n), text, n > 0);
	add_tile(out, "Messages journaled", COMMAS(counter_get(
	    status->counters, COUNT_JOURNALED)), text, false);
}

static void
add_tiles(const struct survey *survey, struct buf *out)
{
	bool past = *survey->history_why == '\0';
	bool present = *survey->status_why == '\0';

	buf_text(out, "<div class=\"tiles\">\n");
	if (past)
		add_past_tiles(&survey->summary, out);
	if (present)
		add_present_tiles(survey, out);
	buf_text(out, "</div>\n");
}

/* ---- the whole ---- */

static void
add_gap(const char *heading, const char *why, struct buf *out)
{
	markup_section(out, heading, why);
	markup_section_end(out);
}

/* survey_print_page - the past first, then how it is now */
void
survey_print_page(const struct survey *survey)
{
	own(buf) struct buf out = BUF;
	char at[WHEN_TEXT];

	add_head(survey, &out);
	add_title(survey, &out);
	add_attention(survey, &out);
	add_tiles(survey, &out);
	if (*survey->history_why == '\0')
		page_past(&survey->summary, &out);
	else
		add_gap("Nothing is known of copies that are gone",
		    survey->history_why, &out);
	if (*survey->status_why == '\0')
		page_present(survey, &out);
	else
		add_gap("Nothing is known of the spool and the counters",
		    survey->status_why, &out);
	page_tables(survey, &out);
	buf_text(&out, "</main>\n<footer>");
	markup_text(&out, "tdcctl " VERSION ", ");
	markup_text(&out, when_text(survey->now, at));
	buf_text(&out, "</footer>\n</body>\n</html>\n");
	(void)fwrite(out.data, 1, out.len, stdout);
}
