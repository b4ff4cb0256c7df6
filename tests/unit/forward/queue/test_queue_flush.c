/* SPDX-License-Identifier: BSD-2-Clause */
/* queue: what an operator's flush does, and how long a site is down */
#include "forward/queue/queue.h"

#include <stdio.h>

#include "tests/unit/scratch.h"

static const struct queue_rules rules = { .lifetime = 1000000,
    .retry_delay = 60000, .concurrency = { .min = 3, .max = 6,
    .idle_timeout = 2000, .retry_delay = 60000 } };

/* add - a copy whose last attempt, if it had one, failed at 10 */
static struct item *
add(struct queue *queue, uint64_t mid, unsigned attempts, const char *domain)
{
	struct spool_entry entry = { .mid = mid, .attempts = attempts };

	return queue_add(queue, &entry, domain, 0, 10, 10);
}

/* connect_to - the next connection is for that site, and such a one */
static struct item *
connect_to(struct queue *queue, const struct site *wanted,
    enum concurrency_want kind, int64_t now)
{
	struct site *site = NULL;
	struct item *item = NULL;

	assert_int_equal(queue_connect(queue, now, &site, &item), kind);
	assert_ptr_equal(site, wanted);
	return item;
}

static void
nothing_to_connect(struct queue *queue, int64_t now)
{
	assert_null(connect_to(queue, NULL, CONCURRENCY_ENOUGH, now));
}

/* go_down, come_up - what became of a lead */
static void
go_down(struct site *site, int64_t now)
{
	site->unused -= site->unused > 0;
	concurrency_failed(&site->concurrency, true, true, now);
	queue_left(site, false, now);
}

static void
come_up(struct site *site, int64_t now)
{
	concurrency_ready(&site->concurrency, true);
	queue_reached(site, now);
}

/* taken - the mids in the order in which they are given out */
static const char *
taken(struct queue *queue, struct site *site, int64_t now)
{
	static char text[256];
	struct item *item;
	size_t n = 0;

	text[0] = '\0';
	while ((item = queue_take(site, now)) != NULL) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ",
		    (unsigned)item->entry.mid);
		queue_forget(queue, item, now);
	}
	return text;
}

/* A site that is down: the probe has no copy, and nobody goes. */
static void
test_down(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site = add(queue, 1, 1, "a.test")->site;

	(void)state;
	add(queue, 2, 0, "a.test");
	site->concurrency.failures = 1;
	site->concurrency.failed_at = 50;
	for (int64_t now = 100; now < 2000; now += 100) {
		assert_int_equal(queue_flush(queue, "A.Test", now), 1);
		assert_null(connect_to(queue, site, CONCURRENCY_LEAD, now));
		/* one at a time, also for copies that are due */
		nothing_to_connect(queue, now);
		assert_int_equal(queue_due(site, now), 1);
		go_down(site, now);
		nothing_to_connect(queue, now);
		assert_true(queue_down(site, now));
	}
	/* the pauses go on */
	nothing_to_connect(queue, 11899);
	assert_int_equal(connect_to(queue, site, CONCURRENCY_LEAD,
	    11900)->entry.mid, 2);
	queue_free(queue);
}

/* It comes up: whoever waits goes at once. */
static void
test_up(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *a = add(queue, 1, 1, "a.test")->site;
	struct site *b = add(queue, 3, 1, "b.test")->site;

	(void)state;
	add(queue, 2, 1, "a.test");
	assert_int_equal(queue_flush(queue, "c.test", 100), 0);
	nothing_to_connect(queue, 100);
	assert_int_equal(queue_flush(queue, "a.test", 100), 2);
	assert_true(queue_next(queue, 100) <= 300);
	assert_null(connect_to(queue, a, CONCURRENCY_LEAD, 100));
	nothing_to_connect(queue, 100);
	assert_int_equal(a->unused, 1);
	come_up(a, 200);
	assert_string_equal(taken(queue, a, 200), "1 2 ");
	assert_string_equal(taken(queue, b, 200), "");
	/* over a connection that is there, all the sooner */
	add(queue, 4, 1, "a.test");
	assert_int_equal(queue_flush(queue, NULL, 300), 2);
	assert_string_equal(taken(queue, a, 300), "4 ");
	assert_null(connect_to(queue, b, CONCURRENCY_LEAD, 300));
	come_up(b, 400);
	assert_string_equal(taken(queue, b, 400), "3 ");
	assert_int_equal(queue_flush(queue, NULL, 500), 0);
	nothing_to_connect(queue, 500);
	queue_free(queue);
}

/* It breaks off before they went: they wait as before; but not the one that had
 * its attempt by then, nor the one whose time has come. */
