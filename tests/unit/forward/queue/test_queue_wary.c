/* SPDX-License-Identifier: BSD-2-Clause */
/* queue: copies that wait for a fresh connection */
#include "forward/queue/queue.h"

#include "tests/unit/scratch.h"

static const struct queue_rules rules = { .lifetime = 120000,
    .retry_delay = 60000, .concurrency = { .min = 3, .max = 6,
    .idle_timeout = 2000, .retry_delay = 60000 } };

static struct item *
add(struct queue *queue, uint64_t mid, unsigned attempts, const char *domain,
    int64_t born, int64_t now)
{
	struct spool_entry entry = { .mid = mid, .attempts = attempts };

	return queue_add(queue, &entry, domain, born, born + 10, now);
}

/* give_back - for a fresh connection */
static void
give_back(struct item *item, int64_t now)
{
	item->wary = true;
	queue_put_back(item, now, now);
}

/* Wary ones wait for a connection that has begun since, or is fresh. */
static void
test_wary(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *first = add(queue, 1, 0, "a.test", 100, 1000);
	struct item *second = add(queue, 2, 0, "a.test", 200, 1000);
	struct site *site = first->site;

	(void)state;
	assert_null(queue_take_wary(site, 1000, 1000));
	assert_ptr_equal(queue_take(site, 1000), first);
	assert_ptr_equal(queue_take(site, 1000), second);
	give_back(second, 2000);
	give_back(first, 2000);
	assert_int_equal(queue_due(site, 2000), 2);
	assert_null(queue_take(site, 2000));
	assert_null(queue_take_wary(site, 1999, 2000));
	assert_ptr_equal(queue_take_wary(site, 2000, 2000), first);
	/* it has had its attempt, and waits for its retry */
	queue_retry(queue, first, 2000);
	assert_ptr_equal(queue_take_wary(site, 2000, 2000), second);
	queue_forget(queue, second, 2000);
	assert_null(queue_take_wary(site, 61999, 61999));
	assert_ptr_equal(queue_take_wary(site, 62000, 62000), first);
	queue_put_back(first, 62000, 62000);
	/* nor is it forgotten when it dies */
	assert_ptr_equal(queue_expired(queue, 120100), first);
	queue_forget(queue, first, 120100);
	queue_free(queue);
}

/* A connection is opened for them, beside those that are there; where there may
 * not be one more, somebody has to go. */
static void
test_wary_connections(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1, 0, "a.test", 0, 0);
	struct site *site = item->site;
	struct site *where;
	struct item *lead;

	(void)state;
	assert_int_equal(queue_connect(queue, 0, &where, &lead), CONCURRENCY_LEAD);
	assert_ptr_equal(lead, item);
	assert_int_equal(site->unused, 0);
	concurrency_ready(&site->concurrency, true);
	concurrency_good(&site->concurrency);
	for (unsigned i = 1; i < rules.concurrency.min; i++) {
		concurrency_opening(&site->concurrency);
		concurrency_ready(&site->concurrency, false);
	}
	give_back(item, 1000);
	assert_int_equal(queue_connect(queue, 1000, &where, &lead),
	    CONCURRENCY_EXTRA);
	assert_null(lead);
	assert_int_equal(site->unused, 1);
	assert_int_equal(queue_connect(queue, 1000, &where, &lead),
	    CONCURRENCY_ENOUGH);
	/* it comes to be, but not to be used */
	assert_false(queue_unserved(site, 100, 2000));
	site->unused = 0;
	assert_false(queue_unserved(site, 100, 1099));
	assert_true(queue_unserved(site, 100, 1100));
	site->leaving = 1;
	assert_false(queue_unserved(site, 100, 1100));
	queue_free(queue);
}

/* Nobody loses his attempt for one that was tried and waits for a fresh
 * connection. */
static void
test_wary_lead(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1, 1, "a.test", 0, 70000);
	struct site *where;
	struct item *lead;

	(void)state;
	assert_ptr_equal(queue_take(item->site, 70000), item);
	give_back(item, 70000);
	item = add(queue, 2, 0, "a.test", 50000, 70000);
	assert_int_equal(queue_connect(queue, 70000, &where, &lead),
	    CONCURRENCY_LEAD);
	assert_ptr_equal(lead, item);
	queue_free(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wary),
		cmocka_unit_test(test_wary_connections),
		cmocka_unit_test(test_wary_lead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
