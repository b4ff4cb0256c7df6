/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One mailbox whose server finds too much, or something and an error, or says no in
 * the middle: what was found is dealt with, and what is not done is told
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain state_piece_step
 */
#include "tests/unit/remediate/remediate_rig.h"

#include <stdatomic.h>

#include "remediate/act_private.h"
#include "remediate/rest.h"
#include "tests/unit/remediate/told.h"

static bool step_fails;

int	__real_state_piece_step(struct state *, int64_t, enum state_piece_step,
	    const char *, struct err *);
int	__wrap_state_piece_step(struct state *, int64_t, enum state_piece_step,
	    const char *, struct err *);
int
__wrap_state_piece_step(struct state *state, int64_t piece,
    enum state_piece_step step, const char *handle, struct err *err)
{
	return step_fails ? err_set(err, ERR_LATER, "the disk is full") :
	    __real_state_piece_step(state, piece, step, handle, err);
}

/* ---- a server ---- */

static unsigned hits;			/* of each search */
static unsigned searches, headers, moves, closes;
static char by[8][20];			/* what each search was for */
static enum mailbox_result found_result, header_result, move_result;
static atomic_bool stopped;
static unsigned stops_at;		/* with that header; 0: never */
static char *header;
static bool proves;

static enum mailbox_result
answer(enum mailbox_result result, const char *why, struct err *err)
{
	if (result != MAILBOX_DONE)
		err_set(err, ERR_LATER, "%s", why);
	return result;
}

static struct mailbox box;

static enum mailbox_result
open_it(const struct profile *profile, const char *owner, struct mailbox **out,
    struct err *err)
{
	(void)owner, (void)err;
	box = (struct mailbox){ .backend = profile->backend,
		.profile = profile };
	*out = &box;
	return MAILBOX_DONE;
}

static struct mailbox *
close_it(struct mailbox *of)
{
	(void)of;
	closes++;
	return NULL;
}

static enum mailbox_result
find_it(struct mailbox *of, const struct sought *wanted, mailbox_each *each,
    void *arg, struct err *err)
{
	const struct found found = { (char *)"INBOX", (char *)"1", -1, START };

	(void)of;
	snprintf(by[searches++ % 8], sizeof(by[0]), "%s",
	    wanted->message_id != NULL ? "id" : wanted->queue_id);
	for (unsigned i = 0; i < hits; i++)
		if (!each(arg, &found))
			break;
	return answer(found_result, "one folder is broken", err);
}

static enum mailbox_result
header_of(struct mailbox *of, const struct found *found, struct buf *out,
    struct err *err)
{
	(void)of, (void)found;
	if (++headers == stops_at)
		atomic_store(&stopped, true);
	if (header_result == MAILBOX_DONE)
		buf_text(out, proves ? header : "Subject: another\n\n");
	return answer(header_result, "no header", err);
}

static enum mailbox_result
move_it(struct mailbox *of, const struct found *found, struct buf *handle,
    struct err *err)
{
	(void)of, (void)found;
	moves++;
	buf_text(handle, "handle");
	return answer(move_result, "no right to move", err);
}

static const struct mailbox_backend backend = { .name = "server",
	.open = open_it, .close = close_it, .find = find_it,
	.header = header_of, .quarantine = move_it };
static const struct profile profile = { .name = "server",
	.backend = &backend };

/* ---- one action ---- */

static struct todo_list list;
static struct job job;

static int
set_up(void **state)
{
	const struct api_message message = SAYS;
	const struct mail mail = { .queue_id = "4Q1" };

	rig_up(state);
	rig_settings.conf.remediation_action = CONF_REMEDIATE_DELETE;
	rig_settings.stopped = &stopped;
	atomic_store(&stopped, false);
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	plan_see(&rem, &message);
	rem_turn_begin(&rem);
	plan_turn(&rem);
	list = one(NULL);
	job = (struct job){ .rem = &rem, .todo = &list.items[0],
		.profile = &profile, .owner = "bob@corp.example",
		.trouble = NO_TROUBLE };
	header = mail_text(&mail);
	memset(told, 0, sizeof(told));
	hits = searches = headers = moves = closes = stops_at = 0;
	found_result = header_result = move_result = MAILBOX_DONE;
	proves = true;
	step_fails = false;
	return 0;
}

static int
tear_down(void **state)
{
	free(header);
	todo_drop(&list);
	return rig_down(state);
}

/* look - in that mailbox; what is the worst of it */
static void
look(enum mailbox_result worst, const char *why)
{
	job.trouble = (struct trouble)NO_TROUBLE;
	searches = headers = moves = closes = job.found = 0;
	job_mailbox(&job);
	assert_int_equal(job.trouble.worst, worst);
	assert_string_equal(job.trouble.why, why);
	assert_int_equal(closes, 1);
}

