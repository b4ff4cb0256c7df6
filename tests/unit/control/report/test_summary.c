/* SPDX-License-Identifier: BSD-2-Clause */
/* test_summary - figures of a span of time: pieces of it, delays, reasons */
#include <stdlib.h>
#include <time.h>

#include "control/report/figures.h"
#include "control/report/summary.h"
#include "tests/unit/scratch.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define NOON INT64_C(1795694400000)	/* 2026-11-26 12:00 UTC */

/* zone - go to a time zone */
static void
zone(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

/* whole - no piece is empty, none is missing, and each time is in its own */
static void
whole(const struct slots *slots, int64_t since, int64_t until)
{
	assert_in_range(slots->count, 1, SLOTS_MOST);
	assert_true(slots->starts[0] <= since);
	assert_true(slots->starts[slots->count] >= until);
	for (size_t i = 0; i < slots->count; i++) {
		assert_true(slots->starts[i] < slots->starts[i + 1]);
		assert_int_equal(slots_find(slots, slots->starts[i]), i);
		assert_int_equal(slots_find(slots, slots->starts[i + 1] - 1),
		    i);
	}
}

static void
pieces(void **state)
{
	static const struct { int64_t span; const char *each; } rows[] = {
		{ 1, "5 minutes" }, { HOUR, "5 minutes" },
		{ 4 * HOUR, "5 minutes" }, { 4 * HOUR + 1, "hour" },
		{ DAY, "hour" }, { 3 * DAY, "hour" }, { 3 * DAY + 1, "6 hours" },
		{ 15 * DAY, "6 hours" }, { 16 * DAY, "day" }, { 97 * DAY, "day" },
		{ 98 * DAY, "2 days" }, { 3650 * DAY, "38 days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct slots slots;

		slots_cut(&slots, NOON - rows[i].span, NOON);
		assert_string_equal(slots.each, rows[i].each);
		whole(&slots, NOON - rows[i].span, NOON);
	}
}

/* Both changes of the clock, one of them by half an hour. */
static void
summer(void **state)
{
	static const char *const zones[] = { "Europe/Berlin",
		"Australia/Lord_Howe", "Asia/Kathmandu", "UTC" };

	(void)state;
	for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
		zone(zones[z]);
		for (int64_t at = NOON; at < NOON + 366 * DAY; at += 7 * HOUR) {
			struct slots slots;

			slots_cut(&slots, at - DAY, at);
			whole(&slots, at - DAY, at);
			slots_cut(&slots, at - 10 * DAY, at);
			whole(&slots, at - 10 * DAY, at);
			slots_cut(&slots, at - 40 * DAY, at);
			whole(&slots, at - 40 * DAY, at);
		}
	}
	zone("UTC");
}

static void
patterns(void **state)
{
	static const struct { const char *reply, *pattern; } rows[] = {
		{ "", "" }, { "250 2.0.0 Ok", "250 2.0.0 Ok" },
		{ "550 5.1.1 no <a@b.example> (4YbCdE3xkzz1V)",
		    "550 5.1.1 no <a@b.example> (*)" },
		{ "queued as 12345", "queued as 12345" },
		{ "queued as 123456", "queued as *" },
		{ "abcdef a-b_c9", "abcdef *" }, { "1234567", "*" },
	};
	char out[64], small[8];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		summary_pattern(rows[i].reply, out, sizeof(out));
		assert_string_equal(out, rows[i].pattern);
	}
	summary_pattern("long words and more", small, sizeof(small));
	assert_string_equal(small, "long wo");
	summary_pattern("words- 1234567 8", small, sizeof(small));
	assert_string_equal(small, "words- ");
}

/* add - a copy that took so long */
static void
add(struct summary *summary, int64_t delay, const char *verdict)
{
	struct history_brief row = { .mid = 7, .queue_id = "Q",
		.sender = "a@B.example", .policy = "p", .intake = "i@x",
		.verdict = verdict, .reply = "550 no 123456",
		.accepted = NOON, .ended = NOON + delay, .size = 10,
		.attempts = delay > 50 ? 2 : 1 };

	summary_add(summary, &row);
}

