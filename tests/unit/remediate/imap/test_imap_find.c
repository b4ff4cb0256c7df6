/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap: which folders are searched, and what it means that a server does not let
 * us into one
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/imap/imap_rig.h"

static void
odd_ids(void **state)
{
	static char longest[1000 + 1];
	const char *const ids[] = { "", " <x>", "<x> ", "<x\n>", "<\303\244>",
	    "<\177>", longest };

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	rig_up(OWN);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	server.commands = 0;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		assert_int_equal(rig_find(ids[i]), MAILBOX_NEVER);
		rig_says("is no Message-ID to look for", ERR_NEVER);
	}
	assert_int_equal(rig_find(NULL), MAILBOX_NEVER);
	rig_says("is no queue id", ERR_NEVER);
	assert_int_equal(server.commands, 0);
}

/* Folders that are nobody's, of others, or of no name that a command can have. */
static void
odd_folders(void **state)
{
	own(buf) struct buf odd = BUF;

	(void)state;
	rig_up(OWN);
	buf_text(&odd, "* LIST () \"/\" ");
	for (unsigned i = 0; i < 4097; i++)
		buf_byte(&odd, 'a');
	buf_text(&odd, "\r\n* LIST () \"/\" {4}\r\na\r\nb\r\n"
	    "* LIST (\\Noselect) \"/\" none\r\n");
	server.namespaces = "((\"\" \"/\")) ((\"user/\" \"/\")) "
	    "((\"shared/\" \"/\"))";
	server.odd_list = odd.data;
	server_put("bob", "Entw\303\274rfe", ONE);
	server_put("bob", "user/eve", ONE);
	server_put("bob", "shared/all", ONE);
	server_put("bob", "Quarantine", ONE);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_string_equal(rig.folder, "Entw\303\274rfe");
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(server_count("bob", "Quarantine", ONE, true), 2);
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(server_count("bob", "Entw\303\274rfe", ONE, true), 1);
	/* one that is empty need not be searched */
	server_clear();
	server_put("bob", "INBOX", ONE);
	room_new(account_of("bob"), "empty");
	server.fault = (struct fault){ .at = 2, .only = "SEARCH",
		.ends = true };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
}

static void
enough(void **state)
{
	(void)state;
	rig_up(OWN);
	server_put("bob", "Work", ONE);
	server_put("bob", "Work", ONE);
	server_put("bob", "INBOX", ONE);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 3);
	rig.enough = true;
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_string_equal(rig.folder, "INBOX");	/* first */
	server_clear();
	server_put("bob", "Work", ONE);
	server_put("bob", "Work", ONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
}

static void
too_many_folders(void **state)
{
	own(buf) struct buf list = BUF;

	(void)state;
	for (unsigned i = 0; i < 20000; i++)
		buf_format(&list, "* LIST () NIL f%u\r\n", i);
	rig_up(OWN);
	server_put("bob", "INBOX", ONE);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	server.odd_list = list.data;
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_LATER);
	rig_says("an answer of another form", ERR_LATER);
	assert_int_equal(rig.found, 0);
}

/* A folder that the server does not let us into: which of that means that there
 * is nothing to be found? */