/* a server that finds everything: so much is looked at, and it is said that it is
 * not all */
static void
test_too_many(void **state)
{
	(void)state;
	hits = ACT_CANDIDATES;
	proves = false;
	look(MAILBOX_DONE, "");
	/* by its Message-ID, and by its queue id */
	assert_int_equal(headers, 2 * ACT_CANDIDATES);
	hits++;
	look(MAILBOX_UNFINISHED, "more than 10000 messages may be it: the "
	    "others are for the next attempt");
	assert_int_equal(told[LOG_remediation_unread], 2);
	/* an error says more than that */
	found_result = MAILBOX_NEVER;
	header_result = MAILBOX_GONE;
	look(MAILBOX_NEVER, "one folder is broken");
	assert_int_equal(job.found, 0);
}

/* what was found is dealt with, although there was an error; but not what a server
 * names that does not let us in, or knows nobody */
static void
test_found_and_error(void **state)
{
	(void)state;
	hits = 1;
	found_result = MAILBOX_UNFINISHED;
	look(MAILBOX_UNFINISHED, "one folder is broken");
	assert_int_equal(moves, 1);
	assert_int_equal(job.found, 1);
	found_result = MAILBOX_NOBODY;
	look(MAILBOX_NOBODY, "Invalid Mailbox");
	assert_int_equal(headers + moves, 0);
	found_result = MAILBOX_LOCKED_OUT;
	look(MAILBOX_LOCKED_OUT, "Authentication error");
	assert_int_equal(headers + moves, 0);
	assert_int_equal(told[LOG_remediation_rests], 1);
}

static void
test_stops(void **state)
{
	(void)state;
	hits = 3;
	proves = false;
	stops_at = 2;
	look(MAILBOX_LATER, "stopped");
	assert_int_equal(headers, 2);
	/* nobody is to blame */
	assert_int_equal(told[LOG_remediation_unread] +
	    told[LOG_remediation_rests], 0);
}

/* each of its queue ids, however they are separated */
static void
test_queue_ids(void **state)
{
	(void)state;
	job.todo->message.message_id = "";
	job.todo->action.queue_ids = " 4Q1  4Q2 ";
	look(MAILBOX_DONE, "");
	assert_int_equal(searches, 2);
	assert_string_equal(by[0], "4Q1");
	assert_string_equal(by[1], "4Q2");
	/* no more after one at which the server goes away */
	found_result = MAILBOX_LATER;
	look(MAILBOX_LATER, "one folder is broken");
	assert_int_equal(searches, 1);
}

/* one that always finds another one: there is an end of it */
static void
test_rounds(void **state)
{
	(void)state;
	hits = 1;
	look(MAILBOX_DONE, "");
	assert_int_equal(moves, ACT_ROUNDS);
	assert_int_equal(job.found, ACT_ROUNDS);
	/* what it cannot say the header of is passed over */
	hits = 2;
	header_result = MAILBOX_NEVER;
	look(MAILBOX_NEVER, "no header");
	assert_int_equal(headers % 2, 0);
	header_result = MAILBOX_LATER;
	look(MAILBOX_LATER, "no header");
	assert_int_equal(headers, 1);
}

/* it was not moved, and that cannot be noted: then it is looked at again */
static void
test_not_noted(void **state)
{
	static const enum mailbox_result results[] = { MAILBOX_GONE,
		MAILBOX_NEVER };

	(void)state;
	hits = 1;
	step_fails = true;
	for (int i = 0; i < 2; i++) {
		/* what was left open in one mailbox is settled there alone */
		job.owner = i == 0 ? "a@corp.example" : "b@corp.example";
		move_result = results[i];
		look(MAILBOX_LATER, "the disk is full");
		assert_int_equal(moves, 1);
		assert_int_equal(job.found, 0);
	}
	/* it was moved, and that cannot be noted */
	job.owner = "c@corp.example";
	move_result = MAILBOX_DONE;
	look(MAILBOX_LATER, "the disk is full");
	assert_int_equal(job.found, 1);
	/* what nobody knows stays as it was meant */
	step_fails = false;
	job.owner = "d@corp.example";
	move_result = MAILBOX_UNFINISHED;
	look(MAILBOX_UNFINISHED, "no right to move");
	assert_int_equal(job.found, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_too_many), TEST(test_found_and_error),
		TEST(test_stops), TEST(test_queue_ids), TEST(test_rounds),
		TEST(test_not_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
