/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl tophosts, hoststatus: intake domains, in the tables of AsyncOS, which
 * calls them hosts */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/own.h"
#include "control/queue/backlog.h"
#include "control/control.h"
#include "control/queue/status.h"
#include "control/queue/suspended.h"

#define QUEUE "the.tdc.queue"	/* AsyncOS' name for all of them together */

static void
print_tophosts(const struct status *status, bool seen, uint64_t waiting)
{
	print_date();
	printf("Hosts marked with '*' were down as of the last delivery "
	    "attempt.\n\n"
	    "%39s%8s%11s%10s%10s\n"
	    " #   %-28s%6s%8s%11s%10s%10s\n",
	    "Active", "Conn.", "Deliv.", "Soft", "Hard", "Recipient Host",
	    "Recip.", "Out", "Recip.", "Bounced", "Bounced");
	printf("%2d%c  %-24s%10s%8s%11s%10s%10s\n", 1,
	    counter_get(status->counters, COUNT_HOST_DOWN) > 0 ? '*' : ' ',
	    QUEUE, seen ? COMMAS(waiting) : "-",
	    COMMAS(status_gauge(status, COUNT_CONNECTIONS_OUT)),
	    COMMAS(counter_get(status->counters, COUNT_DELIVERED)),
	    COMMAS(counter_get(status->counters, COUNT_SOFT_BOUNCED)),
	    COMMAS(counter_get(status->counters, COUNT_HARD_BOUNCED)));
	suspended_print(&status->suspended, NULL);
}

static void
put_known(struct buf *out, const char *key, uint64_t n, bool known)
{
	if (known)
		json_put_number(out, key, n);
	else
		json_put_null(out, key);
}

static void
print_tophosts_json(const struct status *status, bool seen, uint64_t waiting)
{
	const struct counters *counters = status->counters;
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "host", QUEUE);
	json_put_bool(&out, "host_down",
	    counter_get(counters, COUNT_HOST_DOWN) > 0);
	put_known(&out, "waiting", waiting, seen);
	json_put_number(&out, "connections_out",
	    status_gauge(status, COUNT_CONNECTIONS_OUT));
	json_put_number(&out, "delivered",
	    counter_get(counters, COUNT_DELIVERED));
	json_put_number(&out, "soft_bounced",
	    counter_get(counters, COUNT_SOFT_BOUNCED));
	json_put_number(&out, "hard_bounced",
	    counter_get(counters, COUNT_HARD_BOUNCED));
	json_put_end(&out);
	puts(out.data);
}

/* do_tophosts - the table of the AsyncOS command of that name */
int
do_tophosts(struct control *control, int argc, char **argv)
{
	struct status status;
	uint64_t waiting;
	bool seen;
	struct err err;

	(void)argc, (void)argv;
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	seen = status_waiting(&status, &waiting);
	if (control->json)
		print_tophosts_json(&status, seen, waiting);
	else
		print_tophosts(&status, seen, waiting);
	status_close(&status);
	return EX_OK;
}

/* ---- hoststatus ---- */

static void
print_number(int indent, const char *name, uint64_t n)
{
	printf("%*s%-*s%12s\n", indent, "", 50 - indent, name, COMMAS(n));
}

/* Whose figures are printed: those of one intake domain, or of all. */
struct site_report {
	const char	*name;		/* as it was given */
	const struct status *status;
	const struct site_row *row;	/* NULL: nothing is known of it */
	bool		 all;
};

static uint64_t
number(const struct site_report *report, enum counter which)
{
	return report->all ? counter_get(report->status->counters, which) :
	    site_get(report->row, which);
}

/* print_counters - deleted copies are only counted for all intake domains
 * together */
static void
print_counters(const struct site_report *report)
{
	uint64_t hard = number(report, COUNT_HARD_BOUNCED);
	uint64_t dns = number(report, COUNT_HARD_DNS);
	uint64_t refused = number(report, COUNT_HARD_5XX);
	uint64_t expired = number(report, COUNT_HARD_EXPIRED);
	uint64_t delivered = number(report, COUNT_DELIVERED);
	uint64_t gone = report->all ? number(report, COUNT_DELETED) : 0;

	printf("\nCounters:\n  Queue\n");
	print_number(4, "Soft Bounced Events",
	    number(report, COUNT_SOFT_BOUNCED));
	printf("  Completion\n");
	print_number(4, "Completed Recipients", hard + delivered + gone);
	print_number(6, "Hard Bounced Recipients", hard);
	print_number(8, "DNS Hard Bounces", dns);
	print_number(8, "5XX Hard Bounces", refused);
	print_number(8, "Expired Hard Bounces", expired);
	print_number(8, "Other Hard Bounces", hard - dns - refused - expired);
	print_number(6, "Delivered Recipients", delivered);
	if (report->all)
		print_number(6, "Deleted Recipients", gone);
}

/* print_queue - copies that are seen, or are told of by the forwarder */
static void
print_queue(const struct site_report *report, const struct backlog *backlog)
{
	if (report->status->sees_copies) {
		print_number(4, "Active Recipients",
		    backlog->untried + backlog->tried);
		print_number(6, "Unattempted Recipients", backlog->untried);
		print_number(6, "Attempted Recipients", backlog->tried);
	} else if (report->status->forwards) {
		print_number(4, "Active Recipients",
		    number(report, COUNT_WAITING));
	}
}

