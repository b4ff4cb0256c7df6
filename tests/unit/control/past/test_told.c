/* SPDX-License-Identifier: BSD-2-Clause */
/* test_told - whatever a sender writes into a line of ours comes out as it went
 * in, and says nothing else */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/past/told.h"
#include "tests/unit/scratch.h"

static const char *const nasty[] = {
	"", " ", ">", "<", "'", "\"", "\\", "\\>", "\\\\", "\\x41", "\\x", "\x01",
	"\xff\xfe", "a@b", "a> to <b> policy P size 1",
	"' enqueued for forwarding to N to the message intake address e@x", " size", " size ",
	"size 5", "a size 5 size ", " policy ", ">,<", "> and 7 more", "\n",
	" to the message intake address", "a\\",
};
enum { NASTY = sizeof(nasty) / sizeof(*nasty) };

static void
enqueued(void **state)
{
	(void)state;
	for (int i = 0; i < NASTY; i++) {
		own(str) char *text = mem_format("MID 7 with Message-ID '%s' "
		    "enqueued for forwarding to %s to the message intake address "
		    "%s", ESCAPE_INSIDE(nasty[i], '\''), "Name, it's",
		    "a@intake.example");
		struct arena arena = { 0 };
		struct told told;

		assert_true(told_parse(text, &arena, &told));
		assert_int_equal(told.what, TOLD_ENQUEUED);
		assert_int_equal(told.mid, 7);
		assert_string_equal(told.message_id, nasty[i]);
		assert_string_equal(told.intake, "a@intake.example");
		arena_drop(&arena);
	}
}

static void
try_origin(const char *sender, const char *recipient, const char *policy)
{
	own(str) char *text = mem_format("MID 7 queue-id 4Q1 from <%s> to "
	    "<%s>,<%s> policy %s size 12", ESCAPE_INSIDE(sender, '>'),
	    ESCAPE_INSIDE(recipient, '>'), ESCAPE_INSIDE(sender, '>'),
	    ESCAPE(policy));
	struct arena arena = { 0 };
	struct told told;

	assert_true(told_parse(text, &arena, &told));
	assert_int_equal(told.what, TOLD_ORIGIN);
	assert_int_equal(told.number, 12);
	assert_string_equal(told.queue_id, "4Q1");
	assert_string_equal(told.sender, sender);
	assert_int_equal(told.recipient_count, 2);
	assert_int_equal(told.more, 0);
	assert_string_equal(told.recipients[0], recipient);
	assert_string_equal(told.recipients[1], sender);
	assert_string_equal(told.policy, policy);
	arena_drop(&arena);
}

static void
origin(void **state)
{
	(void)state;
	for (int i = 0; i < NASTY; i++)
		for (int j = 0; j < NASTY; j++)
			for (int k = 0; k < NASTY; k++)
				try_origin(nasty[i], nasty[j], nasty[k]);
}

static void
reasons(void **state)
{
	(void)state;
	for (int i = 0; i < NASTY; i++) {
		own(str) char *text = mem_format("MID 0 queue-id 4Q1 not "
		    "journaled: policy P says NO for <%s>,<b>; no policy asks for "
		    "<c> and 3 more; from <%s>", ESCAPE_INSIDE(nasty[i], '>'),
		    ESCAPE_INSIDE(nasty[NASTY - 1 - i], '>'));
		struct arena arena = { 0 };
		struct told told;

		assert_true(told_parse(text, &arena, &told));
		assert_int_equal(told.what, TOLD_SKIPPED);
		assert_int_equal(told.recipient_count, 3);
		assert_int_equal(told.more, 3);
		assert_string_equal(told.recipients[0], nasty[i]);
		assert_string_equal(told.sender, nasty[NASTY - 1 - i]);
		arena_drop(&arena);
	}
}

/* What a log has when it was cut: a line that ends before its form does says
 * nothing, and one that is no shorter than "least" is what it was. */
