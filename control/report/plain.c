/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as text: numbers first, so that no name can push them aside. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "control/report/attention.h"
#include "control/report/survey.h"
#include "control/report/figures.h"
#include "control/when.h"

enum { TOP = 15 };		/* rows of a table that strangers fill */

static void
title(const char *text)
{
	printf("\n%s\n", text);
	for (size_t i = strlen(text); i > 0; i--)
		putchar('-');
	putchar('\n');
}

/* more - what was left out of a table */
static void
more(size_t count, size_t most)
{
	if (count > most)
		printf("%13s   and %s more\n", "", COMMAS(count - most));
	else if (count == 0)
		printf("%13s   none\n", "");
}

static size_t
least(size_t count, size_t most)
{
	return count < most ? count : most;
}

/* ---- history ---- */

static void
print_copies(const struct summary *summary)
{
	const struct tally_row *all = &summary->all;

	title("Copies");
	printf("%13s %8s  all, %s\n", COMMAS(all->copies), "",
	    BYTES(all->bytes));
	for (size_t i = 0; i < summary->verdicts->count; i++) {
		const struct tally_row *row = summary->verdicts->rows[i];

		printf("%13s %8s  %s\n", COMMAS(row->copies),
		    SHARE(row->copies, all->copies), ESCAPE(row->name));
	}
	printf("%13s %8s  delivered at the first attempt\n",
	    COMMAS(summary->first_try),
	    SHARE(summary->first_try, all->copies));
}

static void
print_traffic(const struct summary *summary)
{
	char head[64], at[WHEN_TEXT];

	snprintf(head, sizeof(head), "Traffic, each %s",
	    summary->slots.each);
	title(head);
	printf("%13s%11s%11s%11s   %s\n", "Delivered", "Given up", "Deleted",
	    "Bytes", "From");
	for (size_t i = 0; i < summary->slots.count; i++) {
		const struct summary_slot *slot = &summary->figures[i];

		printf("%13s%11s%11s%11s   %.16s\n", COMMAS(slot->delivered),
		    COMMAS(slot->given_up), COMMAS(slot->deleted),
		    BYTES(slot->bytes), when_text(summary->slots.starts[i],
		    at));
	}
}

static void
print_spread(const struct tally_row *row, const char *name)
{
	const struct tally_spread *delays = &row->delays;

	if (delays->count == 0) {
		printf("%13s%9s%9s%9s%9s%9s   %s\n", "0", "-", "-", "-", "-",
		    "-", name);
		return;
	}
	printf("%13s%9s%9s%9s%9s%9s   %s\n", COMMAS(delays->count),
	    DELAY(delays->p50), DELAY(delays->p90), DELAY(delays->p95),
	    DELAY(delays->p99), DELAY(delays->most), name);
}

static void
print_delays(const struct summary *summary)
{
	size_t n = least(summary->intakes->count, TOP);

	title("Delay from acceptance to the intake's 250");
	printf("%13s%9s%9s%9s%9s%9s   %s\n", "Delivered", "50 %", "90 %",
	    "95 %", "99 %", "Longest", "Intake address");
	print_spread(&summary->all, "all");
	for (size_t i = 0; i < n; i++)
		print_spread(summary->intakes->rows[i],
		    ESCAPE(summary->intakes->rows[i]->name));
	if (summary->intakes->count > n)
		more(summary->intakes->count, n);
}

static void
print_tally(const char *text, const char *column, const struct tally *tally)
{
	size_t n = least(tally->count, TOP);

	title(text);
	printf("%13s%11s%11s%11s   %s\n", "Copies", "Delivered", "Given up",
	    "Bytes", column);
	for (size_t i = 0; i < n; i++) {
		const struct tally_row *row = tally->rows[i];

		printf("%13s%11s%11s%11s   %s\n", COMMAS(row->copies),
		    COMMAS(row->delivered), COMMAS(row->given_up),
		    BYTES(row->bytes), ESCAPE(row->name));
	}
	more(tally->count, TOP);
}

