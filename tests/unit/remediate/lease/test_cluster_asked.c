/* SPDX-License-Identifier: BSD-2-Clause */
/* cluster: what people ask it, and what it says when etcd or its file is away */
/* NEEDS: REMEDIATION */
/* WRAP: lease_mine lease_is_mine lease_reached lease_holder lease_again */
/* WRAP: lease_publish lease_read lease_get lease_replace lease_test */
#include "tests/unit/remediate/lease/cluster_rig.h"

/* what "tdc-remediator -n" and "find" ask: the API, and etcd for the first */
static void
asked_by_people(void **state)
{
	const struct api_window window = { .from = 5, .to = 9 };
	own(buf) struct buf said = BUF;
	struct err err;

	(void)state;
	test_result = 0;
	assert_int_equal(source->test(source->arg, &said, &err), 0);
	assert_string_equal(said.data, "2 messages; etcd: ok, them polls");
	nobody = true;
	buf_cut(&said, 0);
	assert_int_equal(source->test(source->arg, &said, &err), 0);
	nobody = false;
	assert_string_equal(said.data, "2 messages; etcd: ok, nobody polls");
	test_result = -1;
	assert_int_equal(source->test(source->arg, &said, &err), -1);
	assert_string_equal(err.text, "etcd is away");
	assert_int_equal(source->search(source->arg, &window, see, NULL, &err),
	    0);
	assert_int_equal(seen, 1);
	api_result = -1;
	assert_int_equal(source->search(source->arg, &window, see, NULL, &err),
	    -1);
	assert_string_equal(err.text, "not now");
	assert_int_equal(source->test(source->arg, &said, &err), -1);
	assert_string_equal(err.text, "wrong key");
}

/* ---- what another API says ---- */

static struct api_message odd;
static bool loses;			/* the lease, in the middle of a poll */

static int
poll_odd(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	(void)arg, (void)now, (void)err;
	if (loses)
		mine = reached = false;
	each(each_arg, &odd);
	each(each_arg, &odd);
	return 0;
}

static unsigned odds;

static void
see_odd(void *arg, const struct api_message *got)
{
	(void)arg;
	assert_ptr_equal(got, &odd);
	odds++;
}

static int
never_now(void *arg, const char *id, enum api_verdict *out, struct err *err)
{
	(void)arg, (void)id, (void)out;
	return err_set(err, ERR_NEVER, "no such message");
}

static const struct verdict_source other = { .poll = poll_odd,
    .done = done_api, .verdict_now = never_now };

/* a message that cannot be told to the others is known here; one that cannot any
 * more, since the lease is lost, is not, and the poll is made again */
static void
not_told(void **state)
{
	enum api_verdict got = API_BEC;
	struct err err;

	(void)state;
	source = cluster_over(cluster, &conf, &other, true);
	mine = true;
	odds = 0;
	odd = message;
	odd.subject = "\xff";
	loses = false;
	assert_int_equal(source->poll(source->arg, 1, see_odd, NULL, &err), 0);
	assert_int_equal(odds, 2);
	assert_int_equal(told[CLUSTER_TROUBLE], 2);
	assert_int_equal(stored_count, 0);
	for (int i = 0; i < 2; i++) {
		mine = reached = loses = true;
		assert_int_equal(source->poll(source->arg, 1, see_odd, NULL,
		    &err), -1);
		assert_non_null(strstr(err.text, "this poll is not told to the "
		    "others, and is made again: "));
		assert_int_equal(source->done(source->arg, &err), 0);
		odd = message;
	}
	assert_int_equal(odds, 2);
	assert_int_equal(dones, 0);
	/* what the API refuses to speak of is not asked of etcd */
	assert_int_equal(source->verdict_now(source->arg, "id1", &got, &err),
	    -1);
	assert_string_equal(err.text, "no such message");
	assert_int_equal(got, API_BEC);
	/* and who is off keeps nothing */
	assert_ptr_equal(cluster_over(cluster, &conf, &other, false), &other);
	reached = false;
	cluster_keep(cluster);
	assert_int_equal(told[CLUSTER_TROUBLE], 2);
}

/* what could not be noted is read once more, when there was something to read */
static void
again(void **state)
{
	struct err err;

	(void)state;
	agains = 0;
	source->again(source->arg);
	assert_int_equal(agains, 0);
	assert_int_equal(poll_and_done(&err), 0);
	source->again(source->arg);
	assert_int_equal(agains, 1);
}

/* a file that is gone since: each of its questions says so, and nothing is noted as
 * done */
static void
no_lease(void **state)
{
	own(buf) struct buf said = BUF;
	enum api_verdict got = API_BEC;
	bool due = false;
	struct err err;

	(void)state;
	conf.cluster_credentials_file = (char *)"/nonexistent/etcd";
	source = cluster_over(cluster, &conf, &api, true);
	cluster_keep(cluster);
	cluster_keep(NULL);
	for (int i = 0; i < 4; i++) {
		err.text[0] = '\0';
		assert_int_equal(i == 0 ? poll_and_done(&err) : i == 1 ?
		    source->turn(source->arg, see, NULL, &due, &err) : i == 2 ?
		    source->test(source->arg, &said, &err) :
		    source->verdict_now(source->arg, "id1", &got, &err), -1);
		assert_int_equal(err.kind, ERR_LATER);
		assert_non_null(strstr(err.text, "/nonexistent/etcd"));
	}
	assert_int_equal(polls + dones + seen, 0);
	assert_int_equal(got, API_BEC);
	assert_false(due);
	assert_null(cluster_free(NULL));
}

/* who holds it and cannot reach etcd any more polls, and reads nothing */
static void
not_reached(void **state)
{
	struct err err;
	bool due = false;

	(void)state;
	mine = true;
	reached = false;
	assert_int_equal(poll_and_done(&err), 0);
	assert_int_equal(dones, 1);
	assert_int_equal(seen, 0);
	/* it is read when etcd is reached, and after some time, not at each turn */
	reached = true;
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_int_equal(seen, 1);
	assert_int_equal(source->turn(source->arg, see, NULL, &due, &err), 0);
	assert_int_equal(seen, 1);
}

/* what nobody can read needs no other verdict, and what cannot be written is asked
 * for again */
static void
not_amended(void **state)
{
	own(buf) struct buf text = BUF;
	enum api_verdict got = API_BEC;
	struct err err;

	(void)state;
	verdict = API_NEUTRAL;
	replace_result = -1;
	store("id1", "{");
	assert_int_equal(source->verdict_now(source->arg, "id1", &got, &err),
	    0);
	assert_int_equal(got, API_NEUTRAL);
	assert_int_equal(verdict_json_write(&message, &text, &err), 0);
	store("id1", text.data);
	got = API_BEC;
	assert_int_equal(source->verdict_now(source->arg, "id1", &got, &err),
	    -1);
	assert_string_equal(err.text, "not replaced");
	assert_int_equal(got, API_BEC);
	assert_int_equal(stored_count, 2);
}

int
main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ONE(asked_by_people),
		ONE(again),
		ONE(no_lease),
		ONE(not_reached),
		ONE(not_amended),
		ONE(not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
