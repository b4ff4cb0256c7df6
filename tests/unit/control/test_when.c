/* SPDX-License-Identifier: BSD-2-Clause */
/* test_when - times as an operator writes them */
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "control/when.h"
#include "tests/unit/scratch.h"

static void
spans(void **state)
{
	(void)state;
	assert_int_equal(when_span("0s"), 0);
	assert_int_equal(when_span("90m"), 5400000);
	assert_int_equal(when_span("24h"), 86400000);
	assert_int_equal(when_span("7d"), 604800000);
	assert_int_equal(when_span("1000000w"), 604800000000000);
	for (const char *const *bad = (const char *const[]){ "", "m", "7", "7x",
	    "-7d", "7dd", "1000001s", "99999999999999999999d", " 7d", NULL };
	    *bad != NULL; bad++)
		assert_int_equal(when_span(*bad), -1);
}

static void
moments(void **state)
{
	int64_t now = clock_wall(), hour = when_parse("1h");

	(void)state;
	assert_int_equal(when_parse("2026-11-26"), 1795651200000);
	assert_int_equal(when_parse("2026-11-26 07:30"), 1795678200000);
	assert_int_equal(when_parse("2026-11-26T07:30:05"), 1795678205000);
	assert_in_range(hour, now - 3600000, clock_wall() - 3600000);
	for (const char *const *bad = (const char *const[]){ "", "now", "2026",
	    "2026-13-01", "2026-11-26T", "2026-11-26T25:00", "2026-11-26 x",
	    "1960-01-01", NULL }; *bad != NULL; bad++)
		assert_int_equal(when_parse(*bad), -1);
}

static void
texts(void **state)
{
	char text[WHEN_TEXT];

	(void)state;
	assert_string_equal(when_text(1795678205999, text),
	    "2026-11-26 07:30:05");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans),
		cmocka_unit_test(moments),
		cmocka_unit_test(texts),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
