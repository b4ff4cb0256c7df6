/* SPDX-License-Identifier: BSD-2-Clause */
/* silent: what is remembered of addresses that did not answer, and for how
 * long; tour: what that means for the order of hosts */
#include "forward/net/silent.h"

#include <string.h>

#include "forward/tour.h"
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
	struct silent *silent = silent_new();
	const struct endpoint a = address(AF_INET, 1);
	const struct endpoint b = address(AF_INET, 2);
	const struct endpoint six = address(AF_INET6, 1);
	const int64_t later = 1000 + SILENT_TIME;

	(void)state;
	assert_int_equal(silent_hope(silent, &a, 1000), HOPE_FULL);
	silent_note(silent, &a, 1000);
	assert_int_equal(silent_hope(silent, &a, 1000), HOPE_NONE);
	assert_int_equal(silent_hope(silent, &a, later - 1), HOPE_NONE);
	assert_int_equal(silent_hope(silent, &b, 1000), HOPE_FULL);
	assert_int_equal(silent_hope(silent, &six, 1000), HOPE_FULL);
	/* one has a look, for all */
	assert_int_equal(silent_hope(silent, &a, later), HOPE_LITTLE);
	assert_int_equal(silent_hope(silent, &a, later), HOPE_NONE);
	silent_note(silent, &a, later + 500);
	assert_int_equal(silent_hope(silent, &a, later + 499 + SILENT_TIME),
	    HOPE_NONE);
	assert_int_equal(silent_hope(silent, &a, later + 500 + SILENT_TIME),
	    HOPE_LITTLE);
	silent_clear(silent, &a);
	assert_int_equal(silent_hope(silent, &a, later), HOPE_FULL);
	silent_clear(silent, &b);
	silent_free(silent);
	assert_null(silent_free(NULL));
}

/* When there are too many, those that were noted first are forgotten. */
static void
test_many(void **state)
{
	struct silent *silent = silent_new();
	enum { MORE = 10 };

	(void)state;
	for (unsigned i = 0; i < SILENT_MAX + MORE; i++) {
		const struct endpoint a = address(AF_INET, i);

		silent_note(silent, &a, i);
	}
	for (unsigned i = 0; i < SILENT_MAX + MORE; i++) {
		const struct endpoint a = address(AF_INET, i);

		assert_int_equal(silent_hope(silent, &a, 100),
		    i < MORE ? HOPE_FULL : HOPE_NONE);
	}
	silent_free(silent);
}

/* Targets as letters, one letter a host; the hope of each; and the hosts in
 * the order of the tour, each with its patience in ms. */
static const struct {
	const char	*hosts;
	const char	*hopes;		/* "-": none, "?": little, "+": full */
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
		enum hope hopes[ROUTE_TARGETS];
		struct tour tour;
		char got[256] = "";

		route.count = strlen(tours[i].hosts);
		for (size_t j = 0; j < route.count; j++) {
			snprintf(route.targets[j].host, DNS_NAME, "%c",
			    tours[i].hosts[j]);
			hopes[j] = tours[i].hopes[j] == '+' ? HOPE_FULL :
			    tours[i].hopes[j] == '?' ? HOPE_LITTLE : HOPE_NONE;
		}
		tour_plan(&route, hopes, tours[i].timeout, &tour);
		for (size_t j = 0; j < tour.count; j++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%.*s%d ",
			    (int)(tour.stops[j].end - tour.stops[j].at),
			    tours[i].hosts + tour.stops[j].at,
			    (int)tour.stops[j].patience);
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
