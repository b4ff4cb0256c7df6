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

/* print_counters - what is counted for all intakes together */
static void
print_counters(const struct counters *counters)
{
	uint64_t hard = counter_get(counters, COUNT_HARD_BOUNCED);
	uint64_t dns = counter_get(counters, COUNT_HARD_DNS);
	uint64_t refused = counter_get(counters, COUNT_HARD_5XX);
	uint64_t expired = counter_get(counters, COUNT_HARD_EXPIRED);
	uint64_t delivered = counter_get(counters, COUNT_DELIVERED);
	uint64_t gone = counter_get(counters, COUNT_DELETED);

	printf("\nCounters:\n  Queue\n");
	print_number(4, "Soft Bounced Events",
	    counter_get(counters, COUNT_SOFT_BOUNCED));
	printf("  Completion\n");
	print_number(4, "Completed Recipients", hard + delivered + gone);
	print_number(6, "Hard Bounced Recipients", hard);
	print_number(8, "DNS Hard Bounces", dns);
	print_number(8, "5XX Hard Bounces", refused);
	print_number(8, "Expired Hard Bounces", expired);
	print_number(8, "Other Hard Bounces", hard - dns - refused - expired);
	print_number(6, "Delivered Recipients", delivered);
	print_number(6, "Deleted Recipients", gone);
}

/* up_or_down - at the last attempt, as far as anybody knows; for one of
 * several intakes nobody does */
static const char *
up_or_down(const struct status *status, bool all)
{
	if (!all || status->forwarder == 0)
		return "unknown";
	return counter_get(status->counters, COUNT_HOST_DOWN) > 0 ? "down" :
	    "up";
}

static void
print_host(const char *host, const struct status *status,
    const struct waiting *waiting)
{
	bool all = waiting->host == NULL;

	printf("Host mail status for: '%s'\n", LOG_INSIDE(host, '\''));
	print_date();
	printf("%-44s%s\n", "Host up/down:", up_or_down(status, all));
	if (all)
		print_counters(status->counters);
	printf("\nGauges:\n  Queue\n");
	print_number(4, "Active Recipients",
	    waiting->untried + waiting->tried);
	print_number(6, "Unattempted Recipients", waiting->untried);
	print_number(6, "Attempted Recipients", waiting->tried);
	if (all) {
		printf("  Connections\n");
		print_number(4, "Current Outbound Connections",
		    status_gauge(status, COUNT_CONNECTIONS_OUT));
	}
	if (waiting->oldest == 0)
		printf("\n%-44sNo Messages\n", "Oldest Message");
	else
		printf("\n%-44s%.0f seconds\n", "Oldest Message",
		    (double)(clock_wall() - waiting->oldest) / 1000);
	if (!all)
		printf("\nCounters and connections are those of " QUEUE ".\n");
}

/* do_hoststatus - one intake domain, or all of them */
int
do_hoststatus(struct control *control, int argc, char **argv)
{
	struct waiting waiting = { .host = NULL };
	struct status status;
	struct err err;

	if (argc != 1)
		return complain_usage("hoststatus");
	if (strcasecmp(argv[0], QUEUE) != 0)
		waiting.host = argv[0];
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (waiting_count(&waiting, status.spool, &err) == -1) {
		status_close(&status);
		return complain(EX_NOINPUT, err.text);
	}
	print_host(argv[0], &status, &waiting);
	status_close(&status);
	return EX_OK;
}
