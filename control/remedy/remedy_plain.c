/* SPDX-License-Identifier: BSD-2-Clause */
/* The Remediation Report as text: numbers first, so that no name can push them
 * aside. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "control/queue/status.h"
#include "control/remedy/remedy_report.h"
#include "control/report/figures.h"
#include "control/when.h"

enum { BATCHES = 50, ROWS = 100 };	/* shown; JSON has all */

static void
title(const char *text)
{
	printf("\n%s\n", text);
	for (size_t i = strlen(text); i > 0; i--)
		putchar('-');
	putchar('\n');
}

/* print_bar - what there was none of is left out, but for what the page has */
static void
print_bar(const struct remedy_bar *bar)
{
	own(str) char *head = remedy_bar_title(bar);
	const struct remedy_counts *counts = bar->counts;

	title(head);
	for (int i = 0; i < REMEDIES; i++)
		if (i <= REMEDY_IN_PROGRESS || counts->of[i] > 0)
			printf("%13s %8s  %s\n", COMMAS(counts->of[i]),
			    i < REMEDY_IN_PROGRESS ? SHARE(counts->of[i],
			    counts->total) : "",
			    remedy_title((enum remedy)i, 0));
}

static void
print_bars(const struct remedy_report *report)
{
	struct remedy_bar bars[REMEDY_BARS];

	remedy_bars(report, bars);
	print_bar(&bars[0]);
	for (int i = 1; i < REMEDY_BARS; i++)
		if (bars[i].counts->total > 0 &&
		    bars[i].counts->total < bars[0].counts->total)
			print_bar(&bars[i]);
}

static void
print_batches(const struct remedy_report *report)
{
	size_t left, first = remedy_batches_last(report, BATCHES, &left);

	title("Batches");
	printf("%8s   %-11s   %-30s   %s\n", "Batch ID", "Status",
	    "Batch Name", "Message Status");
	if (left > 0)
		printf("%8s   and %s before these\n", "", COMMAS(left));
	for (size_t i = first; i < report->ledger.batch_count; i++) {
		const struct ledger_batch *batch = &report->ledger.batches[i];
		const struct remedy_counts counts = remedy_batch_counts(
		    &report->remedies, batch->id);
		own(buf) struct buf messages = BUF;

		remedy_batch_messages(&counts, &messages);
		if (messages.len > 0)
			printf("%8" PRId64 "   %-11s   %-30s   %s\n",
			    batch->id, remedy_batch_status(&counts),
			    ESCAPE(batch->name), messages.data);
	}
	if (first == report->ledger.batch_count)
		printf("%8s   none\n", "");
}

/* print_action - one row of a batch; a line of its own for what is long */
static void
print_action(const struct ledger_action *action)
{
	char at[WHEN_TEXT];

	printf("%-11s   MID %" PRIu64 "   %s\n", remedy_status(remedy_of(
	    action)), action->mid, ESCAPE(action->message_id));
	printf("%14sfrom <%s> to <%s>, sent %s\n", "", ESCAPE(action->sender),
	    ESCAPE(action->recipient), when_text(action->sent, at));
	printf("%14sverdict %s", "", *action->verdict != '\0' ?
	    ESCAPE(action->verdict) : "unknown");
	if (*action->profile != '\0')
		printf(", profile %s", ESCAPE(action->profile));
	if (action->attempts > 0)
		printf(", %u attempt%s failed", action->attempts,
		    action->attempts == 1 ? "" : "s");
	printf(", %s", when_text(action->changed, at));
	printf("%s%s\n", *action->reason != '\0' ? ": " : "",
	    ESCAPE(action->reason));
	if (action->searches > 0 && action->due > 0)
		printf("%14slooked for %u time%s, and again %s\n", "",
		    action->searches, action->searches == 1 ? "" : "s",
		    when_text(action->due, at));
}

/* print_rows - of these messages */
static void
print_rows(const struct remedies *remedies, size_t first, size_t count)
{
	size_t rows = 0;

	for (size_t i = first; i < first + count; i++)
		for (size_t j = 0; j < remedies->messages[i].count; j++)
			if (rows++ < ROWS)
				print_action(remedies->messages[i].actions[j]);
	if (rows > ROWS)
		printf("and %s more, see --json\n", COMMAS(rows - ROWS));
}

static void
print_batch(const struct remedy_report *report,
    const struct ledger_batch *batch)
{
	size_t first, count = remedies_batch(&report->remedies, batch->id,
	    &first);
	char head[48], at[WHEN_TEXT];

	if (count == 0)
		return;
	snprintf(head, sizeof(head), "Batch %" PRId64, batch->id);
	title(head);
	printf("%-19s%s\n", "Initiated On", when_text(batch->begun, at));
	printf("%-19s%s\n", "Initiated Source", ESCAPE(batch->source));
	printf("%-19s%s\n", "Initiated By", ESCAPE(batch->by));
	printf("%-19s%s\n", "Action Taken", conf_remedial_action(batch->what));
	printf("%-19s%s\n", "Batch Name", ESCAPE(batch->name));
	printf("%-19s%s\n\n", "Batch Description", ESCAPE(batch->description));
	print_rows(&report->remedies, first, count);
}

/* print_reported - what remediation_mode = act would have done */
static void
print_reported(const struct remedy_report *report)
{
	size_t first, count = remedies_batch(&report->remedies, 0, &first);

	if (count == 0)
		return;
	title("In no batch");
	print_rows(&report->remedies, first, count);
}

static void
print_reasons(const struct remedy_report *report)
{
	if (report->reason_count == 0)
		return;
	title("Named by the API, and left alone");
	for (size_t i = 0; i < report->reason_count; i++)
		printf("%13s   %s\n", COMMAS(report->reasons[i].count),
		    ESCAPE(report->reasons[i].text));
}

static void
print_api(const struct remedy_report *report)
{
	const struct ledger *ledger = &report->ledger;
	unsigned most = report->conf->api_daily_requests;
	char at[WHEN_TEXT];

	title("API");
	printf("%-19s%s\n", "Last poll", ledger->polled != 0 ?
	    when_text(ledger->polled, at) : "none was answered yet");
	printf("%-19s%s of %s, since midnight UTC\n", "Requests",
	    COMMAS(ledger->spent), COMMAS(most));
}

/* remedy_print_text - for cron, which sends it by mail */
void
remedy_print_text(const struct remedy_report *report)
{
	own(buf) struct buf lines = BUF;
	char at[WHEN_TEXT];

	printf("Remediation Report of %s\n", ESCAPE(report->host));
	printf("Messages found from %s", when_text(report->since, at));
	printf(" to %s\n", when_text(report->until, at));
	remedy_attention(report, &lines);
	if (lines.len > 0) {
		title("To be looked at");
		(void)fwrite(lines.data, 1, lines.len, stdout);
	}
	print_bars(report);
	print_batches(report);
	for (size_t left, i = remedy_batches_last(report, BATCHES, &left);
	    i < report->ledger.batch_count; i++)
		print_batch(report, &report->ledger.batches[i]);
	print_reported(report);
	print_reasons(report);
	print_api(report);
}
