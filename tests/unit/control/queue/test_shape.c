/* SPDX-License-Identifier: BSD-2-Clause */
/* test_shape - each age is counted in its place */
#include "control/queue/shape.h"
#include "tests/unit/scratch.h"

static void
ages(void **state)
{
	static const struct { int64_t age; size_t place; } rows[] = {
		{ -1, 0 }, { 0, 0 }, { 5000, 0 }, { 5001, 1 }, { 10000, 1 },
		{ 10001, 2 }, { 20000, 2 }, { 20001, 3 }, { 40000, 3 },
		{ 40001, 4 }, { 80000, 4 }, { 80001, 5 }, { 160000, 5 },
		{ 160001, 6 }, { INT64_C(86400000) * 365, 6 },
	};
	const int64_t now = INT64_C(1795651200000);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct shape shape = { .now = now };

		shape_add(&shape, now - rows[i].age);
		assert_int_equal(shape.total, 1);
		assert_int_equal(shape.ages[rows[i].place], 1);
		assert_int_equal(shape.first, now - rows[i].age);
	}
}

static void
several(void **state)
{
	struct shape shape = { .now = 1000000 };

	(void)state;
	shape_add(&shape, 999000);
	shape_add(&shape, 500000);
	shape_add(&shape, 998000);
	assert_int_equal(shape.total, 3);
	assert_int_equal(shape.ages[0], 2);
	assert_int_equal(shape.ages[SHAPE_AGES - 1], 1);
	assert_int_equal(shape.first, 500000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages),
		cmocka_unit_test(several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
