/* SPDX-License-Identifier: BSD-2-Clause */
/* The plain message with its envelope on top (journal_format = bcc) */
#include "journal/report/report.h"

#include <string.h>
#include <time.h>

#include "tests/unit/scratch.h"

static const char *recipients[] = { "b@y.example", "c@z.example\r\nX-Evil: 1" };

static struct envelope
envelope_of(size_t recipient_count)
{
	return (struct envelope){ .mid = 7, .intake = "i@x.example",
	    .sender = "a@x.example", .recipients = recipients,
	    .recipient_count = recipient_count, .queue_id = "4F9D",
	    .message_id = "<m@x.example>", .client_addr = "192.0.2.1",
	    .client_name = "client.example", .helo = "helo.example",
	    .protocol = "ESMTP", .gateway = "gw.example", .policy = "p",
	    .accepted = 1708139962000, .length = 20, .header_length = 12 };
}

static void
assert_head(const struct envelope *envelope, const char *want)
{
	const struct report_options options = { .from = "f@x.example",
	    .null_sender = "<>",
	    .remote_ip_header = "X-IronPort-RemoteIP", .host = "gw.example",
	    .nonce = "nonce", .bcc = true };
	struct report report;

	setenv("TZ", "UTC0", 1);
	tzset();
	report_compose(envelope, &options, "Subject: x\r\n\r\n", 14, &report);
	assert_string_equal(report.head.data, want);
	assert_int_equal(report.tail.len, 0);
	report_drop(&report);
}

static void
test_one(void **state)
{
	struct envelope envelope = envelope_of(1);

	(void)state;
	assert_head(&envelope,
	    "X-CSE-ClientIP: 192.0.2.1\r\n"
	    "X-CSE-MailFrom: a@x.example\r\n"
	    "X-CSE-RcptTo: b@y.example\r\n"
	    "X-CSE-MsgDirection: Incoming\r\n"
	    "Received: from helo.example (client.example [192.0.2.1])\r\n"
	    "\tby gw.example (Postfix) with ESMTP id 4F9D\r\n"
	    "\tfor <b@y.example>; Sat, 17 Feb 2024 03:19:22 +0000\r\n");
}

/* For another intake than its own, it says so. */
static void
test_undelivered(void **state)
{
	const struct report_options options = { .from = "f@x.example",
	    .remote_ip_header = "", .undelivered = "5xx", .bcc = true };
	struct envelope envelope = envelope_of(1);
	struct report report;

	(void)state;
	report_compose(&envelope, &options, "Subject: x\r\n\r\n", 14, &report);
	assert_non_null(strstr(report.head.data,
	    "X-CSE-MsgDirection: Incoming\r\n"
	    "X-TDC-Undelivered: 5xx; <i@x.example>\r\nReceived: "));
	report_drop(&report);
}

static void
test_hostile(void **state)
{
	struct envelope envelope = envelope_of(2);

	(void)state;
	envelope.sender = "";
	envelope.client_addr = "";
	envelope.header_length = 0;
	assert_head(&envelope,
	    "X-CSE-MailFrom: <>\r\n"
	    "X-CSE-RcptTo: b@y.example,\r\n"
	    " c@z.example??X-Evil: 1\r\n"
	    "X-CSE-MsgDirection: Incoming\r\n"
	    "Received: from helo.example (client.example)\r\n"
	    "\tby gw.example (Postfix) with ESMTP id 4F9D;\r\n"
	    "\tSat, 17 Feb 2024 03:19:22 +0000\r\n\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_undelivered),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
