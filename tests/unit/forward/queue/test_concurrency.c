/* SPDX-License-Identifier: BSD-2-Clause */
/* concurrency: how many connections a site is given */
#include "forward/queue/concurrency.h"

#include "tests/unit/scratch.h"

static const struct concurrency_rules rules = { .min = 3, .max = 20,
    .idle_timeout = 2000, .retry_delay = 60000 };

static struct concurrency_load
load(size_t due, size_t under_way)
{
	return (struct concurrency_load){ .due = due, .under_way = under_way,
	    .death = INT64_MAX };
}

static enum concurrency_want
want(const struct concurrency *site, size_t due, size_t under_way,
    int64_t now)
{
	struct concurrency_load what = load(due, under_way);

	return concurrency_want(site, &what, &rules, now);
}

/* come_up - the lead, or one more */
static void
come_up(struct concurrency *site, bool lead)
{
	concurrency_opening(site);
	concurrency_ready(site, lead);
}

/* open_all - as many as are wanted; returns how many are open then */
static unsigned
open_all(struct concurrency *site, size_t due, size_t under_way,
    int64_t now)
{
	while (want(site, due, under_way, now) == CONCURRENCY_EXTRA)
		come_up(site, false);
	return site->open;
}

static void
test_growth(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	assert_int_equal(want(&site, 0, 0, 0), CONCURRENCY_ENOUGH);
	assert_int_equal(want(&site, 1, 0, 0), CONCURRENCY_LEAD);
	concurrency_opening(&site);
	/* nobody else for a single copy until the lead talks */
	assert_int_equal(want(&site, 0, 1, 0), CONCURRENCY_ENOUGH);
	/* with the lead as many as there are to be at least, and no more
	 * until one talks, whatever the site did in the past */
	site.proven = true;
	for (unsigned i = 1; i < rules.min; i++) {
		assert_int_equal(want(&site, 1000, 1, 0), CONCURRENCY_EXTRA);
		concurrency_opening(&site);
	}
	assert_int_equal(want(&site, 1000, 1, 0), CONCURRENCY_ENOUGH);
	concurrency_ready(&site, true);
	for (unsigned i = 1; i < rules.min; i++)
		concurrency_ready(&site, false);
	assert_int_equal(open_all(&site, 0, 0, 0), 3);
	/* nor does it get more until it has answered a letter */
	assert_int_equal(open_all(&site, 1000, 3, 0), 3);
	assert_true(concurrency_news(&site));
	concurrency_good(&site);
	assert_false(concurrency_news(&site));
	assert_int_equal(open_all(&site, 12, 3, 0), 3);
	assert_int_equal(open_all(&site, 13, 3, 0), 4);
	assert_int_equal(open_all(&site, 40, 3, 0), 10);
	assert_int_equal(open_all(&site, 100000, 3, 0), 20);
	assert_int_equal(open_all(&site, 1, 3, 0), 20);
}

/* One copy needs one connection, also when it is done; a second copy that waits
 * gets it and the next as many as there are to be at least. */
static void
test_alone(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	come_up(&site, true);
	assert_int_equal(open_all(&site, 0, 1, 0), 1);
	concurrency_good(&site);
	assert_int_equal(open_all(&site, 0, 0, 0), 1);
	/* the one that rests takes the next */
	assert_int_equal(open_all(&site, 1, 0, 0), 1);
	assert_int_equal(open_all(&site, 1, 1, 0), 3);
	concurrency_closed(&site, false, 0);
	assert_int_equal(want(&site, 0, 0, 0), CONCURRENCY_ENOUGH);
}

static void
test_down(void **state)
{
	static const int64_t pauses[] = { 1000, 2000, 4000, 8000, 10000,
	    10000 };
	struct concurrency site = { 0 };
	int64_t now = 5000;

	(void)state;
	for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		assert_int_equal(want(&site, 9, 0, now), CONCURRENCY_LEAD);
		concurrency_opening(&site);
		/* a site that is known to be down gets the lead alone */
		assert_int_equal(want(&site, 9, 1, now), i == 0 ?
		    CONCURRENCY_EXTRA : CONCURRENCY_ENOUGH);
		concurrency_failed(&site, true, true, now);
		assert_true(concurrency_down(&site));
		now += pauses[i];
		assert_int_equal(
		    want(&site, 9, 0, now - 1), CONCURRENCY_ENOUGH);
	}
	assert_int_equal(want(&site, 0, 0, now), CONCURRENCY_ENOUGH);
	concurrency_opening(&site);
	/* it talks: good, but not good enough */
	concurrency_ready(&site, true);
	assert_true(concurrency_down(&site));
	assert_int_equal(want(&site, 9, 1, now), CONCURRENCY_ENOUGH);
	concurrency_good(&site);
	assert_false(concurrency_down(&site));
	assert_int_equal(open_all(&site, 9, 1, now), 3);
}

