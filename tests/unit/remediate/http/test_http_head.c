/* SPDX-License-Identifier: BSD-2-Clause */
/* http_head: what the fields of an answer tell */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "remediate/http/http_private.h"

#define NOW INT64_C(1700000000000)	/* Tue, 14 Nov 2023 22:13:20 GMT */
#define DAY INT64_C(86400000)

static void
line(const char *text, struct http_answer *answer)
{
	http_head_line(text, strlen(text), NOW, answer);
}

static const struct {
	const char	*line;
	int64_t		 wait;
} waits[] = {
	{ "Retry-After: 0\r\n", 0 },
	{ "retry-after:7", 7000 },
	{ "RETRY-AFTER: \t 120 \r\n", 120000 },
	{ "Retry-After: 86400\r\n", DAY },
	{ "Retry-After: 86401\r\n", DAY },
	{ "Retry-After: 99999999999999999999999\r\n", DAY },
	{ "Retry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n", 60000 },
	{ "Retry-After: Tue, 14 Nov 2023 22:13:00 GMT\r\n", 0 },
	{ "Retry-After: Fri, 14 Nov 2025 22:13:00 GMT\r\n", DAY },
	{ "Retry-After: -5\r\n", -1 },
	{ "Retry-After: 5 s\r\n", -1 },
	{ "Retry-After:\r\n", -1 },
	{ "Retry-After: soon\r\n", -1 },
	{ "X-Retry-After: 5\r\n", -1 },
	{ "Retry-After : 5\r\n", -1 },
	{ "Retry-After", -1 },
	{ "\r\n", -1 },
	{ "", -1 },
};

static void
test_waits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		struct http_answer answer = HTTP_ANSWER;

		line(waits[i].line, &answer);
		if (answer.retry_after != waits[i].wait)
			fail_msg("'%s': %lld", waits[i].line,
			    (long long)answer.retry_after);
		http_answer_drop(&answer);
	}
}

static void
test_fields(void **state)
{
	struct http_answer answer = HTTP_ANSWER;
	char long_type[128];

	(void)state;
	line("Date: Tue, 14 Nov 2023 22:13:19 GMT\r\n", &answer);
	assert_int_equal(answer.date, NOW - 1000);
	line("Date: no\r\n", &answer);
	assert_int_equal(answer.date, 0);
	line("Date: Tue, 14 Nov 2023 22:13:19 GMT\r\n", &answer);
	line("Date: Tue, 14 Nov 2023 22:13:19 GMT+1\r\n", &answer);
	assert_int_equal(answer.date, 0);
	line("Date: Wed, 01 Jan 1969 00:00:00 GMT\r\n", &answer);
	assert_int_equal(answer.date, 0);
	line("Date: Tuesday, 14-Nov-23 22:13:19 GMT\r\n", &answer);
	assert_int_equal(answer.date, NOW - 1000);
	line("Content-Type: Application/JSON; charset=utf-8\r\n", &answer);
	assert_string_equal(answer.type, "application/json");
	line("Content-Type: text/xml\r\n", &answer);
	assert_string_equal(answer.type, "text/xml");
	memset(long_type, 'x', sizeof(long_type));
	memcpy(long_type, "Content-Type: ", 14);
	long_type[sizeof(long_type) - 1] = '\0';
	line(long_type, &answer);
	assert_string_equal(answer.type, "");
	http_answer_drop(&answer);
}

/* What an interim answer says is not of the last one. */
static void
test_interim(void **state)
{
	struct http_answer answer = HTTP_ANSWER;

	(void)state;
	line("HTTP/1.1 401 No\r\n", &answer);
	line("Retry-After: 5\r\n", &answer);
	line("Date: Tue, 14 Nov 2023 22:13:19 GMT\r\n", &answer);
	line("Content-Type: a/b\r\n", &answer);
	line("WWW-Authenticate: Basic\r\n", &answer);
	line("HTTP/1.1 200 OK\r\n", &answer);
	assert_int_equal(answer.retry_after, -1);
	assert_int_equal(answer.date, 0);
	assert_string_equal(answer.type, "");
	assert_null(http_challenge(&answer, "Basic"));
	http_answer_drop(&answer);
}

static const struct {
	const char	*scheme, *rest;
} challenges[] = {
	{ "Basic", "realm=\"a, b\"" },
	{ "negotiate", "" },
	{ "NTLM", "TlRMTVNTUAAC" },
	{ "Digest", "realm=x" },
	{ "Alone", "" },		/* others follow in its field */
	{ "Blank", "" },
	{ "Last", "a, b" },
	{ "Bearer", NULL },
	{ "Nego", NULL },
};

static void
test_challenges(void **state)
{
	struct http_answer answer = HTTP_ANSWER;

	(void)state;
	assert_null(http_challenge(&answer, "Basic"));
	line("WWW-Authenticate: Basic realm=\"a, b\"\r\n", &answer);
	line("www-authenticate: Negotiate\r\n", &answer);
	line("WWW-Authenticate: NTLM TlRMTVNTUAAC\r\n", &answer);
	line("WWW-Authenticate: Other,Digest realm=x\r\n", &answer);
	line("WWW-Authenticate: Alone, Blank , Last a, b\r\n", &answer);
	for (size_t i = 0; i < sizeof(challenges) / sizeof(*challenges); i++) {
		const char *rest = http_challenge(&answer,
		    challenges[i].scheme);

		if (challenges[i].rest == NULL)
			assert_null(rest);
		else
			assert_string_equal(rest, challenges[i].rest);
	}
	http_answer_drop(&answer);
}

/* However many of them come, they end. */
static void
test_many_challenges(void **state)
{
	struct http_answer answer = HTTP_ANSWER;

	(void)state;
	for (int i = 0; i < 10000; i++)
		line("WWW-Authenticate: Basic realm=a\r\n", &answer);
	assert_true(answer.challenges.len <= 16384);
	http_answer_drop(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_interim),
		cmocka_unit_test(test_challenges),
		cmocka_unit_test(test_many_challenges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
