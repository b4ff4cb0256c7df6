/* SPDX-License-Identifier: BSD-2-Clause */
/* links: how many connections a site is given */
#include "forward/queue/links.h"

#include "tests/unit/scratch.h"

static const struct links_rules rules = { .min = 3, .max = 20,
    .idle_timeout = 2000, .retry_delay = 60000 };

static struct links_load
load(size_t due, size_t under_way)
{
	return (struct links_load){ .due = due, .under_way = under_way,
	    .death = INT64_MAX };
}

static enum links_want
want(const struct links *links, size_t due, size_t under_way, int64_t now)
{
	struct links_load what = load(due, under_way);

	return links_want(links, &what, &rules, now);
}

/* come_up - the lead, or one more */
static void
come_up(struct links *links, bool lead)
{
	links_opening(links, &rules);
	links_ready(links, lead);
}

/* open_all - as many as are wanted; returns how many are open then */
static unsigned
open_all(struct links *links, size_t due, size_t under_way, int64_t now)
{
	while (want(links, due, under_way, now) == LINKS_EXTRA)
		come_up(links, false);
	return links->open;
}

static void
test_growth(void **state)
{
	struct links links = { 0 };

	(void)state;
	assert_int_equal(want(&links, 0, 0, 0), LINKS_ENOUGH);
	assert_int_equal(want(&links, 1, 0, 0), LINKS_LEAD);
	links_opening(&links, &rules);
	/* nobody else for a single copy until the lead talks */
	assert_int_equal(want(&links, 0, 1, 0), LINKS_ENOUGH);
	/* with the lead as many as there are to be at least, and no more
	 * until one talks, whatever the site did in the past */
	links.proven = true;
	for (unsigned i = 1; i < rules.min; i++) {
		assert_int_equal(want(&links, 1000, 1, 0), LINKS_EXTRA);
		links_opening(&links, &rules);
	}
	assert_int_equal(want(&links, 1000, 1, 0), LINKS_ENOUGH);
	links_ready(&links, true);
	for (unsigned i = 1; i < rules.min; i++)
		links_ready(&links, false);
	assert_int_equal(open_all(&links, 0, 0, 0), 3);
	/* nor does it get more until it has answered a letter */
	assert_int_equal(open_all(&links, 1000, 3, 0), 3);
	assert_true(links_news(&links));
	links_good(&links);
	assert_false(links_news(&links));
	assert_int_equal(open_all(&links, 12, 3, 0), 3);
	assert_int_equal(open_all(&links, 13, 3, 0), 4);
	assert_int_equal(open_all(&links, 40, 3, 0), 10);
	assert_int_equal(open_all(&links, 100000, 3, 0), 20);
	assert_int_equal(open_all(&links, 1, 3, 0), 20);
}

/* One copy that is quickly gone still opens min_connections. */
static void
test_owed(void **state)
{
	struct links links = { 0 };

	(void)state;
	come_up(&links, true);
	/* it is not disturbed meanwhile */
	assert_int_equal(open_all(&links, 0, 1, 0), 1);
	assert_int_equal(open_all(&links, 0, 0, 0), 3);
	links_closed(&links, false, 0);
	assert_int_equal(want(&links, 0, 0, 0), LINKS_ENOUGH);
}

static void
test_down(void **state)
{
	static const int64_t pauses[] = { 1000, 2000, 4000, 8000, 10000,
	    10000 };
	struct links links = { 0 };
	int64_t now = 5000;

	(void)state;
	for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		assert_int_equal(want(&links, 9, 0, now), LINKS_LEAD);
		links_opening(&links, &rules);
		/* a site that is known to be down gets the lead alone */
		assert_int_equal(want(&links, 9, 1, now), i == 0 ?
		    LINKS_EXTRA : LINKS_ENOUGH);
		links_failed(&links, true, true, now);
		assert_true(links_down(&links));
		now += pauses[i];
		assert_int_equal(want(&links, 9, 0, now - 1), LINKS_ENOUGH);
	}
	assert_int_equal(want(&links, 0, 0, now), LINKS_ENOUGH);
	links_opening(&links, &rules);
	/* it talks: good, but not good enough */
	links_ready(&links, true);
	assert_true(links_down(&links));
	assert_int_equal(want(&links, 9, 1, now), LINKS_ENOUGH);
	links_good(&links);
	assert_false(links_down(&links));
	assert_int_equal(open_all(&links, 9, 1, now), 3);
}

