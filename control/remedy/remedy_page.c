/* SPDX-License-Identifier: BSD-2-Clause */
/* The Remediation Report as one file of HTML that needs nothing else. */
#include <inttypes.h>
#include <stdio.h>

#include "base/own.h"
#include "control/queue/status.h"
#include "control/remedy/remedy_report.h"
#include "control/report/figures.h"
#include "control/report/frame.h"
#include "control/report/markup.h"
#include "control/when.h"

#define COLUMNS(list) (list), sizeof(list) / sizeof(*(list))

enum { BATCHES = 50, ROWS = 200 };	/* shown; JSON has all */

static void
add_title(const struct remedy_report *report, struct buf *out)
{
	char from[WHEN_TEXT], to[WHEN_TEXT], text[128];

	snprintf(text, sizeof(text), "Messages found from %.16s to %.16s, by "
	    "the clock of this host", when_text(report->since, from),
	    when_text(report->until, to));
	frame_title(out, "Remediation Report of ", report->host, text);
}

static void
add_tiles(const struct remedy_report *report, struct buf *out)
{
	const struct remedy_counts *all = &report->remedies.all;
	const struct ledger *ledger = &report->ledger;
	char text[96], day[WHEN_TEXT], clock[WHEN_TEXT];

	buf_text(out, "<div class=\"tiles\">\n");
	snprintf(text, sizeof(text), "%s in progress",
	    COMMAS(all->of[REMEDY_IN_PROGRESS]));
	frame_tile(out, "Messages Remediated", COMMAS(all->total), text, false);
	frame_tile(out, "Messages Failed", COMMAS(all->of[REMEDY_FAILED]),
	    SHARE(all->of[REMEDY_FAILED], all->total),
	    all->of[REMEDY_FAILED] > 0);
	snprintf(text, sizeof(text), "of %s a day",
	    COMMAS(report->conf->api_daily_requests));
	frame_tile(out, "API requests", COMMAS(ledger->spent), text, false);
	when_text(ledger->polled, day)[10] = '\0';
	when_text(ledger->polled, clock)[16] = '\0';
	frame_tile(out, "Last poll", ledger->polled != 0 ? clock + 11 : "-",
	    ledger->polled != 0 ? day : "none was answered yet",
	    ledger->polled == 0);
	buf_text(out, "</div>\n");
}

/* add_bar - a section with a row for each state */
static void
add_bar(const struct remedy_bar *bar, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Status", MARKUP_NAME }, { "Messages", MARKUP_NUMBER },
		{ "Share", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	own(str) char *head = remedy_bar_title(bar);
	const struct remedy_counts *counts = bar->counts;

	markup_section(out, head, "");
	markup_table(&table, "Each message under its last state; those in "
	    "progress are not in the total");
	for (int i = 0; i < REMEDIES; i++) {
		bool ended = i < REMEDY_IN_PROGRESS;
		unsigned n = counts->of[i];

		if (i <= REMEDY_IN_PROGRESS || n > 0)
			markup_row(&table, (const char *[]){
			    remedy_title((enum remedy)i, 0), COMMAS(n),
			    ended ? SHARE(n, counts->total) : "" },
			    ended && counts->total > 0 ?
			    (double)n / counts->total : -1);
	}
	markup_table_end(&table);
	markup_section_end(out);
}

/* add_bars - the two parts only when there are both */
static void
add_bars(const struct remedy_report *report, struct buf *out)
{
	struct remedy_bar bars[REMEDY_BARS];

	remedy_bars(report, bars);
	add_bar(&bars[0], out);
	for (int i = 1; i < REMEDY_BARS; i++)
		if (bars[i].counts->total > 0 &&
		    bars[i].counts->total < bars[0].counts->total)
			add_bar(&bars[i], out);
}

static void
add_batches(const struct remedy_report *report, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Batch Name", MARKUP_NAME }, { "Batch ID", MARKUP_NUMBER },
		{ "Status", MARKUP_WORD }, { "Message Status", MARKUP_TEXT } };
	struct markup_table table = { out, COLUMNS(columns) };
	size_t left, first = remedy_batches_last(report, BATCHES, &left);
	char more[64];

	markup_section(out, "Batches", "");
	markup_table(&table, "One for each poll with something to do");
	for (size_t i = first; i < report->ledger.batch_count; i++) {
		const struct ledger_batch *batch = &report->ledger.batches[i];
		const struct remedy_counts counts = remedy_batch_counts(
		    &report->remedies, batch->id);
		own(buf) struct buf messages = BUF;
		char id[24];

		remedy_batch_messages(&counts, &messages);
		snprintf(id, sizeof(id), "%" PRId64, batch->id);
		if (messages.len > 0)
			markup_row(&table, (const char *[]){ batch->name, id,
			    remedy_batch_status(&counts), messages.data }, -1);
	}
	snprintf(more, sizeof(more), "and %s before these", COMMAS(left));
	if (first == report->ledger.batch_count)
		markup_note(&table, "none");
	else if (left > 0)
		markup_note(&table, more);
	markup_table_end(&table);
	markup_section_end(out);
}

