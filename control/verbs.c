/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/digits.h"
#include "base/log.h"

const struct verb verbs[] = {
	{ "check", "", do_check, false,
	  "Check the configuration and load every table; tell of every bad "
	  "line, and warn of what is probably not meant: intake addresses in "
	  "another domain or in any that a sender likes, keys that can never "
	  "match or not where they are meant to, databases that are older than "
	  "their text." },
	{ "config", "[-n | -d]", do_config, true,
	  "Print the parameters as postconf(1) does: all, those that are set "
	  "(-n), or the presets (-d)." },
	{ "policy", "--table [--json] | [-v] [-a ADDRESS[/NAME]] [-h HELO] "
	  "SENDER RECIPIENT...", do_policy, true,
	  "Tell where a copy would go for each recipient, with each step that "
	  "led there (-v: every key that was tried); -a and -h tell of the "
	  "client, for check_client and check_helo; or print all entries in "
	  "the words of the gateway's policy table: Disabled, Enabled, (use "
	  "default) for DUNNO, or an intake address." },
	{ "tophosts", "", do_tophosts, true,
	  "Print the counters of the.tdc.queue." },
	{ "status", "[--json]", do_status, true,
	  "Print what runs, what waits, and every counter." },
	{ "hoststatus", "HOST", do_hoststatus, true,
	  "Print what is known of one intake domain, or of the.tdc.queue, "
	  "which is all of them." },
	{ "queue", "[--json]", do_queue, true,
	  "Print one line for each waiting copy, for each that was kept after "
	  "it was given up, and for each file that is no whole copy." },
	{ "show", "MID", do_show, true,
	  "Print the envelope and the header of one copy." },
	{ "delete", "MID | ALL", do_delete, true,
	  "Delete a copy, waiting or kept; ALL deletes those that were kept." },
	{ "requeue", "MID | ALL", do_requeue, true,
	  "Let a kept copy wait again, with its whole life before it." },
	{ "flush", "[DOMAIN]", do_flush, true,
	  "Try all waiting copies now, or those for one intake domain: a retry "
	  "does not wait for its hour, a site that is down is not left in "
	  "peace." },
	{ .name = NULL }
};

/* complain - one line on stderr */
int
complain(int code, const char *text)
{
	fprintf(stderr, "tdcctl: %s\n", text);
	return code;
}

/* complain_usage - how the verb is to be called */
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

/* complain_gone - or it never was */
int
complain_gone(uint64_t mid)
{
	char line[80];

	snprintf(line, sizeof(line), "MID %" PRIu64 " is not in the spool",
	    mid);
	return complain(EX_DATAERR, line);
}

/* parse_mid - a number, all of it */
bool
parse_mid(const char *text, uint64_t *out, struct err *err)
{
	if (digits_parse(text, strlen(text), UINT64_MAX, out))
		return true;
	err_set(err, ERR_NEVER, "'%s' is no MID", LOG_ESCAPE(text));
	return false;
}

/* wants_json - whether --json was given */
bool
wants_json(int argc, char **argv, bool *out_bad)
{
	bool json = argc == 1 && strcmp(argv[0], "--json") == 0;

	*out_bad = argc > (json ? 1 : 0);
	return json;
}