/* A site that lets us in and then breaks off is no better. */
static void
test_down_later(void **state)
{
	struct links links = { 0 };
	int64_t now = 0;

	(void)state;
	for (int64_t pause = 1000; pause <= 8000; pause *= 2) {
		come_up(&links, true);
		links_closed(&links, true, now);
		now += pause;
		assert_int_equal(want(&links, 9, 0, now - 1), LINKS_ENOUGH);
		assert_int_equal(want(&links, 9, 0, now), LINKS_LEAD);
	}
}

/* However long it was down, it may be probed now, and then soon again. */
static void
test_flush(void **state)
{
	struct links links = { .failures = 9, .failed_at = 50000 };
	struct links up = { 0 };

	(void)state;
	assert_int_equal(want(&links, 9, 0, 50001), LINKS_ENOUGH);
	links_flush(&links, 50001);
	assert_true(links_down(&links));
	assert_int_equal(want(&links, 9, 0, 50001), LINKS_LEAD);
	links_opening(&links, &rules);
	links_failed(&links, true, true, 50002);
	assert_int_equal(want(&links, 9, 0, 52001), LINKS_ENOUGH);
	assert_int_equal(want(&links, 9, 0, 52002), LINKS_LEAD);
	links_flush(&up, 50001);
	assert_false(links_down(&up));
}

/* A copy that would die untried is tried, but never in a rush. */
static void
test_last_chance(void **state)
{
	struct links links = { .failures = 9, .failed_at = 0 };
	struct links_load what = load(1, 0);

	(void)state;
	what.death = 6000;
	assert_int_equal(links_want(&links, &what, &rules, 4999),
	    LINKS_ENOUGH);
	assert_int_equal(links_want(&links, &what, &rules, 5000), LINKS_LEAD);
	what.death = 500;
	assert_int_equal(links_want(&links, &what, &rules, 999),
	    LINKS_ENOUGH);
	assert_int_equal(links_want(&links, &what, &rules, 1000), LINKS_LEAD);
}

static void
test_short_retry_delay(void **state)
{
	struct links_rules quick = rules;
	struct links links = { .failures = 9, .failed_at = 0 };
	struct links_load what = load(1, 0);

	(void)state;
	quick.retry_delay = 300;
	assert_int_equal(links_want(&links, &what, &quick, 299),
	    LINKS_ENOUGH);
	assert_int_equal(links_want(&links, &what, &quick, 300), LINKS_LEAD);
	quick.retry_delay = 0;
	assert_int_equal(links_want(&links, &what, &quick, 99), LINKS_ENOUGH);
	assert_int_equal(links_want(&links, &what, &quick, 100), LINKS_LEAD);
}

static void
test_not_the_sites_fault(void **state)
{
	struct links links = { 0 };

	(void)state;
	links_opening(&links, &rules);
	links_failed(&links, true, false, 0);
	assert_false(links_down(&links));
	assert_int_equal(want(&links, 1, 0, 0), LINKS_LEAD);
}

/* What the site does not want more of, it does not get for a while. */
static void
test_limit(void **state)
{
	struct links links = { 0 };

	(void)state;
	come_up(&links, true);
	links_opening(&links, &rules);
	links_failed(&links, false, true, 0);
	links_good(&links);
	assert_false(links_down(&links));
	assert_int_equal(want(&links, 100, 1, LINKS_LIMIT_TIME - 1),
	    LINKS_ENOUGH);
	assert_int_equal(open_all(&links, 100, 1, LINKS_LIMIT_TIME), 20);

	/* 421 to one of those that were open */
	links_refused(&links, 100000);
	assert_int_equal(open_all(&links, 100, 1, 100000), 19);
	links_closed(&links, false, 100000);
	assert_int_equal(open_all(&links, 100, 1, 100000), 19);
}

/* A copy that only a fresh connection may have gets one beside those that are
 * there, within what there may be. */
static void
test_fresh(void **state)
{
	struct links_load what = load(1, 0);
	struct links links = { 0 };

	(void)state;
	come_up(&links, true);
	links_good(&links);
	assert_int_equal(open_all(&links, 1, 0, 0), 3);
	what.fresh = 1;
	assert_int_equal(links_want(&links, &what, &rules, 0), LINKS_EXTRA);
	what.fresh = 0;
	assert_int_equal(links_want(&links, &what, &rules, 0), LINKS_ENOUGH);
	what.fresh = 5;
	assert_int_equal(open_all(&links, 1000, 0, 0), 20);
	assert_int_equal(links_want(&links, &what, &rules, 0), LINKS_ENOUGH);
	links_refused(&links, 0);
	assert_int_equal(links_want(&links, &what, &rules, 0), LINKS_ENOUGH);
	assert_int_equal(links_want(&links, &what, &rules, LINKS_LIMIT_TIME),
	    LINKS_EXTRA);
}

