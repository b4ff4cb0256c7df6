/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "tdc-remediator undo": what came of each recipient, and whatever is in the way
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now log_write nanosleep profiles_chain
 * WRAP: geteuid getuid getpwuid_r todo_named
 */
#include "tests/unit/remediate/operator/person_rig.h"

#include <errno.h>
#include <pwd.h>

#include "tests/unit/opened.h"

/* ---- who asks ---- */

static uid_t effective, real;
static int no_users;			/* an error of getpwuid_r() */

uid_t	__wrap_geteuid(void);
uid_t
__wrap_geteuid(void)
{
	return effective;
}

uid_t	__wrap_getuid(void);
uid_t
__wrap_getuid(void)
{
	return real;
}

int	__real_getpwuid_r(uid_t, struct passwd *, char *, size_t,
	    struct passwd **);
int	__wrap_getpwuid_r(uid_t, struct passwd *, char *, size_t,
	    struct passwd **);
int
__wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size,
    struct passwd **out)
{
	return no_users != 0 ? no_users : __real_getpwuid_r(uid, entry, room,
	    size, out);
}

static void
is_by(const char *name)
{
	own(str) char *by = commands_by();

	assert_string_equal(by, name);
}

static void
test_by(void **state)
{
	(void)state;
	effective = real = 0;
	unsetenv("SUDO_USER");
	is_by("root");
	setenv("SUDO_USER", "daemon", 1);
	is_by("daemon");
	/* only root can have been somebody else before */
	effective = real = 65534;
	is_by("nobody");
	effective = real = 0;
	setenv("SUDO_USER", "nobody.at.all", 1);
	is_by("root");
	unsetenv("SUDO_USER");
	real = 4000000000;
	is_by("uid 4000000000");
	real = 0;
	no_users = EIO;
	is_by("uid 0");
	no_users = 0;
}

/* ---- what is undone ---- */

static bool named_fails;

int	__real_todo_named(struct state *, const char *, struct todo_list *,
	    struct err *);
int	__wrap_todo_named(struct state *, const char *, struct todo_list *,
	    struct err *);
int
__wrap_todo_named(struct state *state, const char *what, struct todo_list *out,
    struct err *err)
{
	return named_fails ? err_set(err, ERR_LATER, "database is locked") :
	    __real_todo_named(state, what, out, err);
}

static void
test_restored(void **state)
{
	(void)state;
	there_are();
	assert_false(at_inbox());
	assert_int_equal(command("undo", "poll-20231114T221320Z"), EX_OK);
	says("MID 7 for bob@corp.example: restored 1 message\n"
	    "MID 7 for ann@corp.example: restored 1 message\n");
	assert_true(at_inbox() && is_there("ann@corp.example/INBOX/1"));
	assert_int_equal(told[LOG_remediation_restored], 2);
	/* it is so already, which is no fault */
	assert_int_equal(command("undo", "7"), EX_OK);
	says("MID 7 for bob@corp.example: is restored already\n"
	    "MID 7 for ann@corp.example: is restored already\n");
	assert_int_equal(files("store/.quarantine", ""), 0);
}

static void
test_two_pieces(void **state)
{
	(void)state;
	put("bob@corp.example/Later/2", &(struct mail){ .queue_id = "4Q1" });
	there_is();
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: restored 2 messages\n");
}

/* one that was only forwarded, and one that could not be done */
static void
test_nothing_to_restore(void **state)
{
	(void)state;
	rig_settings.conf.remediation_action = CONF_REMEDIATE_FORWARD;
	there_is();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: nothing to restore (remediated)\n");
	expect(NULL, STATE_DONE, "");
}

static void
test_failed(void **state)
{
	(void)state;
	store_result = MAILBOX_NEVER;
	there_is();
	expect(NULL, STATE_FAILED, "the store says no");
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: nothing to restore (failed)\n");
	expect(NULL, STATE_FAILED, "the store says no");
}