/* A site that lets us in and then breaks off is no better. */
static void
test_down_later(void **state)
{
	struct concurrency site = { 0 };
	int64_t now = 0;

	(void)state;
	for (int64_t pause = 1000; pause <= 8000; pause *= 2) {
		come_up(&site, true);
		concurrency_closed(&site, true, now);
		now += pause;
		assert_int_equal(
		    want(&site, 9, 0, now - 1), CONCURRENCY_ENOUGH);
		assert_int_equal(want(&site, 9, 0, now), CONCURRENCY_LEAD);
	}
}

/* However long it was down, and whether a copy is due or not, it may be probed
 * when an operator asks for it; the pauses go on as if that were any lead. */
static void
test_asked(void **state)
{
	struct concurrency site = { .failures = 9, .failed_at = 50000 };
	struct concurrency_load what = load(0, 0);

	(void)state;
	assert_int_equal(want(&site, 9, 0, 50001), CONCURRENCY_ENOUGH);
	what.asked = true;
	assert_int_equal(concurrency_want(&site, &what, &rules, 50001),
	    CONCURRENCY_LEAD);
	concurrency_opening(&site);
	assert_int_equal(concurrency_want(&site, &what, &rules, 50001),
	    CONCURRENCY_ENOUGH);
	concurrency_failed(&site, true, true, 50002);
	assert_true(concurrency_down(&site));
	assert_int_equal(want(&site, 9, 0, 60001), CONCURRENCY_ENOUGH);
	assert_int_equal(want(&site, 9, 0, 60002), CONCURRENCY_LEAD);
}