static void
print_gauges(const struct site_report *report,
    const struct backlog *backlog)
{
	printf("\nGauges:\n  Queue\n");
	print_queue(report, backlog);
	printf("  Connections\n");
	print_number(4, "Current Outbound Connections",
	    !report->status->forwards ? 0 :
	    number(report, COUNT_CONNECTIONS_OUT));
}

static void
print_oldest(const struct site_report *report, const struct backlog *backlog)
{
	if (!report->status->sees_copies)
		printf("\n%-44snot visible to this user\n", "Oldest Message");
	else if (backlog->oldest == 0)
		printf("\n%-44sNo Messages\n", "Oldest Message");
	else
		printf("\n%-44s%.0f seconds\n", "Oldest Message",
		    (double)(clock_wall() - backlog->oldest) / 1000);
}

/* last_activity - ms since 1970; 0: none */
static int64_t
last_activity(const struct site_report *report)
{
	const struct site_row *row = NULL;
	int64_t last = 0;

	if (!report->all || report->status->sites == NULL)
		return site_active(report->row);
	while ((row = site_counts_next(report->status->sites, row)) != NULL)
		if (site_active(row) > last)
			last = site_active(row);
	return last;
}

static void
print_report(const struct site_report *report,
    const struct backlog *backlog)
{
	bool known = report->all || report->row != NULL;
	int64_t last = last_activity(report);

	printf("Host mail status for: '%s'\n", ESCAPE_INSIDE(report->name, '\''));
	print_date();
	printf("%-44s%s\n", "Host up/down:", status_state_name(known ?
	    status_of_site(report->status, report->row) : SITE_UNKNOWN));
	suspended_print(&report->status->suspended, report->all ? NULL :
	    report->name);
	if (known)
		print_counters(report);
	print_gauges(report, backlog);
	print_oldest(report, backlog);
	if (last != 0)
		print_time("Last Activity", last);
	if (!known)
		printf("\nNo deliveries on record.\n");
}

/* put_counts - of copies that are done with; null: nothing is known */
static void
put_counts(const struct site_report *report, bool known, struct buf *out)
{
	static const enum counter counts[] = { COUNT_DELIVERED,
	    COUNT_SOFT_BOUNCED, COUNT_HARD_BOUNCED, COUNT_HARD_DNS,
	    COUNT_HARD_5XX, COUNT_HARD_EXPIRED };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		put_known(out, counter_rows[counts[i]].name,
		    known ? number(report, counts[i]) : 0, known);
	put_known(out, "deleted", report->all ? number(report, COUNT_DELETED) :
	    0, report->all);
}

/* put_waiting - copies that are seen, or are told of by the forwarder */
static void
put_waiting(const struct site_report *report, const struct backlog *backlog,
    struct buf *out)
{
	bool sees = report->status->sees_copies;
	bool told = report->status->forwards &&
	    (report->all || report->row != NULL);

	put_known(out, "waiting", sees ? backlog->untried + backlog->tried :
	    told ? number(report, COUNT_WAITING) : 0, sees || told);
	put_known(out, "untried", backlog->untried, sees);
	put_known(out, "tried", backlog->tried, sees);
	if (sees && backlog->oldest != 0)
		json_put_time(out, "oldest", backlog->oldest);
	else
		json_put_null(out, "oldest");
	json_put_number(out, "connections_out", told ?
	    number(report, COUNT_CONNECTIONS_OUT) : 0);
}

static void
print_report_json(const struct site_report *report,
    const struct backlog *backlog)
{
	bool known = report->all || report->row != NULL;
	int64_t last = last_activity(report);
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_time(&out, "time", clock_wall());
	json_put_text(&out, "host", report->name);
	json_put_text(&out, "state", status_state_name(known ?
	    status_of_site(report->status, report->row) : SITE_UNKNOWN));
	put_counts(report, known, &out);
	put_waiting(report, backlog, &out);
	if (last != 0)
		json_put_time(&out, "last_activity", last);
	else
		json_put_null(&out, "last_activity");
	json_put_end(&out);
	puts(out.data);
}

/* do_hoststatus - one intake domain, or all of them */
int
do_hoststatus(struct control *control, int argc, char **argv)
{
	struct backlog backlog = { .site = NULL,
	    .alternate = control->conf.alternate_intake_address };
	struct site_report report = { .all = true };
	struct status status;
	struct err err;

	(void)argc;
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	report.name = argv[0];
	report.status = &status;
	if (strcasecmp(report.name, QUEUE) != 0) {
		report.all = false;
		backlog.site = report.name;
		if (status.sites != NULL)
			report.row = site_counts_find(status.sites,
			    report.name);
	}
	if (status.sees_copies &&
	    backlog_count(&backlog, status.spool, &err) == -1) {
		status_close(&status);
		return complain(EX_NOINPUT, err.text);
	}
	if (control->json)
		print_report_json(&report, &backlog);
	else
		print_report(&report, &backlog);
	status_close(&status);
	return EX_OK;
}
