/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * removals: one at a time, in order, not more waiting than may, and none is
 * given up
 *
 * WRAP: pthread_create
 */
#include "forward/queue/removals.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

enum { GIVERS = 8, EACH = 2000 };

/* A removal that notes who is at it, and when its turn came. */
struct work {
	struct removal	 removal;	/* the first */
	unsigned	 giver, number;
};

static bool no_thread;			/* to be had */
static atomic_uint given, at_it, together, out_of_order, done;
static unsigned last[GIVERS];		/* number that each was served */

int __real_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*run)(void *), void *arg)
{
	return no_thread ? EAGAIN :
	    __real_pthread_create(thread, attr, run, arg);
}

static void
run(struct removal *removal)
{
	struct work *work = (struct work *)removal;

	if (atomic_fetch_add(&at_it, 1) > 0)
		atomic_fetch_add(&together, 1);
	if (work->number != last[work->giver] + 1)
		atomic_fetch_add(&out_of_order, 1);
	last[work->giver] = work->number;
	atomic_fetch_add(&done, 1);
	atomic_fetch_sub(&at_it, 1);
	free(work);
}

static struct removal *
work_new(unsigned giver, unsigned number)
{
	struct work *work = mem_new(sizeof(*work));

	work->removal.run = run;
	work->giver = giver;
	work->number = number;
	return &work->removal;
}

static int
set_up(void **state)
{
	given = at_it = together = out_of_order = done = 0;
	for (unsigned i = 0; i < GIVERS; i++)
		last[i] = 0;
	*state = removals_new();
	return 0;
}

static int
tear_down(void **state)
{
	assert_null(removals_free(*state));
	assert_int_equal(together, 0);
	assert_int_equal(out_of_order, 0);
	return 0;
}

static void
doze(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	nanosleep(&ms, NULL);
}

/* Nobody is at one, and nothing waits: whoever comes does it. */
static void
test_at_once(void **state)
{
	struct removals *removals = *state;

	for (int i = 0; i < 3; i++) {
		assert_true(removals_begin(removals));
		assert_false(removals_begin(removals));
		removals_end(removals);
	}
}

/* What was left while somebody was at one is done after that, in order, and
 * nobody overtakes it. */
static void
test_left(void **state)
{
	struct removals *removals = *state;

	assert_true(removals_begin(removals));
	for (unsigned i = 1; i <= 10; i++) {
		assert_false(removals_begin(removals));
		removals_leave(removals, work_new(0, i));
	}
	for (int i = 0; i < 20; i++)
		doze();
	assert_int_equal(done, 0);
	removals_end(removals);
	while (!removals_begin(removals))
		doze();
	assert_int_equal(done, 10);
	removals_end(removals);
}

/* A stop: all that waits is done before it returns; and there may be a next. */
static void
test_drain(void **state)
{
	struct removals *removals = *state;

	for (unsigned round = 0; round < 3; round++) {
		assert_true(removals_begin(removals));
		for (unsigned i = 1; i <= REMOVALS_WAITING; i++)
			removals_leave(removals,
			    work_new(0, round * REMOVALS_WAITING + i));
		removals_end(removals);
		removals_drain(removals);
		assert_int_equal(done, (round + 1) * REMOVALS_WAITING);
	}
	removals_drain(removals);
}

static void *
give_too_many(void *removals)
{
	for (unsigned i = 1; i <= 2 * REMOVALS_WAITING; i++) {
		removals_leave(removals, work_new(0, i));
		given++;
	}
	return NULL;
}

/* So many may wait; who has one more waits himself. */
static void
test_limit(void **state)
{
	struct removals *removals = *state;
	pthread_t giver;

	assert_true(removals_begin(removals));
	assert_int_equal(pthread_create(&giver, NULL, give_too_many,
	    removals), 0);
	while (given < REMOVALS_WAITING)
		doze();
	for (int i = 0; i < 50; i++)
		doze();
	assert_int_equal(given, REMOVALS_WAITING);
	assert_int_equal(done, 0);
	removals_end(removals);
	pthread_join(giver, NULL);
	removals_drain(removals);
	assert_int_equal(done, 2 * REMOVALS_WAITING);
}

struct giver {
	struct removals	*removals;
	unsigned	 self;
	pthread_t	 thread;
};

static void *
give(void *arg)
{
	const struct giver *giver = arg;
	unsigned mine;

	for (unsigned i = 1; i <= EACH; i++) {
		struct removal *removal = work_new(giver->self, i);

		if (removals_begin(giver->removals)) {
			run(removal);
			removals_end(giver->removals);
		} else {
			removals_leave(giver->removals, removal);
		}
		mine = ++given;		/* each is done, waits, or is about to */
		if (mine > done + REMOVALS_WAITING + GIVERS)
			atomic_fetch_add(&out_of_order, 1);
	}
	return NULL;
}

/* Many come, at once or not: each is served in its order, one at a time. */
static void
test_many(void **state)
{
	struct giver givers[GIVERS];

	for (unsigned i = 0; i < GIVERS; i++) {
		givers[i] = (struct giver){ .removals = *state, .self = i };
		assert_int_equal(pthread_create(&givers[i].thread, NULL, give,
		    &givers[i]), 0);
	}
	for (unsigned i = 0; i < GIVERS; i++)
		pthread_join(givers[i].thread, NULL);
	removals_drain(*state);
	assert_int_equal(done, GIVERS * EACH);
}

/* No thread to be had: it is done all the same, by whoever has it. */
static void
test_no_thread(void **state)
{
	struct removals *removals = *state;

	no_thread = true;
	assert_true(removals_begin(removals));
	removals_leave(removals, work_new(0, 1));
	no_thread = false;
	assert_int_equal(done, 1);
	removals_leave(removals, work_new(0, 2));
	assert_int_equal(done, 1);
	removals_end(removals);
	removals_drain(removals);
	assert_int_equal(done, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_at_once, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_thread, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
