/* SPDX-License-Identifier: BSD-2-Clause */
/* test_event - what lines of Postfix, of other programs and of ours say */
#include <string.h>

#include "control/track/event.h"
#include "tests/unit/scratch.h"

static void
read_line(const char *program, const char *text, bool ours, struct event *out)
{
	const struct logline line = { .program = program, .text = text,
		.ours = ours ? text : NULL };

	event_read(&line, out);
}

static const struct {
	const char *program, *text;
	enum event_kind kind;
	const char *id, *rest;
} postfix_rows[] = {
	{ "postfix/smtpd", "4YbCdE3xkzz1V: client=a[192.0.2.1]",
	  EVENT_CLIENT, "4YbCdE3xkzz1V", "client=a[192.0.2.1]" },
	{ "postfix/pickup", "A1B2C3D4E5: uid=0 from=<root>",
	  EVENT_CLIENT, "A1B2C3D4E5", "uid=0 from=<root>" },
	{ "mail/postfix/cleanup", "A1B2C3: message-id=<a b@c>",
	  EVENT_MESSAGE_ID, "A1B2C3", "<a b@c>" },
	{ "postfix/cleanup", "A1B2C3: resent-message-id=<a@c>",
	  EVENT_REMARK, "A1B2C3", "resent-message-id=<a@c>" },
	{ "postfix/qmgr",
	  "A1B2C3: from=<>, size=7, nrcpt=1 (queue active)",
	  EVENT_SENDER, "A1B2C3",
	  "from=<>, size=7, nrcpt=1 (queue active)" },
	{ "postfix/qmgr",
	  "A1B2C3: from=<a@b>, status=expired, returned to sender",
	  EVENT_REMARK, "A1B2C3",
	  "from=<a@b>, status=expired, returned to sender" },
	{ "postfix/smtp",
	  "A1B2C3: to=<a@b>, relay=none, status=deferred (x)",
	  EVENT_RECIPIENT, "A1B2C3",
	  "to=<a@b>, relay=none, status=deferred (x)" },
	{ "postfix/bounce", "A1B2C3: sender non-delivery notification: "
	  "B1B2C3", EVENT_NOTICE, "A1B2C3",
	  "sender non-delivery notification: B1B2C3" },
	{ "postfix/bounce", "A1B2C3: postmaster non-delivery notification: "
	  "B1B2C3", EVENT_NOTICE, "A1B2C3",
	  "postmaster non-delivery notification: B1B2C3" },
	{ "postfix/bounce", "A1B2C3: sender no", EVENT_REMARK, "A1B2C3",
	  "sender no" },
	{ "postfix/smtpd", "error: A1B2C3: x", EVENT_OTHER, "",
	  "error: A1B2C3: x" },
	{ "postfix/smtpd", "fatal: A1B2C3: x", EVENT_OTHER, "",
	  "fatal: A1B2C3: x" },
	{ "postfix/smtpd", "panic: A1B2C3: x", EVENT_OTHER, "",
	  "panic: A1B2C3: x" },
	{ "postfix/smtpd", "A1B2C3:x", EVENT_OTHER, "", "A1B2C3:x" },
	{ "postfix/smtpd", "A1B2C3", EVENT_OTHER, "", "A1B2C3" },
	{ "postfix/qmgr", "A1B2C3: removed", EVENT_REMOVED, "A1B2C3",
	  "removed" },
	{ "postfix/cleanup",
	  "A1B2C3: milter-reject: END-OF-MESSAGE from x",
	  EVENT_REMARK, "A1B2C3",
	  "milter-reject: END-OF-MESSAGE from x" },
	{ "postfix/smtpd", "NOQUEUE: reject: RCPT from x",
	  EVENT_NOQUEUE, "", "reject: RCPT from x" },
	{ "postfix/smtpd", "connect from a[192.0.2.1]", EVENT_OTHER, "",
	  "connect from a[192.0.2.1]" },
	{ "postfix/smtpd", "warning: A1B2C3: x", EVENT_OTHER, "",
	  "warning: A1B2C3: x" },
	{ "opendkim", "A1B2C3: DKIM verification successful",
	  EVENT_OTHER, "", "A1B2C3: DKIM verification successful" },
	{ "postfix/smtpd", "A1B2: client=x", EVENT_OTHER, "",
	  "A1B2: client=x" },
	{ "postfix/smtpd", "", EVENT_OTHER, "", "" },
};

static void
test_postfix(void **state)
{	char id[EVENT_ID];

	(void)state;
	for (size_t i = 0; i < sizeof(postfix_rows) / sizeof(*postfix_rows); i++) {
		struct event event;

		read_line(postfix_rows[i].program, postfix_rows[i].text, false, &event);
		assert_int_equal(event.kind, postfix_rows[i].kind);
		assert_string_equal(event_id(&event, id), postfix_rows[i].id);
		assert_string_equal(event.rest, postfix_rows[i].rest);
	}
}