static void
print_reasons(const struct summary *summary)
{
	const struct tally *reasons = summary->reasons;
	size_t n = least(reasons->count, TOP);
	char at[WHEN_TEXT], verdict[SUMMARY_VERDICT];

	title("Why copies were given up");
	printf("%13s   %-19s   %s\n", "Copies", "Last", "Reason");
	for (size_t i = 0; i < n; i++) {
		const struct tally_row *row = reasons->rows[i];
		const char *reply = summary_reason(row, verdict);

		printf("%13s   %s   %s: %s\n", COMMAS(row->copies),
		    when_text(row->last, at), ESCAPE(verdict),
		    *reply != '\0' ? ESCAPE(reply) : "(no reply)");
	}
	more(reasons->count, TOP);
}

static void
print_slowest(const struct summary *summary)
{
	char at[WHEN_TEXT];

	title("Slowest copies that were delivered");
	printf("%13s%10s   %-19s   %s\n", "Delay", "Attempts", "Accepted",
	    "MID, queue id, sender");
	for (size_t i = 0; i < summary->slow_count; i++) {
		const struct summary_slow *slow = &summary->slowest[i];

		printf("%13s%10u   %s   MID %" PRIu64 " %s <%s>\n",
		    DELAY(slow->delay), slow->attempts,
		    when_text(slow->accepted, at), slow->mid,
		    ESCAPE(slow->queue_id), ESCAPE(slow->sender));
	}
	more(summary->slow_count, SUMMARY_SLOWEST);
}

static void
print_history(const struct survey *survey)
{
	const struct summary *summary = &survey->summary;

	if (*survey->history_why != '\0') {
		printf("\nNothing is known of copies that are gone: %s\n",
		    survey->history_why);
		return;
	}
	if (summary->all.copies == 0) {
		printf("\n%s\n", SURVEY_NO_COPIES);
		return;
	}
	print_copies(summary);
	print_traffic(summary);
	print_delays(summary);
	print_tally("Intake addresses", "Intake address", summary->intakes);
	print_tally("Policies", "Policy", summary->policies);
	print_tally("Senders' domains", "Domain", summary->domains);
	print_reasons(summary);
	print_slowest(summary);
}

/* ---- spool and counters ---- */

/* print_domains - the columns of the gateway's page "Delivery Status" */
static void
print_domains(const struct survey *survey)
{
	title("Delivery Status");
	printf("%8s%10s%11s%8s%12s%10s%10s   %s\n", "Latest", "Active",
	    "", "Conn.", "Delivered", "Soft", "Hard", "");
	printf("%8s%10s%11s%8s%12s%10s%10s   %s\n", "Status", "Recip.",
	    "Oldest", "Out", "Recip.", "Bounced", "Bounced",
	    "Destination Domain");
	for (size_t i = 0; i < survey->domain_count; i++) {
		const struct site_now *row = &survey->domains[i];

		printf("%8s%10s%11s%8s%12s%10s%10s   %s\n",
		    survey_up(survey, row), COMMAS(row->waiting),
		    row->oldest == 0 ? "-" : DELAY(survey->now - row->oldest),
		    COMMAS(survey->status.forwards ? site_get(row->site,
		    COUNT_CONNECTIONS_OUT) : 0),
		    COMMAS(site_get(row->site, COUNT_DELIVERED)),
		    COMMAS(site_get(row->site, COUNT_SOFT_BOUNCED)),
		    COMMAS(site_get(row->site, COUNT_HARD_BOUNCED)),
		    ESCAPE(row->name));
	}
	more(survey->domain_count, survey->domain_count);
}

static void
print_spool(const struct survey *survey)
{
	uint64_t waiting;

	title("Spool now");
	if (status_waiting(&survey->status, &waiting))
		printf("%13s   waiting\n", COMMAS(waiting));
	if (!survey->status.sees_copies)
		return;
	for (size_t i = 0; survey->shape.total > 0 && i < SHAPE_AGES; i++)
		printf("%13s   ... for %s %u s\n",
		    COMMAS(survey->shape.ages[i]),
		    i < SHAPE_LIMITS ? "up to" : "more than",
		    shape_limits[i < SHAPE_LIMITS ? i : SHAPE_LIMITS - 1]);
	printf("%13s   kept after delivery was given up\n"
	    "%13s   damaged\n", COMMAS(survey->status.failed),
	    COMMAS(survey->status.damaged));
}

