/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state keeps what it was told
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/state/state.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/unit/scratch_path.h"

#define DAY INT64_C(86400000)

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

/* ---- what is kept ---- */

static const char *const boxes[] = { "b@y", "two\nlines@y", "c@y" };
#define MESSAGE { .id = "id", .message_id = "<1@x>", .timestamp = 5, \
	.verdict = API_PHISHING, .word = "phishing", .retro = true, \
	.direction = "incoming", .sender = "a@x", .subject = "s'\"\xc3\xa4", \
	.mailboxes = boxes, .mailbox_count = 3, .action = "", \
	.client = "192.0.2.1", .header = "h" }

static enum state_news
see(const struct api_message *message, int64_t now)
{
	enum state_news news = 99;

	must(state_see(open_state, message, now, &news, &err));
	return news;
}

static void
look_at(void *arg, const struct state_message *message)
{
	(void)arg;
	assert_string_equal(message->id, "id");
	assert_string_equal(message->message_id, "<1@x>");
	assert_int_equal(message->timestamp, 5);
	assert_int_equal(message->verdict, API_PHISHING);
	assert_true(message->retro);
	assert_false(message->withdrawn);
	assert_string_equal(message->subject, "s'\"\xc3\xa4");
	assert_string_equal(message->client, "192.0.2.1");
	assert_string_equal(message->mailboxes, "b@y\nc@y\n");
	assert_int_equal(message->seen, 100);
	assert_int_equal(message->changed, 100);
}

static void
count_it(void *arg, const struct state_message *message)
{
	(void)message;
	++*(int *)arg;
}

static int
count(const struct state_message_query *query)
{
	int found = 0;
	int told = state_messages(open_state, query, count_it, &found, &err);

	must(told);
	assert_int_equal(told, found);
	return found;
}

static void
test_messages(void **state)
{
	struct api_message message = MESSAGE;
	const struct state_message_query all = { 0 };
	const struct state_message_query unplanned = { .unplanned = true };
	const struct state_message_query threats = { .threats = true };
	const struct state_message_query other = { .message_id = "<2@x>" };

	(void)state;
	assert_int_equal(see(&message, 100), STATE_NEW);
	reopen();
	assert_int_equal(see(&message, 200), STATE_OLD_NEWS);
	must(state_messages(open_state, &all, look_at, NULL, &err));
	assert_int_equal(count(&unplanned), 1);
	must(state_planned(open_state, "id", "why", &err));
	assert_int_equal(count(&unplanned), 0);
	assert_int_equal(count(&threats), 1);
	assert_int_equal(count(&other), 0);
	message.verdict = API_NEUTRAL;
	assert_int_equal(see(&message, 300), STATE_CHANGED);
	assert_int_equal(count(&unplanned), 1);
	assert_int_equal(count(&threats), 0);
}

static int64_t
act(const char *recipient, enum state_step step, int64_t now)
{
	const struct state_action action = { .message = "id",
		.recipient = recipient, .mid = UINT64_C(1) << 62,
		.queue_ids = "4Q1 4Q2", .proof = "4Q1 1 -\n", .accepted = 9,
		.what = 2, .batch = 1, .step = step, .reason = "",
		.made = now };
	int64_t id;
	bool made;

	must(state_act(open_state, &action, &id, &made, &err));
	return made ? id : -id;
}

struct seen {
	struct state_action action;
	char	reason[64];
	int	count;
};

static void
keep(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	struct seen *seen = arg;

	assert_string_equal(message->id, "id");
	seen->action = *action;
	snprintf(seen->reason, sizeof(seen->reason), "%s", action->reason);
	seen->count++;
}

static struct seen
ask(const struct state_query *query)
{
	struct seen seen = { .count = 0 };

	must(state_each(open_state, query, keep, &seen, &err));
	return seen;
}

static void
step(int64_t id, enum state_step to, const char *text, int64_t at)
{
	const struct state_event event = { .action = id, .at = at,
		.step = to, .text = text };

	must(state_step(open_state, &event, &err));
}

static void
add_word(void *arg, const struct state_event *event)
{
	buf_texts(arg, state_word(event->step), " ", event->text, ";");
}

