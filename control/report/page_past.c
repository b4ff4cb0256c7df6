/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/queue/status.h"
#include "control/report/chart.h"
#include "control/report/figures.h"
#include "control/report/page.h"
#include "control/when.h"

#define COLUMNS(list) (list), sizeof(list) / sizeof(*(list))

static double
part(uint64_t n, uint64_t whole)
{
	return whole > 0 ? (double)n / (double)whole : 0;
}

/* ---- traffic ---- */

/* label - of a slot: its hour, or its day; only of so many that they fit */
static void
label(const struct slots *slots, size_t i, char out[CHART_LABEL])
{
	size_t every = (slots->count + 7) / 8;
	char at[WHEN_TEXT];

	out[0] = '\0';
	if (i % every != 0)
		return;
	when_text(slots->starts[i], at);	/* 2026-11-26 07:30:05 */
	if (slots->days || strcmp(slots->each, "6 hours") == 0)
		snprintf(out, CHART_LABEL, "%.5s", at + 5);
	else
		snprintf(out, CHART_LABEL, "%.5s", at + 11);
}

static void
draw_traffic(const struct summary *summary, struct buf *out)
{
	struct chart *chart = mem_new(sizeof(*chart));
	size_t most = 0;
	char about[160], at[WHEN_TEXT];

	for (size_t i = 0; i < summary->slots.count; i++) {
		const struct summary_slot *slot = &summary->figures[i];
		struct chart_bar bar = { .lower = slot->delivered,
		    .upper = slot->given_up };

		label(&summary->slots, i, bar.label);
		snprintf(bar.hint, sizeof(bar.hint), "%.16s: %s delivered, "
		    "%s given up", when_text(summary->slots.starts[i], at),
		    COMMAS(slot->delivered), COMMAS(slot->given_up));
		chart_bar(chart, bar);
		if (slot->delivered > summary->figures[most].delivered)
			most = i;
	}
	snprintf(about, sizeof(about), "A bar for each %s. The most copies, "
	    "%s, were delivered from %.16s on.", summary->slots.each,
	    COMMAS(summary->figures[most].delivered),
	    when_text(summary->slots.starts[most], at));
	chart->title = "Copies by the time of acceptance";
	chart->about = about;
	chart_draw(chart, "traffic", out);
	free(chart);
}

static void
add_traffic_table(const struct summary *summary, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "From", MARKUP_NAME }, { "Delivered", MARKUP_NUMBER },
		{ "Given up", MARKUP_NUMBER }, { "Deleted", MARKUP_NUMBER },
		{ "Bytes", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	char at[WHEN_TEXT];

	buf_text(out, "<details>\n<summary>As a table</summary>\n");
	markup_table(&table, "Copies by the time of acceptance");
	for (size_t i = 0; i < summary->slots.count; i++) {
		const struct summary_slot *slot = &summary->figures[i];

		when_text(summary->slots.starts[i], at)[16] = '\0';
		markup_row(&table, (const char *[]){ at,
		    COMMAS(slot->delivered), COMMAS(slot->given_up),
		    COMMAS(slot->deleted), BYTES(slot->bytes) }, -1);
	}
	markup_table_end(&table);
	buf_text(out, "</details>\n");
}

static void
add_traffic(const struct summary *summary, struct buf *out)
{
	own(str) char *heading = mem_format("Traffic, each %s",
	    summary->slots.each);

	markup_section(out, heading, "");
	buf_text(out, "<p class=\"key\"><span>delivered</span>"
	    "<span class=\"given-up\">given up</span></p>\n");
	draw_traffic(summary, out);
	add_traffic_table(summary, out);
	markup_section_end(out);
}

/* ---- delays ---- */

static void
draw_ranges(const struct summary *summary, struct buf *out)
{
	struct chart *chart = mem_new(sizeof(*chart));
	char about[96];

	for (size_t i = 0; i < SUMMARY_RANGES; i++) {
		bool last = i == SUMMARY_LIMITS;
		double limit = (double)summary_limits[last ? i - 1 : i] / 1000;
		struct chart_bar bar = { .lower = summary->ranges[i] };

		snprintf(bar.label, sizeof(bar.label), last ? "more" : "%g",
		    limit);
		snprintf(bar.hint, sizeof(bar.hint), "%s %g s: %s copies, %s",
		    last ? "more than" : "up to", limit,
		    COMMAS(summary->ranges[i]), SHARE(summary->ranges[i],
		    summary->all.delivered));
		chart_bar(chart, bar);
	}
	snprintf(about, sizeof(about), "Half of the copies took up to %s, 99 "
	    "of 100 up to %s.", DELAY(summary->all.delays.p50),
	    DELAY(summary->all.delays.p99));
	chart->title = "Copies delivered, by their delay in seconds";
	chart->about = about;
	chart_draw(chart, "delays", out);
	free(chart);
}

static void
add_spread(const struct markup_table *table, const char *name,
    const struct tally_row *row)
{
	const struct tally_spread *delays = &row->delays;

	if (delays->count == 0)
		markup_row(table, (const char *[]){ name, "0", "-", "-", "-",
		    "-", "-" }, -1);
	else
		markup_row(table, (const char *[]){ name,
		    COMMAS(delays->count), DELAY(delays->p50),
		    DELAY(delays->p90), DELAY(delays->p95),
		    DELAY(delays->p99), DELAY(delays->most) }, -1);
}