static void
print_messages(const struct survey *survey)
{
	const struct counters *counters = survey->status.counters;
	char head[96], at[WHEN_TEXT], reason[SURVEY_REASON];

	snprintf(head, sizeof(head), "Messages since %s",
	    survey->counting != 0 ? when_text(survey->counting, at) :
	    "the counters began");
	title(head);
	printf("%13s   seen\n%13s   journaled\n%13s   accepted without a copy, "
	    "because something of ours failed\n%13s   deferred for that\n",
	    COMMAS(counter_get(counters, COUNT_MESSAGES)),
	    COMMAS(counter_get(counters, COUNT_JOURNALED)),
	    COMMAS(counter_get(counters, COUNT_FAILED_OPEN)),
	    COMMAS(counter_get(counters, COUNT_FAILED_TEMPFAIL)));
	for (enum counter i = 0; i < COUNTERS; i++)
		if (survey_skipped(i, reason) && counter_get(counters, i) > 0)
			printf("%13s   not journaled: %s\n",
			    COMMAS(counter_get(counters, i)), reason);
}

static void
print_program(const char *name, const struct spool_program *program)
{
	char at[WHEN_TEXT];

	printf("%13s   pid %ld, %s since %s%s\n", name, program->pid,
	    *program->version != '\0' ? ESCAPE(program->version) : "?",
	    when_text(program->since, at), program->state.refused ?
	    ", last reload refused" : "");
	if (program->state.stale > 0)
		printf("%13s   %u tables are not up to date: see the log\n", "",
		    program->state.stale);
}

static void
print_programs(const struct survey *survey)
{
	const struct status *status = &survey->status;
	static const char *const whose[] = { "tls_cert_file",
		"an intake's certificate" };
	char at[WHEN_TEXT];

	title("Programs");
	for (size_t i = 0; i < status->milter_count; i++)
		print_program("tdc-milter", &status->milters[i]);
	if (status->milter_count == 0)
		printf("%13s   not running\n", "tdc-milter");
	if (status->forwards)
		print_program("tdc-forwarder", &status->forwarder);
	else
		printf("%13s   not running\n", "tdc-forwarder");
	for (int i = 0; i < 2; i++)
		if (survey->certificates[i] != 0)
			printf("%13s   %s is valid until %s\n", "", whose[i],
			    when_text(survey->certificates[i], at));
}

static void
print_tables(const struct survey *survey)
{
	title("Policy tables, as they are on disk");
	if (*survey->tables_why != '\0')
		printf("%13s   %s\n", "", ESCAPE(survey->tables_why));
	else if (survey->table_count == 0)
		printf("%13s   none: default_policy = %s\n", "",
		    ESCAPE(survey->conf->default_policy));
	for (size_t i = 0; i < survey->table_count; i++)
		printf("%13s   %s %s\n", COMMAS(survey->tables[i].entries),
		    ESCAPE(survey->tables[i].check),
		    ESCAPE(survey->tables[i].name));
}

static void
print_attention(const struct survey *survey)
{
	own(buf) struct buf lines = BUF;

	attention_find(survey, &lines);
	if (lines.len == 0)
		return;
	title("To be looked at");
	(void)fwrite(lines.data, 1, lines.len, stdout);
}

/* print_remediation - in one row; tdcctl remediation-report has the others */
static void
print_remediation(const struct survey *survey)
{
	const struct remedy_counts *counts = &survey->remedied;

	if (!survey->remediates)
		return;
	title("Remediation");
	printf("%13s   message%s remediated: %s failed, %s in progress, %s "
	    "only reported\n", COMMAS(counts->total),
	    counts->total == 1 ? "" : "s", COMMAS(counts->of[REMEDY_FAILED]),
	    COMMAS(counts->of[REMEDY_IN_PROGRESS]),
	    COMMAS(counts->of[REMEDY_REPORTED]));
}

/* survey_print_text - for cron, which sends it by mail */
void
survey_print_text(const struct survey *survey)
{
	const int64_t *span = survey->summary.span;
	char at[WHEN_TEXT];

	printf("Threat Defense Connector of %s\n", ESCAPE(survey->host));
	printf("Copies accepted from %s", when_text(span[0], at));
	printf(" to %s\n", when_text(span[1], at));
	print_attention(survey);
	print_history(survey);
	print_remediation(survey);
	if (*survey->status_why != '\0') {
		printf("\nNothing is known of the spool and the counters: %s\n",
		    survey->status_why);
	} else {
		print_domains(survey);
		print_spool(survey);
		print_messages(survey);
		print_programs(survey);
	}
	print_tables(survey);
}
