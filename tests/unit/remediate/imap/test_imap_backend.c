/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap: what each function of a mail store says of a message that is there, is
 * gone, or has become another one
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/imap/imap_rig.h"

#define VAULT	"authzid=yes quarantine=quarantine"
#define TWIN	"X-Another-Header-As-Longs: 4Q1; Tue, 14 Nov 2023 22:13:20 " \
		"+0000\r\nMessage-ID: <1@x.example>\r\nSubject: two\r\n\r\n" \
		"Number 22.\r\n"
#define BOTH	"Message-ID: <1@x.example>\r\nMessage-ID: <3@x.example>\r\n\r\nx"

/* find_one - a message that is there */
static void
find_one(const char *words)
{
	rig_up(words);
	server_put("bob", "INBOX", ONE);
	server_put("bob", "INBOX", OTHER);
	server_put("quarantine", "INBOX", OTHER);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
}

/* ---- names of messages ---- */

static void
keys(void **state)
{
	static const char *const wrong[] = { "", "key", "what 1 1 1 x",
	    "key 1 1 1 0123456789abcdef0123456789abcdef",
	    "key x 1 1 0123456789abcdef0123456789abcdef INBOX",
	    "key 1 0 1 0123456789abcdef0123456789abcdef INBOX",
	    "key 1 1 y 0123456789abcdef0123456789abcdef INBOX",
	    "key 1 1 1 0123456789abcdef INBOX",
	    "key 1 1 1 0123456789abcdef0123456789abcd%00f INBOX",
	    "key 1 1 1 0123456789abcdef0123456789abcdef INBOX x",
	    "key 1 1 1 0123456789abcdef0123456789abcdef a%0Ab",
	    "key 1 1 1 0123456789abcdef0123456789abcdef %",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX % a b c",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX a",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX a b",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX a b c",
	    "own 1 1 1 0123456789abcdef0123456789abcdef INBOX a b c d e" };
	static char handle[] = "own 1 1 1 0123456789abcdef0123456789abcdef "
	    "INBOX a b c d";

	(void)state;
	find_one(OWN);
	server.commands = 0;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		free(rig.key);
		rig.key = mem_text(wrong[i]);
		assert_int_equal(rig_quarantine(), MAILBOX_NEVER);
		rig_says("' is no key of this back end", ERR_NEVER);
		assert_int_equal(rig_moved(), MAILBOX_NEVER);
		assert_int_equal(mailbox_imap.restore(rig.box, wrong[i],
		    &rig.err), MAILBOX_NEVER);
		rig_says("' is no handle of this back end", ERR_NEVER);
		assert_int_equal(mailbox_imap.purge(rig.box, wrong[i],
		    &rig.err), MAILBOX_NEVER);
	}
	/* a handle is no key */
	free(rig.key);
	rig.key = mem_text(handle);
	assert_int_equal(rig_quarantine(), MAILBOX_NEVER);
	assert_int_equal(server.commands, 0);
}

/* ---- header and raw ---- */

static bool
see_header(void *arg, const struct found *found)
{
	own(buf) struct buf header = BUF;
	unsigned before = server.commands;

	assert_int_equal(mailbox_imap.header(rig.box, found, &header,
	    &rig.err), MAILBOX_DONE);
	assert_string_equal(header.data, HEAD);
	/* it was read already */
	assert_int_equal(server.commands, before);
	++*(unsigned *)arg;
	return true;
}

