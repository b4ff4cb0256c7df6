/* SPDX-License-Identifier: BSD-2-Clause */
/* delays: each time is in one of them, at its bound as above it */
#include "base/counters/delays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_bounds(void **state)
{
	(void)state;
	for (int i = 0; i < DELAYS; i++) {
		int64_t most = delay_rows[i].most;

		assert_int_equal(delay_counter(most), delay_rows[i].counter);
		if (i + 1 < DELAYS)
			assert_int_equal(delay_counter(most + 1),
			    delay_rows[i + 1].counter);
	}
	assert_int_equal(delay_counter(0), COUNT_DELIVERY_50MS);
	assert_int_equal(delay_counter(-5), COUNT_DELIVERY_50MS);
	assert_int_equal(delay_counter(3600000), COUNT_DELIVERY_LONGER);
}

/* What is printed is what is compared. */
static void
test_texts(void **state)
{
	(void)state;
	for (int i = 0; i < DELAYS - 1; i++)
		assert_int_equal((int64_t)(atof(delay_rows[i].text) * 1000 + .5),
		    delay_rows[i].most);
	assert_string_equal(delay_rows[DELAYS - 1].text, "+Inf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
