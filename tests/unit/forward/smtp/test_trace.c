/* SPDX-License-Identifier: BSD-2-Clause */
/* smtp: what of a conversation may be seen, and how much of it */
#include "forward/smtp/smtp_private.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/scratch.h"

static void
collect(void *arg, enum smtp_side side, const char *text)
{
	buf_format(arg, "%c%s\n", side == SMTP_SAID ? '>' : '<', text);
}

/* begin - a conversation whose lines go to that buffer */
static void
begin(struct smtp *smtp, struct buf *seen)
{
	smtp_init(smtp, "us.test", 1000);
	smtp->trace = (struct smtp_trace){ .line = collect, .arg = seen };
}

static const struct login login = { "me", "geheim123", "logins:1" };

static void
test_said(void **state)
{
	static const struct { enum step step; const char *seen; } cases[] = {
		{ STEP_EHLO, ">EHLO us.test\n" },
		{ STEP_RSET, ">RSET\n" },
		{ STEP_AUTH_PLAIN, ">AUTH PLAIN ***\n" },
		{ STEP_AUTH_USER, ">***\n" },
		{ STEP_AUTH_PASSWORD, ">***\n" },
		{ STEP_QUIT, ">QUIT\n" },
	};
	const struct talk talk = { .helo = "us.test", .login = &login };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(buf) struct buf seen = BUF;
		struct smtp smtp;

		begin(&smtp, &seen);
		smtp_trace_said(&smtp, &talk, cases[i].step);
		assert_string_equal(seen.data, cases[i].seen);
		smtp_drop(&smtp);
	}
}

/* hear - a reply, in pieces of n bytes */
static void
hear(struct smtp *smtp, const char *reply, size_t length, size_t n)
{
	for (size_t at = 0; at < length; at += n)
		smtp_trace_heard(smtp, reply + at,
		    length - at < n ? length - at : n);
	smtp_trace_end(smtp);
}

static void
test_heard(void **state)
{
	static const char reply[] = "250-mx.test\r\n250-SI\0ZE\n250 OK\r\n";

	(void)state;
	for (size_t n = 1; n < sizeof(reply); n++) {
		own(buf) struct buf seen = BUF;
		struct smtp smtp;

		begin(&smtp, &seen);
		hear(&smtp, reply, sizeof(reply) - 1, n);
		assert_string_equal(seen.data,
		    "<250-mx.test\n<250-SI?ZE\n<250 OK\n");
		/* what breaks off is seen as far as it came */
		hear(&smtp, "4", 1, n);
		assert_string_equal(seen.data,
		    "<250-mx.test\n<250-SI?ZE\n<250 OK\n<4\n");
		smtp_drop(&smtp);
	}
}

/* A peer that repeats what it was told in confidence. */
static void
test_heard_secret(void **state)
{
	static const char reply[] =
	    "535-you said geheim123\r\n535 and that is wrong\r\n";
	own(buf) struct buf seen = BUF;
	struct smtp smtp;

	(void)state;
	begin(&smtp, &seen);
	smtp.login = &login;
	hear(&smtp, reply, sizeof(reply) - 1, 7);
	assert_string_equal(seen.data, "<[hidden]\n<535 and that is wrong\n");
	smtp_drop(&smtp);
}

/* However much a peer says. */
static void
test_too_much(void **state)
{
	own(buf) struct buf seen = BUF, reply = BUF;
	struct smtp smtp;
	unsigned lines = 0;

	(void)state;
	begin(&smtp, &seen);
	for (int i = 0; i < 5000; i++)
		buf_byte(&reply, 'x');
	hear(&smtp, reply.data, reply.len, 4096);
	assert_int_equal(seen.len, 602);
	buf_cut(&seen, 0);
	buf_cut(&reply, 0);
	for (int i = 0; i < 1234; i++)
		buf_text(&reply, "250-x\r\n");
	hear(&smtp, reply.data, reply.len, 4096);
	for (const char *at = seen.data; *at != '\0'; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 101);
	assert_non_null(strstr(seen.data, "\n<[1134 lines more]\n"));
	/* the next reply is seen again */
	buf_cut(&seen, 0);
	hear(&smtp, "250 OK\r\n", 8, 8);
	assert_string_equal(seen.data, "<250 OK\n");
	smtp_drop(&smtp);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_heard),
		cmocka_unit_test(test_heard_secret),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
