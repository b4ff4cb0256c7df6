/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs, what waits, what was counted: for whoever prints it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counters/counters.h"
#include "base/escape.h"
#include "control/control.h"
#include "control/queue/backlog.h"
#include "control/queue/status.h"
#include "control/queue/suspended.h"
#include "control/when.h"

/* status_close - back to the initial state */
void
status_close(struct status *status)
{
	suspensions_drop(&status->suspended);
	status->sites = site_counts_close(status->sites);
	status->counters = counters_close(status->counters);
	status->spool = spool_close(status->spool);
}

static int
count(const struct spool *spool, enum spool_place place, size_t *out,
    struct err *err)
{
	struct spool_entry *entries;

	if (spool_list(spool, place, &entries, out, err) == -1)
		return -1;
	free(entries);
	return 0;
}

static int
count_damaged(const struct spool *spool, size_t *out, struct err *err)
{
	struct spool_entry *entries;

	if (spool_list_damaged(spool, &entries, out, err) == -1)
		return -1;
	free(entries);
	return 0;
}

/* count_copies - those that are on disk, for who may look */
static int
count_copies(struct status *status, struct err *err)
{
	if (!status->sees_copies)
		return 0;
	if (count(status->spool, SPOOL_READY, &status->ready, err) == -1 ||
	    count(status->spool, SPOOL_FAILED, &status->failed, err) == -1)
		return -1;
	return count_damaged(status->spool, &status->damaged, err);
}

/* load_sites - nothing is on record before the first copy; else that is told, and
 * not taken for "no deliveries" */
static void
load_sites(struct status *status)
{
	struct err err;

	if (site_counts_peek(spool_dirfd(status->spool), &status->sites,
	    &err) == -1 && err.sys != ENOENT)
		fprintf(stderr, "tdcctl: warning: %s\n", ESCAPE(err.text));
}

/* status_open - read it all from the spool and its counters */
int
status_open(const struct conf *conf, struct status *out, struct err *err)
{
	*out = (struct status){ .alternate = conf->alternate_intake_address };
	if (look_at_status(conf, &out->spool, err) == -1 ||
	    look_at_counters(conf, out->spool, &out->counters, err) == -1) {
		status_close(out);
		return -1;
	}
	out->sees_copies = spool_sees_copies(out->spool);
	if (count_copies(out, err) == -1) {
		status_close(out);
		return err_wrap(err, "spool_directory %s",
		    conf->spool_directory);
	}
	counters_still(out->counters);
	load_sites(out);
	out->forwards = spool_forwarder(out->spool, &out->forwarder);
	suspended_load(out->spool, &out->suspended);
	out->milter_count = spool_milters(out->spool, out->milters);
	return 0;
}

/* status_gauge - it is worth nothing without a forwarder */
uint64_t
status_gauge(const struct status *status, enum counter which)
{
	return status->forwards ? counter_get(status->counters, which) : 0;
}

/* status_waiting - as seen, or as the forwarder tells */
bool
status_waiting(const struct status *status, uint64_t *out)
{
	*out = status->sees_copies ? status->ready :
	    status_gauge(status, COUNT_WAITING);
	return status->sees_copies || status->forwards;
}

/* is_down - the intake domain of a copy */
static bool
is_down(const struct status *status, const struct copy *copy)
{
	const char *at = strrchr(backlog_address(copy, status->alternate), '@');

	return at != NULL && status->sites != NULL && site_state(
	    site_counts_find(status->sites, at + 1)) == SITE_DOWN;
}

/* status_next_try - as forward/queue has it, seen from outside: an attempt that
 * failed has renamed the file */
enum next_try
status_next_try(const struct status *status, const struct copy *copy,
    int64_t retry_delay, int64_t *out)
{
	int64_t left = copy->touched + retry_delay - clock_wall();

	if (!status->forwards)
		return TRY_NEVER;
	if (suspensions_find(&status->suspended,
	    backlog_address(copy, status->alternate), clock_wall()) != NULL)
		return TRY_SUSPENDED;
	if (copy->entry.attempts > 0 && left > 0) {
		*out = left;
		return TRY_LATER;
	}
	return is_down(status, copy) ? TRY_HOST : TRY_DUE;
}

/* suspended_words - when its intake will be resumed */
static const char *
suspended_words(const struct status *status, const struct copy *copy,
    char out[STATUS_NEXT])
{
	const struct suspension *why = suspensions_find(&status->suspended,
	    backlog_address(copy, status->alternate), clock_wall());
	char text[WHEN_TEXT];

	if (why == NULL || why->until == 0)
		return "when its intake is resumed";
	snprintf(out, STATUS_NEXT, "at %s, when its intake is resumed",
	    when_text(why->until, text));
	return out;
}

/* status_next_words - in words */
const char *
status_next_words(const struct status *status, const struct copy *copy,
    int64_t retry_delay, char out[STATUS_NEXT])
{
	int64_t left;

	switch (status_next_try(status, copy, retry_delay, &left)) {
	case TRY_LATER:
		snprintf(out, STATUS_NEXT, "in %.1f s", (double)left / 1000);
		return out;
	case TRY_HOST:
		return "when its host is up again";
	case TRY_SUSPENDED:
		return suspended_words(status, copy, out);
	case TRY_NEVER:
		return "when tdc-forwarder runs";
	case TRY_DUE:
		break;
	}
	return "now";
}

/* status_of_site - of one, or of all: down if any of them is */
enum site_state
status_of_site(const struct status *status, const struct site_row *site)
{
	const struct site_row *row = NULL;

	if (!status->forwards)
		return SITE_UNKNOWN;
	if (site != NULL)
		return site_state(site);
	/* the gauge counts those for which sites has no room, too */
	if (status_gauge(status, COUNT_HOST_DOWN) > 0)
		return SITE_DOWN;
	while (status->sites != NULL &&
	    (row = site_counts_next(status->sites, row)) != NULL)
		if (site_state(row) == SITE_UP)
			return SITE_UP;
	return SITE_UNKNOWN;
}

/* status_state_name - in the words of AsyncOS */
const char *
status_state_name(enum site_state state)
{
	static const char *const names[] = { [SITE_UNKNOWN] = "unknown",
		[SITE_UP] = "up", [SITE_DOWN] = "down" };

	return names[state];
}

/* commas - 104163 as AsyncOS prints it */
const char *
commas(uint64_t n, char out[32])
{
	char plain[24];
	int length = snprintf(plain, sizeof(plain), "%" PRIu64, n);
	char *to = out;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = plain[i];
	}
	*to = '\0';
	return out;
}

/* print_time - as AsyncOS does; wall in ms since 1970 */
void
print_time(const char *name, int64_t wall)
{
	char text[64];
	time_t seconds = (time_t)(wall / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y %Z", &tm);
	printf("%-44s%s\n", name, text);
}

/* print_date - of now */
void
print_date(void)
{
	print_time("Status as of:", clock_wall());
}
