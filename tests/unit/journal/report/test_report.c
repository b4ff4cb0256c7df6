/* SPDX-License-Identifier: BSD-2-Clause */
/* the journal report around a message */
#include "journal/report/report.h"

#include <dirent.h>
#include <string.h>

#include "tests/unit/journal/report/report_case.h"

#define NONCE "0123456789abcdef0123456789abcdef"

static const struct report_options usual = {
	.from = "journal@gw.example",
	.null_sender = "<>",
	.remote_ip_header = "X-IronPort-RemoteIP",
	.host = "gw.example",
	.nonce = NONCE,
};

static void
compose(const struct report_case *test, const struct report_options *how,
    struct report *out)
{
	report_compose(&test->envelope, how, test->message.data,
	    (size_t)test->envelope.header_length, out);
}

/* each_case - in the order of the directory; how many */
static size_t
each_case(void (*check)(const struct report_case *, const struct report *))
{
	own(dir) DIR *dir = opendir(CASES);
	const struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct report_case test;
		struct report report;

		if (entry->d_name[0] == '.')
			continue;
		report_case_load(entry->d_name, &test);
		compose(&test, &usual, &report);
		check(&test, &report);
		report_drop(&report);
		report_case_drop(&test);
		count++;
	}
	return count;
}

static void
same_as_expected(const struct report_case *test, const struct report *report)
{
	own(buf) struct buf whole = BUF;
	size_t same = 0;

	buf_bytes(&whole, report->head.data, report->head.len);
	buf_bytes(&whole, test->message.data, test->message.len);
	buf_bytes(&whole, report->tail.data, report->tail.len);
	while (same < whole.len && same < test->expect.len &&
	    whole.data[same] == test->expect.data[same])
		same++;
	if (same < whole.len || same < test->expect.len)
		fail_msg("%s: differs at %zu:\n%.60s\nwanted\n%.60s",
		    test->name, same, whole.data + same,
		    test->expect.data + same);
}

static void
test_expected(void **state)
{
	(void)state;
	assert_true(each_case(same_as_expected) >= 20);
}

/* Whatever stands in message and envelope: head and tail are lines that end
 * in CRLF, of bytes and lengths as announced; the boundary ends a part three
 * times only; no field is there twice that must not be. */
static void
check_form(const struct report_case *test, const struct report *report)
{
	static const char boundary[] = "\r\n--_" NONCE "_";
	size_t line = 0;

	for (size_t i = 0; i < report->head.len; i++) {
		const char *p = report->head.data + i;
		unsigned char c = (unsigned char)*p;

		if (c > 127)
			assert_true(report->eight_bit);
		if (c == '\r')
			assert_int_equal(p[1], '\n');
		else if (c == '\n')
			assert_int_equal(p[-1], '\r');
		else
			assert_true(c == '\t' || c == '\x1b' ||
			    (c >= ' ' && c != 127));
		line = c == '\n' ? 0 : line + (c != '\r');
		assert_true(line <= 998 || report->binary);
	}
	assert_int_equal(line, 0);
	assert_int_equal(count_of(report->head.data, boundary), 2);
	assert_string_equal(report->tail.data, "\r\n--_" NONCE "_--\r\n");
	assert_null(strstr(report->head.data, "\nX-Evil"));
	assert_int_equal(report->binary, test->envelope.longest_line > 998 ||
	    test->envelope.binary);
}

static void
test_form(void **state)
{
	(void)state;
	assert_true(each_case(check_form) >= 20);
}

/* Every byte that is not NUL, in every text that comes from outside. */
static void
test_injection(void **state)
{
	struct report_case test;

	(void)state;
	report_case_load("plain", &test);
	for (int c = 1; c < 256; c++) {
		char text[64];
		const char *recipients[] = { text };
		struct envelope envelope = test.envelope;
		struct report report;

		snprintf(text, sizeof(text), "a%c\nInjected: x%c\r\n\r\nb", c,
		    c);
		envelope.sender = envelope.queue_id = envelope.message_id =
		    envelope.client_addr = envelope.client_name =
		    envelope.helo = envelope.protocol = envelope.gateway = text;
		envelope.recipients = recipients;
		report_compose(&envelope, &usual, test.message.data,
		    (size_t)envelope.header_length, &report);
		assert_int_equal(count_lines(&report, "Injected"), 0);
		assert_int_equal(count_lines(&report, "Received: "), 1);
		/* the end of three headers, and of the text */
		assert_int_equal(count_lines(&report, "\r\n"), 4);
		check_form(&test, &report);
		report_drop(&report);
	}
	report_case_drop(&test);
}

