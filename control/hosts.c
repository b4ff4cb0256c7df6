/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl tophosts, hoststatus: intakes in the tables of AsyncOS */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/control.h"
#include "control/status.h"
#include "control/waiting.h"

#define QUEUE "the.tdc.queue"	/* what AsyncOS calls all intakes together */

/* do_tophosts - the table of AsyncOS' command of that name */
int
do_tophosts(struct control *control, int argc, char **argv)
{
	struct status status;
	struct err err;

	(void)argv;
	if (argc != 0)
		return complain_usage("tophosts");
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	print_date();
	printf("Hosts marked with '*' were down as of the last delivery "
	    "attempt.\n\n"
	    "%39s%8s%11s%10s%10s\n"
	    " #   %-28s%6s%8s%11s%10s%10s\n",
	    "Active", "Conn.", "Deliv.", "Soft", "Hard", "Recipient Host",
	    "Recip.", "Out", "Recip.", "Bounced", "Bounced");
	printf("%2d%c  %-24s%10s%8s%11s%10s%10s\n", 1,
	    counter_get(status.counters, COUNT_HOST_DOWN) > 0 ? '*' : ' ',
	    "the.tdc.queue", COMMAS(status.ready),
	    COMMAS(status_gauge(&status, COUNT_CONNECTIONS_OUT)),
	    COMMAS(counter_get(status.counters, COUNT_DELIVERED)),
	    COMMAS(counter_get(status.counters, COUNT_SOFT_BOUNCED)),
	    COMMAS(counter_get(status.counters, COUNT_HARD_BOUNCED)));
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
struct host {
	const char	*name;		/* as it was given */
	const struct status *status;
	const struct site_row *row;	/* NULL: nothing is known of it */
	bool		 all;
};

static uint64_t
number(const struct host *host, enum counter which)
{
	return host->all ? counter_get(host->status->counters, which) :
	    site_get(host->row, which);
}

/* print_counters - which copies an operator deleted is counted for all
 * intakes together alone */
static void
print_counters(const struct host *host)
{
	uint64_t hard = number(host, COUNT_HARD_BOUNCED);
	uint64_t dns = number(host, COUNT_HARD_DNS);
	uint64_t refused = number(host, COUNT_HARD_5XX);
	uint64_t expired = number(host, COUNT_HARD_EXPIRED);
	uint64_t delivered = number(host, COUNT_DELIVERED);
	uint64_t gone = host->all ? number(host, COUNT_DELETED) : 0;

	printf("\nCounters:\n  Queue\n");
	print_number(4, "Soft Bounced Events",
	    number(host, COUNT_SOFT_BOUNCED));
	printf("  Completion\n");
	print_number(4, "Completed Recipients", hard + delivered + gone);
	print_number(6, "Hard Bounced Recipients", hard);
	print_number(8, "DNS Hard Bounces", dns);
	print_number(8, "5XX Hard Bounces", refused);
	print_number(8, "Expired Hard Bounces", expired);
	print_number(8, "Other Hard Bounces", hard - dns - refused - expired);
	print_number(6, "Delivered Recipients", delivered);
	if (host->all)
		print_number(6, "Deleted Recipients", gone);
}

static void
print_gauges(const struct host *host, const struct waiting *waiting)
{
	printf("\nGauges:\n  Queue\n");
	print_number(4, "Active Recipients",
	    waiting->untried + waiting->tried);
	print_number(6, "Unattempted Recipients", waiting->untried);
	print_number(6, "Attempted Recipients", waiting->tried);
	printf("  Connections\n");
	print_number(4, "Current Outbound Connections",
	    host->status->forwarder == 0 ? 0 :
	    number(host, COUNT_CONNECTIONS_OUT));
}

/* last_activity - ms since 1970; 0: none */
static int64_t
last_activity(const struct host *host)
{
	const struct site_row *row = NULL;
	int64_t last = 0;

	if (!host->all || host->status->sites == NULL)
		return site_active(host->row);
	while ((row = site_counts_next(host->status->sites, row)) != NULL)
		if (site_active(row) > last)
			last = site_active(row);
	return last;
}

static void
print_host(const struct host *host, const struct waiting *waiting)
{
	bool known = host->all || host->row != NULL;
	int64_t last = last_activity(host);

	printf("Host mail status for: '%s'\n", LOG_INSIDE(host->name, '\''));
	print_date();
	printf("%-44s%s\n", "Host up/down:", status_state_name(known ?
	    status_of_host(host->status, host->row) : SITE_UNKNOWN));
	if (known)
		print_counters(host);
	print_gauges(host, waiting);
	if (waiting->oldest == 0)
		printf("\n%-44sNo Messages\n", "Oldest Message");
	else
		printf("\n%-44s%.0f seconds\n", "Oldest Message",
		    (double)(clock_wall() - waiting->oldest) / 1000);
	if (last != 0)
		print_time("Last Activity", last);
	if (!known)
		printf("\nOf deliveries to it nothing is known.\n");
}

/* do_hoststatus - one intake domain, or all of them */
int
do_hoststatus(struct control *control, int argc, char **argv)
{
	struct waiting waiting = { .host = NULL };
	struct host host = { .all = true };
	struct status status;
	struct err err;

	if (argc != 1)
		return complain_usage("hoststatus");
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	host.name = argv[0];
	host.status = &status;
	if (strcasecmp(host.name, QUEUE) != 0) {
		host.all = false;
		waiting.host = host.name;
		if (status.sites != NULL)
			host.row = site_counts_find(status.sites, host.name);
	}
	if (waiting_count(&waiting, status.spool, &err) == -1) {
		status_close(&status);
		return complain(EX_NOINPUT, err.text);
	}
	print_host(&host, &waiting);
	status_close(&status);
	return EX_OK;
}