/* what was not begun, or is still looked for, will not be done */
static void
test_not_begun(void **state)
{
	(void)state;
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
	there_is();
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: will not be remediated\n");
	expect(NULL, STATE_WITHDRAWN, "undone by alice");
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: is withdrawn already\n");
	assert_true(at_inbox());
}

static void
test_looked_for(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	rig_settings.conf.remediation_attempts = 1;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	expect(NULL, STATE_FAILED, "Message not found in user mailbox");
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: will not be remediated\n");
	expect(NULL, STATE_WITHDRAWN, "undone by alice");
}

static void
test_purged(void **state)
{
	(void)state;
	rig_settings.conf.remediation_quarantine = HOUR;
	there_is();
	for (int i = 0; i < 4; i++) {
		undo_turn(&rem);
		rig_now += HOUR;
	}
	assert_int_equal(files("store/.quarantine", ""), 0);
	assert_int_equal(command("undo", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: is purged already\n");
	assert_false(at_inbox());
}

/* ---- what is in the way ---- */

/* one of two cannot be put back now: the other one is, and it is said which */
static enum mailbox_result
not_of_bob(const char *call)
{
	static unsigned calls;

	return strcmp(call, "restore") == 0 && calls++ == 0 ? MAILBOX_LATER :
	    MAILBOX_DONE;
}

static void
test_later(void **state)
{
	(void)state;
	there_are();
	store_hook = not_of_bob;
	assert_int_equal(command("undo", "id-1"), EX_TEMPFAIL);
	assert_string_equal(said_out, "MID 7 for ann@corp.example: restored 1 "
	    "message\n");
	assert_string_equal(said_err, "tdc-remediator: MID 7 for "
	    "bob@corp.example: the store says no\n");
	assert_false(at_inbox());
	/* tdc-remediator goes on with it */
	rig_now += 20 * MINUTE;
	undo_turn(&rem);
	assert_true(at_inbox());
	expect("bob@corp.example", STATE_RESTORED, "undone by alice");
}

static void
test_refused(void **state)
{
	struct err err;
	int before;

	(void)state;
	there_is();
	assert_int_equal(command("undo", "it's"), EX_DATAERR);
	complains("undo: there is no message, batch or MID 'it\\'s'");
	before = opened();
	named_fails = true;
	assert_int_equal(command("undo", "id-1"), EX_TEMPFAIL);
	named_fails = false;
	complains("database is locked");
	assert_int_equal(state_lock(other, STATE_ACTS, 0, &err), 0);
	assert_int_equal(command("undo", "id-1"), EX_TEMPFAIL);
	assert_non_null(strstr(said_err, "another tdc-remediator is at work"));
	assert_true(slept >= MINUTE);
	assert_false(at_inbox());
	/* it gave up what it held */
	state_unlock(other, STATE_ACTS);
	assert_int_equal(state_lock(other, STATE_ACTS, 0, &err), 0);
	state_unlock(other, STATE_ACTS);
	assert_int_equal(opened(), before + 1);	/* the other one's file of locks */
}

static void
test_words(void **state)
{
	char *argv[] = { (char *)"undo", (char *)"a", (char *)"b", NULL };

	(void)state;
	assert_int_equal(run(3, argv), EX_USAGE);
	assert_non_null(strstr(said_err, "tdc-remediator: undo: too many words\n"
	    "usage: tdc-remediator [-c FILE] undo ID|BATCH|MID\n"));
	assert_int_equal(command("undo", NULL), EX_USAGE);
	assert_non_null(strstr(said_err, "undo: something is missing"));
	assert_int_equal(command("do", NULL), EX_USAGE);
	assert_non_null(strstr(said_err, "there is no command 'do'"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_by), TEST(test_restored), TEST(test_two_pieces),
		TEST(test_nothing_to_restore), TEST(test_failed),
		TEST(test_not_begun), TEST(test_looked_for),
		TEST(test_purged), TEST(test_later), TEST(test_refused),
		TEST(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
