/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fails_rig - what is remediated while something fails, and what must come of it
 *
 *	there_is_one();
 *	... hear_and_turn(), while something fails ...
 *	is_away_once();			-- by turns in which nothing does
 *
 *	WRAP: log_write profiles_chain
 */
#ifndef TESTS_REMEDIATE_FAILS_RIG_H
#define TESTS_REMEDIATE_FAILS_RIG_H

#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/state/state_begun.h"
#include "tests/unit/remediate/told.h"

static const struct mail plain = { .queue_id = "4Q1" };
static char about[200];		/* the try, for who reads that it failed */

#define MUST(condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", about, #condition); \
	} while (0)

/* ---- what there is ---- */

static inline enum state_step
step_now(void)
{
	struct todo_list list = one(NULL);
	enum state_step step = list.items[0].action.step;

	todo_drop(&list);
	return step;
}

static inline void
must_be(enum state_step step, const char *reason)
{
	struct todo_list list = one(NULL);
	const struct state_action *action = &list.items[0].action;

	if (action->step != step || strcmp(action->reason, reason) != 0)
		fail_msg("%s: it is %s (%s)", about, state_word(action->step),
		    action->reason);
	MUST(*action->undoing == '\0');
	todo_drop(&list);
}

/* at_inbox, away - the message is at one place, and whole */
static inline bool
at_inbox(void)
{
	return is_there("bob@corp.example/INBOX/1");
}

static inline unsigned
away(void)
{
	return files("store/.quarantine", "");
}

/* ---- what is done ---- */

static inline void
note_piece(void *arg, const struct state_piece *piece)
{
	*(int64_t *)arg = piece->id;
}

static inline void
step_piece(enum state_piece_step step)
{
	const struct state_piece_query query = { .step = -1 };
	int64_t id = 0;
	struct err err;

	assert_int_equal(state_pieces(rem.state, &query, note_piece, &id, &err),
	    1);
	assert_int_equal(state_piece_step(rem.state, id, step, "", &err), 0);
}

static inline void
hear_of_it(void)
{
	const struct api_message message = SAYS;

	plan_see(&rem, &message);
}

static inline void
hear_otherwise(void)
{
	struct api_message message = SAYS;

	message.verdict = API_NEUTRAL;
	message.word = "neutral";
	plan_see(&rem, &message);
}

static inline void
there_is_one(void)
{
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
}

static inline void
moved_away(void)
{
	there_is_one();
	hear_of_it();
	turn();
	assert_int_equal(away(), 1);
	undo_turn(&rem);		/* time begins */
}

/* days - time is only believed in small steps */
static inline void
days(unsigned count)
{
	while (count-- > 0) {
		rig_now += 24 * HOUR;
		undo_turn(&rem);
	}
}

static inline void
moved_long_ago(void)
{
	moved_away();
	days(28);
	assert_int_equal(away(), 1);
}

/* moved_unnoted - a crash left open whether it was moved */
static inline void
moved_unnoted(void)
{
	moved_away();
	step_piece(PIECE_INTENDED);
}

/* half_done - the same, and the remediation goes on */
static inline void
half_done(void)
{
	struct state_event event = { .at = rig_now, .step = STATE_DUE,
		.text = "" };
	struct todo_list list;
	struct err err;

	moved_unnoted();
	list = one(NULL);
	event.action = list.items[0].action.id;
	todo_drop(&list);
	assert_int_equal(state_step(rem.state, &event, &err), 0);
}

static inline void
back_is_wanted(void)
{
	rig_conf("remediation_restore = yes\n");
	moved_away();
}

static inline void
hear_and_turn(void)
{
	hear_of_it();
	turn();
	/* the next answer of the API, when the last could not be kept */
	if (rem.missed)
		hear_of_it();
}

static inline void
undo(void)
{
	const struct state_query query = { .step = -1 };
	struct todo_list list;
	struct err err = { .text = "" };
	unsigned count;

	if (todo_find(rem.state, &query, &list, &err) == -1 ||
	    undo_action(&rem, &list.items[0], "alice", &count, &err) == -1)
		MUST(*err.text != '\0');
	else
		MUST(count == 1 && at_inbox());
	todo_drop(&list);
}

static inline void
hear_no_more(void)
{
	hear_otherwise();
	turn();
	if (rem.missed)
		hear_otherwise();
}

/* purge - its days are over in one of these */
static inline void
purge(void)
{
	days(4);
}

/* ---- what comes of it when nothing fails any more ---- */

static inline void
turns(void)
{
	struct err err;

	/* it could not be counted, and a person has looked at it */
	(void)state_resume(rem.state, NULL, &err);
	for (int i = 0; i < 4; i++) {
		rig_now += 20 * MINUTE;
		turn();
	}
}

static inline void
is_away_once(void)
{
	unsigned mails;

	hear_of_it();
	turns();
	must_be(STATE_DONE, "");
	MUST(!at_inbox() && away() == 1);
	MUST(told[LOG_remediation_done] == 1);
	mails = files("", "mail.");
	MUST(mails == 1 || mails == 2);
}

static inline void
is_back(void)
{
	turns();
	undo_turn(&rem);
	if (step_now() != STATE_RESTORED) {
		MUST(away() == 1);
		undo();
	}
	must_be(STATE_RESTORED, "undone by alice");
	MUST(told[LOG_remediation_restored] == 1);
	MUST(at_inbox() && away() == 0);
}

static inline void
is_back_by_verdict(void)
{
	hear_otherwise();
	turns();
	undo_turn(&rem);
	must_be(STATE_RESTORED, UNDO_WITHDRAWN);
	MUST(told[LOG_remediation_restored] == 1);
	MUST(at_inbox() && away() == 0);
}

static inline void
is_purged(void)
{
	days(8);
	MUST(!at_inbox() && away() == 0);
	must_be(STATE_PURGED, "");
	MUST(told[LOG_remediation_purged] <= 1);
}

#endif