static void
test_breaks(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site = add(queue, 1, 1, "a.test")->site;
	struct item *item;

	(void)state;
	add(queue, 2, 1, "a.test")->wary = true;
	add(queue, 3, 1, "a.test");
	add(queue, 4, 0, "a.test");
	assert_int_equal(queue_flush(queue, NULL, 100), 3);
	assert_null(connect_to(queue, site, CONCURRENCY_LEAD, 100));
	come_up(site, 200);
	item = queue_take(site, 200);
	assert_int_equal(item->entry.mid, 4);
	queue_forget(queue, item, 200);
	item = queue_take(site, 200);
	assert_int_equal(item->entry.mid, 1);
	queue_retry(queue, item, 300);
	/* what was taken and given back for nothing is no better off */
	item = queue_take_wary(site, 200, 300);
	assert_int_equal(item->entry.mid, 2);
	queue_put_back(item, 1300, 300);
	assert_int_equal(queue_due(site, 300), 1);
	/* nor is it after another flush */
	assert_int_equal(queue_flush(queue, NULL, 300), 2);
	assert_int_equal(queue_due(site, 300), 3);
	concurrency_closed(&site->concurrency, true, 300);
	queue_left(site, false, 300);
	assert_int_equal(queue_due(site, 60009), 0);
	assert_int_equal(queue_due(site, 60010), 2);
	assert_int_equal(queue_due(site, 60299), 2);
	assert_int_equal(queue_due(site, 60300), 3);
	queue_free(queue);
}

/* It ends in order, or was gone before it had a letter: nobody goes by a lead,
 * which would have to find out whether the site is there yet. */
static void
test_ends(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site = add(queue, 1, 1, "a.test")->site;

	(void)state;
	add(queue, 2, 1, "a.test");
	site->concurrency.open = 1;
	assert_int_equal(queue_flush(queue, NULL, 100), 2);
	assert_int_equal(queue_due(site, 100), 2);
	concurrency_closed(&site->concurrency, false, 200);
	queue_left(site, false, 200);
	assert_int_equal(queue_due(site, 200), 0);
	assert_null(connect_to(queue, site, CONCURRENCY_LEAD, 200));
	come_up(site, 300);
	queue_forget(queue, queue_take(site, 300), 300);
	/* and so on, as long as there is one */
	concurrency_closed(&site->concurrency, false, 400);
	queue_left(site, false, 400);
	assert_null(connect_to(queue, site, CONCURRENCY_LEAD, 400));
	come_up(site, 500);
	assert_string_equal(taken(queue, site, 500), "2 ");
	concurrency_closed(&site->concurrency, false, 600);
	queue_left(site, false, 600);
	nothing_to_connect(queue, 600);
	queue_free(queue);
}

/* Others were opened for those that are in a hurry, and fail, of which the log has
 * nothing: a lead tells of it. */
static void
test_untold(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site = add(queue, 1, 1, "a.test")->site;

	(void)state;
	add(queue, 2, 1, "a.test");
	site->concurrency.open = 1;
	assert_int_equal(queue_flush(queue, NULL, 100), 2);
	assert_null(connect_to(queue, site, CONCURRENCY_EXTRA, 100));
	concurrency_closed(&site->concurrency, false, 200);
	queue_left(site, false, 200);
	assert_int_equal(queue_due(site, 200), 2);
	site->unused--;
	concurrency_failed(&site->concurrency, false, true, 300);
	queue_left(site, true, 300);
	assert_int_equal(queue_due(site, 300), 0);
	assert_true(queue_down(site, 300));
	assert_null(connect_to(queue, site, CONCURRENCY_LEAD, 300));
	go_down(site, 400);
	nothing_to_connect(queue, 400);
	queue_free(queue);
}

/* A lead that has a copy is under way already: its end is waited for. */
static void
test_under_way(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *lead = add(queue, 1, 0, "a.test");
	struct site *site = lead->site;

	(void)state;
	assert_ptr_equal(connect_to(queue, site, CONCURRENCY_LEAD, 10), lead);
	add(queue, 2, 1, "a.test");
	assert_int_equal(queue_flush(queue, NULL, 20), 1);
	nothing_to_connect(queue, 20);
	queue_retry(queue, lead, 30);
	go_down(site, 30);
	assert_int_equal(queue_due(site, 30), 0);
	assert_null(connect_to(queue, site, CONCURRENCY_LEAD, 30));
	come_up(site, 40);
	assert_int_equal(queue_due(site, 40), 2);
	queue_free(queue);
}

/* A site without copies is nothing to probe, and not down for ever. */
static void
test_nothing_waits(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1, 0, "a.test");
	struct site *site = item->site;

	(void)state;
	assert_false(queue_down(site, 10));
	assert_ptr_equal(connect_to(queue, site, CONCURRENCY_LEAD, 10), item);
	go_down(site, 10);
	assert_true(queue_down(site, 10 + QUEUE_DOWN_TIME));
	queue_retry(queue, item, 10);
	assert_true(queue_down(site, 10 + QUEUE_DOWN_TIME));
	item = queue_take(site, 60010);
	assert_true(queue_down(site, 10 + QUEUE_DOWN_TIME));
	queue_forget(queue, item, 60010);
	assert_true(queue_down(site, 9 + QUEUE_DOWN_TIME));
	assert_false(queue_down(site, 10 + QUEUE_DOWN_TIME));
	assert_int_equal(queue_flush(queue, NULL, 70000), 0);
	nothing_to_connect(queue, 70000);
	queue_free(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_up),
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_untold),
		cmocka_unit_test(test_under_way),
		cmocka_unit_test(test_nothing_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