static const struct cut {
	enum told_what	 what;
	const char	*least, *rest;
} cuts[] = {
	{ TOLD_ENQUEUED, "MID 7 with Message-ID '<a\\'b>' enqueued for forwarding "
	    "to N to the message intake address ", "e@x" },
	{ TOLD_ORIGIN, "MID 7 queue-id 4Q1 from <a> to <b>,<c> and 2 more policy "
	    "P size 1", "2" },
	{ TOLD_DELIVERED, "MID 7 successfully delivered for scanning with ", "N" },
	{ TOLD_RESPONSE, "MID 7 RID [0] Response '250 ok'", "" },
	{ TOLD_LAST_ATTEMPT, "MID 7 last attempt failed: DCID 9 to mx.example: ",
	    "451-'later'" },
	{ TOLD_NOT_IN_TIME, "MID 7 was not sent in time: attempts failed 3, ",
	    "site down" },
	{ TOLD_GIVEN_UP, "MID 7 delivery failed to N: Hard Bounced.", "" },
	{ TOLD_GIVEN_UP, "MID 7 delivery failed to N:TLS Error.", "" },
	{ TOLD_DIVERTED, "MID 7 goes to the alternate message intake address "
	    "b@x, since ", "a@x refused" },
	{ TOLD_DELETED, "MID 7 deleted by uid 1", "0" },
	{ TOLD_REQUEUED, "MID 7 requeued by uid 1", "0" },
	{ TOLD_START, "Delivery start DCID 9 MID 7", "7" },
	{ TOLD_FINISHED, "Message finished MID 7 done", "" },
	{ TOLD_FINISHED, "Message finished MID 7 aborted", "" },
	{ TOLD_DELAYED, "Delayed: DCID 9 MID 7 to RID 0 - ", "4.1.0" },
	{ TOLD_BOUNCED, "Bounced: DCID 9 MID 7 to RID 0 - Bounced by destination "
	    "server with response: 5.1.0 - Unknown ('550', ['no', \"it's\"])",
	    "" },
	{ TOLD_BOUNCED, "Bounced: DCID 9 MID 7 to RID 0 - Bounced by destination "
	    "server with response: 5.1.2 - Bad ('000', ['DNS Hard Error looking "
	    "up x (MX) : NXDomain'])", "" },
	{ TOLD_LEFT_OUT, "queue-id 4Q1 not journaled for some recipients: policy P "
	    "says NO for <a>,<e>; intake address <d>; no policy asks for <b>; from <c>",
	    "" },
	{ TOLD_LOST, "Warning: queue-id 4Q1 accepted without a copy: ", "why" },
	{ TOLD_LOST, "queue-id 4Q1 deferred: ", "why" },
};

static void
try_cut(const struct cut *row, size_t n)
{
	own(str) char *text = mem_format("%s%s", row->least, row->rest);
	struct arena arena = { 0 };
	struct told told;
	bool found;

	text[n] = '\0';
	found = told_parse(text, &arena, &told);
	if (found != (n >= strlen(row->least)))
		fail_msg("%s: '%s'", found ? "taken" : "not taken", text);
	if (found)
		assert_int_equal(told.what, row->what);
	arena_drop(&arena);
}

static void
cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++)
		for (size_t n = 0; n <= strlen(cuts[i].least) +
		    strlen(cuts[i].rest); n++)
			try_cut(&cuts[i], n);
}

/* Whoever else writes "TDC: " is not us. */
static void
by_us(void **state)
{
	struct logline line = { .program = "tdc-milter", .text = "TDC: x",
		.ours = "x" };

	(void)state;
	assert_string_equal(told_by_us(&line, ""), "x");
	line.program = "postfix/smtpd";
	assert_null(told_by_us(&line, ""));
	assert_null(told_by_us(&line, "gw"));
	line.program = "gw";
	assert_null(told_by_us(&line, ""));
	assert_string_equal(told_by_us(&line, "gw"), "x");
	line.program = "mail_logs";
	line.asyncos = true;
	assert_string_equal(told_by_us(&line, ""), "x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enqueued),
		cmocka_unit_test(origin),
		cmocka_unit_test(reasons),
		cmocka_unit_test(by_us),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
