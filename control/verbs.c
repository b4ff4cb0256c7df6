/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/control.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/digits.h"
#include "base/escape.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/own.h"
#include "control/when.h"

const struct verb verbs[] = {
	{ "check", "[--strict | --nagios [-w AGE] [-c AGE]] [--json]", do_check,
	  NEEDS_NOTHING,
	  "Check the configuration and load every table; report every bad "
	  "line, or warn of whatever a start, a reload or a message would "
	  "meet; with --strict, a warning makes the exit status 1; with "
	  "--nagios, print how things are in one line, as a monitoring plugin "
	  "does, which warns of a copy that has waited for 30s (-w) and "
	  "finds 90s critical (-c).", .most = 0, .json = true },
	{ "config", "[-n | -d] [-h] [--json] [PARAMETER...]", do_config,
	  NEEDS_CONF,
	  "Print parameters as postconf(1) does: all, those that are set "
	  "(-n), the defaults (-d), or those that are named; -h leaves out "
	  "the names.", .most = 0, .json = true },
	{ "policy", "--table [--json] | --replay [-v] [--json] [--since TIME] "
	  "[--until TIME] [-f FILE]... | [-sv] [-a ADDRESS[/NAME]] [-d NAME] "
	  "[-h HELO] [-m FILE] [--json] SENDER RECIPIENT...", do_policy,
	  NEEDS_CONF,
	  "Show what tdc-milter would do with a message: where the copy for "
	  "each recipient would go, and each step that led there (-v: every "
	  "key that was tried), or why there is none; -a, -d, -h and -s "
	  "describe the client, and -m is the message; with --table, print all "
	  "entries in the words of the gateway's policy table: Disabled, "
	  "Enabled, (next table) or (use default) for DUNNO, or an intake "
	  "address; with --replay, decide the mail of the last 7 days again and "
	  "show what would be different now, by the history or by logs (-f); -v: "
	  "every difference.", .most = 0, .json = true },
	{ "tophosts", "[--json]", do_tophosts, NEEDS_SPOOL,
	  "Print the counters of the.tdc.queue.", .json = true },
	{ "status", "[--json]", do_status, NEEDS_SPOOL,
	  "Print which programs run, how many copies wait, and every "
	  "counter.", .most = 1 },
	{ "hoststatus", "[--json] HOST", do_hoststatus, NEEDS_SPOOL,
	  "Print what is known about one intake domain, or about "
	  "the.tdc.queue, which is all of them.", .least = 1, .most = 1,
	  .json = true },
	{ "metrics", "[-o FILE | --http]", do_metrics, NEEDS_SPOOL,
	  "Print all numbers as text for Prometheus; with -o, write them to a "
	  "file, which is replaced as a whole; with --http, answer one request "
	  "for /metrics on standard input.", .most = 0 },
	{ "top", "[-d SECONDS] [-n COUNT]", do_top, NEEDS_SPOOL,
	  "Show for each intake domain what waits, what is delivered, and why "
	  "not, again and again: every two seconds (-d), for so many times "
	  "(-n), or until q is typed.", .most = 0 },
	{ "queue", "[--shape] [--json]", do_queue, NEEDS_SPOOL,
	  "List the copies that wait, those that were kept after delivery was "
	  "given up, and the files that are not complete copies; with --shape, "
	  "print how many wait for each intake domain, and for how long.",
	  .most = 2 },
	{ "show", "[--json] MID", do_show, NEEDS_SPOOL,
	  "Print the envelope and the header of one copy.",
	  .least = 1, .most = 1, .json = true },
	{ "delete", "[--json] MID | ALL", do_delete, NEEDS_SPOOL,
	  "Delete one copy, waiting or kept; ALL deletes all kept copies.",
	  .least = 1, .most = 1, .json = true },
	{ "requeue", "[--json] MID | ALL | [--since TIME] [--until TIME] [--intake INTAKE] "
	  "[-n | --dry-run]", do_requeue, NEEDS_SPOOL,
	  "Put a kept copy back into the queue, with a new lifetime; ALL puts "
	  "all kept copies back, the options those that were given up in that "
	  "time or for that intake domain or address; -n shows which.",
	  .most = 0, .json = true },
	{ "flush", "[--json] [DOMAIN]", do_flush, NEEDS_SPOOL,
	  "Try all waiting copies now, or those for one intake domain: "
	  "retry_delay is skipped, and intake domains marked down are tried "
	  "again.", .most = 1, .json = true },
	{ "suspend", "[--json] INTAKE [--for SPAN] [--reason TEXT]", do_suspend,
	  NEEDS_SPOOL,
	  "Deliver nothing more to an intake domain, an intake address or ALL, "
	  "until it is resumed or for a span of time: 90m, 12h; copies wait and "
	  "do not grow older.", .most = 0, .json = true },
	{ "resume", "[--json] INTAKE", do_resume, NEEDS_SPOOL,
	  "End a suspension, of ALL every one; copies are sent at once.",
	  .least = 1, .most = 1, .json = true },
	{ "send-test", "[--to INTAKE] [--from ADDRESS] [--json]", do_send_test,
	  NEEDS_CONF, "Send a test message to intake_address, or to another "
	  "intake, exactly as copies are sent; print each step with its time, "
	  "and after a failure what it means for copies and what to do; with "
	  "-v, all that is said.", .most = 0 },
	{ "verify-intake", "[--to INTAKE] [--wait SPAN] [--sent MESSAGE-ID] "
	  "[--json]", do_verify_intake, NEEDS_CONF,
	  "Send a test message, as send-test does, and find it again through "
	  "the API: was it seen, and was the sender's IP address found in the "
	  "right header?  SPAN (15m) is how long to look for it; with --sent, "
	  "only look for one that was sent before.", .most = 0, .json = true },
	{ "alert-test", "[--json]", do_alert_test, NEEDS_CONF,
	  "Run alert_command with the event test, as the user of the programs, "
	  "and print what came of it.", .most = 0, .json = true },
	{ "track", "WORD [--since TIME] [-f FILE]... [--json]", do_track,
	  NEEDS_CONF,
	  "Print what became of a message, given its queue id, a MID, its "
	  "Message-ID or an address: what Postfix and other programs logged, "
	  "the policy, and each copy with its way to the intake; -f reads these "
	  "logs (- is standard input) in place of the usual ones.",
	  .most = 0 },
	{ "history", "[--since TIME] [--until TIME] [--mid MID] [--queue-id ID] "
	  "[--message-id ID] [--address | --sender | --recipient ADDRESS] "
	  "[--intake INTAKE] [--verdict WORD] [--limit N] [--json] | --import "
	  "[-n | --dry-run] [--json] [FILE...]",
	  do_history, NEEDS_CONF,
	  "Print what became of copies that are no longer in the spool, in the "
	  "order of their ends: those to which all options apply, the last 100 "
	  "if nothing else limits them; TIME is 2026-11-26, 2026-11-26T07:30, "
	  "or how long ago: 90m, 24h, 7d; with --import, add what logs tell of "
	  "copies and it does not know: - is standard input, without FILE it is "
	  "the usual logs, and -n only counts.", .most = 0 },
	{ "report", "[--html | --json] [--since TIME] [--until TIME]",
	  do_report, NEEDS_SPOOL,
	  "Print what became of the copies of the last 24 hours, or of another "
	  "span of time: traffic, delays, reasons, intakes, policies, senders; "
	  "and how spool, tables and programs are now; --html prints one file "
	  "for a browser; TIME is as for history.", .most = 0 },
	{ "remediation-report", "[--html] [--json] [--since TIME] "
	  "[--until TIME]", do_remediation_report, NEEDS_CONF,
	  "Print what tdc-remediator did with mail that turned out malicious, "
	  "in the last 30 days or another span of time: how many messages, in "
	  "which batches, for whom, and what failed; --html prints one file for "
	  "a browser; TIME is as for history.", .most = 0, .json = true },
	{ "monitor", "[--counters [SECONDS]]", do_monitor, NEEDS_SPOOL,
	  "Print each event of both programs as it comes, one object of JSON a "
	  "line, until it is interrupted; with --counters, what the counters "
	  "change by, every second or so many.", .most = 2, .json = true },
	{ "reload", "[--json]", do_reload, NEEDS_SPOOL,
	  "Have the programs that run read tdc.cf again, and print whether "
	  "they did; the log says why one refused.", .json = true },
	{ "postfix-enable", "[-n | --dry-run] [--config-dir DIR]",
	  do_postfix_enable, NEEDS_NOTHING,
	  "Make Postfix use tdc-milter: show what has to change in main.cf, "
	  "master.cf and tdc.cf, change it, have Postfix check it, reload "
	  "Postfix, and ask whether tdc-milter answers; with --dry-run, only "
	  "show it; DIR has the main.cf of another instance.", .most = 0 },
	{ "postfix-disable", "[-n | --dry-run] [--config-dir DIR]",
	  do_postfix_disable, NEEDS_NOTHING,
	  "Put the files back as they were before postfix-enable; of a file "
	  "that was changed since, only take tdc-milter out.", .most = 0 },
	{ "help", "[--json] [VERB]", do_help, NEEDS_NOTHING,
	  "Print what a verb does, or all of them.", .most = 1, .json = true },
	{ "version", "[--json]", do_version, NEEDS_NOTHING,
	  "Print versions and table types.", .json = true },
	{ .name = NULL }
};

