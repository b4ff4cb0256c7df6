/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cluster_rig - a cluster over an API that has one message, and no etcd
 *
 *	mine = true;
 *	assert_int_equal(poll_and_done(&err), 0);
 *
 *	WRAP: lease_mine lease_is_mine lease_reached lease_holder lease_again
 *	WRAP: lease_publish lease_read lease_get lease_replace lease_test
 */
#ifndef TESTS_CLUSTER_RIG_H
#define TESTS_CLUSTER_RIG_H

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

static inline int
poll_api(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	(void)arg, (void)now, (void)err;
	polls++;
	each(each_arg, &message);
	return 0;
}

static inline int
done_api(void *arg, struct err *err)
{
	(void)arg, (void)err;
	dones++;
	return 0;
}

static enum api_verdict verdict;

static inline int
ask_api(void *arg, const char *id, enum api_verdict *out, struct err *err)
{
	(void)arg, (void)err;
	assert_string_equal(id, "id1");
	*out = verdict;
	return 0;
}

static int api_result;

static inline int
test_api(void *arg, struct buf *said, struct err *err)
{
	(void)arg;
	if (api_result == -1)
		return err_set(err, ERR_NEVER, "wrong key");
	buf_text(said, "2 messages");
	return 0;
}

static inline int
search_api(void *arg, const struct api_window *window, api_each *each,
    void *each_arg, struct err *err)
{
	(void)arg;
	assert_true(window->from == 5 && window->to == 9);
	if (api_result == -1)
		return err_set(err, ERR_LATER, "not now");
	each(each_arg, &message);
	return 0;
}

static const struct verdict_source api = { .poll = poll_api,
    .done = done_api, .verdict_now = ask_api, .test = test_api,
    .search = search_api };

/* ---- the gateway ---- */

static unsigned seen, told[CLUSTER_TROUBLE + 1];

static inline void
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

static inline void
tell(enum cluster_news news, const char *text)
{
	(void)text;
	told[news]++;
}

static struct cluster *cluster;
static const struct verdict_source *source;
static struct conf conf;

static inline int
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
	api_result = 0;
	memset(told, 0, sizeof(told));
	mine = false;
	reached = true;
	publish_result = 1;
	cluster = cluster_new(&options);
	source = cluster_over(cluster, &conf, &api, true);
	return 0;
}

static inline int
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

static inline int
poll_and_done(struct err *err)
{
	return source->poll(source->arg, 1, see, NULL, err) == -1 ? -1 :
	    source->done(source->arg, err);
}

#endif
