/* SPDX-License-Identifier: BSD-2-Clause */
/* plan: the order of hosts, and how long each is waited for, by what is known
 * of their addresses */
#include "forward/plan.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Targets as letters, one letter a host; the reach of each; and the hosts in
 * the order of the plan, each with its patience in ms. */
static const struct {
	const char	*hosts;
	const char	*reach;		/* "-": skip, "?": probe, "+": try */
	int64_t		 timeout;
	const char	*want;
} plans[] = {
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
test_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(plans); i++) {
		static struct route route;
		enum reach reach[ROUTE_TARGETS];
		struct plan plan;
		char got[256] = "";

		route.count = strlen(plans[i].hosts);
		for (size_t j = 0; j < route.count; j++) {
			snprintf(route.targets[j].host, DNS_NAME, "%c",
			    plans[i].hosts[j]);
			reach[j] = plans[i].reach[j] == '+' ? REACH_TRY :
			    plans[i].reach[j] == '?' ? REACH_PROBE : REACH_SKIP;
		}
		plan_make(&route, reach, plans[i].timeout, &plan);
		for (size_t j = 0; j < plan.count; j++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%.*s%d ",
			    (int)(plan.attempts[j].end - plan.attempts[j].at),
			    plans[i].hosts + plan.attempts[j].at,
			    (int)plan.attempts[j].patience);
		assert_string_equal(got, plans[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