/* A copy that would die untried is tried, but never in a rush. */
static void
test_last_chance(void **state)
{
	struct concurrency site = { .failures = 9, .failed_at = 0 };
	struct concurrency_load what = load(1, 0);

	(void)state;
	what.death = 6000;
	assert_int_equal(concurrency_want(&site, &what, &rules, 4999),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(concurrency_want(&site, &what, &rules, 5000),
	    CONCURRENCY_LEAD);
	what.death = 500;
	assert_int_equal(concurrency_want(&site, &what, &rules, 999),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(concurrency_want(&site, &what, &rules, 1000),
	    CONCURRENCY_LEAD);
}

static void
test_short_retry_delay(void **state)
{
	struct concurrency_rules quick = rules;
	struct concurrency site = { .failures = 9, .failed_at = 0 };
	struct concurrency_load what = load(1, 0);

	(void)state;
	quick.retry_delay = 300;
	assert_int_equal(concurrency_want(&site, &what, &quick, 299),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(concurrency_want(&site, &what, &quick, 300),
	    CONCURRENCY_LEAD);
	quick.retry_delay = 0;
	assert_int_equal(concurrency_want(&site, &what, &quick, 99),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(concurrency_want(&site, &what, &quick, 100),
	    CONCURRENCY_LEAD);
}

static void
test_not_the_sites_fault(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	concurrency_opening(&site);
	concurrency_failed(&site, true, false, 0);
	assert_false(concurrency_down(&site));
	assert_int_equal(want(&site, 1, 0, 0), CONCURRENCY_LEAD);
}

/* What the site does not want more of, it does not get for a while. */
static void
test_limit(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	come_up(&site, true);
	concurrency_opening(&site);
	concurrency_failed(&site, false, true, 0);
	concurrency_good(&site);
	assert_false(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 1, CONCURRENCY_LIMIT_TIME - 1),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(open_all(&site, 100, 1, CONCURRENCY_LIMIT_TIME), 20);

	/* 421 to one of those that were open */
	concurrency_refused(&site, 100000);
	assert_int_equal(open_all(&site, 100, 1, 100000), 19);
	concurrency_closed(&site, false, 100000);
	assert_int_equal(open_all(&site, 100, 1, 100000), 19);
}

/* A copy that only a fresh connection may have gets one beside those that are
 * there, within what there may be. */
static void
test_fresh(void **state)
{
	struct concurrency_load what = load(1, 0);
	struct concurrency site = { 0 };

	(void)state;
	come_up(&site, true);
	concurrency_good(&site);
	assert_int_equal(open_all(&site, 2, 0, 0), 3);
	what.fresh = 1;
	assert_int_equal(concurrency_want(&site, &what, &rules, 0),
	    CONCURRENCY_EXTRA);
	what.fresh = 0;
	assert_int_equal(concurrency_want(&site, &what, &rules, 0),
	    CONCURRENCY_ENOUGH);
	what.fresh = 5;
	assert_int_equal(open_all(&site, 1000, 0, 0), 20);
	assert_int_equal(concurrency_want(&site, &what, &rules, 0),
	    CONCURRENCY_ENOUGH);
	concurrency_refused(&site, 0);
	assert_int_equal(concurrency_want(&site, &what, &rules, 0),
	    CONCURRENCY_ENOUGH);
	assert_int_equal(concurrency_want(&site, &what, &rules,
	    CONCURRENCY_LIMIT_TIME), CONCURRENCY_EXTRA);
}

/* Who says 421 to all of them, and answers no letter, is down; but who has
 * answered one since the lead just wants a new connection. */
static void
test_refused(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	come_up(&site, true);
	come_up(&site, false);
	concurrency_refused(&site, 0);
	assert_false(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 1, 0), CONCURRENCY_ENOUGH);
	concurrency_refused(&site, 0);
	assert_int_equal(site.open, 0);
	assert_true(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 0, 999), CONCURRENCY_ENOUGH);
	assert_int_equal(want(&site, 100, 0, 1000), CONCURRENCY_LEAD);
	come_up(&site, true);
	concurrency_refused(&site, 1000);
	assert_int_equal(want(&site, 100, 0, 2999), CONCURRENCY_ENOUGH);
	assert_int_equal(want(&site, 100, 0, 3000), CONCURRENCY_LEAD);

	come_up(&site, true);
	concurrency_good(&site);
	concurrency_refused(&site, 3000);
	assert_false(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 0, 3000), CONCURRENCY_LEAD);
}

/* Who fails before any is open is not asked again before one is; the last of
 * them says that the site is down, if the lead has not said so, and what was
 * wanted then counts no more when it is back. */
static void
test_failed_together(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		concurrency_opening(&site);
	concurrency_failed(&site, false, true, 0);
	assert_false(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 1, 0), CONCURRENCY_ENOUGH);
	concurrency_failed(&site, true, true, 0);
	assert_true(concurrency_down(&site));
	concurrency_failed(&site, false, true, 500);
	assert_int_equal(want(&site, 100, 0, 1000), CONCURRENCY_LEAD);
	come_up(&site, true);
	concurrency_good(&site);
	assert_int_equal(open_all(&site, 100, 1, 1000), 20);

	/* the lead is one of those that are too many: none is left as lead */
	site = (struct concurrency){ .opening = 3 };
	concurrency_failed(&site, false, true, 0);
	concurrency_failed(&site, false, true, 0);
	assert_false(concurrency_down(&site));
	concurrency_failed(&site, false, true, 0);
	assert_true(concurrency_down(&site));
	assert_int_equal(want(&site, 100, 0, 999), CONCURRENCY_ENOUGH);
}

static void
test_last_one_broke(void **state)
{
	struct concurrency site = { 0 };

	(void)state;
	come_up(&site, true);
	come_up(&site, false);
	concurrency_closed(&site, true, 0);
	assert_false(concurrency_down(&site));
	concurrency_closed(&site, true, 0);
	assert_true(concurrency_down(&site));
	assert_int_equal(want(&site, 1, 0, 999), CONCURRENCY_ENOUGH);
	assert_int_equal(want(&site, 1, 0, 1000), CONCURRENCY_LEAD);
}

static void
test_rest(void **state)
{
	struct concurrency site = { .open = 3 };
	struct concurrency_load what = load(0, 0);
	int64_t until;

	(void)state;
	/* quiet: idle_timeout after the last copy was done */
	what.quiet_since = 5000;
	assert_false(
	    concurrency_rest(&site, &what, &rules, 1000, 6999, &until));
	assert_int_equal(until, 7000);
	assert_true(concurrency_rest(&site, &what, &rules, 1000, 7000, &until));
	assert_false(
	    concurrency_rest(&site, &what, &rules, 6000, 7000, &until));
	assert_int_equal(until, 8000);

	/* not quiet: only those over what the site would be given now */
	what = load(0, 1);
	assert_false(concurrency_rest(&site, &what, &rules, 0, 99999, &until));
	assert_true(until > 99999);
	site.open = 4;
	assert_false(concurrency_rest(&site, &what, &rules, 0, 1999, &until));
	assert_true(concurrency_rest(&site, &what, &rules, 0, 2000, &until));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_down_later),
		cmocka_unit_test(test_asked),
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
