/* SPDX-License-Identifier: BSD-2-Clause */
/* queue: items whose intake is suspended, and their age after that */
#include "forward/queue/queue.h"

#include "tests/unit/scratch.h"

static const struct queue_rules rules = { .lifetime = 1000,
    .retry_delay = 100, .concurrency = { .min = 3, .max = 6,
    .idle_timeout = 2000, .retry_delay = 100 } };

static struct item *
add(struct queue *queue, uint64_t mid)
{
	struct spool_entry entry = { .mid = mid };

	return queue_add(queue, &entry, "a.example", 0, 0, 0);
}

/* no_connection - is wanted */
static void
no_connection(struct queue *queue, int64_t now)
{
	struct site *site;
	struct item *item;

	assert_int_equal(queue_connect(queue, now, &site, &item),
	    CONCURRENCY_ENOUGH);
}

static void
it_waits_and_does_not_die(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1);
	struct site *site = item->site;

	(void)state;
	queue_suspend(item, true, 0, 10);
	assert_null(queue_take(site, 20));
	assert_int_equal(queue_due(site, 20), 0);
	assert_int_equal(queue_waiting(site), 1);
	no_connection(queue, 20);
	assert_int_equal(queue_flush(queue, NULL, 20), 0);
	no_connection(queue, 21);
	assert_int_equal(queue_next(queue, 20), INT64_MAX);
	assert_null(queue_expired(queue, 5000));

	queue_suspend(item, false, 4990, 5000);
	assert_int_equal(queue_death(queue, item), 5990);
	assert_null(queue_expired(queue, 5989));
	assert_ptr_equal(queue_take(site, 5000), item);
	queue_put_back(item, 5000, 5000);
	assert_ptr_equal(queue_expired(queue, 5990), item);
	queue_forget(queue, item, 5990);
	queue_free(queue);
}

static void
one_that_is_taken_comes_back_to_wait(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1), *other = add(queue, 2);
	struct site *site = item->site;

	(void)state;
	assert_ptr_equal(queue_take(site, 0), item);
	queue_suspend(item, true, 0, 10);
	assert_int_equal(queue_death(queue, item), INT64_MAX);
	item->entry.attempts = 1;
	queue_retry(queue, item, 20);
	assert_ptr_equal(queue_take(site, 500), other);
	assert_null(queue_take(site, 500));
	assert_int_equal(queue_waiting(site), 2);
	queue_suspend(item, false, 490, 500);
	assert_ptr_equal(queue_take(site, 500), item);
	queue_free(queue);
}

static void
a_retry_that_was_to_come_is_yet_to_come(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1);
	struct site *site = item->site;

	(void)state;
	assert_ptr_equal(queue_take(site, 0), item);
	queue_retry(queue, item, 0);
	queue_suspend(item, true, 0, 10);
	queue_suspend(item, false, 10, 20);
	assert_null(queue_take(site, 99));
	assert_ptr_equal(queue_take(site, 100), item);
	queue_free(queue);
}

static void
count(void *arg, struct item *item)
{
	(void)item;
	++*(unsigned *)arg;
}

static void
while_ages_stand_none_dies(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1);
	unsigned n = 0;

	(void)state;
	queue_stand(queue, true);
	assert_null(queue_expired(queue, 5000));
	queue_stand(queue, false);
	assert_ptr_equal(queue_expired(queue, 5000), item);
	queue_done(item, 5000);
	queue_suspend(item, true, 0, 5000);
	add(queue, 2);
	queue_each(queue, count, &n);
	assert_int_equal(n, 2);
	queue_free(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_waits_and_does_not_die),
		cmocka_unit_test(one_that_is_taken_comes_back_to_wait),
		cmocka_unit_test(a_retry_that_was_to_come_is_yet_to_come),
		cmocka_unit_test(while_ages_stand_none_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
