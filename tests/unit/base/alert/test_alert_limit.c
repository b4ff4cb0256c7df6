/* SPDX-License-Identifier: BSD-2-Clause */
/* alert_limit: one in an interval of each kind, the last one not forgotten, and
 * texts that can do no harm */
#include "base/alert/alert_limit.h"

#include <string.h>

#include "tests/unit/scratch.h"

enum { INTERVAL = 1000 };

static void
add(struct alert_limit *limit, enum alert_event event, const char *intake,
    const char *text, int64_t now)
{
	alert_limit_add(limit, &(struct alert){ .event = event,
	    .intake = intake, .text = text }, now);
}

/* taken - one that is due: its text, and of how many others; "": none is */
static const char *
taken(struct alert_limit *limit, int64_t now)
{
	static char text[2 * ALERT_TEXT];
	struct alert_entry entry;

	if (!alert_limit_take(limit, INTERVAL, now, &entry))
		return "";
	snprintf(text, sizeof(text), "%s +%llu", entry.text,
	    (unsigned long long)entry.untold);
	return text;
}

static void
one_in_an_interval(void **state)
{
	struct alert_limit *limit = alert_limit_new();

	(void)state;
	assert_int_equal(alert_limit_when(limit, INTERVAL), INT64_MAX);
	add(limit, ALERT_GIVEN_UP, "a.example", "one", 100);
	assert_int_equal(alert_limit_when(limit, INTERVAL), 100);
	assert_string_equal(taken(limit, 100), "one +0");
	assert_string_equal(taken(limit, 100), "");
	add(limit, ALERT_GIVEN_UP, "a.example", "two", 200);
	add(limit, ALERT_GIVEN_UP, "a.example", "three", 300);
	assert_int_equal(alert_limit_when(limit, INTERVAL), 1100);
	assert_string_equal(taken(limit, 1099), "");
	/* the last is told, and that there was another */
	assert_string_equal(taken(limit, 1100), "three +1");
	assert_int_equal(alert_limit_when(limit, INTERVAL), INT64_MAX);
	add(limit, ALERT_GIVEN_UP, "a.example", "four", 5000);
	assert_string_equal(taken(limit, 5000), "four +0");
	alert_limit_free(limit);
}

static void
of_each_kind(void **state)
{
	struct alert_limit *limit = alert_limit_new();

	(void)state;
	add(limit, ALERT_INTAKE_DOWN, "a.example", "a", 1);
	add(limit, ALERT_INTAKE_DOWN, "b.example", "b", 2);
	add(limit, ALERT_INTAKE_UP, "a.example", "c", 3);
	alert_limit_add(limit, &(struct alert){ .event = ALERT_TABLE_BROKEN,
	    .table = "hash:/x", .text = "d" }, 4);
	alert_limit_add(limit, &(struct alert){ .event = ALERT_TABLE_BROKEN,
	    .table = "hash:/y", .text = "e" }, 5);
	assert_string_equal(taken(limit, 9), "a +0");
	assert_string_equal(taken(limit, 9), "b +0");
	assert_string_equal(taken(limit, 9), "c +0");
	assert_string_equal(taken(limit, 9), "d +0");
	assert_string_equal(taken(limit, 9), "e +0");
	assert_string_equal(taken(limit, 9), "");
	/* down and up again within it: both come, in their order */
	add(limit, ALERT_INTAKE_DOWN, "a.example", "down", 10);
	add(limit, ALERT_INTAKE_UP, "a.example", "up", 11);
	assert_string_equal(taken(limit, 2000), "down +0");
	assert_string_equal(taken(limit, 2000), "up +0");
	alert_limit_free(limit);
}

static void
there_are_bounds(void **state)
{
	struct alert_limit *limit = alert_limit_new();
	char name[32];

	(void)state;
	for (int i = 0; i < ALERT_PLACES + 7; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		add(limit, ALERT_GIVEN_UP, name, name, i);
	}
	assert_string_equal(taken(limit, 500), "n0.example +7");
	/* that place is another's now, if it is not needed */
	add(limit, ALERT_GIVEN_UP, "late.example", "late", 501);
	for (int i = 1; i < ALERT_PLACES; i++)
		assert_string_not_equal(taken(limit, 502), "");
	assert_string_equal(taken(limit, 502), "late +0");
	assert_string_equal(taken(limit, 502), "");
	alert_limit_free(limit);
}

static void
what_a_text_becomes(void **state)
{
	static const char *const rows[][2] = {
		{ "plain \\ text", "plain \\ text" },
		{ "a\nb\033[31m", "a\\x0ab\\x1b[31m" },
		{ "\x9b\xc3\xa4\x7f", "\\x9b\\xc3\\xa4\\x7f" },
		{ NULL, "" },
	};
	char lots[3 * ALERT_TEXT];
	struct alert_entry entry = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		alert_entry_set(&entry, &(struct alert){ .text = rows[i][0] });
		assert_string_equal(entry.text, rows[i][1]);
	}
	memset(lots, '\n', sizeof(lots) - 1);
	lots[sizeof(lots) - 1] = '\0';
	alert_entry_set(&entry, &(struct alert){ .text = lots,
	    .intake = lots, .queue_id = lots });
	assert_true(strlen(entry.text) < ALERT_TEXT);
	assert_string_equal(entry.text + strlen(entry.text) - 7, "\\x0a...");
	assert_true(strlen(entry.intake) < ALERT_NAME);
	assert_true(strlen(entry.queue_id) < sizeof(entry.queue_id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_in_an_interval),
		cmocka_unit_test(of_each_kind),
		cmocka_unit_test(there_are_bounds),
		cmocka_unit_test(what_a_text_becomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
