/* SPDX-License-Identifier: BSD-2-Clause */
/* What all forms of the Remediation Report share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hostname.h"
#include "control/queue/status.h"
#include "control/remedy/remedy_report.h"

_Static_assert(HOSTNAME_SIZE <= sizeof(((struct remedy_report *)0)->host),
    "a host name fits");

static int
by_text(const void *one, const void *other)
{
	const struct remedy_reason *a = one, *b = other;

	return strcmp(a->text, b->text);
}

static int
by_count(const void *one, const void *other)
{
	const struct remedy_reason *a = one, *b = other;

	return a->count != b->count ? (a->count < b->count ? 1 : -1) :
	    strcmp(a->text, b->text);
}

/* count_reasons - why messages were left alone */
static void
count_reasons(struct remedy_report *report)
{
	const struct ledger *ledger = &report->ledger;
	struct remedy_reason *reasons;
	size_t count = 0, n = 0;

	if (ledger->ignored_count == 0)
		return;
	reasons = mem_grow(NULL, ledger->ignored_count, sizeof(*reasons));
	for (size_t i = 0; i < ledger->ignored_count; i++)
		if (ledger->ignored[i].seen < report->until)
			reasons[n++] = (struct remedy_reason){
				ledger->ignored[i].reason, 1 };
	if (n > 0)
		qsort(reasons, n, sizeof(*reasons), by_text);
	for (size_t i = 0; i < n; i++)
		if (count > 0 && strcmp(reasons[count - 1].text,
		    reasons[i].text) == 0)
			reasons[count - 1].count++;
		else
			reasons[count++] = reasons[i];
	if (count > 0)
		qsort(reasons, count, sizeof(*reasons), by_count);
	report->reasons = reasons;
	report->reason_count = count;
}

/* remedy_report_gather - of a span of time */
int
remedy_report_gather(struct remedy_report *report, const struct conf *conf,
    int64_t since, int64_t until, struct err *err)
{
	/* what was made in the span took its last step in it, or later */
	const struct ledger_query query = { .since = since };

	*report = (struct remedy_report){ .conf = conf, .since = since,
	    .until = until, .now = clock_wall() };
	if (ledger_read(conf, &query, &report->ledger, err) == -1)
		return -1;
	hostname_get(report->host);
	remedies_count(&report->ledger, since, until, &report->remedies);
	count_reasons(report);
	return 0;
}

/* remedy_report_drop - all of it */
void
remedy_report_drop(struct remedy_report *report)
{
	remedies_drop(&report->remedies);
	ledger_drop(&report->ledger);
	free(report->reasons);
}

/* remedy_attention - what keeps it from working */
void
remedy_attention(const struct remedy_report *report, struct buf *out)
{
	const struct ledger *ledger = &report->ledger;
	const struct conf *conf = report->conf;

	if (*ledger->pause != '\0')
		buf_texts(out, "All remediation has stopped: ",
		    ESCAPE(ledger->pause), "; if that is right: "
		    "tdc-remediator resume\n");
	for (size_t i = 0; i < ledger->pause_count; i++)
		buf_texts(out, "Remediation has stopped for ",
		    ESCAPE(ledger->pauses[i].recipient), ": ",
		    ESCAPE(ledger->pauses[i].why), "; if that is right: "
		    "tdc-remediator resume ",
		    ESCAPE(ledger->pauses[i].recipient), "\n");
	if (ledger->spent >= conf->api_daily_requests)
		buf_format(out, "All %s requests of the day (UTC) are used up: "
		    "no verdicts are asked for (api_daily_requests).\n",
		    COMMAS(conf->api_daily_requests));
	if (conf->remediation_mode != CONF_REMEDIATE_ACT)
		buf_text(out, "No mailbox is touched: remediation_mode = "
		    "report.\n");
	if (!conf->api_polling)
		buf_text(out, "No verdicts are asked for: api_polling = "
		    "no.\n");
}

/* remedy_bars - all of it, and its two parts */
void
remedy_bars(const struct remedy_report *report,
    struct remedy_bar out[REMEDY_BARS])
{
	const struct remedies *remedies = &report->remedies;

	out[0] = (struct remedy_bar){ "Remediated", &remedies->all };
	out[1] = (struct remedy_bar){ "Auto Remediated",
	    &remedies->automatic };
	out[2] = (struct remedy_bar){ "Searched and Remediated",
	    &remedies->searched };
}

/* remedy_bar_title - as the page has it */
char *
remedy_bar_title(const struct remedy_bar *bar)
{
	unsigned total = bar->counts->total;

	if (total == 0)
		return mem_format("No Messages %s", bar->what);
	return mem_format("%s Message%s %s", COMMAS(total),
	    total == 1 ? "" : "s", bar->what);
}

/* remedy_batch_messages - those that there are */
void
remedy_batch_messages(const struct remedy_counts *counts, struct buf *out)
{
	const char *comma = "";

	for (int i = 0; i < REMEDIES; i++) {
		if (counts->of[i] == 0)
			continue;
		buf_format(out, "%s%s %s", comma, COMMAS(counts->of[i]),
		    remedy_title((enum remedy)i, counts->of[i]));
		comma = ", ";
	}
}

/* remedy_batch_status - of all its messages */
const char *
remedy_batch_status(const struct remedy_counts *counts)
{
	return counts->of[REMEDY_IN_PROGRESS] > 0 ? "In Progress" :
	    "Completed";
}

/* remedy_batch_counts - of that batch */
struct remedy_counts
remedy_batch_counts(const struct remedies *remedies, int64_t batch)
{
	struct remedy_counts counts = { .total = 0 };
	size_t first, n = remedies_batch(remedies, batch, &first);

	for (size_t i = first; i < first + n; i++)
		remedies_add(&counts, remedies->messages[i].remedy);
	return counts;
}

/* remedy_batches_last - so many of those with messages, from the end */
size_t
remedy_batches_last(const struct remedy_report *report, size_t most,
    size_t *out_left)
{
	size_t first = report->ledger.batch_count, shown = 0;

	*out_left = 0;
	for (size_t i = report->ledger.batch_count; i > 0; i--) {
		size_t ignored;

		if (remedies_batch(&report->remedies,
		    report->ledger.batches[i - 1].id, &ignored) == 0)
			continue;
		if (shown == most) {
			(*out_left)++;
			continue;
		}
		shown++;
		first = i - 1;
	}
	return first;
}