static void
test_options(void **state)
{
	struct report_options options = usual;
	struct report_case test;
	struct report report;

	(void)state;
	report_case_load("plain", &test);
	options.remote_ip_header = "";
	compose(&test, &options, &report);
	assert_null(strstr(report.head.data, "RemoteIP"));
	assert_non_null(strstr(report.head.data,
	    "\r\n\r\nReturn-Path: <s@x.example>\r\n"
	    "Received: from mail.x.example "));
	assert_null(strstr(report.head.data, "X-TDC-Undelivered"));
	report_drop(&report);
	options.undelivered = "expired";
	test.envelope.intake = "in\r\nX: y@take.example";
	compose(&test, &options, &report);
	assert_non_null(strstr(report.head.data,
	    "Journal Agent\r\n"
	    "X-TDC-Undelivered: expired; <in??X: y@take.example>\r\n"
	    "\r\n--_"));
	assert_false(report.eight_bit);
	report_drop(&report);
	test.envelope.intake = "\303\274@take.example";
	compose(&test, &options, &report);
	assert_true(report.eight_bit);
	report_drop(&report);
	options.undelivered = NULL;
	options.remote_ip_header = "X-Sender-IP";
	options.from = "j@other.example";
	options.host = "other.example";
	compose(&test, &options, &report);
	assert_non_null(strstr(report.head.data,
	    "\r\n\r\nReturn-Path: <s@x.example>\r\n"
	    "X-Sender-IP: 192.0.2.1\r\nReceived: "));
	assert_non_null(strstr(report.head.data,
	    "\r\nSender: <j@other.example>\r\n"));
	assert_non_null(strstr(report.head.data, "\r\nMessage-ID: "
	    "<00000000000000ff.1708118362123@other.example>\r\n"));
	report_drop(&report);
	report_case_drop(&test);
}

/* Bytes over 127 are announced, wherever they stand. */
static void
test_eight_bit(void **state)
{
	struct report_case test;
	struct report report;

	(void)state;
	report_case_load("plain", &test);
	for (int i = 0; i < 4; i++) {
		struct envelope envelope = test.envelope;

		envelope.eight_bit = i == 1;
		if (i == 2)
			envelope.sender = "j\xc3\xb6rg@x.example";
		if (i == 3)
			envelope.message_id = "<\xc3\xb6@x.example>";
		report_compose(&envelope, &usual, test.message.data,
		    (size_t)envelope.header_length, &report);
		assert_int_equal(report.eight_bit, i > 0);
		assert_int_equal(count_lines(&report,
		    "Content-Transfer-Encoding: 8bit\r\n"), i > 0 ? 2 : 0);
		report_drop(&report);
	}
	report_case_drop(&test);
}

/* header_of - a message whose Subject and Cc have so many bytes; new */
static char *
header_of(size_t subject, size_t cc)
{
	own(buf) struct buf header = BUF;

	buf_text(&header, "Subject: ");
	for (size_t i = 0; i < subject; i++)
		buf_text(&header, i % 70 == 69 ? "\r\n\t" : "s");
	buf_text(&header, "\r\nCc: ");
	for (size_t i = 0; i < cc; i++)
		buf_text(&header, i % 70 == 69 ? ",\r\n\t" : "c");
	buf_text(&header, "\r\nTo: <a@b.example>\r\n"
	    "From: <s@x.example>\r\n\r\n");
	return buf_give(&header);
}

/* What is too much stays out of the header, but not out of the text part. */
static void
test_large_header(void **state)
{
	static const struct {
		size_t	subject, cc;
		size_t	subjects, ccs, others;
	} sizes[] = {
		{ 100, 100, 2, 1, 1 },
		{ 50000, 100, 2, 1, 1 },
		{ 100, 50000, 2, 1, 1 },
		{ 50000, 50000, 2, 0, 1 },
		{ 70000, 70000, 1, 0, 1 },
	};
	struct report_case test;

	(void)state;
	report_case_load("plain", &test);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(str) char *header = header_of(sizes[i].subject,
		    sizes[i].cc);
		struct report report;

		report_compose(&test.envelope, &usual, header, strlen(header),
		    &report);
		assert_int_equal(count_lines(&report, "Subject: "),
		    sizes[i].subjects);
		assert_int_equal(count_lines(&report, "Cc: "), sizes[i].ccs);
		assert_int_equal(count_lines(&report, "To: <"),
		    sizes[i].others);
		assert_int_equal(count_lines(&report, "From: <s@x.example>"),
		    sizes[i].others);
		assert_int_equal(count_lines(&report, "Recipient: a@b.example"),
		    1);
		check_form(&test, &report);
		report_drop(&report);
	}
	report_case_drop(&test);
}

/* The header may be shown in part: what is cut off is no field, and nothing
 * behind its end is looked at. */
static void
test_part_of_header(void **state)
{
	struct report_case test;

	(void)state;
	report_case_load("recipients", &test);
	for (size_t n = 0; n <= test.envelope.header_length; n++) {
		own(str) char *header = malloc(n + (n == 0));
		struct report report;

		memcpy(header, test.message.data, n);
		report_compose(&test.envelope, &usual, header, n, &report);
		check_form(&test, &report);
		report_drop(&report);
	}
	report_case_drop(&test);
}

static void
test_nonce(void **state)
{
	char one[REPORT_NONCE], two[REPORT_NONCE];

	(void)state;
	assert_ptr_equal(report_nonce(one), one);
	assert_int_equal(strlen(one), 32);
	assert_int_equal(strspn(one, "0123456789abcdef"), 32);
	assert_string_not_equal(one, report_nonce(two));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_eight_bit),
		cmocka_unit_test(test_large_header),
		cmocka_unit_test(test_part_of_header),
		cmocka_unit_test(test_nonce),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
