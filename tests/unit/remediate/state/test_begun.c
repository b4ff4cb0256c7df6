/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was begun is counted as it was, over restarts and whatever the clock does;
 * a pause and its end are kept
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/state/state_begun.h"

#include <string.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/own.h"
#include "tests/unit/scratch_path.h"

static struct state *open_state;
static struct err err;

static void
must(int result)
{
	if (result == -1)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("state.db");
	must(state_open(path, STATE_WRITE, &open_state, &err));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	open_state = state_close(open_state);
	scratch_end();
	return 0;
}

static void
reopen(void)
{
	state_close(open_state);
	must(state_open(path, STATE_WRITE, &open_state, &err));
}

/* act - an action of the message with that id, made at that time */
static int64_t
act(const char *message, const char *recipient, enum state_step step,
    int64_t made)
{
	const char *const boxes[] = { recipient };
	const struct api_message seen = { .id = message,
		.message_id = "<1@x>", .timestamp = 5,
		.verdict = API_PHISHING, .word = "phishing", .direction = "",
		.sender = "", .subject = "", .mailboxes = boxes,
		.mailbox_count = 1, .action = "", .client = "", .header = "" };
	const struct state_action action = { .message = message,
		.recipient = recipient, .queue_ids = "4Q", .proof = "",
		.reason = "", .step = step, .made = made };
	enum state_news news;
	int64_t id;
	bool new;

	must(state_see(open_state, &seen, made, &news, &err));
	must(state_act(open_state, &action, &id, &new, &err));
	assert_true(new);
	return id;
}

static void
step(int64_t action, enum state_step to, int64_t at)
{
	must(state_step(open_state, &(struct state_event){ .action = action,
	    .at = at, .step = to, .text = "" }, &err));
}

static unsigned
begun(int64_t since, int64_t after)
{
	unsigned count;

	must(state_begun(open_state, &(struct state_begun){ since, after },
	    &count, &err));
	return count;
}

static unsigned
begun_messages(void)
{
	unsigned count;

	must(state_begun_messages(open_state, &(struct state_begun){ 0, 0 },
	    &count, &err));
	return count;
}

static int64_t
last(void)
{
	int64_t event;

	must(state_last_event(open_state, &event, &err));
	return event;
}

static void
test_counts(void **state)
{
	int64_t id, after;

	(void)state;
	assert_int_equal(last(), 0);
	id = act("m1", "b@y", STATE_DUE, 100);
	(void)act("m1", "c@y", STATE_DUE, 200);
	(void)act("m2", "b@y", STATE_REPORTED, 300);
	(void)act("m3", "b@y", STATE_FAILED, 300);
	assert_int_equal(begun(0, 0), 2);
	assert_int_equal(begun(150, 0), 1);
	assert_int_equal(begun_messages(), 1);
	/* whatever became of it, and each time that it begins */
	step(id, STATE_DONE, 400);
	assert_int_equal(begun(0, 0), 2);
	step(id, STATE_WITHDRAWN, 500);
	after = last();
	step(id, STATE_DUE, 600);
	reopen();
	assert_int_equal(begun(0, 0), 3);
	assert_int_equal(begun(0, after), 1);
	assert_int_equal(begun_messages(), 1);
}

static void
test_request(void **state)
{
	int64_t id = act("m1", "b@y", STATE_REPORTED, 100);
	const struct state_request request = { .action = id, .at = 200,
		.batch = 7, .what = CONF_REMEDIATE_BOTH,
		.text = "asked for by alice" };
	bool asked;

	(void)state;
	must(state_request(open_state, &request, &asked, &err));
	assert_true(asked);
	/* a person has looked at it */
	assert_int_equal(begun(0, 0), 0);
	step(id, STATE_DONE, 300);
	must(state_request(open_state, &request, &asked, &err));
	assert_false(asked);
	step(id, STATE_FAILED, 400);
	must(state_request(open_state, &request, &asked, &err));
	assert_true(asked);
	step(id, STATE_RESTORED, 500);
	must(state_request(open_state, &request, &asked, &err));
	assert_false(asked);
}

static void
add(void *arg, const char *recipient, unsigned count)
{
	buf_format(arg, "%s %u;", recipient, count);
}

static void
add_pause(void *arg, const char *recipient, const char *why)
{
	buf_texts(arg, recipient, " ", why, ";");
}

static const char *
floods(unsigned most, struct buf *out)
{
	buf_cut(out, 0);
	must(state_begun_each(open_state, &(struct state_begun){ 0, 0 }, most,
	    add, out, &err));
	return out->data;
}

static void
test_recipients(void **state)
{
	own(buf) struct buf out = BUF;
	own(str) char *why = NULL, *none = NULL;
	int64_t id[3];

	(void)state;
	id[0] = act("m1", "Bob@y", STATE_DUE, 100);
	id[1] = act("m2", "bob@Y", STATE_DUE, 100);
	id[2] = act("m3", "BOB@y", STATE_DUE, 100);
	(void)act("m3", "pause@y", STATE_DUE, 100);
	assert_string_equal(floods(2, &out), "Bob@y 3;");
	assert_string_equal(floods(3, &out), "");
	/* paused: that counts for nobody, in whatever case */
	must(state_pause(open_state, "Bob@Y", "3 of 2", &err));
	assert_string_equal(floods(2, &out), "");
	assert_int_equal(begun(0, 0), 1);
	assert_int_equal(begun_messages(), 1);
	reopen();
	must(state_paused(open_state, "bOb@y", &why, &err));
	assert_string_equal(why, "3 of 2");
	buf_cut(&out, 0);
	assert_int_equal(state_pauses(open_state, add_pause, &out, &err), 1);
	assert_string_equal(out.data, "bob@y 3 of 2;");
	/* resumed: what was begun is approved, what comes counts */
	must(state_resume(open_state, "BOB@Y", &err));
	must(state_paused(open_state, "bob@y", &none, &err));
	assert_string_equal(none, "");
	assert_int_equal(begun(0, 0), 1);
	step(id[0], STATE_DUE, 200);
	assert_int_equal(begun(0, 0), 2);
	/* nobody has anything that is still to be done */
	for (int i = 0; i < 3; i++)
		step(id[i], STATE_DUE, 300);
	assert_string_equal(floods(2, &out), "Bob@y 4;");
	for (int i = 0; i < 3; i++)
		step(id[i], STATE_DONE, 400);
	assert_string_equal(floods(2, &out), "");
}

static void
count_due(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	(void)message;
	buf_texts(arg, action->recipient, ";");
}

static void
test_resume_all(void **state)
{
	const struct state_query due = { .step = -1, .due = 1000,
		.unpaused = true };
	own(buf) struct buf out = BUF;
	own(str) char *why = NULL;

	(void)state;
	(void)act("m1", "b@y", STATE_DUE, 100);
	(void)act("m1", "c@y", STATE_DUE, 100);
	must(state_pause(open_state, "B@y", "too many", &err));
	must(state_note(open_state, STATE_NOTE_PAUSE, "all", &err));
	assert_int_equal(state_each(open_state, &due, count_due, &out, &err),
	    1);
	assert_string_equal(out.data, "c@y;");
	must(state_resume(open_state, NULL, &err));
	must(state_noted(open_state, STATE_NOTE_PAUSE, &why, &err));
	assert_string_equal(why, "");
	assert_int_equal(state_each(open_state, &due, count_due, &out, &err),
	    2);
	assert_int_equal(state_pauses(open_state, add_pause, &out, &err), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_counts), TEST(test_request), TEST(test_recipients),
		TEST(test_resume_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
