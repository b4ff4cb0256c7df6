/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl check --nagios: one line, as monitoring plugins print */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "control/control.h"
#include "control/metrics/domains.h"
#include "control/queue/suspended.h"
#include "control/when.h"

enum { WARN_MS = 30000, CRITICAL_MS = 90000 };	/* of the 120 s that an intake
						   wants a copy in */

/* What the rest of the world calls them; also the exit codes. */
enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_CRITICAL, LEVEL_UNKNOWN };
static const char *const level_names[] = { "OK", "WARNING", "CRITICAL",
	"UNKNOWN" };

/* The worst so far, and what it is about, the worst first. */
struct plugin {
	int64_t		 warn, critical;	/* ms */
	enum level	 level;
	struct buf	 text;
};

static void say(struct plugin *, enum level, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* say - what is worse stands before what was said */
static void
say(struct plugin *plugin, enum level level, const char *format, ...)
{
	own(buf) struct buf before = BUF;
	struct buf *text = &plugin->text;
	char words[512];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (level > plugin->level) {
		buf_bytes(&before, text->data, text->len);
		buf_cut(text, 0);
		plugin->level = level;
	}
	buf_texts(text, text->len > 0 ? ", " : "", words);
	if (before.len > 0)
		buf_texts(text, ", ", before.data);
}

/* ---- what is wrong ---- */

static void
judge_programs(const struct status *status, struct plugin *plugin)
{
	if (status->milter_count == 0)
		say(plugin, LEVEL_CRITICAL, "tdc-milter is not running");
	if (!status->forwards)
		say(plugin, LEVEL_CRITICAL, "tdc-forwarder is not running");
	else if (status->forwarder.state.refused)
		say(plugin, LEVEL_WARNING, "tdc-forwarder: reload refused");
	for (size_t i = 0; i < status->milter_count; i++) {
		const struct spool_state *state = &status->milters[i].state;

		if (state->refused)
			say(plugin, LEVEL_WARNING, "tdc-milter: reload "
			    "refused");
		if (state->stale > 0)
			say(plugin, LEVEL_WARNING, "tables not up to date: "
			    "%u", state->stale);
	}
}

/* judge_domain - one that is down matters when something waits for it, and not
 * while an operator has suspended it */
static void
judge_domain(const struct domain *domain, struct plugin *plugin)
{
	int64_t age = (int64_t)domain_age(domain, clock_wall()) * 1000;
	const char *name = ESCAPE(domain->name);

	if (age > plugin->warn || age > plugin->critical)
		say(plugin, age > plugin->critical ? LEVEL_CRITICAL :
		    LEVEL_WARNING, "a copy for %s has waited for %" PRId64 " s",
		    name, age / 1000);
	if (domain->state == SITE_DOWN && !domain->suspended)
		say(plugin, domain->copies > 0 ? LEVEL_CRITICAL :
		    LEVEL_WARNING, "%s is down (%" PRIu64 " waiting)", name,
		    domain->copies);
}

/* ---- figures ---- */

/* print_queue - U: not known */
static void
print_queue(const struct plugin *plugin, const struct domains *domains)
{
	uint64_t oldest = 0, waiting = 0;

	for (size_t i = 0; i < domains->count; i++) {
		uint64_t age = domain_age(&domains->list[i], clock_wall());

		waiting += domains->list[i].copies;
		if (age > oldest)
			oldest = age;
	}
	if (domains->counted)
		printf(" | oldest=%" PRIu64 "s;%g;%g;0 waiting=%" PRIu64
		    ";;;0", oldest, (double)plugin->warn / 1000,
		    (double)plugin->critical / 1000, waiting);
	else
		printf(" | oldest=U waiting=U");
}

static void
print_counters(const struct status *status)
{
	static const enum counter shown[] = { COUNT_MESSAGES, COUNT_ENQUEUED,
		COUNT_DELIVERED, COUNT_HARD_BOUNCED, COUNT_FAILED_OPEN };

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		printf(" %s=%" PRIu64 "c", counter_rows[shown[i]].name,
		    counter_get(status->counters, shown[i]));
}

/* judge - all that the status tells; prints the line */
static int
judge(const struct status *status, const struct conf *conf,
    struct plugin *plugin)
{
	struct domains domains;

	domains_read(status, conf, &domains);
	judge_programs(status, plugin);
	for (size_t i = 0; i < domains.count; i++)
		judge_domain(&domains.list[i], plugin);
	if (plugin->level == LEVEL_OK)
		buf_text(&plugin->text, "both programs run, nothing waits for "
		    "long");
	suspended_sentences(&status->suspended, ", ", &plugin->text);
	printf("TDC %s - %s", level_names[plugin->level], plugin->text.data);
	print_queue(plugin, &domains);
	print_counters(status);
	putchar('\n');
	domains_drop(&domains);
	return (int)plugin->level;
}

/* ---- the call ---- */

/* give_up - a line without figures */
static int
give_up(enum level level, const char *why)
{
	printf("TDC %s - %s\n", level_names[level], why);
	return (int)level;
}

/* read_options - false: they are wrong */
static bool
read_options(int argc, char **argv, struct plugin *plugin)
{
	static const struct option options[] = {
		{ "nagios", no_argument, NULL, 'N' }, { NULL, 0, NULL, 0 } };
	int c;

	optind = 0;	/* getopt wants a name before the arguments */
	opterr = 0;
	while ((c = getopt_long(argc + 1, argv - 1, "+w:c:", options,
	    NULL)) != -1) {
		if (c == 'w')
			plugin->warn = when_span(optarg);
		else if (c == 'c')
			plugin->critical = when_span(optarg);
		if (c == '?' || plugin->warn < 0 || plugin->critical < 0)
			return false;
	}
	return optind == argc + 1;
}

/* check_nagios - of the status alone */
int
check_nagios(struct control *control, int argc, char **argv)
{
	struct plugin plugin = { .warn = WARN_MS, .critical = CRITICAL_MS,
		.text = BUF };
	struct status status;
	struct err err;
	int result;

	if (!read_options(argc, argv, &plugin)) {
		(void)complain_usage("check");
		return give_up(LEVEL_UNKNOWN, "wrong arguments: -w and -c take "
		    "times such as 30s");
	}
	if (conf_salvage(control->conf_file, "spool_directory", &control->conf,
	    &err) == -1)
		return give_up(LEVEL_UNKNOWN, err.text);
	if (status_open(&control->conf, &status, &err) == -1)
		return give_up(err.sys == ENOENT ? LEVEL_CRITICAL :
		    LEVEL_UNKNOWN, err.text);
	result = judge(&status, &control->conf, &plugin);
	buf_drop(&plugin.text);
	status_close(&status);
	return result;
}
