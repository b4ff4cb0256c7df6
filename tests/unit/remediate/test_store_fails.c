/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each call to the mail store fails, one after the other and in every way, or we
 * are to stop at that moment: the message is where it was or in quarantine, and
 * what says so is true
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain
 */
#include "tests/unit/remediate/fails_rig.h"

#include <stdatomic.h>

/* What becomes of the call: it fails so, or one of these. */
enum { STOPS = 100, STOPS_AFTER };

static unsigned calls, at;
static int how;
static bool armed;
static char failed[20];		/* the call */
static atomic_bool stopped;

static enum mailbox_result
fail_nth(const char *call)
{
	if (!armed || ++calls != at)
		return MAILBOX_DONE;
	snprintf(failed, sizeof(failed), "%s", call);
	if (how < STOPS)
		return (enum mailbox_result)how;
	atomic_store(&stopped, true);
	return how == STOPS ? MAILBOX_LATER : MAILBOX_DONE;
}

/* ---- what may come of it ---- */

/* is_consistent - done is only what is away, and what has failed has a reason */
static void
is_consistent(void)
{
	struct todo_list list;
	const struct state_action *action;

	turns();
	list = one(NULL);
	action = &list.items[0].action;
	MUST(action->step == STATE_FAILED ||
	    (action->step == STATE_DONE && !at_inbox()));
	MUST((action->step == STATE_FAILED) == (*action->reason != '\0'));
	MUST(told[LOG_remediation_failed] == (action->step == STATE_FAILED));
	MUST(files("", "mail.") <= 2);
	todo_drop(&list);
}

static void
two_profiles(void)
{
	rig_domains("both");
	there_is_one();
}

static void
for_ann(void)
{
	struct err err;

	maps_free(rig_settings.mailboxes);
	assert_int_equal(maps_load("inline:{bob@corp.example=ann@corp.example}",
	    &rig_settings.mailboxes, &err), 0);
	there_is_one();
	put("ann@corp.example/INBOX/1", &plain);
}

/* is_away_of_ann - whose mailbox the address leads to; bob's is not touched */
static void
is_away_of_ann(void)
{
	hear_of_it();
	turns();
	must_be(STATE_DONE, "");
	MUST(at_inbox() && away() == 1);
	MUST(!is_there("ann@corp.example/INBOX/1"));
}

static void
no_quarantine(void)
{
	there_is_one();
	rig_settings.conf.remediation_quarantine = 0;
}

static void
is_gone(void)
{
	turns();
	for (int i = 0; i < 48; i++) {
		rig_now += HOUR;
		undo_turn(&rem);
	}
	MUST(step_now() == STATE_DONE || step_now() == STATE_PURGED);
	MUST(!at_inbox() && away() == 0);
}

#define PASSING { MAILBOX_LATER, MAILBOX_UNFINISHED, MAILBOX_LOCKED_OUT, STOPS, \
	STOPS_AFTER, MAILBOX_DONE }
#define LASTING { MAILBOX_GONE, MAILBOX_NEVER, MAILBOX_NOBODY, MAILBOX_DONE }

static const struct scenario {
	const char	*name;
	void		(*prepare)(void);
	void		(*act)(void);
	void		(*check)(void);
	int		 hows[6];
} scenarios[] = {
	{ "remediate", there_is_one, hear_and_turn, is_away_once, PASSING },
	{ "cannot", there_is_one, hear_and_turn, is_consistent, LASTING },
	{ "by two profiles", two_profiles, hear_and_turn, is_away_once,
	    PASSING },
	{ "by neither", two_profiles, hear_and_turn, is_consistent, LASTING },
	{ "for another", for_ann, hear_and_turn, is_away_of_ann,
	    PASSING },
	{ "go on after a crash", half_done, turn, is_away_once, PASSING },
	{ "undo", moved_away, undo, is_back, PASSING },
	{ "undo after a crash", moved_unnoted, undo, is_back, PASSING },
	{ "undo again", moved_away, undo, is_back, { MAILBOX_NEVER,
	    MAILBOX_DONE } },
	{ "withdraw", back_is_wanted, hear_no_more, is_back_by_verdict,
	    PASSING },
	{ "purge", moved_long_ago, purge, is_purged, PASSING },
	{ "purge again", moved_long_ago, purge, is_purged, { MAILBOX_NEVER,
	    MAILBOX_DONE } },
	{ "at once", no_quarantine, hear_and_turn, is_gone, PASSING },
};

static bool
try(const struct scenario *scenario)
{
	rig_up(NULL);
	rig_settings.stopped = &stopped;
	store_hook = fail_nth;
	scenario->prepare();
	memset(told, 0, sizeof(told));
	calls = 0;
	failed[0] = '\0';
	armed = true;
	snprintf(about, sizeof(about), "%s, call %u: %d", scenario->name, at,
	    how);
	scenario->act();
	armed = false;
	snprintf(about, sizeof(about), "%s, %s (call %u): %d", scenario->name,
	    failed, at, how);
	/* nobody is to blame that we stop */
	if (atomic_load(&stopped))
		MUST(told[LOG_remediation_failed] == 0 &&
		    told[LOG_remediation_rests] == 0);
	atomic_store(&stopped, false);
	MUST(at_inbox() || away() == 1 || scenario->check == is_gone ||
	    scenario->act == purge);
	scenario->check();
	rig_down(NULL);
	return failed[0] != '\0';
}

static void
test_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		for (size_t h = 0; scenarios[i].hows[h] != MAILBOX_DONE; h++) {
			how = scenarios[i].hows[h];
			at = 1;
			while (try(&scenarios[i]))
				at++;
			assert_in_range(at, 2, 100);
		}
}

/* ---- somebody else ---- */

/* swap - another message has the name of the one that was proved */
static enum mailbox_result
swap(const char *call)
{
	if (strcmp(call, "raw") == 0 && armed) {
		armed = false;
		put("bob@corp.example/INBOX/1", &(struct mail){
		    .queue_id = "4Q9", .id = "<9@x.example>" });
	}
	return MAILBOX_DONE;
}

/* what is sent, and then moved, is what was proved */
static void
test_swapped(void **state)
{
	(void)state;
	snprintf(about, sizeof(about), "swapped");
	rig_up(NULL);
	store_hook = swap;
	armed = true;
	there_is_one();
	hear_and_turn();
	MUST(!armed);
	MUST(at_inbox() && away() == 0 && files("", "mail.") == 0);
	must_be(STATE_DUE, "the message changed while it was read");
	rig_down(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each), cmocka_unit_test(test_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
