/* SPDX-License-Identifier: BSD-2-Clause */
/* cluster: who is polled, what counts as done, and what others may have written */
/* NEEDS: REMEDIATION */
/* WRAP: lease_mine lease_is_mine lease_reached lease_holder lease_again */
/* WRAP: lease_publish lease_read lease_get lease_replace lease_test */
#include "tests/unit/remediate/lease/cluster_rig.h"

static void
the_holder(void **state)
{
	struct err err;

	(void)state;
	mine = true;
	assert_int_equal(poll_and_done(&err), 0);
	assert_int_equal(polls, 1);
	assert_int_equal(stored_count, 1);
	assert_int_equal(seen, 1);
	assert_int_equal(dones, 1);
	assert_int_equal(told[CLUSTER_OURS], 1);
}

static void
the_others(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(poll_and_done(&err), 0);
	assert_int_equal(polls + dones, 0);
	assert_int_equal(told[CLUSTER_THEIRS], 1);
}

static void
not_published(void **state)
{
	struct err err;

	(void)state;
	mine = true;
	publish_result = -1;
	publish_kind = ERR_LATER;
	assert_int_equal(poll_and_done(&err), -1);
	assert_non_null(strstr(err.text, "not published"));
	assert_int_equal(dones, 0);
	assert_int_equal(seen, 0);
	/* but one that never can be is known here, and stops no other */
	publish_kind = ERR_NEVER;
	assert_int_equal(poll_and_done(&err), 0);
	assert_int_equal(dones, 1);
	assert_int_equal(seen, 1);
	assert_int_equal(told[CLUSTER_TROUBLE], 1);
}

static void
turns(void **state)
{
	struct err err;
	bool due = false;

	(void)state;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_false(due);
	mine = true;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_true(due);
	due = false;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_false(due);
	mine = reached = false;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), -1);
	assert_int_equal(told[CLUSTER_NOT_OURS], 1);
	/* it becomes ours in the middle of long work */
	mine = reached = true;
	cluster_keep(cluster);
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_true(due);
	mine = false;
	/* what fails there is told afterwards, once */
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	reached = false;
	cluster_keep(cluster);
	reached = true;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), -1);
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
}

static int
ask_again(enum api_verdict *out, struct err *err)
{
	return source->verdict_now(source->arg, "id1", out, err);
}

/* withdrawn - the others hear of it, and nobody hears the old verdict again */
static void
withdrawn(void **state)
{
	enum api_verdict got;
	struct err err;

	(void)state;
	verdict = API_NEUTRAL;
	replace_result = 1;
	/* nothing is published of it */
	assert_int_equal(ask_again(&got, &err), 0);
	assert_int_equal(got, API_NEUTRAL);
	assert_int_equal(stored_count, 0);
	mine = true;
	assert_int_equal(poll_and_done(&err), 0);
	verdict = API_PHISHING;
	assert_int_equal(ask_again(&got, &err), 0);
	verdict = API_UNKNOWN;
	assert_int_equal(ask_again(&got, &err), 0);
	assert_int_equal(stored_count, 1);
	verdict = API_NEUTRAL;
	replace_result = 0;
	assert_int_equal(ask_again(&got, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	replace_result = 1;
	assert_int_equal(ask_again(&got, &err), 0);
	assert_int_equal(stored_count, 2);
	assert_non_null(strstr(stored[1][1], "\"verdict\":\"neutral\""));
	assert_non_null(strstr(stored[1][1], "u@y"));
}

static void
odd_verdicts(void **state)
{
	own(buf) struct buf text = BUF;
	struct err err;

	(void)state;
	assert_int_equal(verdict_json_write(&message, &text, &err), 0);
	store("id1", "{");
	store("id2", text.data);
	store("id1", "");
	store("id1", text.data);
	assert_int_equal(poll_and_done(&err), 0);
	assert_int_equal(told[CLUSTER_TROUBLE], 3);
	assert_int_equal(seen, 1);
}

static void
switched_off(void **state)
{
	(void)state;
	assert_ptr_equal(cluster_over(cluster, &conf, &api, false), &api);
	assert_null(cluster_over(cluster, &conf, NULL, true));
	assert_ptr_equal(cluster_over(cluster, &conf, &api, true), source);
	conf.cluster = CONF_CLUSTER_NONE;
	assert_ptr_equal(cluster_over(cluster, &conf, &api, true), &api);
}

int
main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ONE(the_holder),
		ONE(the_others),
		ONE(not_published),
		ONE(turns),
		ONE(withdrawn),
		ONE(odd_verdicts),
		ONE(switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