static void
test_actions(void **state)
{
	const struct api_message message = MESSAGE;
	struct state_delay delay = { .due = 500, .reason = "later",
		.counts = true };
	own(buf) struct buf story = BUF;
	struct seen seen;
	int64_t id;

	(void)state;
	see(&message, 100);
	id = act("b@y", STATE_DUE, 100);
	assert_true(id > 0);
	assert_int_equal(act("B@Y", STATE_DUE, 200), -id);
	seen = ask(&(struct state_query){ .step = -1, .due = 100 });
	assert_int_equal(seen.count, 1);
	assert_true(seen.action.mid == UINT64_C(1) << 62);
	assert_int_equal(ask(&(struct state_query){ .step = -1,
	    .due = 99 }).count, 0);
	delay.action = id;
	must(state_retry(open_state, &delay, &err));
	seen = ask(&(struct state_query){ .step = STATE_DUE, .due = 500 });
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.action.attempts, 1);
	assert_string_equal(seen.reason, "later");
	must(state_forwarded(open_state, "id", 600, &err));
	step(id, STATE_QUARANTINED, "b@y", 700);
	seen = ask(&(struct state_query){ .step = -1, .due = 500 });
	assert_int_equal(seen.count, 1);	/* it is still to be done */
	assert_true(seen.action.forwarded);
	step(id, STATE_FAILED, "no", 800);
	assert_int_equal(ask(&(struct state_query){ .step = -1,
	    .due = 9999 }).count, 0);
	step(id, STATE_DUE, "", 900);
	assert_int_equal(ask(&(struct state_query){ .step = -1,
	    .due = 900 }).count, 1);
	assert_int_equal(ask(&(struct state_query){ .step = STATE_SEEN }
	    ).count, 0);
	must(state_events(open_state, id, add_word, &story, &err));
	assert_string_equal(story.data, "in-progress ;forwarded ;"
	    "quarantined b@y;failed no;in-progress ;");
}

static void
see_piece(void *arg, const struct state_piece *piece)
{
	*(int *)arg = (int)piece->step;
	assert_string_equal(piece->owner, "o");
	assert_string_equal(piece->handle, piece->step == PIECE_INTENDED ?
	    "" : "h");
	assert_int_equal(piece->moved, 50);
}

static void
test_pieces(void **state)
{
	const struct api_message message = MESSAGE;
	struct state_piece piece = { .owner = "o", .profile = "p",
		.folder = "f", .key = "k", .moved = 50, .lived = 30 };
	struct state_piece_query query = { .step = -1 };
	int found = -1;
	int64_t id;

	(void)state;
	see(&message, 100);
	piece.action = act("b@y", STATE_DUE, 100);
	must(state_intend(open_state, &piece, &id, &err));
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 1);
	assert_int_equal(found, PIECE_INTENDED);
	must(state_piece_step(open_state, id, PIECE_MOVED, "h", &err));
	must(state_piece_step(open_state, id, PIECE_PURGED, NULL, &err));
	reopen();
	query = (struct state_piece_query){ .step = PIECE_PURGED,
		.purge = true, .lived = 30 };
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 1);
	query.lived = 29;
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 0);
	query.lived = 30;
	must(state_piece_later(open_state, id, 100, &err));
	query.now = 99;
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 0);
	query.now = 100;
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 1);
	must(state_undo(open_state, piece.action, "undone by alice", &err));
	assert_int_equal(state_pieces(open_state, &query, see_piece, &found,
	    &err), 0);
	piece.action = 999;		/* of no action */
	assert_int_equal(state_intend(open_state, &piece, &id, &err), -1);
}

static void
see_batch(void *arg, const struct state_batch *batch)
{
	*(int64_t *)arg = batch->id;
	assert_string_equal(batch->source, "gw");
}

static void
test_batches_and_notes(void **state)
{
	const struct state_batch batch = { .name = "poll-1", .by = "me",
		.source = "gw", .description = "", .begun = 7 };
	int64_t id, found = 0;
	own(str) char *text = NULL;

	(void)state;
	must(state_batch(open_state, &batch, &id, &err));
	assert_int_equal(state_batch(open_state, &batch, &found, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(state_batches(open_state, "poll-1", 0, see_batch,
	    &found, &err), 1);
	assert_int_equal(found, id);
	assert_int_equal(state_batches(open_state, NULL, 8, see_batch, &found,
	    &err), 0);
	must(state_noted(open_state, "x", &text, &err));
	assert_string_equal(text, "");
	must(state_note(open_state, "x", "1", &err));
	must(state_note(open_state, "x", "2", &err));
	free(text);
	must(state_noted(open_state, "x", &text, &err));
	assert_string_equal(text, "2");
}

static void
test_budget(void **state)
{
	bool may = false;
	unsigned spent;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		must(state_spend(open_state, 10 * DAY + i, 3, &may, &err));
		assert_true(may);
	}
	reopen();
	must(state_spend(open_state, 11 * DAY - 1, 3, &may, &err));
	assert_false(may);
	must(state_spent(open_state, 11 * DAY - 1, &spent, &err));
	assert_int_equal(spent, 3);
	must(state_spend(open_state, 11 * DAY, 3, &may, &err));
	assert_true(may);
	must(state_spent(open_state, 11 * DAY, &spent, &err));
	assert_int_equal(spent, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_messages), TEST(test_actions),
		TEST(test_pieces), TEST(test_batches_and_notes),
		TEST(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