/* verb_find - by its name */
const struct verb *
verb_find(const char *name)
{
	const struct verb *verb = verbs;

	while (verb->name != NULL && strcmp(verb->name, name) != 0)
		verb++;
	return verb->name != NULL ? verb : NULL;
}

/* complain - one line on stderr, after what was printed before */
int
complain(int code, const char *text)
{
	(void)fflush(stdout);
	fprintf(stderr, "tdcctl: %s\n", text);
	return code;
}

/* complain_usage - print the usage of one verb */
int
complain_usage(const char *name)
{
	const struct verb *verb = verb_find(name);

	fprintf(stderr, "usage: tdcctl [-c FILE] [-v] %s%s%s\n", verb->name,
	    *verb->arguments != '\0' ? " " : "", verb->arguments);
	return EX_USAGE;
}

/* complain_arguments - the reason, and the usage */
int
complain_arguments(const char *name, const char *reason)
{
	fprintf(stderr, "tdcctl: %s: %s\n", name, reason);
	return complain_usage(name);
}

/* option_word - the words between are complained of only */
const char *
option_word(char *const *argv)
{
	return optarg != NULL ? optarg : argv[optind - 1];
}

/* complain_option - and the usage.  A letter may stand with others in a word,
 * which is not passed yet */
int
complain_option(const char *verb, int answer, const char *word)
{
	bool letter = optopt != 0 && strchr(word, '=') == NULL &&
	    (answer != ':' || strncmp(word, "--", 2) != 0);
	const char name[] = { '-', (char)optopt, '\0' };
	const char *option = letter ? name : word;
	own(str) char *reason = answer == ':' ?
	    mem_format("%s needs a value", ESCAPE(option)) :
	    mem_format("unknown option '%s'", ESCAPE_INSIDE(option, '\''));

	return complain_arguments(verb, reason);
}

