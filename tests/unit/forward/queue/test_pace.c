/* SPDX-License-Identifier: BSD-2-Clause */
/* pace: how many letters a site takes */
#include "forward/queue/pace.h"

#include "tests/unit/scratch.h"

static void
test_session(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	assert_int_equal(pace_session(&pace, 0), 0);
	assert_true(pace_limited(&pace, 10, 1000));
	assert_int_equal(pace_session(&pace, 1000), 10);
	/* the smallest counts, and it is news; the time begins anew */
	assert_false(pace_limited(&pace, 12, 2000));
	assert_int_equal(pace_session(&pace, 2000), 10);
	assert_true(pace_limited(&pace, 3, 3000));
	assert_false(pace_limited(&pace, 3, 4000));
	assert_int_equal(pace_session(&pace, 4000 + PACE_TIME - 1), 3);
	/* it is forgotten, and what is seen then has nothing to do with it */
	assert_int_equal(pace_session(&pace, 4000 + PACE_TIME), 0);
	assert_true(pace_limited(&pace, 7, 4000 + PACE_TIME));
	assert_int_equal(pace_session(&pace, 4000 + PACE_TIME), 7);
	pace_unlimited(&pace);
	assert_int_equal(pace_session(&pace, 4000 + PACE_TIME), 0);
	assert_true(pace_limited(&pace, 9, 4000 + PACE_TIME));
}

static void
test_flight(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	for (unsigned n = 1; n < PACE_FLIGHT; n *= 2) {
		assert_int_equal(pace_flight(&pace), n);
		/* one that was not full proves nothing */
		pace_whole(&pace, n - 1);
		assert_int_equal(pace_flight(&pace), n);
		pace_whole(&pace, n);
	}
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(pace_flight(&pace), PACE_FLIGHT);
		pace_whole(&pace, PACE_FLIGHT);
	}
	pace_odd(&pace);
	assert_int_equal(pace_flight(&pace), 1);
	/* for good */
	pace_whole(&pace, 1);
	pace_whole(&pace, 1);
	assert_int_equal(pace_flight(&pace), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
