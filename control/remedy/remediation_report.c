/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl remediation-report: what was taken out of mailboxes, and what not */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/remedy/remedy_report.h"
#include "control/when.h"

#define MONTH INT64_C(2592000000)	/* 30 days, ms */

static const char verb[] = "remediation-report";

struct call {
	int64_t		 since, until;
	void		(*print)(const struct remedy_report *);
};

/* take - one option; EX_OK or EX_USAGE */
static int
take(struct call *call, int option, const char *value)
{
	switch (option) {
	case 's':
		return take_time(verb, "--since", value, &call->since);
	case 'u':
		return take_time(verb, "--until", value, &call->until);
	case 'h':
		call->print = remedy_print_page;
		return EX_OK;
	default:
		return complain_option(verb, option, value);
	}
}

/* read_call - EX_OK or EX_USAGE */
static int
read_call(const struct control *control, int argc, char **argv,
    struct call *call)
{
	static const struct option options[] = {
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "html", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option, code = EX_OK;

	optind = 0;	/* getopt wants a name before the arguments */
	opterr = 0;
	while (code == EX_OK && (option = getopt_long(argc + 1, argv - 1, "+:",
	    options, NULL)) != -1)
		code = take(call, option, option_word(argv - 1));
	if (code == EX_OK && optind < argc + 1)
		return complain_value(verb, "unexpected argument",
		    argv[optind - 1]);
	if (code == EX_OK && control->json &&
	    call->print == remedy_print_page)
		return complain_arguments(verb,
		    "--html and --json exclude each other");
	if (control->json)
		call->print = remedy_print_json;
	return code;
}

/* do_remediation_report - of the last 30 days, unless it is told otherwise */
int
do_remediation_report(struct control *control, int argc, char **argv)
{
	struct call call = { .until = clock_wall(),
	    .print = remedy_print_text };
	struct remedy_report report;
	struct err err;

	if (read_call(control, argc, argv, &call) != EX_OK)
		return EX_USAGE;
	if (call.since == 0)
		call.since = call.until - MONTH;
	if (call.since >= call.until)
		return complain_arguments(verb,
		    "--since is not before --until");
	if (remedy_report_gather(&report, &control->conf, call.since,
	    call.until, &err) == -1)
		return complain(err.sys == ENOENT ? EX_NOINPUT :
		    EX_UNAVAILABLE, err.text);
	call.print(&report);
	remedy_report_drop(&report);
	return EX_OK;
}