static void
refused(void **state)
{
	static const struct {
		const char	*folder, *says;
		enum mailbox_result result;
	} cases[] = {
		{ "INBOX", "%s NO [NOPERM] x\r\n", MAILBOX_NEVER },
		{ "Work", "%s NO [NOPERM] x\r\n", MAILBOX_DONE },
		{ "Work", "%s NO [CANNOT] x\r\n", MAILBOX_DONE },
		{ "Work", "%s NO [NONEXISTENT] x\r\n", MAILBOX_DONE },
		{ "Work", "%s NO [OVERQUOTA] x\r\n", MAILBOX_NEVER },
		{ "Work", "%s BAD x\r\n", MAILBOX_NEVER },
		{ "Work", "%s BAD [INUSE] x\r\n", MAILBOX_NEVER },
		/* it does not even list them any more */
		{ "Work", "%s NO x\r\n* BYE x\r\n", MAILBOX_LATER },
		{ "Work", "%s NO [INUSE] x\r\n", MAILBOX_UNFINISHED },
		{ "Work", "%s NO x\r\n", MAILBOX_UNFINISHED },
		{ "INBOX", "%s NO x\r\n", MAILBOX_UNFINISHED },
		/* read-only is good enough to look; without a number it is not */
		{ "Work", "* OK [UIDVALIDITY 5] x\r\n%s OK [READ-ONLY] x\r\n",
		  MAILBOX_DONE },
		{ "Work", "* 1 EXISTS\r\n%s OK x\r\n", MAILBOX_NEVER },
		{ "Work", "* OK [UIDVALIDITY] x\r\n%s OK x\r\n",
		  MAILBOX_LATER },
		{ "Work", "* OK [UIDVALIDITY 99999999999] x\r\n%s OK x\r\n",
		  MAILBOX_LATER },
	};

	(void)state;
	rig_up(OWN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		server_clear();
		server_put("bob", cases[i].folder, ONE);
		assert_int_equal(rig_open("bob"), MAILBOX_DONE);
		server.commands = 0;
		server.fault = (struct fault){ .at = 1, .only = "EXAMINE",
			.says = cases[i].says };
		if (rig_find("<1@x.example>") != cases[i].result)
			fail_msg("%s: %s", cases[i].says, rig.err.text);
		assert_int_equal(rig.found, 0);
		rig_shut();
		server.fault = (struct fault){ 0 };
	}
	/* one that is gone, by the list that is asked for then */
	server_clear();
	server_put("bob", "Work", ONE);
	server.odd_list = "* LIST () \"/\" Gone\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	server.commands = 0;
	server.fault = (struct fault){ .at = 2, .only = "EXAMINE",
		.says = "%s NO x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_string_equal(server.faulty, "EXAMINE");
	/* an inbox is there, whatever is listed */
	server_clear();
	server.odd_list = "* LIST () \"/\" INBOX\r\n";
	server.commands = 0;
	server.fault = (struct fault){ .at = 1, .only = "EXAMINE",
		.says = "%s NO x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_UNFINISHED);
}

/* The worst of what happened is told, and the others are searched all the same. */
static void
worst(void **state)
{
	(void)state;
	rig_up(OWN);
	server_put("bob", "INBOX", ONE);
	server_put("bob", "One", ONE);
	server_put("bob", "Two", ONE);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	server.commands = 0;
	server.fault = (struct fault){ .at = 2, .only = "EXAMINE",
		.says = "%s NO [OVERQUOTA] x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_NEVER);
	rig_says("One: ", ERR_NEVER);
	assert_int_equal(rig.found, 2);
	server.commands = 0;
	server.fault = (struct fault){ .at = 1, .only = "SEARCH",
		.says = "%s NO [UNAVAILABLE] x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_UNFINISHED);
	assert_int_equal(rig.found, 2);
	/* ... and that it may pass is worse than that it will not */
	server.commands = 0;
	server.fault = (struct fault){ .at = 1, .only = "EXAMINE",
		.says = "%s NO [OVERQUOTA] x\r\n" };
	server.then = (struct fault){ .at = 1, .only = "EXAMINE",
		.says = "%s NO [INUSE] x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_UNFINISHED);
	rig_says("One: ", ERR_LATER);
	assert_int_equal(rig.found, 1);
	server.commands = 0;
	server.fault.says = "%s NO [INUSE] x\r\n";
	server.then = (struct fault){ .at = 1, .only = "EXAMINE",
		.says = "%s NO [OVERQUOTA] x\r\n" };
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_UNFINISHED);
	rig_says("INBOX: ", ERR_LATER);
	assert_int_equal(rig.found, 1);
}

/* Whose a folder is the longest prefix says, and of two the stranger's. */
static void
namespaces(void **state)
{
	static const struct { const char *says; unsigned found; } cases[] = {
		{ "((\"\" \"/\")) ((\"a/\" \"/\")) NIL", 2 },
		{ "((\"\" \"/\")(\"a/\" \"/\")) NIL ((\"a/b/\" \"/\"))", 2 },
		{ "((\"a/b/\" \"/\")(\"a/\" \"/\")) NIL ((\"\" \"/\"))", 2 },
		{ "((\"\" \"/\")) ((\"\" \"/\")) NIL", 1 },
		{ "((\"a/\" \"/\")) ((\"\" \"/\")) NIL", 2 },
		{ "NIL NIL NIL", 3 },
	};
	own(buf) struct buf many = BUF;

	(void)state;
	rig_up("master=* quarantine=quarantine");
	server_put("bob", "a/b/c", ONE);
	server_put("bob", "d", ONE);
	server_put("bob", "INBOX", ONE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		server.namespaces = cases[i].says;
		assert_int_equal(rig_open("bob"), MAILBOX_DONE);
		assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
		if (rig.found != cases[i].found)
			fail_msg("%s: %u", cases[i].says, rig.found);
		rig_shut();
	}
	/* more than anybody has */
	buf_text(&many, "((\"\" \"/\")) (");
	for (unsigned i = 0; i < 70; i++)
		buf_format(&many, "(\"user%u/\" \"/\")", i);
	buf_text(&many, ") NIL");
	server.namespaces = many.data;
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 3);
}

/* What is marked as deleted is ours where nothing can be removed. */
static void
marked(void **state)
{
	static const struct { const char *can; unsigned found; } cases[] = {
		{ "", 0 }, { "MOVE", 1 }, { "UIDPLUS", 1 },
	};

	(void)state;
	rig_up(OWN);
	server_put("bob", "INBOX", ONE);
	strcpy(account_of("bob")->rooms[0].letters[0].flags, "\\Deleted");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		server.can[2] = cases[i].can;
		assert_int_equal(rig_open("bob"), MAILBOX_DONE);
		assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
		assert_int_equal(rig.found, cases[i].found);
		rig_shut();
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(odd_ids), TEST(odd_folders), TEST(enough),
		TEST(too_many_folders), TEST(refused), TEST(worst),
		TEST(namespaces), TEST(marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
