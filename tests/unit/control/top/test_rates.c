/* SPDX-License-Identifier: BSD-2-Clause */
/* test_rates - how fast counters grow between two looks */
#include "control/top/rates.h"
#include "tests/unit/scratch.h"

static void
grow(void **state)
{
	struct rates rates = { .now = 0 };

	(void)state;
	rates_begin(&rates, 1000);
	assert_true(rates_of(&rates, "a", COUNT_DELIVERED, 10) == -1);
	assert_true(rates_of(&rates, "a", COUNT_SOFT_BOUNCED, 100) == -1);
	rates_end(&rates);
	rates_begin(&rates, 1500);
	assert_true(rates_of(&rates, "a", COUNT_DELIVERED, 13) == 6);
	assert_true(rates_of(&rates, "a", COUNT_SOFT_BOUNCED, 100) == 0);
	assert_true(rates_of(&rates, "b", COUNT_DELIVERED, 1) == -1);
	rates_end(&rates);

	/* a is forgotten, b is known, then begins again */
	rates_begin(&rates, 3500);
	assert_true(rates_of(&rates, "b", COUNT_DELIVERED, 2) == 0.5);
	rates_end(&rates);
	rates_begin(&rates, 4500);
	assert_true(rates_of(&rates, "a", COUNT_DELIVERED, 14) == -1);
	assert_true(rates_of(&rates, "b", COUNT_DELIVERED, 1) == -1);
	rates_end(&rates);
	rates_begin(&rates, 4500);	/* the same moment */
	assert_true(rates_of(&rates, "a", COUNT_DELIVERED, 14) == -1);
	rates_end(&rates);
	rates_drop(&rates);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