static void
counted(void **state)
{
	struct summary summary;
	char verdict[SUMMARY_VERDICT];

	(void)state;
	summary_init(&summary, NOON - DAY, NOON + 1);
	for (int64_t delay = 100; delay > 0; delay--)
		add(&summary, delay, "delivered");
	add(&summary, 5, "hard bounced");
	add(&summary, 5, "expired");
	add(&summary, 5, "expired");
	add(&summary, 5, "deleted");
	summary_finish(&summary);
	assert_int_equal(summary.all.copies, 104);
	assert_int_equal(summary.all.delivered, 100);
	assert_int_equal(summary.all.given_up, 3);
	assert_int_equal(summary.all.deleted, 1);
	assert_int_equal(summary.all.bytes, 1040);
	assert_int_equal(summary.first_try, 50);
	assert_int_equal(summary.all.delays.p50, 50);
	assert_int_equal(summary.all.delays.p90, 90);
	assert_int_equal(summary.all.delays.p99, 99);
	assert_int_equal(summary.all.delays.most, 100);
	assert_int_equal(summary.ranges[0], 100);
	assert_int_equal(summary.slow_count, SUMMARY_SLOWEST);
	for (int64_t i = 0; i < SUMMARY_SLOWEST; i++)
		assert_int_equal(summary.slowest[i].delay, 100 - i);
	assert_int_equal(summary.domains->count, 1);
	assert_int_equal(summary.reasons->count, 2);
	assert_string_equal(summary_reason(summary.reasons->rows[0], verdict),
	    "550 no *");
	assert_string_equal(verdict, "expired");
	assert_int_equal(summary.reasons->rows[0]->copies, 2);
	summary_drop(&summary);
}

/* Names come from strangers: there is an end to what is kept of them. */
static void
names(void **state)
{
	struct tally *tally = tally_new();
	char name[32];

	(void)state;
	for (int i = 0; i < TALLY_MOST + 5; i++) {
		snprintf(name, sizeof(name), "%d.example", i);
		tally_row(tally, name)->copies++;
	}
	tally_row(tally, "7.EXAMPLE")->copies++;
	tally_row(tally, "(others)")->copies++;
	assert_int_equal(tally->count, TALLY_MOST + 1);
	tally_sort(tally);
	assert_string_equal(tally->rows[0]->name, "7.example");
	assert_string_equal(tally->rows[TALLY_MOST]->name, "(others)");
	assert_int_equal(tally->rows[TALLY_MOST]->copies, 6);
	assert_null(tally_free(tally));
}

static void
figures(void **state)
{
	(void)state;
	assert_string_equal(DELAY(0), "0.00 s");
	assert_string_equal(DELAY(-7), "0.00 s");
	assert_string_equal(DELAY(9994), "9.99 s");
	assert_string_equal(DELAY(9995), "10.0 s");
	assert_string_equal(DELAY(99949), "99.9 s");
	assert_string_equal(DELAY(99950), "100 s");
	assert_string_equal(DELAY(2 * HOUR), "2.0 h");
	assert_string_equal(DELAY(5 * DAY), "5 d");
	assert_string_equal(BYTES(999), "999 B");
	assert_string_equal(BYTES(1000), "1.0 kB");
	assert_string_equal(BYTES(999949), "999.9 kB");
	assert_string_equal(BYTES(999950), "1.0 MB");
	assert_string_equal(BYTES(UINT64_MAX), "18.4 EB");
	assert_string_equal(SHARE(0, 0), "-");
	assert_string_equal(SHARE(0, 7), "0.0 %");
	assert_string_equal(SHARE(1, 1000000), "0.1 %");
	assert_string_equal(SHARE(999999, 1000000), "99.9 %");
	assert_string_equal(SHARE(7, 7), "100.0 %");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces),
		cmocka_unit_test(summer),
		cmocka_unit_test(patterns),
		cmocka_unit_test(counted),
		cmocka_unit_test(names),
		cmocka_unit_test(figures),
	};

	zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
