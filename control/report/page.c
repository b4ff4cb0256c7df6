/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as one file of HTML that needs nothing else. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "control/report/attention.h"
#include "control/report/figures.h"
#include "control/report/frame.h"
#include "control/report/page.h"
#include "control/when.h"

#define OF "Threat Defense Connector of "

static void
add_title(const struct survey *survey, struct buf *out)
{
	char from[WHEN_TEXT], to[WHEN_TEXT], text[128];

	snprintf(text, sizeof(text), "Copies accepted from %.16s to %.16s, by "
	    "the clock of this host", when_text(survey->summary.span[0], from),
	    when_text(survey->summary.span[1], to));
	frame_title(out, OF, survey->host, text);
}

/* ---- the tiles ---- */

static void
add_past_tiles(const struct summary *summary, struct buf *out)
{
	const struct tally_row *all = &summary->all;
	const struct tally_spread *delays = &all->delays;
	char text[64];

	frame_tile(out, "Copies", COMMAS(all->copies), BYTES(all->bytes), false);
	snprintf(text, sizeof(text), "%s %s", COMMAS(all->delivered),
	    all->delivered == 1 ? "copy" : "copies");
	frame_tile(out, "Delivered", SHARE(all->delivered, all->copies), text,
	    false);
	snprintf(text, sizeof(text), "99 %% within %s",
	    DELAY(delays->p99));
	frame_tile(out, "Median delay", delays->count > 0 ? DELAY(delays->p50) :
	    "-", delays->count > 0 ? text : "nothing was delivered", false);
	frame_tile(out, "Given up", COMMAS(all->given_up),
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
	frame_tile(out, "Waiting now", seen ? COMMAS(waiting) : "-",
	    survey->shape.total > 0 ? text : "in the spool", false);
	frame_tile(out, "Kept now", status->sees_copies ?
	    COMMAS(status->failed) : "-", "after they were given up", false);
	snprintf(text, sizeof(text), "since %.16s", survey->counting != 0 ?
	    when_text(survey->counting, at) : "counting began");
	frame_tile(out, "Accepted without a copy", COMMAS(n), text, n > 0);
	frame_tile(out, "Messages journaled", COMMAS(counter_get(
	    status->counters, COUNT_JOURNALED)), text, false);
}

static void
add_remediation_tiles(const struct survey *survey, struct buf *out)
{
	const struct remedy_counts *counts = &survey->remedied;
	char text[64];

	snprintf(text, sizeof(text), "%s failed, %s in progress",
	    COMMAS(counts->of[REMEDY_FAILED]),
	    COMMAS(counts->of[REMEDY_IN_PROGRESS]));
	frame_tile(out, "Messages remediated", COMMAS(counts->total), text,
	    counts->of[REMEDY_FAILED] > 0);
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
	if (survey->remediates)
		add_remediation_tiles(survey, out);
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
	own(buf) struct buf out = BUF, lines = BUF;

	frame_begin(&out, OF, survey->host);
	add_title(survey, &out);
	attention_find(survey, &lines);
	frame_alert(&out, &lines);
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
	frame_end(&out, survey->now);
	(void)fwrite(out.data, 1, out.len, stdout);
}
