/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap: what a profile must have, that no error shows what is secret, and what is
 * told of a server that it reaches
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/imap/imap_rig.h"

#define IN	"host=h user=u password=S3cret "
#define FOLDER	" folder=Quarantine"

static int
set_up(void **state)
{
	(void)state;
	rig_begin(&mailbox_imap, NULL);
	rig.settings.timeout = 1000;
	return 0;
}

static void
wrong(void **state)
{
	static const struct { const char *words, *says; } cases[] = {
		{ "", "it has no host=" },
		{ "host=h password=S3cret", "it has no user=" },
		{ "host=h user=u", "it has no password=" },
		{ "host=h user=u password=\"\"", "its value is empty" },
		{ IN "authzid=maybe" FOLDER, "authzid= is yes or no" },
		{ IN FOLDER, "it needs one of authzid=yes" },
		{ IN "authzid=no" FOLDER, "it needs one of authzid=yes" },
		{ IN "authzid=yes master=*" FOLDER,
		  "it needs one of authzid=yes" },
		{ IN "master=* port=0" FOLDER, "port= is no number" },
		{ IN "master=* port=65536" FOLDER, "port= is no number" },
		{ IN "master=* port=imaps" FOLDER, "port= is no number" },
		{ IN "master=* tls=no" FOLDER, "tls= is yes or starttls" },
		{ IN "master=*", "it has no quarantine= (an account for what "
		  "is removed) nor folder=" },
		{ IN "master=* folder=\" x\"", "folder= is no name" },
		{ IN "master=* folder=a*", "folder= is no name" },
		{ IN "master=* folder=a%", "folder= is no name" },
		{ IN "master=* folder=Inbox", "folder= is no name" },
		{ IN "master=* folder=a\377", "folder= is no name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (rig_load(cases[i].words) == 0)
			fail_msg("taken: %s", cases[i].words);
		rig_says(cases[i].says, ERR_NEVER);
		assert_null(strstr(rig.err.text, "S3cret"));
		assert_non_null(strstr(rig.err.text, "profiles:1"));
	}
}

static void
good(void **state)
{
	static const char *const cases[] = {
		IN "master=*" FOLDER, IN "authzid=yes" FOLDER,
		IN "authzid=no master=*" FOLDER,
		IN "authzid=yes quarantine=q tls=starttls port=65535",
		IN "master=* tls=yes port=1 folder=Entw\303\274rfe "
		    "quarantine=q probe=p ca_file=/ca",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (rig_load(cases[i]) == -1)
			fail_msg("%s: %s", cases[i], rig.err.text);
}

/* ---- test ---- */

static enum mailbox_result
test_as(const char *owner)
{
	buf_cut(&rig.out, 0);
	return mailbox_imap.test(rig.profile, owner, &rig.out, &rig.err);
}

/* said - the end of what was said */
static void
said(const char *text)
{
	const char *found = strstr(rig.out.data, ": ");

	assert_non_null(found);
	assert_string_equal(found + 2, text);
}

static void
tells(void **state)
{
	(void)state;
	rig_up("master=*" FOLDER);
	server_put("bob", "INBOX", ONE);
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	said("logged in as bob, folders: 1, quarantine: Quarantine");
	server.can[2] = "MOVE";
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	said("logged in as bob, folders: 1, quarantine: Quarantine, no "
	    "UIDPLUS: what is purged is only marked as deleted");
	server.can[2] = "NAMESPACE";
	server.namespaces = "((\"INBOX.\" \".\")) NIL NIL";
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	said("logged in as bob, folders: 1, quarantine: INBOX.Quarantine, no "
	    "UIDPLUS: what is removed is only marked as deleted");
	rig_words("authzid=yes quarantine=quarantine");
	server.can[2] = "MOVE";
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	said("logged in as bob, folders: 1, quarantine: Quarantine bob of "
	    "quarantine, no UIDPLUS: what is removed is only marked as "
	    "deleted");
	assert_int_equal(test_as("quarantine"), MAILBOX_NEVER);
	rig_says("'quarantine' is the account of the quarantine", ERR_NEVER);
	server.refuses = "%s NO no\r\n";
	server.refused = "quarantine";
	assert_int_equal(test_as("bob"), MAILBOX_LOCKED_OUT);
	rig_says("quarantine account: ", ERR_NEVER);
	/* not he is unknown, but the profile is wrong */
	server.refuses = "%s NO [AUTHORIZATIONFAILED] no\r\n";
	assert_int_equal(test_as("bob"), MAILBOX_LOCKED_OUT);
	rig_says("quarantine account: ", ERR_NEVER);
	server.refuses = "%s NO [UNAVAILABLE] no\r\n";
	assert_int_equal(test_as("bob"), MAILBOX_LATER);
	rig_says("quarantine account: ", ERR_LATER);
	assert_int_equal(rig.out.len, 0);
	server_clear();
	server.refuses = NULL;
	assert_int_equal(test_as("bob"), MAILBOX_NOBODY);
	rig_says("bob has no folder at all", ERR_NEVER);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wrong, set_up, rig_tear_down),
		cmocka_unit_test_setup_teardown(good, set_up, rig_tear_down),
		cmocka_unit_test(tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
