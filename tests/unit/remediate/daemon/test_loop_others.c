/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns, while another process polls, acts or waits: what is not done in this turn is
 * done in a later one
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now log_write nanosleep profiles_chain state_asked state_see
 */
#include "tests/unit/opened.h"
#include "tests/unit/remediate/daemon/loop_rig.h"
#include "tests/unit/remediate/state/waits.h"

static enum mailbox_result
somebody_comes(const char *call)
{
	if (strcmp(call, "quarantine") == 0)
		waits();
	return MAILBOX_DONE;
}

/* two_messages - for two mailboxes */
static void
two_messages(void)
{
	static const char *const both[] = { "bob@corp.example",
		"ann@corp.example" };
	struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to2 = "ann@corp.example" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	put("ann@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	message.mailboxes = both;
	message.mailbox_count = 2;
	plan_see(&rem, &message);
}

static unsigned
away(void)
{
	return files("store/.quarantine", "");
}

/* who waits comes between two actions; the turn after him goes on */
static void
test_gives_way(void **state)
{
	(void)state;
	two_messages();
	store_hook = somebody_comes;
	loop_turn(&loop);
	assert_int_equal(away(), 1);
	assert_true(loop.rem.gave_way);
	/* time has not been counted in this turn, nor anything purged */
	assert_int_equal(loop.next_purge, 0);
	/* while he stands there nothing is touched */
	next_turn();
	assert_int_equal(away(), 1);
	waits_no_more();
	store_hook = NULL;
	next_turn();
	assert_int_equal(away(), 2);
	assert_true(loop.next_purge > rig_now);
}

/* who comes while messages are planned, or put back, is let in as well */
static unsigned alives;

static void
comes_second(void)
{
	if (++alives == 2)
		waits();
}

static enum mailbox_result
comes_at_restore(const char *call)
{
	if (strcmp(call, "restore") == 0)
		waits();
	return MAILBOX_DONE;
}

static void
count_it(void *arg, const struct state_message *message)
{
	(void)message;
	++*(int *)arg;
}

static int
unplanned(void)
{
	const struct state_message_query query = { .unplanned = true };
	struct err err;
	int count = 0;

	assert_true(state_messages(rem.state, &query, count_it, &count, &err) !=
	    -1);
	return count;
}

static void
test_plans_later(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	begin(NULL);
	two_messages();
	message.id = "id-2";
	message.message_id = "<2@x.example>";
	message.timestamp = START - 80 * 24 * HOUR;	/* too old */
	plan_see(&rem, &message);
	alives = 0;
	loop.rem.alive = comes_second;
	loop_turn(&loop);
	assert_int_equal(unplanned(), 1);
	assert_int_equal(loop.next_plan, 0);
	waits_no_more();
	loop.rem.alive = NULL;
	loop_turn(&loop);
	assert_int_equal(unplanned(), 0);
	assert_int_equal(away(), 2);
}

static void
test_puts_back_later(void **state)
{
	struct todo_list list;
	const struct state_query query = { .step = -1 };
	struct err err;

	(void)state;
	begin(NULL);
	two_messages();
	loop_turn(&loop);
	assert_int_equal(away(), 2);
	assert_int_equal(todo_find(rem.state, &query, &list, &err), 0);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(state_undo(rem.state, list.items[i].action.id,
		    "undone by alice", &err), 0);
	todo_drop(&list);
	store_hook = comes_at_restore;
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(away(), 1);
	/* the rest need not wait for an hour */
	assert_int_equal(loop.next_purge, rig_now);
	waits_no_more();
	store_hook = NULL;
	loop_turn(&loop);
	assert_int_equal(away(), 0);
	assert_int_equal(loop.next_purge, rig_now + HOUR);
}

/* stops_then - when he comes we are to stop, too */
static enum mailbox_result
stops_then(const char *call)
{
	if (strcmp(call, "quarantine") == 0) {
		waits();
		atomic_store(&stopped, true);
	}
	return MAILBOX_DONE;
}

static void
test_once_stops(void **state)
{
	struct err err = { .text = "" };

	(void)state;
	two_messages();
	store_hook = stops_then;
	assert_int_equal(loop_once(&loop, &err), 0);
	assert_int_equal(slept, 0);
	assert_int_equal(away(), 1);
	waits_no_more();
	atomic_store(&stopped, false);
	store_hook = NULL;
	next_turn();
	assert_int_equal(away(), 2);
}

/* "tdc-remediator once" comes back until all is done */
static void
test_once_comes_back(void **state)
{
	struct err err = { .text = "" };

	(void)state;
	two_messages();
	store_hook = somebody_comes;
	/* he does not go, however long we wait for him in the second round */
	assert_int_equal(loop_once(&loop, &err), -1);
	assert_non_null(strstr(err.text, "another tdc-remediator is at work"));
	assert_true(slept >= MINUTE);
	assert_int_equal(away(), 1);
	waits_no_more();
	store_hook = NULL;
	assert_int_equal(loop_once(&loop, &err), 0);
	assert_int_equal(away(), 2);
}

static void
test_once_fails(void **state)
{
	struct err err = { .text = "" };
	int before;

	(void)state;
	there_is();
	assert_int_equal(state_lock(other, STATE_POLLS, 0, &err), 0);
	assert_int_equal(loop_once(&loop, &err), -1);
	before = opened();	/* with the file of locks */
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "another tdc-remediator is at work"));
	assert_int_equal(polls, 0);
	state_unlock(other, STATE_POLLS);
	/* a poll that goes well, and nothing can be done */
	assert_int_equal(state_lock(other, STATE_ACTS, 0, &err), 0);
	err.text[0] = '\0';
	assert_int_equal(loop_once(&loop, &err), -1);
	assert_non_null(strstr(err.text, "another tdc-remediator is at work"));
	assert_true(polls == 1 && dones == 1 && !is_away());
	/* one that does not: that is what is told, and not the lock */
	rig_conf("");
	assert_int_equal(loop_once(&loop, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "verdicts are not asked for: there is no "
	    "API (api_region, api_url)");
	rig_conf(API);
	/* turns go on without */
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(polls, 2);
	assert_false(is_away());
	state_unlock(other, STATE_ACTS);
	next_turn();
	assert_true(is_away());
	assert_int_equal(opened(), before);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_gives_way), TEST(test_plans_later),
		TEST(test_puts_back_later), TEST(test_once_stops),
		TEST(test_once_comes_back),
		TEST(test_once_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
