/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl suspend, resume: intakes that get no copies for a time */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/counters/site_counts.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/queue/operation.h"
#include "control/queue/suspended.h"
#include "control/when.h"

static const struct option options[] = {
	{ "for", required_argument, NULL, 'f' },
	{ "reason", required_argument, NULL, 'r' },
	{ NULL, 0, NULL, 0 }
};

/* take_span - from now on; an exit code */
static int
take_span(const char *value, struct suspension *out)
{
	int64_t span = when_span(value);

	if (span > 0) {
		out->until = clock_wall() + span;
		return EX_OK;
	}
	return complain_value("suspend", "--for: bad value", value);
}

/* read_call - the intake, and options before or after it; an exit code */
static int
read_call(int argc, char **argv, struct suspension *out)
{
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK &&
	    (option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		switch (option) {
		case 'f':
			code = take_span(optarg, out);
			break;
		case 'r':
			out->reason = optarg;
			break;
		default:
			code = complain_option("suspend", option,
			    option_word(argv));
		}
	if (code != EX_OK)
		return code;
	if (optind != argc - 1)
		return complain_arguments("suspend", optind == argc ?
		    "an argument is missing" : "one intake at a time");
	out->intake = argv[optind];
	return EX_OK;
}

/* note_unknown - no copy ever went there: it may be a misspelt name */
static void
note_unknown(const struct spool *spool, const char *intake)
{
	const char *at = strrchr(intake, '@');
	struct site_counts *sites;
	struct err ignored;

	if (strcmp(intake, SUSPENSION_ALL) == 0 ||
	    site_counts_peek(spool_dirfd(spool), &sites, &ignored) == -1)
		return;
	if (site_counts_find(sites, at != NULL ? at + 1 : intake) == NULL)
		printf("note: no copy for %s is on record\n",
		    at != NULL ? at + 1 : intake);
	site_counts_close(sites);
}

static void
note_forwarder(const struct spool *spool)
{
	if (spool_holder(spool) == 0)
		printf("note: tdc-forwarder is not running\n");
}

/* tell - what was done, as text or JSON */
static void
tell(const struct control *control, const char *done,
    const struct suspension *one)
{
	char until[SUSPENDED_UNTIL];
	own(buf) struct buf out = BUF;

	if (!control->json) {
		printf("%s is %s%s%s\n", one->intake, done,
		    one->from != 0 ? " " : "", one->from != 0 ?
		    suspended_until(one, until) : "");
		return;
	}
	json_put_begin(&out);
	json_put_text(&out, "done", done);
	json_put_text(&out, "intake", one->intake);
	if (one->until != 0)
		json_put_number(&out, "until", (uint64_t)one->until / 1000);
	else
		json_put_null(&out, "until");
	json_put_end(&out);
	puts(out.data);
}

/* failed - what the err means; an exit code */
static int
failed(const struct err *err)
{
	return complain(err->kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
	    err->text);
}

/* do_suspend - deliver nothing more there */
int
do_suspend(struct control *control, int argc, char **argv)
{
	struct suspension one = { .intake = (char *)"",
	    .reason = (char *)"" };
	struct operation operation;
	struct err err;
	/* getopt wants a name before the arguments */
	int code = read_call(argc + 1, argv - 1, &one);

	if (code != EX_OK)
		return code;
	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	one.uid = operation.uid;
	if (spool_suspend(operation.spool, &one,
	    control->conf.queue_lifetime, &err) == -1) {
		code = failed(&err);
	} else {
		one.from = clock_wall();
		tell(control, "suspended", &one);
		if (!control->json) {
			note_unknown(operation.spool, one.intake);
			note_forwarder(operation.spool);
		}
	}
	operation_close(&operation);
	return code;
}

/* explain - why nothing was resumed, or that it is suspended all the same; an
 * exit code */
static int
explain(const struct spool *spool, const char *intake, bool ended)
{
	const struct suspension *other = NULL;
	struct suspensions all = { 0 };
	own(str) char *text = NULL;
	struct err ignored;

	if (spool_suspensions(spool, &all, &ignored) == 1)
		other = suspensions_find(&all, intake, clock_wall());
	if (other != NULL)
		text = mem_format("%s is suspended with %s: tdcctl resume %s",
		    ESCAPE(intake), other->intake, other->intake);
	else if (!ended)
		text = mem_format("%s is not suspended", ESCAPE(intake));
	suspensions_drop(&all);
	return text != NULL ? complain(EX_DATAERR, text) : EX_OK;
}

/* do_resume - deliver again */
int
do_resume(struct control *control, int argc, char **argv)
{
	struct operation operation;
	struct err err;
	int count, code = EX_OK;

	(void)argc;
	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	count = spool_resume(operation.spool, argv[0],
	    control->conf.queue_lifetime, &err);
	if (count == -1)
		code = failed(&err);
	else if (count == 0 || strcmp(argv[0], SUSPENSION_ALL) != 0)
		code = explain(operation.spool, argv[0], count > 0);
	if (code == EX_OK) {
		tell(control, "resumed", &(struct suspension){
		    .intake = argv[0] });
		if (!control->json)
			note_forwarder(operation.spool);
	}
	operation_close(&operation);
	return code;
}