/* ---- a batch ---- */

static void
add_action(const struct markup_table *table,
    const struct ledger_action *action)
{
	char mid[24], at[WHEN_TEXT];

	snprintf(mid, sizeof(mid), "%" PRIu64, action->mid);
	when_text(action->sent, at)[16] = '\0';
	markup_row(table, (const char *[]){ action->message_id, mid,
	    remedy_status(remedy_of(action)), action->sender,
	    action->recipient, at, action->reason }, -1);
}

/* add_rows - of these messages */
static void
add_rows(const struct remedies *remedies, size_t first, size_t count,
    struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Message ID", MARKUP_NAME }, { "MID", MARKUP_NUMBER },
		{ "Status", MARKUP_WORD }, { "From", MARKUP_TEXT },
		{ "To", MARKUP_TEXT }, { "Message Sent At", MARKUP_TIME },
		{ "Reason", MARKUP_TEXT } };
	struct markup_table table = { out, COLUMNS(columns) };
	size_t rows = 0;
	char more[64];

	markup_table(&table, "A row for each recipient");
	for (size_t i = first; i < first + count; i++)
		for (size_t j = 0; j < remedies->messages[i].count; j++)
			if (rows++ < ROWS)
				add_action(&table,
				    remedies->messages[i].actions[j]);
	snprintf(more, sizeof(more), "and %s more", COMMAS(rows - ROWS));
	if (rows > ROWS)
		markup_note(&table, more);
	markup_table_end(&table);
}

static void
add_head_row(const struct markup_table *table, const char *name,
    const char *text)
{
	markup_row(table, (const char *[]){ name, *text != '\0' ? text : "-" },
	    -1);
}

static void
add_batch(const struct remedy_report *report,
    const struct ledger_batch *batch, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Batch", MARKUP_NAME }, { "Value", MARKUP_TEXT } };
	struct markup_table table = { out, COLUMNS(columns) };
	size_t first, count = remedies_batch(&report->remedies, batch->id,
	    &first);
	char head[48], at[WHEN_TEXT];

	if (count == 0)
		return;
	snprintf(head, sizeof(head), "Batch %" PRId64, batch->id);
	markup_section(out, head, "");
	markup_table(&table, "How it began");
	add_head_row(&table, "Initiated On", when_text(batch->begun, at));
	add_head_row(&table, "Initiated Source", batch->source);
	add_head_row(&table, "Initiated By", batch->by);
	add_head_row(&table, "Action Taken", conf_remedial_action(batch->what));
	add_head_row(&table, "Batch Name", batch->name);
	add_head_row(&table, "Batch Description", batch->description);
	markup_table_end(&table);
	add_rows(&report->remedies, first, count, out);
	markup_section_end(out);
}

static void
add_reported(const struct remedy_report *report, struct buf *out)
{
	size_t first, count = remedies_batch(&report->remedies, 0, &first);

	if (count == 0)
		return;
	markup_section(out, "In no batch", "");
	add_rows(&report->remedies, first, count, out);
	markup_section_end(out);
}

static void
add_reasons(const struct remedy_report *report, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Reason", MARKUP_NAME }, { "Messages", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };

	if (report->reason_count == 0)
		return;
	markup_section(out, "Named by the API, and left alone", "");
	markup_table(&table, "The most messages first");
	for (size_t i = 0; i < report->reason_count; i++)
		markup_row(&table, (const char *[]){ report->reasons[i].text,
		    COMMAS(report->reasons[i].count) },
		    (double)report->reasons[i].count /
		    report->reasons[0].count);
	markup_table_end(&table);
	markup_section_end(out);
}

/* remedy_print_page - the bars first, then each batch */
void
remedy_print_page(const struct remedy_report *report)
{
	own(buf) struct buf out = BUF, lines = BUF;

	frame_begin(&out, "Remediation Report of ", report->host);
	add_title(report, &out);
	remedy_attention(report, &lines);
	frame_alert(&out, &lines);
	add_tiles(report, &out);
	add_bars(report, &out);
	add_batches(report, &out);
	for (size_t left, i = remedy_batches_last(report, BATCHES, &left);
	    i < report->ledger.batch_count; i++)
		add_batch(report, &report->ledger.batches[i], &out);
	add_reported(report, &out);
	add_reasons(report, &out);
	frame_end(&out, report->now);
	(void)fwrite(out.data, 1, out.len, stdout);
}
