/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/digits.h"
#include "base/log/log.h"

const struct verb verbs[] = {
	{ "check", "[--strict]", do_check, false,
	  "Check the configuration and load every table; report every bad "
	  "line, or warn of whatever a start, a reload or a message would "
	  "meet; with --strict, a warning makes the exit status 1." },
	{ "config", "[-n | -d]", do_config, true,
	  "Print the parameters as postconf(1) does: all, those that are set "
	  "(-n), or the defaults (-d)." },
	{ "policy", "--table [--json] | [-v] [-a ADDRESS[/NAME]] [-h HELO] "
	  "SENDER RECIPIENT...", do_policy, true,
	  "Show where the copy for each recipient would go, and each step that "
	  "led there (-v: every key that was tried); -a and -h describe the "
	  "client, for check_client and check_helo; with --table, print all "
	  "entries in the words of the gateway's policy table: Disabled, "
	  "Enabled, (use default) for DUNNO, or an intake address." },
	{ "tophosts", "", do_tophosts, true,
	  "Print the counters of the.tdc.queue." },
	{ "status", "[--json]", do_status, true,
	  "Print which programs run, how many copies wait, and every "
	  "counter." },
	{ "hoststatus", "HOST", do_hoststatus, true,
	  "Print what is known about one intake domain, or about "
	  "the.tdc.queue, which is all of them." },
	{ "queue", "[--json]", do_queue, true,
	  "List the copies that wait, those that were kept after delivery was "
	  "given up, and the files that are not complete copies." },
	{ "show", "MID", do_show, true,
	  "Print the envelope and the header of one copy." },
	{ "delete", "MID | ALL", do_delete, true,
	  "Delete one copy, waiting or kept; ALL deletes all kept copies." },
	{ "requeue", "MID | ALL", do_requeue, true,
	  "Put a kept copy back into the queue, with a new lifetime; ALL puts "
	  "all kept copies back." },
	{ "flush", "[DOMAIN]", do_flush, true,
	  "Try all waiting copies now, or those for one intake domain: "
	  "retry_delay is skipped, and intake domains marked down are tried "
	  "again." },
	{ .name = NULL }
};

/* complain - one line on stderr */
int
complain(int code, const char *text)
{
	fprintf(stderr, "tdcctl: %s\n", text);
	return code;
}

/* complain_usage - print the usage of one verb */
int
complain_usage(const char *name)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, name) == 0)
			fprintf(stderr, "usage: tdcctl [-c FILE] [-v] %s%s%s\n",
			    name, *verb->arguments != '\0' ? " " : "",
			    verb->arguments);
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

/* parse_mid - a number and nothing else */
bool
parse_mid(const char *text, uint64_t *out, struct err *err)
{
	if (digits_parse(text, strlen(text), UINT64_MAX, out))
		return true;
	err_set(err, ERR_NEVER, "'%s' is not a MID", ESCAPE(text));
	return false;
}

/* wants_json - was --json given? */
bool
wants_json(int argc, char **argv, bool *out_bad)
{
	bool json = argc == 1 && strcmp(argv[0], "--json") == 0;

	*out_bad = argc > (json ? 1 : 0);
	return json;
}