/* complain_value - and the usage */
int
complain_value(const char *verb, const char *reason, const char *value)
{
	own(str) char *text = mem_format("%s '%s'", reason,
	    ESCAPE_INSIDE(value, '\''));

	return complain_arguments(verb, text);
}

/* take_time - of --since or --until */
int
take_time(const char *verb, const char *option, const char *value,
    int64_t *out)
{
	own(str) char *reason = mem_format("%s: bad value", option);

	*out = when_parse(value);
	return *out > 0 ? EX_OK : complain_value(verb, reason, value);
}

/* begin_so - say which verbs begin with a word; how many */
static unsigned
begin_so(const char *word)
{
	unsigned count = 0;

	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strlen(word) > 1 &&
		    strncmp(verb->name, word, strlen(word)) == 0)
			fprintf(stderr, "%s%s", count++ == 0 ?
			    ": did you mean " : " or ", verb->name);
	return count;
}

/* complain_verb - none of that name */
int
complain_verb(const char *name)
{
	const char *near;
	size_t count = 0;

	while (verbs[count].name != NULL)
		count++;
	near = nearest(name, &verbs[0].name, count, sizeof(*verbs));
	fprintf(stderr, "tdcctl: unknown verb '%s'", ESCAPE(name));
	if (begin_so(name) > 0)
		fprintf(stderr, "?\n");
	else if (near != NULL)
		fprintf(stderr, ": did you mean %s?\n", near);
	else
		fprintf(stderr, ": 'tdcctl help' lists them\n");
	return EX_USAGE;
}

/* complain_gone - it is gone, or was never there */
int
complain_gone(uint64_t mid)
{
	char line[80];

	snprintf(line, sizeof(line), "MID %" PRIu64 " is not in the spool",
	    mid);
	return complain(EX_DATAERR, line);
}

/* complain_mid - neither one copy nor all of them */
int
complain_mid(const char *text)
{
	own(str) char *line = mem_format("'%s' is neither a MID nor ALL",
	    ESCAPE(text));

	return complain(EX_USAGE, line);
}

/* parse_mid - a number and nothing else */
bool
parse_mid(const char *text, uint64_t *out, struct err *err)
{
	if (digits_parse(text, strlen(text), UINT64_MAX, out))
		return true;
	err_set(err, ERR_NEVER, "'%s' is not a MID", ESCAPE(text));
	return false;
}

/* wants_json - was --json given, and nothing else? */
int
wants_json(const char *verb, int argc, char **argv, bool *out)
{
	own(str) char *reason = NULL;

	*out = argc > 0 && strcmp(argv[0], "--json") == 0;
	if (argc == 0 || (*out && argc == 1))
		return EX_OK;
	reason = mem_format("unexpected argument '%s'",
	    ESCAPE(argv[*out ? 1 : 0]));
	return complain_arguments(verb, reason);
}