static void
add_delays(const struct summary *summary, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Intake address", MARKUP_NAME },
		{ "Delivered", MARKUP_NUMBER }, { "50 %", MARKUP_NUMBER },
		{ "90 %", MARKUP_NUMBER }, { "95 %", MARKUP_NUMBER },
		{ "99 %", MARKUP_NUMBER }, { "Longest", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	const struct tally *intakes = summary->intakes;

	markup_section(out, "Delay", "From acceptance by Postfix to the 250 "
	    "of the intake, in seconds");
	draw_ranges(summary, out);
	markup_table(&table, "The delay that so many of the copies did not "
	    "exceed");
	add_spread(&table, "all", &summary->all);
	for (size_t i = 0; i < intakes->count && i < PAGE_TOP; i++)
		add_spread(&table, intakes->rows[i]->name, intakes->rows[i]);
	markup_table_end(&table);
	markup_section_end(out);
}

/* ---- tables ---- */

/* add_more - how many rows were left out */
static void
add_more(const struct markup_table *table, size_t count)
{
	own(str) char *text = mem_format("and %s more", COMMAS(count -
	    (count > PAGE_TOP ? PAGE_TOP : 0)));

	if (count == 0)
		markup_note(table, "none");
	else if (count > PAGE_TOP)
		markup_note(table, text);
}

static void
add_tally(const struct tally *tally, const char *heading, const char *name,
    struct buf *out)
{
	const struct markup_column columns[] = { { name, MARKUP_NAME },
		{ "Copies", MARKUP_NUMBER }, { "Delivered", MARKUP_NUMBER },
		{ "Given up", MARKUP_NUMBER }, { "Bytes", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };

	markup_section(out, heading, "");
	markup_table(&table, "The most copies first");
	for (size_t i = 0; i < tally->count && i < PAGE_TOP; i++) {
		const struct tally_row *row = tally->rows[i];

		markup_row(&table, (const char *[]){ row->name,
		    COMMAS(row->copies), COMMAS(row->delivered),
		    COMMAS(row->given_up), BYTES(row->bytes) },
		    part(row->copies, tally->rows[0]->copies));
	}
	add_more(&table, tally->count);
	markup_table_end(&table);
	markup_section_end(out);
}

static void
add_verdicts(const struct summary *summary, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "End", MARKUP_NAME }, { "Copies", MARKUP_NUMBER },
		{ "Share", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	uint64_t all = summary->all.copies;

	markup_section(out, "What became of them", "");
	markup_table(&table, "Each end of a copy; one that was requeued or "
	    "sent to the alternate intake has several");
	for (size_t i = 0; i < summary->verdicts->count; i++) {
		const struct tally_row *row = summary->verdicts->rows[i];

		markup_row(&table, (const char *[]){ row->name,
		    COMMAS(row->copies), SHARE(row->copies, all) },
		    part(row->copies, all));
	}
	markup_row(&table, (const char *[]){ "delivered at the first "
	    "attempt", COMMAS(summary->first_try),
	    SHARE(summary->first_try, all) }, part(summary->first_try, all));
	markup_table_end(&table);
	markup_section_end(out);
}

static void
add_reasons(const struct tally *reasons, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Last reply, or what went wrong", MARKUP_NAME },
		{ "Class", MARKUP_TEXT }, { "Copies", MARKUP_NUMBER },
		{ "Last", MARKUP_TIME } };
	struct markup_table table = { out, COLUMNS(columns) };
	char verdict[SUMMARY_VERDICT], at[WHEN_TEXT];

	markup_section(out, "Why copies were given up", "");
	markup_table(&table, "What is different in each reply, such as a queue "
	    "id, is *");
	for (size_t i = 0; i < reasons->count && i < PAGE_TOP; i++) {
		const struct tally_row *row = reasons->rows[i];
		const char *reply = summary_reason(row, verdict);

		when_text(row->last, at)[16] = '\0';
		markup_row(&table, (const char *[]){ *reply != '\0' ? reply :
		    "(no reply)", verdict, COMMAS(row->copies), at },
		    part(row->copies, reasons->rows[0]->copies));
	}
	add_more(&table, reasons->count);
	markup_table_end(&table);
	markup_section_end(out);
}

static void
add_slowest(const struct summary *summary, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Sender", MARKUP_NAME }, { "Delay", MARKUP_NUMBER },
		{ "Attempts", MARKUP_NUMBER }, { "Accepted", MARKUP_TIME },
		{ "MID", MARKUP_NUMBER }, { "Queue id", MARKUP_TEXT } };
	struct markup_table table = { out, COLUMNS(columns) };
	char at[WHEN_TEXT], mid[24], attempts[16];

	markup_section(out, "Slowest copies that were delivered", "");
	markup_table(&table, "The slowest first");
	for (size_t i = 0; i < summary->slow_count; i++) {
		const struct summary_slow *slow = &summary->slowest[i];

		when_text(slow->accepted, at);
		snprintf(mid, sizeof(mid), "%" PRIu64, slow->mid);
		snprintf(attempts, sizeof(attempts), "%u", slow->attempts);
		markup_row(&table, (const char *[]){ *slow->sender != '\0' ?
		    slow->sender : "<>", DELAY(slow->delay), attempts, at,
		    mid, slow->queue_id }, -1);
	}
	if (summary->slow_count == 0)
		markup_note(&table, "none");
	markup_table_end(&table);
	markup_section_end(out);
}

/* page_past - from what happens most to what happens least */
void
page_past(const struct summary *summary, struct buf *out)
{
	if (summary->all.copies == 0) {
		markup_section(out, "No copies", SURVEY_NO_COPIES);
		markup_section_end(out);
		return;
	}
	add_traffic(summary, out);
	add_delays(summary, out);
	buf_text(out, "<div class=\"pair\">\n");
	add_verdicts(summary, out);
	add_tally(summary->policies, "Policies", "Policy", out);
	buf_text(out, "</div>\n");
	add_tally(summary->intakes, "Intake addresses", "Intake address", out);
	add_tally(summary->domains, "Senders' domains", "Domain", out);
	add_reasons(summary->reasons, out);
	add_slowest(summary, out);
}
