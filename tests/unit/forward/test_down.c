/* SPDX-License-Identifier: BSD-2-Clause */
/* scheduler: the gauges of a site that was down and for which nothing waits */
/* WRAP: clock_now */
#include <stdatomic.h>

#include "tests/unit/forward/forwarder_rig.h"

int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);

static _Atomic int64_t later;		/* ms that have passed at once */

int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + later;
}

/* look - what is shown after a turn of the scheduler */
static enum site_state
look(struct forwarder *forwarder, uint64_t *out_down)
{
	assert_true(scheduler_turn(forwarder));
	*out_down = counter_get(forwarder->counters, COUNT_HOST_DOWN);
	return site_state(queue_sites(forwarder->queue)->row);
}

static void
test_unused(void **state)
{
	struct forwarder *forwarder = *state;
	struct site *site = NULL;
	struct item *item = NULL;
	uint64_t down;

	forwarder_rig_commit(forwarder, 1);
	sweep_arrivals(forwarder);
	assert_int_equal(queue_connect(forwarder->queue, clock_now(), &site,
	    &item), CONCURRENCY_LEAD);
	concurrency_failed(&site->concurrency, true, true, clock_now());
	lease_retry(forwarder, item);
	assert_int_equal(look(forwarder, &down), SITE_DOWN);
	assert_int_equal(down, 1);
	/* an operator deletes it; its retry finds that out */
	later += 50000;
	assert_int_equal(look(forwarder, &down), SITE_DOWN);
	later += 11000;
	item = forwarder_rig_take(forwarder);
	assert_int_equal(item->entry.mid, 1);
	assert_int_equal(spool_remove(forwarder->spool, SPOOL_READY,
	    &item->entry, &(struct err){ 0 }), 1);
	lease_forget(forwarder, item);
	assert_int_equal(look(forwarder, &down), SITE_DOWN);
	assert_int_equal(down, 1);
	later += QUEUE_DOWN_TIME - 61000 - 30000;
	assert_int_equal(look(forwarder, &down), SITE_DOWN);
	assert_int_equal(down, 1);
	later += 30000;
	assert_int_equal(look(forwarder, &down), SITE_UNKNOWN);
	assert_int_equal(down, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
