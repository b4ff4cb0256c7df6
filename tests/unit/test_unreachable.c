/* SPDX-License-Identifier: BSD-2-Clause */
/* unreachable: what is remembered of addresses that did not answer, and for how
 * long; plan: what that means for the order of hosts */
#include "forward/net/unreachable.h"

#include <string.h>

#include "forward/plan.h"
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

/* Targets as letters, one letter a host; the reach of each; and the hosts in
 * the order of the plan, each with its patience in ms. */
static const struct {
	const char	*hosts;
	const char	*reach;		/* "-": none, "?": little, "+": full */
	int64_t		 timeout;
	const char	*want;
} tours[] = {
	{ "a", "+", 30000, "a30000 " },
	{ "a", "-", 30000, "a30000 " },
	{ "a", "?", 30000, "a30000 " },
	{ "aa", "--", 30000, "aa30000 " },
	{ "ab", "++", 30000, "a5000 b30000 " },
	{ "ab", "-+", 30000, "b5000 a30000 " },
	{ "ab", "?+", 30000, "a1000 b30000 " },
	{ "ab", "+-", 30000, "a5000 b30000 " },
	{ "ab", "--", 30000, "a5000 b30000 " },
	{ "ab", "-?", 30000, "b1000 a30000 " },
	{ "aabb", "-+-+", 30000, "aa5000 bb30000 " },
	{ "aabb", "--++", 30000, "bb5000 aa30000 " },
	{ "aabb", "-?++", 30000, "aa1000 bb30000 " },
	{ "aabb", "-?-+", 30000, "aa1000 bb30000 " },
	{ "abcd", "-+-+", 30000, "b5000 d5000 a5000 c30000 " },
	{ "abcdefgh", "++++++++", 30000,
	    "a5000 b5000 c5000 d5000 e5000 f5000 g5000 h30000 " },
	{ "ab", "++", 2000, "a2000 b2000 " },
	{ "abc", "?++", 500, "a500 b500 c500 " },
	{ "", "", 30000, "" },
};

static void
test_tour(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tours); i++) {
		static struct route route;
		enum reach reach[ROUTE_TARGETS];
		struct plan plan;
		char got[256] = "";

		route.count = strlen(tours[i].hosts);
		for (size_t j = 0; j < route.count; j++) {
			snprintf(route.targets[j].host, DNS_NAME, "%c",
			    tours[i].hosts[j]);
			reach[j] = tours[i].reach[j] == '+' ? REACH_TRY :
			    tours[i].reach[j] == '?' ? REACH_PROBE : REACH_SKIP;
		}
		plan_make(&route, reach, tours[i].timeout, &plan);
		for (size_t j = 0; j < plan.count; j++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%.*s%d ",
			    (int)(plan.attempts[j].end - plan.attempts[j].at),
			    tours[i].hosts + plan.attempts[j].at,
			    (int)plan.attempts[j].patience);
		assert_string_equal(got, tours[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_tour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
