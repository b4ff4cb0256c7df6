/* SPDX-License-Identifier: BSD-2-Clause */
/* unreachable: what is remembered of addresses that did not answer, and for how
 * long */
#include "forward/net/unreachable.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* address - number n of that family */
static struct endpoint
address(int family, unsigned n)
{
	struct endpoint made;
	unsigned char octets[16] = { 127, 0, (unsigned char)(n >> 8),
	    (unsigned char)n };

	assert_true(endpoint_make(octets, family == AF_INET ? 4 : 16, 25,
	    &made));
	return made;
}

static void
test_time(void **state)
{
	struct unreachable *unreachable = unreachable_new();
	const struct endpoint a = address(AF_INET, 1);
	const struct endpoint b = address(AF_INET, 2);
	const struct endpoint six = address(AF_INET6, 1);
	const int64_t later = 1000 + UNREACHABLE_TIME;

	(void)state;
	assert_int_equal(unreachable_ask(unreachable, &a, 1000), REACH_TRY);
	unreachable_note(unreachable, &a, 1000);
	assert_int_equal(unreachable_ask(unreachable, &a, 1000), REACH_SKIP);
	assert_int_equal(
	    unreachable_ask(unreachable, &a, later - 1), REACH_SKIP);
	assert_int_equal(unreachable_ask(unreachable, &b, 1000), REACH_TRY);
	assert_int_equal(unreachable_ask(unreachable, &six, 1000), REACH_TRY);
	/* one has a look, for all */
	assert_int_equal(unreachable_ask(unreachable, &a, later), REACH_PROBE);
	assert_int_equal(unreachable_ask(unreachable, &a, later), REACH_SKIP);
	unreachable_note(unreachable, &a, later + 500);
	assert_int_equal(
	    unreachable_ask(unreachable, &a, later + 499 + UNREACHABLE_TIME),
	    REACH_SKIP);
	assert_int_equal(
	    unreachable_ask(unreachable, &a, later + 500 + UNREACHABLE_TIME),
	    REACH_PROBE);
	unreachable_clear(unreachable, &a);
	assert_int_equal(unreachable_ask(unreachable, &a, later), REACH_TRY);
	unreachable_clear(unreachable, &b);
	unreachable_free(unreachable);
	assert_null(unreachable_free(NULL));
}

/* When there are too many, those that were noted first are forgotten. */
static void
test_many(void **state)
{
	struct unreachable *unreachable = unreachable_new();
	enum { MORE = 10 };

	(void)state;
	for (unsigned i = 0; i < UNREACHABLE_MAX + MORE; i++) {
		const struct endpoint a = address(AF_INET, i);

		unreachable_note(unreachable, &a, i);
	}
	for (unsigned i = 0; i < UNREACHABLE_MAX + MORE; i++) {
		const struct endpoint a = address(AF_INET, i);

		assert_int_equal(unreachable_ask(unreachable, &a, 100),
		    i < MORE ? REACH_TRY : REACH_SKIP);
	}
	unreachable_free(unreachable);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
