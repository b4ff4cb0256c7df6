/* SPDX-License-Identifier: BSD-2-Clause */
/* windows: nothing is missed, and no window is one that the service refuses */
/* NEEDS: REMEDIATION */
#include "remediate/api/windows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW INT64_C(1795693213000)

static const struct windows_rules week = { .reach = 7 * DAY,
	.oldest = 90 * DAY };

/* go - one poll that is answered */
static struct windows_plan
go(const struct windows_rules *rules, struct windows_done *done, int64_t now)
{
	struct windows_plan plan;

	windows_next(rules, done, now, &plan);
	windows_did(&plan, done);
	return plan;
}

/* good - what holds for each plan */
static void
good(const struct windows_plan *plan, int64_t now)
{
	assert_in_range(plan->count, 1, WINDOWS_MAX);
	assert_int_equal(plan->windows[0].to, now - 5 * MINUTE);
	for (size_t i = 0; i < plan->count; i++) {
		const struct api_window *window = &plan->windows[i];

		assert_true(window->threats);
		assert_true(window->from < window->to);
		assert_true(window->to - window->from <= 31 * DAY);
		assert_true(window->from > now - 90 * DAY);
		if (i > 0)
			assert_int_equal(window->to,
			    plan->windows[i - 1].from);
	}
}

static int64_t
back(const struct windows_plan *plan, int64_t now)
{
	return now - plan->windows[plan->count - 1].from;
}

/* The first one has all of the reach; the next ones go as the rows say. */
static void
test_rhythm(void **state)
{
	static const struct {
		int64_t after, back;
	} rows[] = {
		{ 0, 7 * DAY },
		{ 5 * MINUTE, 2 * HOUR + 5 * MINUTE },
		{ 10 * MINUTE, 2 * HOUR + 5 * MINUTE },
		{ 59 * MINUTE, 2 * HOUR + 49 * MINUTE },
		{ 60 * MINUTE, DAY + HOUR },
		{ 65 * MINUTE, 2 * HOUR + 5 * MINUTE },
		{ 119 * MINUTE, 2 * HOUR + 54 * MINUTE },
		{ 120 * MINUTE, DAY + HOUR },
		{ 359 * MINUTE, DAY + 239 * MINUTE },
		{ 360 * MINUTE, 7 * DAY + 6 * HOUR },
		{ 365 * MINUTE, 2 * HOUR + 5 * MINUTE },
	};
	struct windows_done done = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t now = NOW + rows[i].after;
		struct windows_plan plan = go(&week, &done, now);

		good(&plan, now);
		if (back(&plan, now) != rows[i].back)
			fail_msg("row %zu: %lld minutes back", i,
			    (long long)(back(&plan, now) / MINUTE));
	}
}

/* A poll that fails is made up for by the next one. */
static void
test_failure(void **state)
{
	struct windows_done done = { 0 };
	struct windows_plan plan;

	(void)state;
	go(&week, &done, NOW);
	windows_next(&week, &done, NOW + 6 * HOUR, &plan);
	assert_int_equal(plan.span, WINDOWS_REACH);
	windows_next(&week, &done, NOW + 6 * HOUR + MINUTE, &plan);
	assert_int_equal(plan.span, WINDOWS_REACH);
	assert_int_equal(back(&plan, NOW + 6 * HOUR + MINUTE),
	    7 * DAY + 6 * HOUR + MINUTE);
}

/* After a pause it begins as far back as if there had been none. */
static void
test_pause(void **state)
{
	static const struct {
		int64_t pause, back;
		size_t count;
	} rows[] = {
		{ 3 * DAY, 10 * DAY, 1 },
		{ 20 * DAY, 27 * DAY, 1 },
		{ 24 * DAY, 31 * DAY, 1 },
		{ 25 * DAY, 32 * DAY, 2 },
		{ 60 * DAY, 67 * DAY, 3 },
		{ 85 * DAY, 90 * DAY - HOUR, 3 },
		{ 1000 * DAY, 90 * DAY - HOUR, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct windows_done done = { { NOW, NOW, NOW } };
		int64_t now = NOW + rows[i].pause;
		struct windows_plan plan = go(&week, &done, now);

		good(&plan, now);
		assert_int_equal(back(&plan, now), rows[i].back);
		assert_int_equal(plan.count, rows[i].count);
	}
}

/* Who acts on nothing that is older need not ask for it. */
static void
test_oldest(void **state)
{
	static const struct windows_rules rules = { .reach = 30 * DAY,
		.oldest = HOUR };
	struct windows_done done = { 0 };
	struct windows_plan plan = go(&rules, &done, NOW);

	(void)state;
	good(&plan, NOW);
	assert_int_equal(back(&plan, NOW), HOUR);
	plan = go(&rules, &done, NOW + DAY);
	good(&plan, NOW + DAY);
	assert_int_equal(back(&plan, NOW + DAY), HOUR);
}

/* A clock that was set back leaves notes of a time that is not over. */
static void
test_set_back(void **state)
{
	struct windows_done done = { { NOW, NOW, NOW } };
	struct windows_plan plan = go(&week, &done, NOW - DAY);

	(void)state;
	good(&plan, NOW - DAY);
	assert_int_equal(plan.span, WINDOWS_REACH);
	assert_int_equal(back(&plan, NOW - DAY), 7 * DAY);
	assert_int_equal(done.at[WINDOWS_HOURS], NOW - DAY);
}

/* The API's clock is known to a second or so: it may seem to go back. */
static void
test_unsure(void **state)
{
	struct windows_done done = { { NOW, NOW, NOW } };
	struct windows_plan plan = go(&week, &done, NOW - 1000);

	(void)state;
	good(&plan, NOW - 1000);
	assert_int_equal(plan.span, WINDOWS_HOURS);
	assert_int_equal(back(&plan, NOW - 1000), 2 * HOUR);
}

/* below - a number, not by chance */
static int64_t
below(int64_t most)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (int64_t)(seed >> 33) % most;
}

/* Whatever polls succeed, when, a verdict of no more than the reach later than
 * its message is seen once the polls go on. */
static void
test_nothing_missed(void **state)
{
	struct windows_done done = { 0 };
	int64_t now = NOW, sent = 0, known = 0;
	bool seen = false;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct windows_plan plan;

		now += below(300) == 0 ? 1000 * below(20 * DAY / 1000) :
		    MINUTE + below(10 * MINUTE);
		if (sent == 0) {
			sent = now - HOUR;
			known = sent + 1000 * below(7 * DAY / 1000);
		}
		windows_next(&week, &done, now, &plan);
		good(&plan, now);
		if (below(3) == 0)
			continue;		/* it failed */
		windows_did(&plan, &done);
		seen = now >= known && sent <= plan.windows[0].to &&
		    sent >= plan.windows[plan.count - 1].from;
		if (seen)
			sent = 0;
		else if (now > known + 6 * HOUR)
			fail_msg("missed at poll %d", i);
	}
}

static void
test_names(void **state)
{
	(void)state;
	for (int i = 0; i < WINDOWS_SPANS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    windows_name((enum windows_span)i),
			    windows_name((enum windows_span)j));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_oldest),
		cmocka_unit_test(test_set_back),
		cmocka_unit_test(test_unsure),
		cmocka_unit_test(test_nothing_missed),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