static const struct {
	const char *text;
	enum event_kind kind;
	const char *id;
	uint64_t mid, dcid;
	const char *rest;
} ours[] = {
	{ "MID 7 with Message-ID '<x' enqueued MID 8 queue-id 4YbCdE",
	  EVENT_ENQUEUED, "", 7, 0,
	  "<x' enqueued MID 8 queue-id 4YbCdE" },
	{ "MID 7 queue-id 4YbCdE from <a@x> to <b@y> policy P size 3",
	  EVENT_ORIGIN, "4YbCdE", 7, 0, "<a@x> to <b@y> policy P size 3" },
	{ "MID 0 queue-id 4YbCdE not journaled: policy x", EVENT_SKIPPED,
	  "4YbCdE", 0, 0, "policy x" },
	{ "queue-id 4YbCdE not journaled for some recipients: x",
	  EVENT_LEFT_OUT, "4YbCdE", 0, 0, "x" },
	{ "Warning: queue-id 4YbCdE accepted without a copy: spool: x",
	  EVENT_NO_COPY, "4YbCdE", 0, 0, "spool: x" },
	{ "Warning: queue-id 4YbCdE deferred: x", EVENT_DEFERRED, "4YbCdE",
	  0, 0, "x" },
	{ "Delivery start DCID 5 MID 7", EVENT_START, "", 7, 5, "" },
	{ "MID 7 successfully delivered for scanning with X.",
	  EVENT_DELIVERED, "", 7, 0, "X." },
	{ "MID 7 RID [0] Response '2.0.0 Ok'", EVENT_RESPONSE, "", 7, 0,
	  "2.0.0 Ok'" },
	{ "Delayed: DCID 5 MID 7 to RID 0 - 4.3.2 - x ('451', ['y'])",
	  EVENT_DELAYED, "", 7, 5, "4.3.2 - x ('451', ['y'])" },
	{ "MID 7 delivery failed to X:TLS Error.", EVENT_GIVEN_UP, "", 7, 0,
	  "X:TLS Error." },
	{ "MID 7 goes to the alternate message intake address a@b, since c@d "
	  "did not get it", EVENT_DIVERTED, "", 7, 0,
	  "a@b, since c@d did not get it" },
	{ "MID 7 deleted by uid 0", EVENT_DELETED, "", 7, 0, "uid 0" },
	{ "MID 7 requeued by uid 0", EVENT_REQUEUED, "", 7, 0, "uid 0" },
	{ "Message finished MID 7 done", EVENT_COPY, "", 7, 0, "done" },
	{ "MID 7 says what is not known yet", EVENT_COPY, "", 7, 0,
	  "says what is not known yet" },
	{ "New SMTP DCID 5 interface a address b port 25", EVENT_CONNECTED,
	  "", 0, 5, "a address b port 25" },
	{ "DCID 5 TLS trust: verify x", EVENT_TRUST, "", 0, 5, "verify x" },
	{ "DCID 5 TLS success protocol TLSv1.3 cipher Y", EVENT_TLS, "", 0, 5,
	  "TLSv1.3 cipher Y" },
	{ "DCID 5 close", EVENT_CONNECTION, "", 0, 5, "close" },
	{ "tdc-milter 0.2.0 started", EVENT_OTHER, "", 0, 0,
	  "tdc-milter 0.2.0 started" },
	{ "MID 99999999999999999999 deleted by uid 0", EVENT_OTHER, "", 0, 0,
	  "MID 99999999999999999999 deleted by uid 0" },
	{ "MID ", EVENT_OTHER, "", 0, 0, "MID " },
};

static void
test_ours(void **state)
{
	char id[EVENT_ID];

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		struct event event;

		read_line("tdc-milter", ours[i].text, true, &event);
		assert_int_equal(event.kind, ours[i].kind);
		assert_string_equal(event_id(&event, id), ours[i].id);
		assert_int_equal(event.mid, ours[i].mid);
		assert_int_equal(event.dcid, ours[i].dcid);
		assert_string_equal(event.rest, ours[i].rest);
	}
}

/* must_be - n bytes, or nothing */
static void
must_be(const char *got, size_t n, const char *wanted)
{
	if (wanted == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(got, wanted, n);
}

static void
test_values(void **state)
{
	static const char line[] = "to=<a@b>, orig_to=<c>, relay=x[y]:25, "
	    "delay=0.2, delays=1/2, dsn=2.0.0, status=sent (250 2.0.0 from "
	    "MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4FxYz)";
	const char *got;
	size_t n;

	(void)state;
	got = event_value(line, "to=", &n);
	must_be(got, n, "a@b");
	got = event_value(line, "orig_to=", &n);
	must_be(got, n, "c");
	got = event_value(line, "delay=", &n);
	must_be(got, n, "0.2");
	got = event_value(line, "size=", &n);
	must_be(got, n, NULL);
	got = event_status(line, &n);
	must_be(got, n, "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): "
	    "250 2.0.0 Ok: queued as 4FxYz");
	got = event_queued_as(line, &n);
	must_be(got, n, "4FxYz");
	got = event_status("to=<a>, status=sent", &n);
	must_be(got, n, NULL);
	got = event_queued_as("status=sent (250 queued as )", &n);
	must_be(got, n, NULL);
}

static void
test_tokens(void **state)
{
	static const struct {
		const char *text;
		bool angle;
	} wanted[] = { { "A1B2C3", false }, { "a@b", true }, { "x y", true },
		{ "queue", false } };
	/* Words that are too short for an id are none. */
	const char *at = "(12) id, task: A1B2C3: mid <a@b>,<x y>; <> queue<";
	const char *token;
	size_t n, count = 0;
	bool angle;

	(void)state;
	while ((token = event_next_token(&at, &n, &angle)) != NULL) {
		assert_in_range(count, 0, 3);
		must_be(token, n, wanted[count].text);
		assert_int_equal(angle, wanted[count].angle);
		count++;
	}
	assert_int_equal(count, 4);
	assert_string_equal(at, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postfix),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
