/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session with the API over reloads: it goes on as long as nothing that it stands
 * on has changed
 *
 * NEEDS: REMEDIATION
 * WRAP: api_open api_close api_login api_search api_skew api_requests api_host
 * WRAP: api_verdict_now clock_wall log_write state_note state_noted state_spend
 */
#include "tests/unit/remediate/daemon/polling_rig.h"

static void
use(const char *more, bool anew)
{
	static struct settings next[2];
	static int at;

	at = !at;
	configure(&next[at], more);
	polling_use(polling, &next[at], anew);
	assert_int_equal(poll_and_done(NOW + opens * MINUTE), 0);
	conf_drop(&settings.conf);
	settings = next[at];
	polling_use(polling, &settings, false);
}

/* rewritten - with that time */
static void
rewritten(const char *text, time_t seconds, long nanoseconds)
{
	const struct timespec both[2] = { { seconds, nanoseconds },
		{ seconds, nanoseconds } };

	free(scratch_file(dir, "api", text));
	assert_int_equal(utimensat(AT_FDCWD, credentials, both, 0), 0);
}

/* a session goes on as long as nothing of it has changed */
static void
test_reload(void **state)
{
	(void)state;
	rewritten(CREDENTIALS, 1700000000, 5);
	use("api_url = https://api.example\n", true);
	assert_int_equal(opens, 1);
	use("api_url = https://api.example\nremediation_max_hour = 7\n", false);
	assert_int_equal(opens, 1);
	use("api_url = https://other.example\n", false);
	assert_int_equal(opens, 2);
	assert_string_equal(url, "https://other.example");
	use("api_url = https://other.example\ntls_ca_file = /ca\n", false);
	assert_int_equal(opens, 3);
	use("api_url = https://other.example\ntls_ca_file = /ca\n"
	    "tls_ca_path = /cas\n", false);
	assert_int_equal(opens, 4);
	use("api_region = de\n", false);
	assert_int_equal(opens, 5);
	assert_string_equal(url, api_region("de"));
	use("api_region = de\n", false);
	assert_int_equal(opens, 5);
	use("api_region = de\n", true);
	assert_int_equal(opens, 6);
}

/* the file of credentials, rewritten or replaced */
static void
test_credentials(void **state)
{
	own(str) char *next = mem_format("%s/next", dir);
	own(str) char *before = mem_text(credentials);

	(void)state;
	rewritten(CREDENTIALS, 1700000000, 5);
	use("api_region = de\n", false);
	assert_int_equal(opens, 1);
	rewritten(CREDENTIALS, 1700000000, 6);
	use("api_region = de\n", false);
	assert_int_equal(opens, 2);
	rewritten(CREDENTIALS, 1700000009, 6);
	use("api_region = de\n", false);
	assert_int_equal(opens, 3);
	rewritten(CREDENTIALS "#\n", 1700000009, 6);
	use("api_region = de\n", false);
	assert_int_equal(opens, 4);
	free(scratch_file(dir, "next", CREDENTIALS "#\n"));
	assert_int_equal(rename(next, credentials), 0);
	rewritten(CREDENTIALS "#\n", 1700000009, 6);
	use("api_region = de\n", false);
	assert_int_equal(opens, 5);
	assert_int_equal(unlink(credentials), 0);
	use("api_region = de\n", false);
	assert_int_equal(opens, 6);
	/* another name */
	free(credentials);
	credentials = scratch_file(dir, "other", CREDENTIALS);
	use("api_region = de\n", false);
	assert_int_equal(opens, 7);
	assert_string_not_equal(before, credentials);
}

/* no API: there is nothing to poll */
static void
test_none(void **state)
{
	struct settings none;
	struct polling *other;

	(void)state;
	configure(&none, "api_url = https://api.example\n");
	none.conf.api_url = "";
	other = polling_new(&none, kept, NULL);
	assert_null(polling_source(other));
	assert_null(polling_free(other));
	assert_null(polling_free(NULL));
	conf_drop(&none.conf);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_reload), TEST(test_credentials), TEST(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
