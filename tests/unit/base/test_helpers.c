/* SPDX-License-Identifier: BSD-2-Clause */
/* Helpers: how many there are, whom they leave waiting, and for how long.
 * WRAP: pthread_create */
#include "base/helpers.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "tests/unit/no_threads.h"
#include "tests/unit/scratch.h"

enum { GENEROUS = 20000, SOON = 100 };	/* ms */

/* An errand that stands until it may go. */
struct task {
	struct errand	 errand;
	atomic_bool	 may_go;
	_Atomic unsigned ran, dropped;
};

static void
run(struct errand *errand)
{
	struct task *task = (struct task *)errand;

	while (!task->may_go)
		usleep(1000);
	task->ran++;
}

static void
drop(struct errand *errand)
{
	((struct task *)errand)->dropped++;
}

#define TASK(go) { .errand = ERRAND(run, drop), .may_go = (go) }

static bool
soon(_Atomic unsigned *count, unsigned n)
{
	for (int i = 0; i < GENEROUS && *count != n; i++)
		usleep(1000);
	return *count == n;
}

static void
test_done(void **state)
{
	struct helpers *helpers = helpers_new(4);
	struct task task = TASK(true);
	int64_t left = GENEROUS;

	(void)state;
	assert_int_equal(helpers_count(helpers), 0);
	for (unsigned i = 1; i <= 10; i++) {
		assert_int_equal(helpers_run(helpers, &task.errand, &left),
		    HELPERS_DONE);
		assert_int_equal(task.ran, i);
	}
	assert_int_equal(task.dropped, 0);
	assert_true(helpers_count(helpers) <= 2);
	helpers_give(helpers, &task.errand);
	assert_true(soon(&task.dropped, 1));
	assert_int_equal(task.ran, 11);
	assert_null(helpers_free(helpers));
	assert_null(helpers_free(NULL));
}

static void
test_late(void **state)
{
	struct helpers *helpers = helpers_new(4);
	struct task slow = TASK(false), quick = TASK(true);
	int64_t left = SOON;

	(void)state;
	assert_int_equal(helpers_run(helpers, &slow.errand, &left),
	    HELPERS_LATE);
	assert_true(left <= 0);
	assert_true(helpers_stuck(helpers));
	left = GENEROUS;
	assert_int_equal(helpers_run(helpers, &quick.errand, &left),
	    HELPERS_NONE);
	assert_in_range(left, GENEROUS / 2, GENEROUS);
	slow.may_go = true;
	assert_true(soon(&slow.dropped, 1));
	assert_false(helpers_stuck(helpers));
	assert_int_equal(helpers_run(helpers, &quick.errand, &left),
	    HELPERS_DONE);
	assert_int_equal(quick.ran, 1);
	helpers_free(helpers);
}

/* All are at something: the next waits, and is taken back when its time is
 * over; what was given is done in the end. */
static void
test_most(void **state)
{
	struct helpers *helpers = helpers_new(2);
	struct task busy[2] = { TASK(false), TASK(false) };
	struct task next = TASK(true), given = TASK(true);
	int64_t left = SOON;

	(void)state;
	helpers_give(helpers, &busy[0].errand);
	helpers_give(helpers, &busy[1].errand);
	assert_int_equal(helpers_run(helpers, &next.errand, &left),
	    HELPERS_NONE);
	assert_true(left <= 0);
	assert_int_equal(next.ran, 0);
	assert_false(helpers_stuck(helpers));
	assert_int_equal(helpers_count(helpers), 2);
	helpers_give(helpers, &given.errand);
	busy[0].may_go = busy[1].may_go = true;
	assert_true(soon(&given.dropped, 1));
	left = GENEROUS;
	assert_int_equal(helpers_run(helpers, &next.errand, &left),
	    HELPERS_DONE);
	helpers_free(helpers);
	assert_int_equal(busy[0].dropped + busy[1].dropped, 2);
}

static void
test_no_threads(void **state)
{
	struct helpers *helpers = helpers_new(2);
	struct task task = TASK(true);
	int64_t left = GENEROUS;

	(void)state;
	no_threads = FOR_GOOD;
	assert_int_equal(helpers_run(helpers, &task.errand, &left),
	    HELPERS_NONE);
	assert_int_equal(task.ran, 0);
	helpers_give(helpers, &task.errand);	/* by whoever gives it */
	assert_int_equal(task.dropped, 1);
	no_threads = 0;
	helpers_free(helpers);
}

/* Those that are kept do all errands when there are no more. */
static void
test_kept(void **state)
{
	struct helpers *helpers = helpers_new(4);
	struct task busy = TASK(false), task = TASK(true);
	int64_t left = GENEROUS;

	(void)state;
	no_threads = FOR_GOOD;
	assert_int_equal(helpers_keep(helpers, 2), -1);
	assert_int_equal(helpers_count(helpers), 0);
	no_threads = 0;
	assert_int_equal(helpers_keep(helpers, 2), 0);
	assert_int_equal(helpers_keep(helpers, 2), 0);
	assert_int_equal(helpers_count(helpers), 2);
	no_threads = FOR_GOOD;
	helpers_give(helpers, &busy.errand);
	for (unsigned i = 1; i <= 10; i++) {
		assert_int_equal(helpers_run(helpers, &task.errand, &left),
		    HELPERS_DONE);
		assert_int_equal(task.ran, i);
	}
	assert_int_equal(helpers_count(helpers), 2);
	busy.may_go = true;
	no_threads = 0;
	helpers_free(helpers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_no_threads),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