static void
reads(void **state)
{
	const struct sought wanted = { .message_id = "<1@x.example>" };
	struct found found;
	unsigned seen = 0;

	(void)state;
	find_one(OWN);
	assert_int_equal(mailbox_imap.find(rig.box, &wanted, see_header, &seen,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(seen, 1);
	found = rig_found();
	assert_int_equal(mailbox_imap.header(rig.box, &found, &rig.out,
	    &rig.err), MAILBOX_DONE);
	assert_string_equal(rig.out.data, HEAD);
	buf_cut(&rig.out, 0);
	assert_int_equal(mailbox_imap.raw(rig.box, &found, sizeof(ONE) - 2,
	    &rig.out, &rig.err), MAILBOX_NEVER);
	rig_says("is the limit", ERR_NEVER);
	assert_int_equal(mailbox_imap.raw(rig.box, &found, sizeof(ONE) - 1,
	    &rig.out, &rig.err), MAILBOX_DONE);
	assert_string_equal(rig.out.data, ONE);
	buf_cut(&rig.out, 0);
	/* of another one, or once more, it is not what was asked for */
	server.commands = 0;
	server.fault = (struct fault){ .at = 2, .only = "FETCH",
		.says = "* 3 EXISTS\r\n* 9 FETCH (UID 99 BODY[] {1}\r\nx)\r\n"
		"* 1 FETCH (UID 7)\r\n* 1 FETCH (UID 7 BODY[] {108}\r\n" HEAD
		")\r\n* 1 FETCH (UID 7 BODY[] {1}\r\ny)\r\n%s OK\r\n" };
	assert_int_equal(strlen(HEAD), 108);
	assert_int_equal(mailbox_imap.raw(rig.box, &found, sizeof(ONE),
	    &rig.out, &rig.err), MAILBOX_DONE);
	assert_string_equal(rig.out.data, HEAD);
	buf_cut(&rig.out, 0);
	/* gone, and another one in its place */
	server_clear();
	server_put("bob", "INBOX", OTHER);
	assert_int_equal(mailbox_imap.header(rig.box, &found, &rig.out,
	    &rig.err), MAILBOX_GONE);
	rig_says("message 7 in INBOX is another one", ERR_NEVER);
	assert_int_equal(mailbox_imap.raw(rig.box, &found, 1000, &rig.out,
	    &rig.err), MAILBOX_GONE);
	assert_int_equal(rig.out.len, 0);
}

/* ---- quarantine, purge, restore ---- */

static void
read_only(void **state)
{
	(void)state;
	find_one(OWN);
	server.commands = 0;
	server.fault = (struct fault){ .at = 1, .only = "SELECT",
		.says = "* OK [UIDVALIDITY 101] x\r\n%s OK [READ-ONLY] x\r\n" };
	assert_int_equal(rig_quarantine(), MAILBOX_NEVER);
	rig_says("INBOX: read-only", ERR_NEVER);
	assert_int_equal(server_count("bob", "INBOX", ONE, false), 1);
}

/* What cannot be removed is only marked, and that is said. */
static void
marks(void **state)
{
	(void)state;
	find_one(OWN);
	rig_shut();
	server.can[2] = "MOVE";
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(mailbox_imap.purge(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_NEVER);
	rig_says("no UIDPLUS: message 7 in Quarantine is only marked as "
	    "deleted", ERR_NEVER);
	assert_int_equal(server_count("bob", "Quarantine", ONE, false), 0);
	assert_int_equal(server_count("bob", "Quarantine", ONE, true), 1);
}

/* Numbers that are others now: the same message is known by what it is. */
static void
renumbered(void **state)
{
	struct room *room;

	(void)state;
	find_one(OWN);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	room = room_of(account_of("bob"), "Quarantine");
	room->validity++;
	room->letters[0].uid = 99;
	/* of several that are the same, the newest; another one is none */
	assert_int_equal(strlen(TWIN), strlen(ONE));
	letter_add(room, ONE, "", room->letters[0].date)->uid = 98;
	letter_add(room, TWIN, "", room->letters[0].date)->uid = 100;
	rig_shut();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(server_count("bob", "INBOX", ONE, false), 1);
	assert_int_equal(room->count, 2);
	assert_int_equal(room->letters[0].uid, 98);
	letter_remove(room, &room->letters[0]);
	/* but it must be there */
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_GONE);
	rig_says("it is not in Quarantine", ERR_LATER);
	assert_int_equal(mailbox_imap.purge(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_GONE);
	assert_int_equal(server_count("bob", "INBOX", ONE, false), 1);
	/* and its folder, too */
	rig_shut();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	room->name[0] = 'q';
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_GONE);
	rig_says("no such folder", ERR_LATER);
}

/* moved - as long as it is where it was it was not */
static void
settles(void **state)
{
	(void)state;
	find_one(OWN);
	assert_int_equal(rig_moved(), MAILBOX_GONE);
	rig_says("it is in INBOX still", ERR_LATER);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(rig_moved(), MAILBOX_DONE);
	assert_int_equal(mailbox_imap.purge(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(rig_moved(), MAILBOX_GONE);
	rig_says("it is not in Quarantine", ERR_LATER);
	assert_int_equal(server_count("bob", NULL, OTHER, false), 1);
}

/* Somebody makes the folder while we do: then it is there. */
static void
made_meanwhile(void **state)
{
	(void)state;
	find_one(OWN);
	server_put("bob", "Quarantine", OTHER);
	server.commands = 0;
	server.fault = (struct fault){ .at = 1, .only = "MOVE",
		.says = "%s NO [TRYCREATE] x\r\n" };
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(server_count("bob", "Quarantine", ONE, false), 1);
}

/* An answer of others than the message that was moved says nothing of it. */
static void
still_there(void **state)
{
	static const struct { const char *says; enum mailbox_result result; }
	cases[] = {
		{ "* 1 FETCH (UID 7)\r\n* 1 FETCH (UID 7)\r\n%s OK\r\n",
		  MAILBOX_LATER },
		{ "* 1 FETCH (UID 8)\r\n* 3 EXISTS\r\n%s OK\r\n",
		  MAILBOX_DONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		find_one(OWN);
		server.commands = 0;
		server.fault = (struct fault){ .at = 2, .only = "FETCH",
			.says = cases[i].says };
		assert_int_equal(rig_quarantine(), cases[i].result);
		if (cases[i].result != MAILBOX_DONE)
			rig_says("message 7 is in INBOX still, and the server "
			    "has said OK", ERR_LATER);
		if (i == 0)
			rig_down();
	}
}

/* Whether it was moved cannot be said without the quarantine account. */
static void
unsettled(void **state)
{
	(void)state;
	find_one(VAULT);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	rig_shut();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	server.refuses = "%s NO [UNAVAILABLE] x\r\n";
	server.refused = "quarantine";
	assert_int_equal(rig_moved(), MAILBOX_LATER);
	rig_says("quarantine account: ", ERR_LATER);
	server.refuses = NULL;
	assert_int_equal(rig_moved(), MAILBOX_DONE);
	/* ... which is open then */
	assert_int_equal(rig_moved(), MAILBOX_DONE);
}

/* A handle of a profile that had another quarantine then. */
static void
other_way(void **state)
{
	(void)state;
	find_one(VAULT);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(server_count("quarantine", "Quarantine bob", ONE,
	    false), 1);
	rig_shut();
	rig_words(OWN);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_NEVER);
	rig_says("it is in a quarantine account, and the profile has no "
	    "quarantine=", ERR_NEVER);
	assert_int_equal(mailbox_imap.purge(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_NEVER);
	assert_int_equal(server_count("quarantine", "Quarantine bob", ONE,
	    false), 1);
}

/* What is in the quarantine account is not what was put there. */
static void
altered(void **state)
{
	static const char text[] = HEAD "The farce.\r\n";
	own(str) char *forged = mem_format("* 1 FETCH (UID 8 BODY[] {%zu}\r\n"
	    "%s)\r\n%%s OK\r\n", strlen(text), text);

	(void)state;
	find_one(VAULT);
	server.commands = 0;
	server.fault = (struct fault){ .at = 3, .only = "FETCH",
		.says = "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n%s OK\r\n" };
	/* two FETCHes before: the message, and all of it */
	assert_int_equal(rig_quarantine(), MAILBOX_LATER);
	assert_int_equal(server_count("bob", "INBOX", ONE, false), 1);
	rig_shut();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	server.commands = 0;
	server.fault.at = 4;
	server.fault.says = forged;
	assert_int_equal(rig_quarantine(), MAILBOX_NEVER);
	rig_says("message 8 in Quarantine bob is not what was put there",
	    ERR_NEVER);
	assert_int_equal(server_count("bob", "INBOX", ONE, false), 1);
}

/* Several Message-IDs are none to people. */
static void
several_ids(void **state)
{
	(void)state;
	rig_up(OWN);
	server_put("bob", "INBOX", BOTH);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<3@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_string_equal(rig.handle.data + rig.handle.len - 2, " %");
	assert_int_equal(mailbox_imap.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(server_count("bob", "INBOX", BOTH, false), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(keys), TEST(reads), TEST(read_only),
		TEST(marks), TEST(renumbered), TEST(settles), TEST(unsettled),
		TEST(made_meanwhile), TEST(still_there), TEST(other_way),
		TEST(altered), TEST(several_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
