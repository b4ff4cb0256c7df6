/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ending: what was delivered, and leaves the spool in a moment, when others have
 *
 * WRAP: unlinkat
 */
#include <errno.h>

#include "forward/lease.h"
#include "forward/outcome.h"
#include "tests/unit/forward/forwarder_rig.h"

static int unlink_error;		/* errno of each unlinkat, 0: none */

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);

int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	if (unlink_error == 0)
		return __real_unlinkat(dir, name, flags);
	errno = unlink_error;
	return -1;
}

static uint64_t
counted(struct forwarder *forwarder, enum counter which)
{
	return counter_get(forwarder->counters, which);
}

static const struct reply got_it = { .code = 250, .text = "2.0.0 got it",
    .length = 12 };

/* left - MID 1 is delivered while others remove theirs: it is neither waiting nor
 * new, and nothing is told of it yet */
static struct spool_entry
left(struct forwarder *forwarder)
{
	struct spool_entry entry;
	struct worker worker;
	struct site *site;

	forwarder_rig_work(forwarder, &worker);
	entry = worker.item->entry;
	site = worker.item->site;
	worker.item->size = 100;
	assert_true(removals_begin(forwarder->removals));
	outcome_delivered(&worker, item_give(&worker.item), &got_it);
	assert_int_equal(queue_waiting(site), 0);
	assert_int_equal(queue_knows(forwarder->queue, &entry), QUEUE_KNOWN);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 1);
	arrivals_anew(forwarder->arrivals);
	sweep_arrivals(forwarder);
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
	assert_null(forwarder_rig_take(forwarder));
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 0);
	assert_string_equal(forwarder_rig_log(forwarder), "");
	return entry;
}

/* others_done - those have done so, and it is its turn */
static void
others_done(struct forwarder *forwarder)
{
	removals_end(forwarder->removals);
	removals_drain(forwarder->removals);
}

/* Its file is about to go: it is not sent again, and told of when it has gone. */
static void
test_delivered_in_a_moment(void **state)
{
	struct forwarder *forwarder = *state;

	left(forwarder);
	others_done(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 0);
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 1);
	assert_int_equal(counted(forwarder, COUNT_DELIVERED_BYTES), 100);
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "'2.0.0 got it'"));
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "Message finished MID 1 done\n"));
}

/* An operator is faster: then it was deleted. */
static void
test_deleted_in_that_moment(void **state)
{
	struct forwarder *forwarder = *state;
	enum spool_place place;
	struct err err;

	left(forwarder);
	assert_int_equal(spool_delete(forwarder->spool, 1, &place, &err), 1);
	others_done(forwarder);
	assert_string_equal(strchr(forwarder_rig_log(forwarder), 'M'),
	    "MID 1 was deleted while it was sent, and the intake took it: "
	    "'2.0.0 got it'\n");
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 0);
	assert_int_equal(counted(forwarder, COUNT_DELIVERED_BYTES), 0);
	assert_int_equal(queue_count(forwarder->queue), 0);
}

/* It cannot go: that was a delivery all the same, it is emptied, and goes at
 * last. */
static void
test_stuck_in_that_moment(void **state)
{
	struct forwarder *forwarder = *state;
	struct spool_entry entry = left(forwarder);

	unlink_error = EROFS;
	others_done(forwarder);
	unlink_error = 0;
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 1);
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "Warning: spool: unlink '0000000000000001.0"));
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "Message finished MID 1 done\n"));
	assert_int_equal(queue_knows(forwarder->queue, &entry), QUEUE_KNOWN);
	assert_null(forwarder_rig_take(forwarder));
	assert_true(forwarder->stuck->empty);
	sweep_stuck(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 0);
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 1);
}

/* It goes with the program that stops. */
static void
test_stopped_in_that_moment(void **state)
{
	struct forwarder *forwarder = *state;

	left(forwarder);
	removals_end(forwarder->removals);
	scheduler_stop(forwarder);
	assert_false(scheduler_turn(forwarder));
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 0);
	assert_int_equal(counted(forwarder, COUNT_DELIVERED), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_delivered_in_a_moment),
		FORWARDER_TEST(test_deleted_in_that_moment),
		FORWARDER_TEST(test_stuck_in_that_moment),
		FORWARDER_TEST(test_stopped_in_that_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
