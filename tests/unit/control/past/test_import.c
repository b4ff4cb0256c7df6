/* SPDX-License-Identifier: BSD-2-Clause */
/* test_import - what lines of our programs make of a copy, in any order */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/past/import.h"
#include "tests/unit/scratch.h"

static const char enqueued[] = "MID 7 with Message-ID '<a@b>' enqueued for "
    "forwarding to Cisco to the message intake address j@intake.example";
static const char origin[] = "MID 7 queue-id 4Q1 from <s@client.example> to "
    "<r@corp.example>,<t@corp.example> policy A b size 12";
static const char start[] = "Delivery start DCID 3 MID 7";
static const char delivered[] =
    "MID 7 successfully delivered for scanning with Cisco.";
static const char response[] = "MID 7 RID [0] Response '2.0.0 it's'";
static const char done[] = "Message finished MID 7 done";

static const char diverted[] = "MID 7 goes to the alternate message intake "
    "address spare@x.example, since intake.example did not get it";
static const char bounced[] = "Bounced: DCID 3 MID 7 to RID 0 - Bounced by "
    "destination server with response: 5.1.1 - Bad ('550', [\"5.1.1 'no' "
    "such\", 'user'])";

static const char refused[] = "MID 7 last attempt failed: DCID 4 to "
    "intake.example: 421-'it\\'s \\x01 \\\\'";
static const char no_reply[] = "MID 7 last attempt failed: DCID 0 to "
    "intake.example: 421-'it' \\\\ no";
static const char hard[] = "MID 7 delivery failed to Cisco: Hard Bounced.";
static const char aborted[] = "Message finished MID 7 aborted";

static bool
take(void *arg, const struct history_row *rows, size_t count)
{
	struct buf *out = arg;

	for (size_t i = 0; i < count; i++)
		buf_format(out, "%llu %s %s %zu %s %s %llu %u %llu %s '%s';",
		    (unsigned long long)rows[i].envelope.mid,
		    rows[i].envelope.queue_id, rows[i].envelope.sender,
		    rows[i].envelope.recipient_count, rows[i].envelope.policy,
		    rows[i].envelope.intake,
		    (unsigned long long)rows[i].envelope.length,
		    rows[i].fate.attempts, (unsigned long long)rows[i].fate.dcid,
		    rows[i].fate.verdict, rows[i].fate.reply);
	return true;
}

/* rows_of - what lines make; ends with NULL */
static void
rows_of(const char *const *lines, const char *rows, unsigned open,
    unsigned headless)
{
	const struct conf conf = { .syslog_name = "", .trusted_relays = "" };
	own(buf) struct buf out = BUF;
	struct import *import = import_new(&conf, take, &out);

	for (; *lines != NULL; lines++) {
		const struct logline line = { .at = 1795651200000,
			.program = "tdc-forwarder", .text = *lines,
			.ours = *lines };

		assert_true(import_line(import, &line));
	}
	assert_true(import_finish(import));
	assert_string_equal(out.data != NULL ? out.data : "", rows);
	assert_int_equal(import_seen(import)->open, open);
	assert_int_equal(import_seen(import)->headless, headless);
	import_free(import);
}
#define ROWS(rows, open, headless, ...) \
    rows_of((const char *const []){ __VA_ARGS__, NULL }, (rows), (open), \
	(headless))

#define DELIVERED "7 4Q1 s@client.example 2 A b j@intake.example 12 1 3 " \
    "delivered '2.0.0 it's';"

/* The forwarder is often faster than the log of the milter. */
static void
orders(void **state)
{
	(void)state;
	ROWS(DELIVERED, 0, 0, enqueued, origin, start, delivered, response, done);
	ROWS(DELIVERED, 0, 0, start, enqueued, origin, delivered, response, done);
	ROWS(DELIVERED, 0, 0, enqueued, start, delivered, response, done, origin);
	ROWS(DELIVERED, 0, 0, start, delivered, response, done, enqueued, origin);
	ROWS(DELIVERED, 0, 0, enqueued, origin, start, delivered, response);
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 1 3 hard bounced "
	    "'550 5.1.1 'no' such user';7 4Q1 s@client.example 2 A b "
	    "spare@x.example 12 1 3 delivered '2.0.0 it's';", 0, 0, enqueued,
	    start, hard, bounced, diverted, start, delivered, response, done,
	    origin);
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 1 3 hard bounced "
	    "'550 5.1.1 'no' such user';7 4Q1 s@client.example 2 A b "
	    "j@intake.example 12 1 0 deleted 'by uid 3';", 0, 0, enqueued,
	    start, hard, bounced, aborted, origin, "MID 7 deleted by uid 3");
	ROWS(DELIVERED DELIVERED, 0, 0, enqueued, origin, start, delivered,
	    response, done, enqueued, origin, start, delivered, response, done);
}

static void
parts(void **state)
{
	(void)state;
	ROWS("", 1, 0, enqueued, origin, start);
	ROWS("", 1, 0, enqueued);
	ROWS("", 0, 1, start, delivered, response, done);
	ROWS("", 0, 0, start);
	ROWS("", 0, 1, enqueued, delivered, response, done);
	ROWS("", 0, 2, "MID 7 delivery failed to Cisco: Expired.",
	    "Message finished MID 7 aborted", "MID 7 requeued by uid 0", start,
	    delivered, response, done);
}

static void
ends(void **state)
{
	(void)state;
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 2 0 connection "
	    "error 'no';7 4Q1 s@client.example 2 A b spare@x.example 12 0 0 "
	    "deleted 'by uid 3';", 0, 0, enqueued, origin,
	    "Delayed: DCID 0 MID 7 to RID 0 - 4.4.0 - Other ('000', ['no'])",
	    "MID 7 last attempt failed: DCID 0 to intake.example: no",
	    "MID 7 delivery failed to Cisco: Connection Error.",
	    diverted,
	    "MID 7 deleted by uid 3");
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 1 4 connection "
	    "error '421 it's \x01 \\';", 0, 0, enqueued, origin,
	    refused,
	    "MID 7 delivery failed to Cisco: Connection Error.", aborted);
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 1 0 connection "
	    "error '421-'it' \\ no';", 0, 0, enqueued, origin,
	    no_reply,
	    "MID 7 delivery failed to Cisco: Connection Error.", aborted);
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 4 0 expired "
	    "'';" DELIVERED, 0, 0, enqueued, origin,
	    "MID 7 was not sent in time: attempts failed 4, waiting for x",
	    "MID 7 delivery failed to Cisco: Expired.",
	    "Message finished MID 7 aborted", "MID 7 requeued by uid 0", start,
	    delivered, response, done);
	ROWS("7 4Q1 s@client.example 2 A b j@intake.example 12 1 3 hard bounced "
	    "'550 5.1.1 'no' such user';", 0, 0, enqueued, origin, start,
	    hard, bounced, aborted);
}

/* What cannot be a line of ours changes nothing. */
static void
not_ours(void **state)
{
	(void)state;
	ROWS(DELIVERED, 0, 0, enqueued, origin, start,
	    "MID 7 successfully delivered", "MID 7 with Message-ID '<x@y>",
	    "MID 7 queue-id X from <s> to <r> policy P size", "MID 7",
	    "MID 99999999999999999999 deleted by uid 0", "MID -1 deleted by uid 0",
	    "MID 7 deleted by uid 0 or so", "Message finished MID 7 gone",
	    "Delivery start DCID 9 MID 7 and more", "MID 0 deleted by uid 1",
	    delivered, response, done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),
		cmocka_unit_test(parts),
		cmocka_unit_test(ends),
		cmocka_unit_test(not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
