/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store that says no is asked as often as remediation_attempts says, each time
 * when its time has come, and not before
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

/* as often as remediation_attempts says, no more and no less */
static void
attempts(const char *conf, unsigned n)
{
	const struct api_message message = SAYS;

	rig_conf(conf);
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	store_result = MAILBOX_LATER;
	say(&message);
	for (unsigned i = 1; i < 8; i++) {
		assert_int_equal(store_opens, i < n ? i : n);
		expect("bob@corp.example", i < n ? STATE_DUE : STATE_FAILED,
		    "the store says no");
		rig_now += act_delay(i) - 1;
		turn();
		assert_int_equal(store_opens, i < n ? i : n);
		rig_now += 1;
		turn();
	}
	assert_int_equal(store_opens, n);
}

static void
test_attempts(void **state)
{
	static const char *const confs[] = { "", "remediation_attempts = 3\n",
		"remediation_attempts = 4\n", "remediation_attempts = 5\n" };
	static const unsigned wanted[] = { 3, 3, 4, 5 };

	for (size_t i = 0; i < sizeof(confs) / sizeof(*confs); i++) {
		if (i > 0) {
			rig_down(state);
			rig_up(state);
		}
		attempts(confs[i], wanted[i]);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = { TEST(test_attempts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
