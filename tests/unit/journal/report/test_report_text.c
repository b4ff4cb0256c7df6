/* SPDX-License-Identifier: BSD-2-Clause */
/* the part of a report that tells the envelope */
#include "journal/report/report.h"

#include <string.h>

#include "tests/unit/journal/report/report_case.h"

static const struct report_options usual = {
	.from = "journal@gw.example",
	.null_sender = "<>",
	.remote_ip_header = "",
	.host = "gw.example",
	.nonce = "0123456789abcdef0123456789abcdef",
};

static void
compose(const struct report_case *test, const struct report_options *how,
    struct report *out)
{
	report_compose(&test->envelope, how, test->message.data,
	    (size_t)test->envelope.header_length, out);
}

static void
test_null_sender(void **state)
{
	struct report_options options = usual;
	struct report_case test;
	struct report report;

	(void)state;
	options.null_sender = "nobody@gw.example";
	report_case_load("null-sender", &test);
	compose(&test, &options, &report);
	assert_int_equal(count_lines(&report, "Sender: nobody@gw.example\r\n"),
	    1);
	assert_int_equal(count_lines(&report, "Return-Path: <>\r\n"), 1);
	report_drop(&report);
	report_case_drop(&test);
	report_case_load("plain", &test);
	compose(&test, &options, &report);
	assert_int_equal(count_lines(&report, "Sender: s@x.example\r\n"), 1);
	report_drop(&report);
	report_case_drop(&test);
}

/* Quotes go where they are not needed, and nowhere else. */
static void
test_paths(void **state)
{
	static const struct { const char *path, *written; } rows[] = {
		{ "a@b.example", "a@b.example" },
		{ "\"carl\"@b.example", "carl@b.example" },
		{ "\"a.b+c\"@b.example", "a.b+c@b.example" },
		{ "\"J\xc3\xb6rg\"@b.example", "J=C3=B6rg@b.example" },
		{ "\"a..b\"@b.example", "\"a..b\"@b.example" },
		{ "\".a\"@b.example", "\".a\"@b.example" },
		{ "\"a.\"@b.example", "\"a.\"@b.example" },
		{ "\"\"@b.example", "\"\"@b.example" },
		{ "\"g h\"@b.example", "\"g h\"@b.example" },
		{ "\"a\\b\"@b.example", "\"a\\b\"@b.example" },
		{ "\"a@b\"@b.example", "\"a@b\"@b.example" },
		{ "\"a\"b@b.example", "\"a\"b@b.example" },
		{ "\"a", "\"a" },
		{ "postmaster", "postmaster" },
	};
	struct report_case test;

	(void)state;
	report_case_load("plain", &test);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *line = mem_format("Recipient: %s\r\n",
		    rows[i].written);
		const char *recipients[] = { rows[i].path };
		struct report report;

		test.envelope.recipients = recipients;
		compose(&test, &usual, &report);
		if (count_lines(&report, line) != 1)
			fail_msg("%s: no '%s' in\n%s", rows[i].path, line,
			    report.head.data);
		report_drop(&report);
	}
	report_case_drop(&test);
}

/* As many as there are, in their order. */
static void
test_many_recipients(void **state)
{
	enum { MANY = 2000 };
	struct arena arena = { 0 };
	const char **recipients = arena_new(&arena, MANY * sizeof(char *));
	struct report_case test;
	struct report report;
	const char *at;

	(void)state;
	report_case_load("plain", &test);
	for (int i = 0; i < MANY; i++)
		recipients[i] = arena_format(&arena, "r%d@b.example",
		    i * 7919 % MANY);
	test.envelope.recipients = recipients;
	test.envelope.recipient_count = MANY;
	report_compose(&test.envelope, &usual, test.message.data,
	    (size_t)test.envelope.header_length, &report);
	assert_int_equal(count_lines(&report, "Recipient: r"), MANY);
	at = report.head.data;
	for (int i = 0; i < MANY; i++) {
		own(str) char *line = mem_format("\nRecipient: %s\r\n",
		    recipients[i]);

		at = strstr(at, line);
		assert_non_null(at);
	}
	report_drop(&report);
	report_case_drop(&test);
	arena_drop(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_null_sender),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_many_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
