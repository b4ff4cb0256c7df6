/* SPDX-License-Identifier: BSD-2-Clause */
/* test_networks - mynetworks of Postfix against internal_networks, with files in
 * it that cannot be read */
#include <string.h>

#include "control/doctor/doctor.h"
#include "tests/unit/scratch.h"

/* look - what is said of these networks */
static void
look(const char *parameters, const char *mynetworks, struct findings *out)
{
	const struct postfix postfix = { .known = true,
		.mynetworks = mynetworks };
	struct conf conf = { .private = NULL };
	struct err err;

	assert_int_equal(conf_parse("tdc.cf", parameters, &conf, &err), 0);
	doctor_networks(&conf, &postfix, out);
	conf_drop(&conf);
}

#define OURS "internal_networks = 10.0.0.0/8\n"

static void
files(void **state)
{
	char *dir = scratch_new();
	own(str) char *list = scratch_file(dir, "list",
	    "10.1.0.0/16 # ours\n# 203.0.113.0/24\n192.0.2.0/24, 10.2.3.4\n");
	own(str) char *large = scratch_file(dir, "large", "");
	own(str) char *none = mem_format("%s/none", dir);
	const char *const unread[] = { large, none, dir };

	(void)state;
	assert_int_equal(truncate(large, (1 << 16) + 1), 0);
	{
		own(findings) struct findings findings = FINDINGS;

		look(OURS, list, &findings);
		assert_int_equal(findings.warnings, 1);
		assert_non_null(strstr(findings.said.data,
		    "mynetworks has 192.0.2.0/24, internal_networks has not"));
	}
	for (size_t i = 0; i < sizeof(unread) / sizeof(*unread); i++) {
		own(findings) struct findings findings = FINDINGS;
		own(str) char *words = mem_format("10.0.0.1, %s", unread[i]);
		own(str) char *wanted = mem_format("mynetworks has %s, which is not "
		    "looked at", unread[i]);

		look(OURS, words, &findings);
		assert_int_equal(findings.warnings, 0);
		assert_non_null(strstr(findings.said.data, wanted));
	}
	scratch_free(dir);
}

static void
lists(void **state)
{
	own(findings) struct findings world = FINDINGS, all = FINDINGS,
		none = FINDINGS;

	(void)state;
	look("internal_networks = 0.0.0.0/1, 128.0.0.0/1\n", "", &world);
	assert_true(world.no_copies);
	assert_non_null(strstr(world.said.data, "has all of IPv4"));
	/* with directions = all nothing is left alone */
	look(OURS "directions = all\n", "192.0.2.0/24", &all);
	assert_int_equal(all.said.len, 0);
	look(OURS, " ,, 10.0.0.0/9\t10.128.0.0/9,", &none);
	assert_int_equal(none.said.len, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
