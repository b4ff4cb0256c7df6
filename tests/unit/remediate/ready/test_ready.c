/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has to be set, made or allowed on this machine: each line of it, and the exit
 * code that follows
 *
 * NEEDS: REMEDIATION
 * WRAP: access history_count history_find
 */
#include "tests/unit/remediate/ready/ready_rig.h"

static void
test_all_well(void **state)
{
	(void)state;
	assert_int_equal(look(), EX_OK);
	assert_string_equal(said_out, HISTORY
	    "remediation_database: ok: it is made at the first start\n"
	    "remediation_sendmail: ok: sendmail\n");
	conf.mailbox_maps = "inline:{a=b}";
	conf.remediation_action = CONF_REMEDIATE_DELETE;
	journaled = 1;
	assert_int_equal(look(), EX_OK);
	has("history_database: ok: 1 message journaled in the last day");
	has("remediation_sendmail: not needed: nothing is forwarded, and there "
	    "is no remediation_notify");
	has("mailbox_maps: ok");
	/* somebody wants mail about failures */
	conf.remediation_notify = "ops@corp.example";
	assert_int_equal(look(), EX_OK);
	has("remediation_sendmail: ok: sendmail");
}

static void
test_history(void **state)
{
	(void)state;
	load_profiles("profile one type=store\n");
	history_result = -1;
	history_error = EACCES;
	assert_int_equal(look(), EX_NOPERM);
	has("history_database: /h/history.db: Permission denied");
	history_error = EPERM;
	assert_int_equal(look(), EX_NOPERM);
	history_error = ENOENT;
	assert_int_equal(look(), EX_CONFIG);
	has("history_database: /h/history.db: No such file or directory");
	conf.history_database = "";
	assert_int_equal(look(), EX_CONFIG);
	has("history_database: empty: without the history nothing is proved to "
	    "be ours, and nothing is remediated");
	/* one that cannot be asked is not asked for domains, either */
	assert_int_equal(finds, 0);
}

/* refuse - the user who will act may not do that */
static int
refuse(const char *path, int mode)
{
	refused = path;
	refused_mode = mode;
	refused_error = EACCES;
	return look();
}

/* where the database is to be made */
static void
test_database_to_make(void **state)
{
	own(str) char *next = mem_format("%s/new/state.db", dir);
	own(str) char *none = mem_format("%s/no/where/state.db", dir);

	(void)state;
	conf.remediation_database = next;
	assert_int_equal(look(), EX_OK);
	has("remediation_database: ok: it is made at the first start");
	conf.remediation_database = none;
	assert_int_equal(look(), EX_CONFIG);
	has("remediation_database: no: No such file or directory");
	conf.remediation_database = database;
	assert_int_equal(refuse(dir, W_OK), EX_NOPERM);
	has("remediation_database: : Permission denied");
	/* of a path without a directory of its own nothing is known before */
	refused = NULL;
	conf.remediation_database = "/no-such-file.db";
	assert_int_equal(look(), EX_OK);
	conf.remediation_database = "no-such-file.db";
	assert_int_equal(look(), EX_OK);
	conf.remediation_database = "/no-such-dir/state.db";
	assert_int_equal(look(), EX_OK);
}

/* one that is there */
static void
test_database(void **state)
{
	own(str) char *beside = mem_format("%s/", dir);
	struct state *made;
	struct err err;

	(void)state;
	assert_int_equal(state_open(database, STATE_WRITE, &made, &err), 0);
	state_close(made);
	assert_int_equal(look(), EX_OK);
	has("remediation_database: ok");
	assert_int_equal(refuse(database, R_OK), EX_NOPERM);
	has("remediation_database: state.db: Permission denied");
	assert_int_equal(refuse(beside, W_OK), EX_NOPERM);
	has("remediation_database: : Permission denied");
	/* that it is there cannot be seen: that is not as if it was not */
	assert_int_equal(refuse(database, F_OK), EX_NOPERM);
	has("remediation_database: state.db: Permission denied");
	refused = NULL;
	free(scratch_file(dir, "state.db", "no database, but longer than what "
	    "SQLite has at the head of one, which is one hundred bytes long; "
	    "so it is none"));
	assert_int_equal(look(), EX_CONFIG);
	has("remediation_database: state.db: file is not a database");
}

static void
test_sendmail(void **state)
{
	own(str) char *none = mem_format("%s/none", dir);

	(void)state;
	ready.sendmail = "";
	assert_int_equal(look(), EX_CONFIG);
	has("remediation_sendmail: there is none, and Postfix's sendmail_path is "
	    "not known");
	ready.sendmail = none;
	assert_int_equal(look(), EX_CONFIG);
	has("remediation_sendmail: none: No such file or directory");
	ready.sendmail = dir;
	assert_int_equal(look(), EX_CONFIG);
	has("remediation_sendmail: : not a program");
	ready.sendmail = program;
	assert_int_equal(refuse(program, X_OK), EX_NOPERM);
	has("remediation_sendmail: sendmail: Permission denied");
	/* what has to be corrected comes before what has to be allowed */
	history_result = -1;
	history_error = ENOENT;
	assert_int_equal(look(), EX_CONFIG);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_all_well), TEST(test_history),
		TEST(test_database_to_make), TEST(test_database),
		TEST(test_sendmail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
