/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is known to get in, over restarts; and a mailbox of which not all could be
 * seen: what was seen is dealt with, and nobody else waits
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "remediate/mailbox/known.h"
#include "remediate/rest.h"
#include "tests/unit/remediate/remediate_rig.h"

static const struct mail plain = { .queue_id = "4Q1" };

/* ---- who is known ---- */

/* noted - what the state keeps; new */
static char *
noted(void)
{
	char *text;
	struct err err;

	assert_int_equal(state_noted(rem.state, STATE_NOTE_KNOWN "one", &text,
	    &err), 0);
	return text;
}

static void
try_open(const char *owner, enum mailbox_result wanted)
{
	const struct profile *const *list;
	struct mailbox *box;
	struct err err;

	assert_int_equal(profiles_chain(rem.settings->profiles, "one", &list),
	    1);
	assert_int_equal(rest_open(&rem, list[0], owner, &box, &err), wanted);
	if (wanted == MAILBOX_DONE)
		list[0]->backend->close(box);
}

static void
test_known(void **state)
{
	own(str) char *kept = NULL, *told = NULL;

	(void)state;
	known_note("one", "ann@corp.example");	/* as a back end does */
	try_open("bob@corp.example", MAILBOX_DONE);
	kept = noted();
	assert_string_equal(kept, "ann@corp.example");
	/* a restart: the process knows nothing, and is told */
	known_forget("one", "bob@corp.example");
	told = known_owner("one");
	assert_string_equal(told, "ann@corp.example");
	known_forget("one", "ann@corp.example");
	assert_null(known_owner("one"));
	try_open("bob@corp.example", MAILBOX_DONE);
	free(told);
	told = known_owner("one");
	assert_string_equal(told, "ann@corp.example");
}

/* denies - a back end finds that nobody gets in as that one any more */
static enum mailbox_result
denies(const struct profile *profile, const char *owner, struct mailbox **out,
    struct err *err)
{
	(void)owner, (void)out;
	known_forget(profile->name, "ann@corp.example");
	err_set(err, ERR_NEVER, "login refused");
	return MAILBOX_LOCKED_OUT;
}

static void
test_forgotten(void **state)
{
	own(str) char *kept = NULL;
	struct mailbox_backend backend = { .name = "folders", .open = denies };
	const struct profile profile = { .name = "one", .backend = &backend };
	struct mailbox *box;
	struct err err;

	(void)state;
	known_note("one", "ann@corp.example");
	try_open("bob@corp.example", MAILBOX_DONE);
	assert_int_equal(rest_open(&rem, &profile, "bob@corp.example", &box,
	    &err), MAILBOX_LOCKED_OUT);
	kept = noted();
	assert_string_equal(kept, "");
	assert_null(known_owner("one"));
}

/* ---- not all of a mailbox ---- */

static void
see_part(enum mailbox_result found)
{
	struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	store_found = found;
	say(&message);
	assert_false(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(rest_until(&rem, "one"), 0);
}

static void
test_unfinished(void **state)
{
	(void)state;
	see_part(MAILBOX_UNFINISHED);
	expect(NULL, STATE_QUARANTINED, "one folder is broken");
	store_found = MAILBOX_DONE;
	rig_now += 2 * MINUTE;
	turn();
	expect(NULL, STATE_DONE, "");
}

static void
test_never_all(void **state)
{
	(void)state;
	see_part(MAILBOX_NEVER);
	expect(NULL, STATE_FAILED, "one folder is broken");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_known, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_forgotten, rig_up,
		    rig_down),
		cmocka_unit_test_setup_teardown(test_unfinished, rig_up,
		    rig_down),
		cmocka_unit_test_setup_teardown(test_never_all, rig_up,
		    rig_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
