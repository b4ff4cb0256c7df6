/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl status: what runs, what waits, what was counted */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/ledger/ledger.h"
#include "control/queue/status.h"
#include "control/queue/suspended.h"
#include "control/when.h"

/* stale_tables - of all milters */
static unsigned
stale_tables(const struct status *status)
{
	unsigned n = 0;

	for (size_t i = 0; i < status->milter_count; i++)
		n += status->milters[i].state.stale;
	return n;
}

/* oldest_age - of the copies that wait, in seconds; false: none does, or
 * nobody knows */
static bool
oldest_age(const struct status *status, uint64_t *out)
{
	uint64_t since = status_gauge(status, COUNT_OLDEST);
	uint64_t now = (uint64_t)(clock_wall() / 1000);

	*out = now > since ? now - since : 0;
	return since != 0;
}

/* ---- text ---- */

/* is_replaced - its file is another by now; for those who may look */
static bool
is_replaced(const struct spool_program *program)
{
	static const char gone[] = " (deleted)";
	own(str) char *link = mem_format("/proc/%ld/exe", program->pid);
	char path[4096];
	ssize_t n = readlink(link, path, sizeof(path)), end = sizeof(gone) - 1;

	return n > end && memcmp(path + n - end, gone, (size_t)end) == 0;
}

/* print_version - and whether an upgrade waits for a restart */
static void
print_version(const struct spool_program *program)
{
	const char *hint = "";

	if (strcmp(program->version, VERSION) != 0)
		hint = ", and this is tdcctl " VERSION ": restart it?";
	else if (is_replaced(program))
		hint = ", replaced by another file: restart it?";
	printf("  %-42s%s%s\n", "Version", *program->version != '\0' ?
	    program->version : "unknown", hint);
}

/* print_program - NULL: none runs */
static void
print_program(const char *name, const struct spool_program *program)
{
	if (program == NULL) {
		printf("%-44snot running\n", name);
		return;
	}
	if (program->pid > 0)
		printf("%-44srunning, pid %ld\n", name, program->pid);
	else
		printf("%-44srunning\n", name);
	print_version(program);
	if (*program->version == '\0')
		return;
	print_time("  Started", program->since);
	print_time(program->state.refused ? "  Reload refused, see the log" :
	    "  Configuration loaded", program->state.loaded);
}

static void
print_programs(const struct status *status)
{
	if (status->milter_count == 0)
		print_program("Milter:", NULL);
	for (size_t i = 0; i < status->milter_count; i++) {
		const struct spool_program *milter = &status->milters[i];

		print_program("Milter:", milter);
		if (milter->state.stale > 0)
			printf("  %-42s%u, see the log\n",
			    "Tables not up to date", milter->state.stale);
	}
	print_program("Forwarder:", status->forwards ? &status->forwarder :
	    NULL);
}

/* print_event - when something happened last */
static void
print_event(const struct status *status, const char *name,
    enum counter which)
{
	uint64_t seconds = counter_get(status->counters, which);

	if (seconds == 0)
		printf("%-44snone yet\n", name);
	else
		print_time(name, (int64_t)seconds * 1000);
}

static void
print_files(const char *name, uint64_t n, bool seen)
{
	printf("  %-42s%s\n", name, seen ? COMMAS(n) :
	    "not visible to this user");
}

static void
print_gauges(const struct status *status)
{
	static const char *const state_texts[] = {
		[SITE_UNKNOWN] = "unknown", [SITE_UP] = "up",
		[SITE_DOWN] = "down at the last attempt" };
	uint64_t waiting, age;
	bool seen = status_waiting(status, &waiting);

	printf("\nGauges:\n");
	print_files("Copies waiting", waiting, seen);
	if (oldest_age(status, &age))
		printf("  %-42s%s seconds\n", "Oldest copy waiting",
		    COMMAS(age));
	print_files("Copies kept in failed/", status->failed,
	    status->sees_copies);
	print_files("Damaged files in failed/", status->damaged,
	    status->sees_copies);
	printf("  %-42s%s\n  %-42s%s\n", "Connections out",
	    COMMAS(status_gauge(status, COUNT_CONNECTIONS_OUT)), "Intake",
	    state_texts[status_of_site(status, NULL)]);
}

/* stopped_for - ", stopped for 2 recipients" */
static const char *
stopped_for(const struct ledger *ledger, char out[64])
{
	snprintf(out, 64, ", stopped for %zu recipient%s", ledger->pause_count,
	    ledger->pause_count == 1 ? "" : "s");
	return out;
}

/* print_remediation - where it is set up */
static void
print_remediation(const struct conf *conf)
{
	const struct ledger_query query = { .notes_alone = true };
	struct ledger ledger;
	struct err err;
	char at[WHEN_TEXT], some[64];

	if (!ledger_wanted(conf))
		return;
	printf("%-44s", "Remediation:");
	if (ledger_read(conf, &query, &ledger, &err) == -1) {
		puts(err.sys == ENOENT ? "nothing yet" :
		    "not visible to this user");
		return;
	}
	printf("%s%s, last poll %s, %s of %s API requests today (UTC)\n",
	    *ledger.pause != '\0' ? "stopped" :
	    conf->remediation_mode == CONF_REMEDIATE_ACT ? "acts" :
	    "reports only", ledger.pause_count > 0 ? stopped_for(&ledger,
	    some) : "", ledger.polled != 0 ? when_text(ledger.polled, at) :
	    "never", COMMAS(ledger.spent), COMMAS(conf->api_daily_requests));
	ledger_drop(&ledger);
}

