/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl history: what became of every copy */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/digits.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/past/past.h"
#include "control/when.h"

enum { USUAL = 100 };		/* rows, when nothing else limits them */

/* ---- arguments ---- */

static const struct option options[] = {
	{ "since", required_argument, NULL, 's' },
	{ "until", required_argument, NULL, 'u' },
	{ "mid", required_argument, NULL, 'm' },
	{ "queue-id", required_argument, NULL, 'q' },
	{ "message-id", required_argument, NULL, 'i' },
	{ "address", required_argument, NULL, 'a' },
	{ "sender", required_argument, NULL, 'f' },
	{ "recipient", required_argument, NULL, 't' },
	{ "intake", required_argument, NULL, 'I' },
	{ "verdict", required_argument, NULL, 'v' },
	{ "limit", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 }
};

/* text_place - of an option that is a text; NULL: it is another */
static const char **
text_place(struct history_query *query, int option)
{
	switch (option) {
	case 'q':
		return &query->queue_id;
	case 'i':
		return &query->message_id;
	case 'a':
		return &query->address;
	case 'f':
		return &query->sender;
	case 't':
		return &query->recipient;
	case 'I':
		return &query->intake;
	case 'v':
		return &query->verdict;
	default:
		return NULL;
	}
}

/* take - one option with its value; false: the value is none */
static bool
take(struct history_query *query, int option, const char *value)
{
	const char **text = text_place(query, option);
	uint64_t number;

	if (text != NULL) {
		*text = value;
		return true;
	}
	if (option == 's' || option == 'u') {
		int64_t at = when_parse(value);

		*(option == 's' ? &query->since : &query->until) = at;
		return at > 0;
	}
	if (!digits_parse(value, strlen(value), option == 'n' ? UINT32_MAX :
	    INT64_MAX, &number) || number == 0)
		return false;
	if (option == 'n')
		query->limit = (unsigned)number;
	else
		query->mid = number;
	return true;
}

/* bad_value - of an option; EX_USAGE */
static int
bad_value(const char *option, const char *value)
{
	own(str) char *reason = mem_format("--%s: bad value", option);

	return complain_value("history", reason, value);
}

/* read_options - 0, or EX_USAGE */
static int
read_options(int argc, char **argv, struct history_query *query, bool *json)
{
	int option, at = 0;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:", options, &at)) != -1) {
		if (option == 'j')
			*json = true;
		else if (option == '?' || option == ':')
			return complain_option("history", option,
			    option_word(argv));
		else if (!take(query, option, optarg))
			return bad_value(options[at].name, optarg);
	}
	if (optind != argc)
		return complain_arguments("history", "only options are taken");
	if (query->until != 0 && query->since >= query->until)
		return complain_arguments("history",
		    "--since is not before --until");
	return EX_OK;
}

/* ---- output ---- */

static void
print_row(void *unused, const struct history_row *row)
{
	const struct envelope *envelope = &row->envelope;
	char at[WHEN_TEXT];

	(void)unused;
	printf("%s  MID %" PRIu64 "  queue-id %s  %s after %.1f s, %u attempt%s\n"
	    "    from <%s>", when_text(envelope->accepted, at), envelope->mid,
	    ESCAPE(envelope->queue_id), ESCAPE(row->fate.verdict),
	    (double)(row->fate.ended - envelope->accepted) / 1000,
	    row->fate.attempts, row->fate.attempts == 1 ? "" : "s",
	    ESCAPE(envelope->sender));
	for (size_t i = 0; i < envelope->recipient_count; i++)
		printf("%s<%s>", i == 0 ? " to " : ", ",
		    ESCAPE(envelope->recipients[i]));
	printf("\n    Message-ID %s  %" PRIu64 " bytes  client %s[%s]\n"
	    "    policy %s  intake %s",
	    *envelope->message_id != '\0' ? ESCAPE(envelope->message_id) :
	    "none", envelope->length, ESCAPE(envelope->client_name),
	    ESCAPE(envelope->client_addr), ESCAPE(envelope->policy),
	    ESCAPE(envelope->intake));
	if (row->fate.dcid != 0)
		printf("  DCID %" PRIu64, row->fate.dcid);
	if (*row->fate.reply != '\0')
		printf("\n    %s", ESCAPE(row->fate.reply));
	putchar('\n');
}

static void
print_json(void *unused, const struct history_row *row)
{
	own(buf) struct buf out = BUF;

	(void)unused;
	past_json(row, &out);
	puts(out.data);
}

/* wants_import - the option that makes the others mean something else */
static bool
wants_import(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--import") == 0)
			return true;
	return false;
}

/* do_history - the rows that fit, in the order of their ends */
int
do_history(struct control *control, int argc, char **argv)
{
	struct history_query query = { .limit = 0 };
	bool json = false;
	struct err err;
	int code;

	/* getopt wants a name before the arguments */
	if (wants_import(argc, argv))
		return past_import(control, argc + 1, argv - 1);
	code = read_options(argc + 1, argv - 1, &query, &json);
	if (code != EX_OK)
		return code;
	if (query.limit == 0 && query.since == 0 && query.mid == 0)
		query.limit = USUAL;
	if (past_find(&control->conf, &query, json ? print_json : print_row, NULL,
	    &err) == -1)
		return complain(EX_UNAVAILABLE, err.text);
	return EX_OK;
}
