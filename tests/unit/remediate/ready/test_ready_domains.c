/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains without a profile, and profiles without a domain: by remediation_domain_map,
 * and by the mail that came
 *
 * NEEDS: REMEDIATION
 * WRAP: access history_count history_find
 */
#include "tests/unit/remediate/ready/ready_rig.h"

static const char two[] = "profile one type=store\nprofile two type=store\n"
    "chain both = one two\n";

static void
test_names(void **state)
{
	own(str) char *file = scratch_file(dir, "domains",
	    "/^(.*)\\.example$/ $1\n");
	own(str) char *names = mem_format("regexp:%s", file);

	(void)state;
	load_profiles(two);
	load_domains("inline:{corp.example=one}");
	assert_int_equal(look(), EX_OK);
	has("note: profile two: no domain of remediation_domain_map has it");
	has("remediation_domain_map: ok");
	load_domains("inline:{corp.example=both}");
	assert_int_equal(look(), EX_OK);
	assert_null(strstr(said_out, "note: "));
	load_domains("inline:{corp.example=three, b.example=one}");
	assert_int_equal(look(), EX_CONFIG);
	assert_non_null(strstr(said_out, "'three' is no profile and no chain\n"));
	assert_null(strstr(said_out, "remediation_domain_map: ok"));
	/* a name that is made of the domain may be any: nothing is told of others */
	load_domains(names);
	assert_int_equal(look(), EX_OK);
	has("remediation_domain_map: ok");
	assert_null(strstr(said_out, "note: "));
}

static void
test_domains(void **state)
{
	static const char *const some[] = { "a@corp.example", "b@b.example",
		"postmaster", "c@B.Example", "d@c.example", "", NULL };

	(void)state;
	load_profiles(two);
	load_domains("inline:{corp.example=both}");
	recipients = some;
	assert_int_equal(look(), EX_OK);
	/* those with most mail first */
	assert_non_null(strstr(said_out, "remediation_domain_map: ok\n"
	    "note: domain b.example: remediation_domain_map has no profile for "
	    "it (2 recipients of the last copies)\n"
	    "note: domain c.example: remediation_domain_map has no profile for "
	    "it (1 recipient of the last copies)\n"));
	/* outgoing mail goes anywhere */
	conf.directions = CONF_EVERY_DIRECTION;
	assert_int_equal(look(), EX_OK);
	assert_null(strstr(said_out, "note: "));
	conf.directions = CONF_INBOUND;
	load_profiles("");
	load_domains("");
	assert_int_equal(look(), EX_OK);
	assert_null(strstr(said_out, "note: "));
	assert_int_equal(finds, 1);
}

/* ten are told, and how many more there are, of a thousand */
static void
test_many(void **state)
{
	unsigned lines = 0;

	(void)state;
	load_profiles(two);
	load_domains("inline:{corp.example=both}");
	domains = 11;
	assert_int_equal(look(), EX_OK);
	for (const char *p = said_out; (p = strstr(p, "note: domain ")) != NULL;
	    p++)
		lines++;
	assert_int_equal(lines, 10);
	has("note: 1 more domains have no profile");
	domains = 1500;
	assert_int_equal(look(), EX_OK);
	has("note: 990 more domains have no profile");
	/* a history that cannot be read in this moment is no fault of the map */
	recipients = NULL;
	assert_int_equal(look(), EX_OK);
	assert_null(strstr(said_out, "note: "));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_names), TEST(test_domains), TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
