/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl status: what runs, what waits, what was counted */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/counters/counters.h"
#include "control/control.h"
#include "control/status.h"

/* status_close - back to the initial state */
void
status_close(struct status *status)
{
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

/* status_open - read it all from the spool and its counters */
int
status_open(const struct conf *conf, struct status *out, struct err *err)
{
	struct err ignored;

	*out = (struct status){ 0 };
	if (look_into_spool(conf, &out->spool, err) == -1 ||
	    look_at_counters(conf, out->spool, &out->counters, err) == -1) {
		status_close(out);
		return -1;
	}
	if (count(out->spool, SPOOL_READY, &out->ready, err) == -1 ||
	    count(out->spool, SPOOL_FAILED, &out->failed, err) == -1 ||
	    count_damaged(out->spool, &out->damaged, err) == -1) {
		status_close(out);
		return err_wrap(err, "spool_directory %s",
		    conf->spool_directory);
	}
	counters_still(out->counters);
	(void)site_counts_peek(spool_dirfd(out->spool), &out->sites, &ignored);
	out->forwarder = spool_holder(out->spool);
	out->milter = spool_attendant(out->spool);
	return 0;
}

/* status_gauge - it is worth nothing without a forwarder */
uint64_t
status_gauge(const struct status *status, enum counter which)
{
	return status->forwarder != 0 ?
	    counter_get(status->counters, which) : 0;
}

/* status_of_site - of one, or of all: down if any of them is */
enum site_state
status_of_site(const struct status *status, const struct site_row *site)
{
	const struct site_row *row = NULL;

	if (status->forwarder == 0)
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

static bool
is_gauge(enum counter which)
{
	return which == COUNT_CONNECTIONS_OUT || which == COUNT_HOST_DOWN;
}

static void
print_program(const char *name, long pid)
{
	if (pid > 0)
		printf("%-44srunning, pid %ld\n", name, pid);
	else
		printf("%-44s%s\n", name, pid == 0 ? "not running" :
		    "running");
}

static void
print_text(const struct status *status)
{
	static const char *const state_texts[] = {
		[SITE_UNKNOWN] = "unknown", [SITE_UP] = "up",
		[SITE_DOWN] = "down at the last attempt" };

	print_date();
	print_program("Milter:", status->milter);
	print_program("Forwarder:", status->forwarder);
	printf("%-44s%" PRIu64 "\n\nGauges:\n", "Last MID:",
	    counters_last_mid(status->counters));
	printf("  %-42s%s\n  %-42s%s\n  %-42s%s\n  %-42s%s\n",
	    "Copies waiting", COMMAS(status->ready),
	    "Copies kept in failed/", COMMAS(status->failed),
	    "Damaged files in failed/", COMMAS(status->damaged),
	    "Connections out",
	    COMMAS(status_gauge(status, COUNT_CONNECTIONS_OUT)));
	printf("  %-42s%s\n\nCounters, lifetime:\n", "Intake",
	    state_texts[status_of_site(status, NULL)]);
	for (enum counter i = 0; i < COUNTERS; i++)
		if (!is_gauge(i))
			printf("  %-42s%s\n", counter_rows[i].name,
			    COMMAS(counter_get(status->counters, i)));
}

static int
print_json(const struct status *status)
{
	enum site_state state = status_of_site(status, NULL);
	json_t *counters = json_object(), *root;
	int result;

	for (enum counter i = 0; i < COUNTERS; i++)
		if (!is_gauge(i))
			json_object_set_new(counters, counter_rows[i].name,
			    json_integer((json_int_t)counter_get(
			    status->counters, i)));
	root = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
	    "time", (json_int_t)(clock_wall() / 1000),
	    "milter_pid", (json_int_t)status->milter,
	    "forwarder_pid", (json_int_t)status->forwarder,
	    "last_mid", (json_int_t)counters_last_mid(status->counters),
	    "waiting", (json_int_t)status->ready,
	    "failed", (json_int_t)status->failed,
	    "damaged", (json_int_t)status->damaged,
	    "connections_out",
	    (json_int_t)status_gauge(status, COUNT_CONNECTIONS_OUT),
	    "host_down", state == SITE_UNKNOWN ? json_null() :
	    json_boolean(state == SITE_DOWN),
	    "counters", counters);
	result = json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
	return result == 0 ? EX_OK : EX_IOERR;
}

/* do_status - what runs, what waits, and every counter */
int
do_status(struct control *control, int argc, char **argv)
{
	struct status status;
	struct err err;
	int result = EX_OK;
	bool json;

	if (wants_json("status", argc, argv, &json) != EX_OK)
		return EX_USAGE;
	if (status_open(&control->conf, &status, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (json)
		result = print_json(&status);
	else
		print_text(&status);
	status_close(&status);
	return result;
}
