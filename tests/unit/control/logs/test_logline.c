/* SPDX-License-Identifier: BSD-2-Clause */
/* test_logline - lines of mail logs in all their forms */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/logs/logline.h"
#include "tests/unit/scratch.h"

enum { NOVEMBER_26 = 1795651200 };	/* 2026, seconds since 1970 */

/* read_as - must be a line, with this time (ms), program, pid and text */
static void
read_as(struct logline_parser *parser, const char *bytes, int64_t at,
    const char *program, unsigned pid, const char *text)
{
	own(str) char *copy = mem_text(bytes);
	struct logline line;

	assert_true(logline_parse(parser, copy, strlen(copy), &line));
	assert_int_equal(line.at, at);
	assert_string_equal(line.program, program);
	assert_int_equal(line.pid, pid);
	assert_string_equal(line.text, text);
}

static void
forms(void **state)
{
	struct logline_parser parser = { .latest =
		(int64_t)(NOVEMBER_26 + 86399) * 1000 };
	const int64_t at = (int64_t)(NOVEMBER_26 + 27005) * 1000;

	(void)state;
	read_as(&parser, "Nov 26 07:30:05 gw postfix/smtpd[12]: A1: client=x",
	    at, "postfix/smtpd", 12, "A1: client=x");
	read_as(&parser, "Nov  6 07:30:05 gw postfix/qmgr: A1: removed",
	    at - (int64_t)20 * 86400000, "postfix/qmgr", 0, "A1: removed");
	read_as(&parser, "Nov 26 07:30:05 gw mail.info postfix/smtpd[12]: A1",
	    at, "postfix/smtpd", 12, "A1");
	read_as(&parser, "2026-11-26T07:30:05.123456+00:00 gw a[1]: b c",
	    at + 123, "a", 1, "b c");
	read_as(&parser, "2026-11-26T08:30:05.9+0100 gw a[1]: b", at + 900, "a",
	    1, "b");
	read_as(&parser, "2026-11-26T04:00:05-03:30 gw a[1]: b", at, "a", 1, "b");
	read_as(&parser, "2024-02-29T00:00:00Z gw a[1]: b", 1709164800000, "a", 1,
	    "b");
	read_as(&parser, "2000-03-01T00:00:00Z gw a[1]: b", 951868800000, "a", 1,
	    "b");
	read_as(&parser, "2100-03-01T00:00:00Z gw a[1: b", 4107542400000, "a[1",
	    0, "b");
	read_as(&parser, "Nov 26 07:30:05 gw a:", at, "a", 0, "");
	read_as(&parser, "<22>1 2026-11-26T07:30:05Z gw a 1 - -", at, "a", 1, "");
	read_as(&parser, "<22>1 2026-11-26T07:30:05Z gw postfix/smtp 12 - "
	    "[x@1 y=\"\\\"]\"] \xef\xbb\xbfhello", at, "postfix/smtp", 12,
	    "hello");
	read_as(&parser, "<22>1 2026-11-26T07:30:05Z gw a - - - b", at, "a", 0,
	    "b");
	read_as(&parser, "Thu Nov 26 07:30:05 2026 Info: DCID 7 close", at,
	    "mail_logs", 0, "DCID 7 close");
	read_as(&parser, "{\"__REALTIME_TIMESTAMP\":\"1795678205123456\","
	    "\"SYSLOG_IDENTIFIER\":\"postfix/smtpd\",\"_PID\":\"12\","
	    "\"MESSAGE\":\"A1: x\"}", at + 123, "postfix/smtpd", 12, "A1: x");
	read_as(&parser, "{\"__REALTIME_TIMESTAMP\":\"1795678205000000\","
	    "\"_COMM\":\"rspamd\",\"SYSLOG_PID\":\"9\",\"MESSAGE\":[65,0,233]}",
	    at, "rspamd", 9, "A?\xe9");
	read_as(&parser, "{\"time\":1795678205.123,\"level\":\"info\","
	    "\"program\":\"tdc-forwarder\",\"event\":\"closed\",\"dcid\":7,"
	    "\"text\":\"DCID 7 close\"}", at + 123, "tdc-forwarder", 0,
	    "DCID 7 close");
	logline_drop(&parser);
}

/* A file that changed on 2 January 2027. */
static void
years(void **state)
{
	struct logline_parser parser = { .latest = 1798848000000 };
	struct logline_parser spring = { .latest = 1798848000000 };

	(void)state;
	read_as(&parser, "Dec 31 23:59:59 gw a[1]: b", 1798761599000, "a", 1, "b");
	read_as(&parser, "Jan  1 00:00:00 gw a[1]: b", 1798761600000, "a", 1, "b");
	read_as(&parser, "Jan  2 00:00:07 gw a[1]: b", 1798848007000, "a", 1, "b");
	read_as(&parser, "Jan  4 00:00:00 gw a[1]: b", 1767484800000, "a", 1, "b");
	/* 2024 was the last year that had one. */
	read_as(&spring, "Feb 29 00:00:00 gw a[1]: b", 1709164800000, "a", 1, "b");
}

