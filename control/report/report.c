/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl report: what happened in a span of time, and how it is now */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/report/survey.h"
#include "control/when.h"

#define DAY INT64_C(86400000)

struct call {
	int64_t		 since, until;
	void		(*print)(const struct survey *);
	bool		 chosen;	/* a form was */
};

/* take - one option; EX_OK or EX_USAGE */
static int
take(struct call *call, int option, const char *value)
{
	switch (option) {
	case 's':
		return take_time("report", "--since", value, &call->since);
	case 'u':
		return take_time("report", "--until", value, &call->until);
	case 'h':
	case 'j':
		if (call->chosen)
			return complain_arguments("report",
			    "--html and --json exclude each other");
		call->chosen = true;
		call->print = option == 'h' ? survey_print_page :
		    survey_print_object;
		return EX_OK;
	default:
		return complain_option("report", option, value);
	}
}

/* read_call - EX_OK or EX_USAGE */
static int
read_call(int argc, char **argv, struct call *call)
{
	static const struct option options[] = {
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "html", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 }
	};
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK && (option = getopt_long(argc, argv, "+:",
	    options, NULL)) != -1)
		code = take(call, option, option_word(argv));
	if (code == EX_OK && optind < argc)
		code = complain_value("report", "unexpected argument",
		    argv[optind]);
	return code;
}

/* do_report - exit status 0 where there is nothing to tell of because nothing
 * was ever written, and not where it could not be read */
int
do_report(struct control *control, int argc, char **argv)
{
	struct call call = { .until = clock_wall(),
	    .print = survey_print_text };
	struct survey survey;
	int result = EX_OK;

	/* getopt wants a name before the arguments */
	if (read_call(argc + 1, argv - 1, &call) != EX_OK)
		return EX_USAGE;
	if (call.since == 0)
		call.since = call.until - DAY;
	if (call.since >= call.until)
		return complain_arguments("report",
		    "--since is not before --until");
	survey_gather(&survey, &control->conf, call.since, call.until);
	if (*survey.history_why != '\0' && *survey.status_why != '\0') {
		result = complain(EX_NOINPUT, survey.status_why);
	} else {
		call.print(&survey);
		if (survey.history_wanted)
			result = complain(EX_UNAVAILABLE, survey.history_why);
	}
	survey_drop(&survey);
	return result;
}
