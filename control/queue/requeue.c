/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl requeue: kept copies wait again */
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/json_put.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/queue/copy_json.h"
#include "control/queue/operation.h"
#include "control/when.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_reason.h"

/* ---- which ---- */

/* Which kept copies are meant. */
struct range {
	int64_t		 since, until;	/* of their ends; 0: no bound */
	const char	*intake;	/* domain or address; NULL: any */
	bool		 dry_run;	/* they are only shown */
	bool		 json;
};

/* is_for - that address, or its domain */
static bool
is_for(const char *address, const char *intake)
{
	const char *at = strrchr(address, '@');

	return strcasecmp(address, intake) == 0 || (at != NULL &&
	    strchr(intake, '@') == NULL && strcasecmp(at + 1, intake) == 0);
}

/* is_in - a copy comes to failed/ by a rename, at its end */
static bool
is_in(const struct range *range, const struct copy *copy)
{
	return copy->touched >= range->since &&
	    (range->until == 0 || copy->touched < range->until) &&
	    (range->intake == NULL ||
	    is_for(copy->envelope.intake, range->intake));
}

static void
show_json(const struct copy *copy, const char *reason)
{
	const struct copy_facts facts = { .place = "failed",
	    .reason = reason, .next_in = -1 };
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	copy_json(copy, &facts, &out);
	json_put_end(&out);
	puts(out.data);
}

static void
show(const struct spool *spool, const struct copy *copy, bool json)
{
	const struct envelope *envelope = &copy->envelope;
	char reason[SPOOL_REASON], end[WHEN_TEXT], accepted[WHEN_TEXT];

	(void)spool_get_reason(spool, SPOOL_FAILED, &copy->entry, reason);
	if (json) {
		show_json(copy, reason);
		return;
	}
	printf("MID %" PRIu64 "  given up %s  accepted %s  %s  from <%s>%s%s%s\n",
	    envelope->mid, when_text(copy->touched, end),
	    when_text(envelope->accepted, accepted), ESCAPE(envelope->intake),
	    ESCAPE(envelope->sender), *reason != '\0' ? "  (" : "",
	    ESCAPE(reason), *reason != '\0' ? ")" : "");
}

/* take_one - if it is meant: 1; 0: it is not, or it is gone; -1 */
static int
take_one(struct operation *operation, const struct range *range,
    const struct spool_entry *entry, struct err *err)
{
	struct copy copy;
	int status = 0;

	switch (copy_peek(operation->spool, SPOOL_FAILED, entry, &copy, err)) {
	case COPY_OPEN:
		break;
	case COPY_BUSY:
	case COPY_GONE:
		return 0;
	case COPY_BAD:
		fprintf(stderr, "tdcctl: MID %" PRIu64 ": %s\n", entry->mid,
		    err->text);
		return 0;
	case COPY_TROUBLE:
		return -1;
	}
	if (is_in(range, &copy)) {
		if (range->dry_run)
			show(operation->spool, &copy, range->json);
		status = range->dry_run ? 1 :
		    operation_requeue(operation, entry, err);
	}
	copy_close(&copy);
	return status;
}

/* take_range - how many; -1 on the first failure */
static long
take_range(struct operation *operation, const struct range *range,
    struct err *err)
{
	struct spool_entry *entries;
	size_t count;
	long n = 0;

	if (spool_list(operation->spool, SPOOL_FAILED, &entries, &count,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < count && n != -1; i++)
		switch (take_one(operation, range, &entries[i], err)) {
		case 1:
			n++;
			break;
		case -1:
			n = -1;
		}
	free(entries);
	return n;
}

/* take_mid - as take_one(), by its number */
static int
take_mid(struct operation *operation, uint64_t mid, struct err *err)
{
	struct spool_entry entry;
	enum spool_place place;
	int status = spool_find(operation->spool, mid, &place, &entry, err);

	if (status != 1)
		return status;
	if (place != SPOOL_FAILED)
		return err_set(err, ERR_NEVER, "MID %" PRIu64
		    " is waiting already", mid);
	return operation_requeue(operation, &entry, err);
}

/* ---- arguments ---- */

static const struct option options[] = {
	{ "since", required_argument, NULL, 's' },
	{ "until", required_argument, NULL, 'u' },
	{ "intake", required_argument, NULL, 'i' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 }
};

/* read_options - those that select; an exit code */
static int
read_options(int argc, char **argv, struct range *out)
{
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK &&
	    (option = getopt_long(argc, argv, "+:n", options, NULL)) != -1)
		switch (option) {
		case 's':
			code = take_time("requeue", "--since", optarg,
			    &out->since);
			break;
		case 'u':
			code = take_time("requeue", "--until", optarg,
			    &out->until);
			break;
		case 'i':
			out->intake = optarg;
			break;
		case 'n':
			out->dry_run = true;
			break;
		default:
			code = complain_option("requeue", option,
			    option_word(argv));
		}
	return code;
}

/* read_call - a MID, ALL, or at least one option that selects; an exit code */
static int
read_call(int argc, char **argv, struct range *range, uint64_t *out_mid)
{
	/* getopt wants a name before the arguments; and a number is no option */
	int code = argc == 1 && argv[0][0] == '-' &&
	    isdigit((unsigned char)argv[0][1]) ? complain_mid(argv[0]) :
	    read_options(argc + 1, argv - 1, range);
	int at = optind - 1;
	bool selects = range->since != 0 || range->until != 0 ||
	    range->intake != NULL;
	struct err err;

	if (code != EX_OK)
		return code;
	if (argc > at + 1 || (argc > at && selects))
		return complain_arguments("requeue",
		    "options that select, or one MID, or ALL");
	if (range->until != 0 && range->since >= range->until)
		return complain_arguments("requeue",
		    "--since is not before --until");
	if (argc == at)
		return selects ? EX_OK : complain_arguments("requeue",
		    "an argument is missing");
	if (strcmp(argv[at], "ALL") == 0)
		return EX_OK;
	if (range->dry_run)
		return complain_arguments("requeue", "-n is not for a MID");
	return parse_mid(argv[at], out_mid, &err) ? EX_OK :
	    complain_mid(argv[at]);
}

/* do_requeue - let kept copies wait again */
int
do_requeue(struct control *control, int argc, char **argv)
{
	struct range range = { .json = control->json };
	struct operation operation;
	uint64_t mid = 0;
	struct err err;
	long n;
	int code = read_call(argc, argv, &range, &mid);

	if (code != EX_OK)
		return code;
	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	n = mid != 0 ? take_mid(&operation, mid, &err) :
	    take_range(&operation, &range, &err);
	operation_close(&operation);
	if (n == -1)
		return complain(err.kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
		    err.text);
	if (n == 0 && mid != 0)
		return complain_gone(mid);
	operation_tell(control, range.dry_run ? "would be requeued" :
	    "requeued", n, mid);
	return EX_OK;
}