/* Who says 421 to all of them, and answers no letter, is down; but who has
 * answered one since the lead just wants a new connection. */
static void
test_refused(void **state)
{
	struct links links = { 0 };

	(void)state;
	come_up(&links, true);
	come_up(&links, false);
	links_refused(&links, 0);
	assert_false(links_down(&links));
	assert_int_equal(want(&links, 100, 1, 0), LINKS_ENOUGH);
	links_refused(&links, 0);
	assert_int_equal(links.open, 0);
	assert_true(links_down(&links));
	assert_int_equal(want(&links, 100, 0, 999), LINKS_ENOUGH);
	assert_int_equal(want(&links, 100, 0, 1000), LINKS_LEAD);
	come_up(&links, true);
	links_refused(&links, 1000);
	assert_int_equal(want(&links, 100, 0, 2999), LINKS_ENOUGH);
	assert_int_equal(want(&links, 100, 0, 3000), LINKS_LEAD);

	come_up(&links, true);
	links_good(&links);
	links_refused(&links, 3000);
	assert_false(links_down(&links));
	assert_int_equal(want(&links, 100, 0, 3000), LINKS_LEAD);
}

/* Who fails before any is open is not asked again before one is; the last of
 * them says that the site is down, if the lead has not said so, and what was
 * wanted then counts no more when it is back. */
static void
test_failed_together(void **state)
{
	struct links links = { 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		links_opening(&links, &rules);
	links_failed(&links, false, true, 0);
	assert_false(links_down(&links));
	assert_int_equal(want(&links, 100, 1, 0), LINKS_ENOUGH);
	links_failed(&links, true, true, 0);
	assert_true(links_down(&links));
	links_failed(&links, false, true, 500);
	assert_int_equal(want(&links, 100, 0, 1000), LINKS_LEAD);
	come_up(&links, true);
	links_good(&links);
	assert_int_equal(open_all(&links, 100, 1, 1000), 20);

	/* the lead is one of those that are too many: none is left as lead */
	links = (struct links){ .opening = 3 };
	links_failed(&links, false, true, 0);
	links_failed(&links, false, true, 0);
	assert_false(links_down(&links));
	links_failed(&links, false, true, 0);
	assert_true(links_down(&links));
	assert_int_equal(want(&links, 100, 0, 999), LINKS_ENOUGH);
}

static void
test_last_one_broke(void **state)
{
	struct links links = { 0 };

	(void)state;
	come_up(&links, true);
	come_up(&links, false);
	links_closed(&links, true, 0);
	assert_false(links_down(&links));
	links_closed(&links, true, 0);
	assert_true(links_down(&links));
	assert_int_equal(want(&links, 1, 0, 999), LINKS_ENOUGH);
	assert_int_equal(want(&links, 1, 0, 1000), LINKS_LEAD);
}

static void
test_rest(void **state)
{
	struct links links = { .open = 3 };
	struct links_load what = load(0, 0);
	int64_t until;

	(void)state;
	/* quiet: idle_timeout after the last copy was done */
	what.quiet_since = 5000;
	assert_false(links_rest(&links, &what, &rules, 1000, 6999, &until));
	assert_int_equal(until, 7000);
	assert_true(links_rest(&links, &what, &rules, 1000, 7000, &until));
	assert_false(links_rest(&links, &what, &rules, 6000, 7000, &until));
	assert_int_equal(until, 8000);

	/* not quiet: only those over what the site would be given now */
	what = load(0, 1);
	assert_false(links_rest(&links, &what, &rules, 0, 99999, &until));
	assert_true(until > 99999);
	links.open = 4;
	assert_false(links_rest(&links, &what, &rules, 0, 1999, &until));
	assert_true(links_rest(&links, &what, &rules, 0, 2000, &until));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_owed),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_down_later),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_last_chance),
		cmocka_unit_test(test_short_retry_delay),
		cmocka_unit_test(test_not_the_sites_fault),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_failed_together),
		cmocka_unit_test(test_last_one_broke),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