static void
print_text(const struct status *status, const struct conf *conf)
{
	print_date();
	print_programs(status);
	suspended_print(&status->suspended, NULL);
	print_remediation(conf);
	print_event(status, "Last message:", COUNT_LAST_MESSAGE);
	print_event(status, "Last delivery:", COUNT_LAST_DELIVERY);
	printf("%-44s%" PRIu64 "\n", "Last MID:",
	    counters_last_mid(status->counters));
	print_gauges(status);
	printf("\nCounters, lifetime:\n");
	for (enum counter i = 0; i < COUNTERS; i++)
		if (!counter_is_gauge(i))
			printf("  %-42s%s\n", counter_rows[i].name,
			    COMMAS(counter_get(status->counters, i)));
}

/* ---- JSON ---- */

static json_t *
number(uint64_t n, bool known)
{
	return known ? json_integer((json_int_t)n) : json_null();
}

static json_t *
event_of(const struct status *status, enum counter which)
{
	uint64_t seconds = counter_get(status->counters, which);

	return number(seconds, seconds != 0);
}

static json_t *
program_of(const struct spool_program *program)
{
	if (*program->version == '\0')
		return json_pack("{s:I, s:n, s:n, s:n, s:n}",
		    "pid", (json_int_t)program->pid, "version", "started",
		    "loaded", "reload_refused");
	return json_pack("{s:I, s:s, s:I, s:I, s:b}",
	    "pid", (json_int_t)program->pid, "version", program->version,
	    "started", (json_int_t)(program->since / 1000),
	    "loaded", (json_int_t)(program->state.loaded / 1000),
	    "reload_refused", program->state.refused);
}

static json_t *
milters_of(const struct status *status)
{
	json_t *all = json_array();

	for (size_t i = 0; i < status->milter_count; i++) {
		const struct spool_program *milter = &status->milters[i];
		json_t *one = program_of(milter);

		json_object_set_new(one, "tables_stale",
		    number(milter->state.stale, *milter->version != '\0'));
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *
counters_of(const struct status *status)
{
	json_t *counters = json_object();

	for (enum counter i = 0; i < COUNTERS; i++)
		if (!counter_is_gauge(i))
			json_object_set_new(counters, counter_rows[i].name,
			    json_integer((json_int_t)counter_get(
			    status->counters, i)));
	return counters;
}

/* remediation_of - null: it is not set up, or not visible */
static json_t *
remediation_of(const struct conf *conf)
{
	const struct ledger_query query = { .notes_alone = true };
	struct ledger ledger;
	struct err ignored;
	json_t *object;

	if (!ledger_wanted(conf) || ledger_read(conf, &query, &ledger,
	    &ignored) == -1)
		return json_null();
	object = json_pack("{s:b, s:b, s:I, s:o, s:I, s:I}",
	    "acts", conf->remediation_mode == CONF_REMEDIATE_ACT,
	    "paused", *ledger.pause != '\0',
	    "paused_recipients", (json_int_t)ledger.pause_count,
	    "last_poll", number((uint64_t)ledger.polled / 1000,
	    ledger.polled != 0), "api_requests", (json_int_t)ledger.spent,
	    "api_daily_requests", (json_int_t)conf->api_daily_requests);
	ledger_drop(&ledger);
	return object;
}

static json_t *
object_of(const struct status *status, const struct conf *conf)
{
	enum site_state state = status_of_site(status, NULL);
	uint64_t waiting, age;
	bool seen = status_waiting(status, &waiting);
	bool aged = oldest_age(status, &age);
	json_t *object;

	object = json_pack("{s:I, s:I, s:I, s:o, s:o, s:i, s:o, s:o, s:I, s:o, "
	    "s:o, s:o, s:o, s:I, s:o, s:o, s:o}",
	    "time", (json_int_t)(clock_wall() / 1000),
	    "milter_pid", (json_int_t)(status->milter_count > 0 ?
	    status->milters[0].pid : 0),
	    "forwarder_pid", (json_int_t)status->forwarder.pid,
	    "milters", milters_of(status),
	    "forwarder", status->forwards ? program_of(&status->forwarder) :
	    json_null(),
	    "tables_stale", (int)stale_tables(status),
	    "last_message", event_of(status, COUNT_LAST_MESSAGE),
	    "last_delivery", event_of(status, COUNT_LAST_DELIVERY),
	    "last_mid", (json_int_t)counters_last_mid(status->counters),
	    "waiting", number(waiting, seen),
	    "oldest_age", number(age, aged),
	    "failed", number(status->failed, status->sees_copies),
	    "damaged", number(status->damaged, status->sees_copies),
	    "connections_out",
	    (json_int_t)status_gauge(status, COUNT_CONNECTIONS_OUT),
	    "host_down", state == SITE_UNKNOWN ? json_null() :
	    json_boolean(state == SITE_DOWN),
	    "remediation", remediation_of(conf),
	    "counters", counters_of(status));
	json_object_set_new(object, "suspended",
	    suspended_json(&status->suspended));
	return object;
}

static int
print_json(const struct status *status, const struct conf *conf)
{
	json_t *root = object_of(status, conf);
	int result = json_dumpf(root, stdout, JSON_INDENT(2));

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
		result = print_json(&status, &control->conf);
	else
		print_text(&status, &control->conf);
	status_close(&status);
	return result;
}
