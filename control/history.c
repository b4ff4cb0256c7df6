/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl history: what became of every copy */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/behalf.h"
#include "base/clock.h"
#include "base/digits.h"
#include "base/escape.h"
#include "base/json_text.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "history/find.h"

enum { USUAL = 100 };		/* rows, when nothing else limits them */

/* ---- arguments ---- */

/* ago - "90m", "24h", "7d": how long before now, in ms; -1: none of that */
static int64_t
ago(const char *text)
{
	static const struct { char unit; int64_t ms; } units[] = {
		{ 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 },
		{ 'd', 86400000 }, { 'w', 604800000 },
	};
	size_t n = strlen(text);
	uint64_t number;

	if (n < 2 || !digits_parse(text, n - 1, 1000000, &number))
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (text[n - 1] == units[i].unit)
			return (int64_t)number * units[i].ms;
	return -1;
}

/* time_of - "2026-11-26", with " 07:30" or "T07:30:05" behind it, local time,
 * or how long ago; in ms, -1: no time */
static int64_t
time_of(const char *text)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M",
		"%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S" };
	int64_t before = ago(text);

	if (before >= 0)
		return clock_wall() - before;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);
		time_t at;

		if (end == NULL || *end != '\0')
			continue;
		at = mktime(&tm);
		return at > 0 ? (int64_t)at * 1000 : -1;
	}
	return -1;
}

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
		int64_t at = time_of(value);

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

/* complain_value - of an option; EX_USAGE */
static int
complain_value(const char *option, const char *value)
{
	own(str) char *text = mem_format("--%s: bad value '%s'", option,
	    ESCAPE_INSIDE(value, '\''));

	return complain_arguments("history", text);
}

/* read_options - 0, or EX_USAGE */
static int
read_options(int argc, char **argv, struct history_query *query, bool *json)
{
	int option, at = 0;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", options, &at)) != -1) {
		if (option == 'j')
			*json = true;
		else if (option == '?')
			return complain_arguments("history",
			    "unknown option, or its value is missing");
		else if (!take(query, option, optarg))
			return complain_value(options[at].name, optarg);
	}
	return optind == argc ? EX_OK :
	    complain_arguments("history", "only options are taken");
}

/* ---- output ---- */

/* local - "2026-11-26 07:30:05" */
static const char *
local(int64_t wall, char out[32])
{
	time_t at = (time_t)(wall / 1000);
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL ||
	    strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		strcpy(out, "?");
	return out;
}

static void
print_row(void *unused, const struct history_row *row)
{
	const struct envelope *envelope = &row->envelope;
	char at[32];

	(void)unused;
	printf("%s  MID %" PRIu64 "  queue-id %s  %s after %.1f s, %u attempt%s\n"
	    "    from <%s>", local(envelope->accepted, at), envelope->mid,
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
add_text(struct buf *out, const char *key, const char *text)
{
	buf_texts(out, ",\"", key, "\":");
	json_text_add(text, out);
}

static void
add_number(struct buf *out, const char *key, uint64_t number)
{
	buf_texts(out, out->len > 1 ? ",\"" : "\"", key, "\":");
	buf_number(out, number);
}

/* add_time - in seconds since 1970, with three decimals */
static void
add_time(struct buf *out, const char *key, int64_t wall)
{
	buf_format(out, ",\"%s\":%" PRId64 ".%03d", key, wall / 1000,
	    (int)(wall % 1000));
}

static void
print_json(void *unused, const struct history_row *row)
{
	const struct envelope *envelope = &row->envelope;
	own(buf) struct buf out = BUF;

	(void)unused;
	buf_text(&out, "{");
	add_number(&out, "mid", envelope->mid);
	add_text(&out, "queue_id", envelope->queue_id);
	add_text(&out, "message_id", envelope->message_id);
	add_time(&out, "time", envelope->accepted);
	add_text(&out, "sender", envelope->sender);
	buf_text(&out, ",\"recipients\":[");
	for (size_t i = 0; i < envelope->recipient_count; i++) {
		buf_text(&out, i == 0 ? "" : ",");
		json_text_add(envelope->recipients[i], &out);
	}
	buf_text(&out, "]");
	add_text(&out, "client", envelope->client_addr);
	add_text(&out, "client_name", envelope->client_name);
	add_text(&out, "policy", envelope->policy);
	add_text(&out, "intake", envelope->intake);
	add_number(&out, "size", envelope->length);
	add_number(&out, "attempts", row->fate.attempts);
	add_number(&out, "dcid", row->fate.dcid);
	add_text(&out, "verdict", row->fate.verdict);
	add_text(&out, "reply", row->fate.reply);
	add_time(&out, "end", row->fate.ended);
	add_text(&out, "header_sha256", row->fate.header_sum);
	add_text(&out, "fields_sha256", row->fate.fields_sum);
	printf("%s}\n", out.data);
}

/* find - as the daemons' user: what SQLite makes beside the database has to be
 * theirs */
static int
find(const struct conf *conf, const struct history_query *query, bool json,
    struct err *err)
{
	const struct passwd *user = *conf->user != '\0' && geteuid() == 0 ?
	    getpwnam(conf->user) : NULL;
	struct behalf behalf;
	int count;

	if (user != NULL && behalf_begin(&behalf, user, err) == -1)
		return -1;
	count = history_find(conf->history_database, query,
	    json ? print_json : print_row, NULL, err);
	if (user != NULL)
		behalf_end(&behalf);
	return count;
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
	code = read_options(argc + 1, argv - 1, &query, &json);
	if (code != EX_OK)
		return code;
	if (*control->conf.history_database == '\0')
		return complain(EX_UNAVAILABLE, "there is no history: "
		    "history_database is empty");
	if (query.limit == 0 && query.since == 0 && query.mid == 0)
		query.limit = USUAL;
	if (find(&control->conf, &query, json, &err) == -1)
		return complain(EX_UNAVAILABLE, err.text);
	return EX_OK;
}