/* A time without a zone is local: summer and winter. */
static void
zones(void **state)
{
	struct logline_parser parser = { .latest = 1798848000000 };

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	read_as(&parser, "Jul  1 12:00:00 gw a[1]: b", 1782900000000, "a", 1, "b");
	read_as(&parser, "Nov 26 08:30:05 gw a[1]: b", 1795678205000, "a", 1, "b");
	read_as(&parser, "Thu Nov 26 08:30:05 2026 Info: b", 1795678205000,
	    "mail_logs", 0, "b");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
ours(void **state)
{
	struct logline_parser parser = { .latest = 1798848000000 };
	static const struct { const char *text, *ours; bool asyncos; } rows[] = {
		{ "Nov 26 07:30:05 gw tdc-milter[1]: TDC: MID 1 a", "MID 1 a",
		    false },
		{ "Nov 26 07:30:05 gw journal[1]: TDC: MID 1 a", "MID 1 a",
		    false },
		{ "Nov 26 07:30:05 gw postfix/smtp[1]: A1: TDC: x", NULL, false },
		{ "Thu Nov 26 07:30:05 2026 Info: TDC: MID 1 a", "MID 1 a", true },
		{ "Thu Nov 26 07:30:05 2026 Info: DCID 7 close", "DCID 7 close",
		    true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *text = mem_text(rows[i].text);
		struct logline line;

		assert_true(logline_parse(&parser, text, strlen(text), &line));
		assert_int_equal(line.asyncos, rows[i].asyncos);
		if (rows[i].ours == NULL)
			assert_null(line.ours);
		else
			assert_string_equal(line.ours, rows[i].ours);
	}
}

static void
no_lines(void **state)
{
	static const char *const rows[] = { "", " ", "x", "-- Boot 1 --",
		"Nov 26 07:30:05", "Nov 26 07:30:05 gw", "Nov 26 07:30:05 gw a",
		"Nov 26 7:30:05 gw a: b", "Nov 32 07:30:05 gw a: b",
		"Feb 30 07:30:05 gw a: b", "Nov 26 24:30:05 gw a: b",
		"2026-13-26T07:30:05Z gw a: b", "2026-11-26T07:30:05 gw a: b",
		"2026-11-26", "<22>1 2026-11-26T07:30:05Z gw a - -",
		"<22>1 2026-11-26T07:30:05Z gw a - - [x b",
		"<22>Nov 26 07:30:05 gw", "Thu Nov 26 07:30:05 2026",
		"Thu Nov 26 07:30:05 20x6 Info: b",
		"Thu Nov 26 07:30:05 2026 no level: b", "{", "[]", "{}",
		"{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"x\"}",
		"{\"time\":\"1\",\"program\":\"a\",\"event\":\"b\",\"text\":\"c\"}",
		"{\"time\":1e300,\"program\":\"a\",\"event\":\"b\",\"text\":\"\"}",
		"{\"time\":1,\"event\":\"b\",\"text\":\"c\"}",
		"{\"time\":1,\"program\":\"a\",\"event\":\"b\"}",
		"{\"time\":-1,\"program\":\"a\",\"event\":\"b\",\"text\":\"c\"}",
		"{\"__REALTIME_TIMESTAMP\":\"1795678205000000\",\"_COMM\":\"a\"}",
		"{\"__REALTIME_TIMESTAMP\":\"1795678205000000\",\"MESSAGE\":\"a\"}",
		"{\"__REALTIME_TIMESTAMP\":\"x\",\"_COMM\":\"a\",\"MESSAGE\":\"b\"}",
		"<22>1 2026-11-26T07:30:05Z gw a 1 - [x]b",
		"Thu Nov 26 07:30:05 2026 no level",
		"2026-11-26T07:60:05Z gw a: b", "2026-11-26T07:30:61Z gw a: b",
		"2026-00-26T07:30:05Z gw a: b", "2026-11-00T07:30:05Z gw a: b",
		"2026-11-32T07:30:05Z gw a: b" };
	struct logline_parser parser = { .latest = 1798848000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *text = mem_text(rows[i]);
		struct logline line;

		if (logline_parse(&parser, text, strlen(text), &line))
			fail_msg("taken: '%s'", rows[i]);
	}
	logline_drop(&parser);
}

/* refused - with that byte in place of the one at "at", or ending there */
static void
refused(const char *row, size_t at, char bad)
{
	struct logline_parser parser = { .latest = 1798848000000 };
	own(str) char *text = mem_text(row);
	struct logline line;

	text[at] = bad;
	if (logline_parse(&parser, text, strlen(text), &line))
		fail_msg("taken: '%s'", text);
}

/* Where a digit of a time must be, or what separates them, is nothing else; a
 * blank leads a day of the month alone.  A time that was cut is none. */
static void
damaged_times(void **state)
{
	static const struct { const char *row; size_t from, blank; } rows[] = {
		{ "2026-11-26T07:30:05.5+01:00 gw a: b", 0, 10 },
		{ "2026-11-26T07:30:05-0330 gw a: b", 0, 10 },
		{ "Nov 26 07:30:05 gw a: b", 0, 4 },
		{ "Thu Nov 26 07:30:05 2026 Info: b", 3, 8 },
		{ "<22>1 2026-11-26T07:30:05Z gw a 1 - - b", 0, 16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t at = rows[i].from; at < strcspn(rows[i].row, "gI"); at++) {
			refused(rows[i].row, at, '/');
			refused(rows[i].row, at, '\0');
			if (rows[i].row[at] != ' ' && at != rows[i].blank)
				refused(rows[i].row, at, ' ');
		}
}

static void
odd_bytes(void **state)
{
	struct logline_parser parser = { .latest = 1798848000000 };
	char text[] = "\0\0Nov 26 07:30:05 gw a[1]: b\0c\xff\r";
	struct logline line;

	(void)state;
	assert_true(logline_parse(&parser, text, sizeof(text) - 1, &line));
	assert_string_equal(line.text, "b?c\xff");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(years),
		cmocka_unit_test(zones),
		cmocka_unit_test(ours),
		cmocka_unit_test(no_lines),
		cmocka_unit_test(damaged_times),
		cmocka_unit_test(odd_bytes),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
