/* SPDX-License-Identifier: BSD-2-Clause */
/* workers: no thread for a connection is nothing that a copy suffers from */
/* WRAP: pthread_create */
#include "forward/workers.h"

#include <string.h>

#include "tests/unit/forward/forwarder_rig.h"
#include "tests/unit/no_threads.h"

/* idle - in place of a worker: it does nothing, and takes its leave */
static void *
idle(void *arg)
{
	struct worker *worker = arg;

	workers_leave(worker);
	return NULL;
}

/* reap - the workers, when all have left; how many there were */
static unsigned
reap(struct forwarder *forwarder)
{
	unsigned n = 0;

	for (struct worker *w = forwarder->workers; w != NULL; w = w->next)
		n++;
	while (forwarder->workers != NULL) {
		workers_reap(forwarder);
		usleep(1000);
	}
	return n;
}

static void
test_no_thread(void **state)
{
	struct forwarder *forwarder = *state;
	int64_t now = clock_now();
	const struct site *site;
	struct item *item;

	forwarder_rig_commit(forwarder, 1);
	sweep_arrivals(forwarder);
	site = queue_sites(forwarder->queue);
	now = clock_now();
	for (unsigned i = 0; i < 20; i++, now += 1000) {
		no_threads = 1;
		workers_connect(forwarder, idle, now);
		assert_int_equal(no_threads, 0);
		assert_null(forwarder->workers);
		assert_int_equal(site->concurrency.open, 0);
		assert_int_equal(site->concurrency.opening, 0);
		/* at once it would not help, and a second is not long */
		workers_connect(forwarder, idle, now + 1);
		assert_null(forwarder->workers);
		assert_int_equal(queue_next(forwarder->queue, now),
		    now + 1000);
	}
	assert_non_null(strstr(forwarder_rig_log(forwarder), "TDC: Warning: "
	    "no thread for a connection: Resource temporarily unavailable\n"));
	workers_connect(forwarder, idle, now);
	assert_non_null(forwarder->workers);
	item = forwarder->workers->item;
	assert_non_null(item);
	assert_int_equal(item->entry.mid, 1);
	assert_int_equal(item->entry.attempts, 0);
	assert_int_equal(reap(forwarder), 1);
	lease_forget(forwarder, item);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_no_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
