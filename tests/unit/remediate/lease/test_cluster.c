/* SPDX-License-Identifier: BSD-2-Clause */
/* cluster: who is polled, what counts as done, and what others may have written */
/* NEEDS: REMEDIATION */
/* WRAP: lease_mine lease_is_mine lease_reached lease_holder */
/* WRAP: lease_publish lease_read lease_get lease_replace */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "remediate/lease/cluster.h"
#include "remediate/lease/lease.h"
#include "remediate/lease/verdict_json.h"
#include "tests/unit/remediate/lease/no_etcd.h"

/* ---- the API ---- */

static unsigned polls, dones;

static const struct api_message message = { .id = "id1",
    .message_id = "<1@x>", .timestamp = 1700000000123,
    .verdict = API_PHISHING, .word = "phishing", .retro = true,
    .direction = "incoming", .sender = "a@x", .return_path = "b@x",
    .subject = "\xc3\xa4 \"q\"\n",
    .mailboxes = (const char *const[]){ "u@y", "v@y" }, .mailbox_count = 2,
    .action = "", .client = "192.0.2.1", .header = "X-IP" };

static int
poll_api(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	(void)arg, (void)now, (void)err;
	polls++;
	each(each_arg, &message);
	return 0;
}

static int
done_api(void *arg, struct err *err)
{
	(void)arg, (void)err;
	dones++;
	return 0;
}

static enum api_verdict verdict;

static int
ask_api(void *arg, const char *id, enum api_verdict *out, struct err *err)
{
	(void)arg, (void)err;
	assert_string_equal(id, "id1");
	*out = verdict;
	return 0;
}

static const struct verdict_source api = { .poll = poll_api,
    .done = done_api, .verdict_now = ask_api };

/* ---- the gateway ---- */

static unsigned seen, told[CLUSTER_TROUBLE + 1];

static void
see(void *arg, const struct api_message *got)
{
	(void)arg;
	assert_string_equal(got->id, message.id);
	assert_string_equal(got->message_id, message.message_id);
	assert_true(got->timestamp == message.timestamp);
	assert_int_equal(got->verdict, message.verdict);
	assert_true(got->retro);
	assert_string_equal(got->word, message.word);
	assert_string_equal(got->sender, message.sender);
	assert_string_equal(got->return_path, message.return_path);
	assert_string_equal(got->subject, message.subject);
	assert_string_equal(got->header, message.header);
	assert_int_equal(got->mailbox_count, 2);
	assert_string_equal(got->mailboxes[1], "v@y");
	seen++;
}

static void
tell(enum cluster_news news, const char *text)
{
	(void)text;
	told[news]++;
}

static struct cluster *cluster;
static const struct verdict_source *source;
static struct conf conf;

static int
set_up(void **state)
{
	static const struct cluster_options options = { .name = "gw",
		.tell = tell };

	(void)state;
	conf = (struct conf){ .cluster = CONF_CLUSTER_ETCD,
	    .cluster_urls = "http://127.0.0.1:1", .cluster_prefix = "/tdc/",
	    .cluster_credentials_file = "", .cluster_ca_file = "",
	    .cluster_lease = 10000 };
	polls = dones = seen = 0;
	memset(told, 0, sizeof(told));
	mine = false;
	reached = true;
	publish_result = 1;
	cluster = cluster_new(&options);
	source = cluster_over(cluster, &conf, &api, true);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (; stored_count > 0; stored_count--) {
		free(stored[stored_count - 1][0]);
		free(stored[stored_count - 1][1]);
	}
	cluster = cluster_free(cluster);
	return 0;
}

static int
poll_and_done(struct err *err)
{
	return source->poll(source->arg, 1, see, NULL, err) == -1 ? -1 :
	    source->done(source->arg, err);
}

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
