/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each command of what is done to a mailbox fails in turn, in each way: then the
 * message is in one place or the other, whoever looks again ends it well, and
 * nothing else is touched
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/imap/imap_rig.h"

static const struct fault faults[] = {
	{ .ends = true, .does = true },
	{ .says = "%s NO no\r\n" },
	{ .says = "%s OK nothing was done\r\n" },
	{ .says = "* LIST (\r\n* SEARCH x\r\n* 1 FETCH (\r\n* NAMESPACE x\r\n"
	    "* OK [UIDVALIDITY x] x\r\n%s OK nor that\r\n" },
	{ .ends = true },
	{ .ends = true, .does = true, .half = true },
	{ .says = "%s NO [UNAVAILABLE] not now\r\n" },
	{ .says = "%s NO [NOPERM] no\r\n" },
	{ .says = "%s BAD what is that?\r\n" },
	{ .says = "* BYE going\r\n" },
};
enum { FEW = 3, FAULTS = sizeof(faults) / sizeof(*faults) };

static bool
is_lie(size_t fault)
{
	return fault == 2 || fault == 3;
}

static const char *const ways[] = {
	"master=* folder=Quarantine",
	"authzid=yes quarantine=quarantine",
};

/* How the server is. */
static const struct { const char *can; bool no_place; } kinds[] = {
	{ "MOVE UIDPLUS NAMESPACE", false }, { "MOVE UIDPLUS", true },
	{ "UIDPLUS", false }, { "UIDPLUS NAMESPACE", true },
};

static bool
has_vault(void)
{
	return profile_value(rig.profile, "quarantine") != NULL;
}

/* kept - in quarantine */
static unsigned
kept(void)
{
	return has_vault() ? server_count("quarantine", NULL, ONE, false) :
	    server_count("bob", "Quarantine", ONE, false);
}

static unsigned
at_home(void)
{
	return server_count("bob", "Work", ONE, false);
}

/* fill - two messages, of which one is meant */
static void
fill(void)
{
	server_clear();
	server_put("bob", "INBOX", OTHER);
	server_put("bob", "Work", OTHER);
	server_put("bob", "Work", ONE);
	server_put("quarantine", "INBOX", OTHER);
	server.fault = (struct fault){ 0 };
}

/* others - that nobody has named */
static void
others(void)
{
	assert_int_equal(server_count("bob", NULL, OTHER, false), 2);
	assert_int_equal(server_count("quarantine", NULL, OTHER, false), 1);
}

static void
arm(unsigned at, size_t fault)
{
	server.fault = faults[fault];
	server.fault.at = at;
	server.commands = 0;
	server.faulty[0] = '\0';
	rig.err = (struct err){ 0 };
}

/* well - what was tried has a result, and it says why */
static void
well(enum mailbox_result result, const char *what, size_t fault)
{
	if (result == MAILBOX_DONE)
		return;
	if (*rig.err.text == '\0' || (result == MAILBOX_NOBODY &&
	    (!is_lie(fault) || strcmp(server.faulty, "LIST") != 0)) ||
	    (result == MAILBOX_NEVER && rig.err.kind != ERR_NEVER))
		fail_msg("%s, fault %zu of %s: %d, '%s' (%d)", what, fault,
		    server.faulty, result, rig.err.text, rig.err.kind);
}

/* truly - a message is gone only when it is, or the server shows none any more */
static void
truly(enum mailbox_result result, size_t fault, unsigned there)
{
	if (result == MAILBOX_GONE && there > 0 && (!is_lie(fault) ||
	    strcmp(server.faulty, "FETCH") != 0))
		fail_msg("fault %zu of %s: it is there, but '%s'", fault,
		    server.faulty, rig.err.text);
}

static void
sought_again(void)
{
	rig_shut();
	server.fault = (struct fault){ 0 };
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
}

/* ---- looking ---- */

static void
looks(void **state)
{
	size_t fault;
	unsigned at;

	(void)state;
	rig_up(ways[0]);
	fill();
	for (fault = 0; fault < FAULTS; fault++)
		for (at = 1; at == 1 || server.faulty[0] != '\0'; at++) {
			enum mailbox_result result;
			struct found found;

			server.fault = (struct fault){ 0 };
			assert_int_equal(rig_open("bob"), MAILBOX_DONE);
			arm(at, fault);
			result = rig_find("<1@x.example>");
			well(result, "find", fault);
			/* what says OK to anything has told of no message */
			assert_true(result == MAILBOX_DONE || rig.found < 2);
			found = rig_found();
			buf_cut(&rig.out, 0);
			if (result == MAILBOX_DONE && rig.found == 1) {
				result = mailbox_imap.raw(rig.box, &found,
				    sizeof(ONE), &rig.out, &rig.err);
				well(result, "raw", fault);
				assert_string_equal(rig.out.data,
				    result == MAILBOX_DONE ? ONE : "");
			}
			rig_shut();
			others();
			assert_int_equal(at_home(), 1);
		}
	assert_in_range(at, 9, 30);
	rig_down();
}

/* ---- out ---- */

/* ends_well - after the first attempt, as the remediator does it */
static void
ends_well(enum mailbox_result result)
{
	if (result == MAILBOX_DONE) {
		assert_int_equal(at_home(), 0);
		assert_int_equal(kept(), 1);
		return;
	}
	sought_again();
	result = rig_moved();
	if (result == MAILBOX_GONE && server_count("bob", "Work", ONE, true) ==
	    1) {
		assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
		assert_int_equal(rig.found, 1);
		result = rig_quarantine();
	}
	if (result != MAILBOX_DONE)
		fail_msg("%s: %s", server.faulty, rig.err.text);
	assert_int_equal(at_home(), 0);
	assert_in_range(kept(), 1, 2);
}

static void
goes_out(size_t kind, const char *way)
{
	size_t count = kind == 0 && way == ways[0] ? FAULTS : FEW;
	unsigned at;

	rig_up(way);
	server.can[2] = kinds[kind].can;
	server.no_place = kinds[kind].no_place;
	for (size_t fault = 0; fault < count; fault++)
		for (at = 1; at == 1 || server.faulty[0] != '\0'; at++) {
			enum mailbox_result result;

			fill();
			assert_int_equal(rig_open("bob"), MAILBOX_DONE);
			assert_int_equal(rig_find("<1@x.example>"),
			    MAILBOX_DONE);
			assert_int_equal(rig.found, 1);
			arm(at, fault);
			result = rig_quarantine();
			well(result, "quarantine", fault);
			truly(result, fault, at_home());
			if (server_count("bob", "Work", ONE, true) +
			    kept() == 0)
				fail_msg("fault %zu of %s: it is lost", fault,
				    server.faulty);
			ends_well(result);
			others();
			rig_shut();
		}
	assert_in_range(at, 5, 40);
	rig_down();
}

static void
quarantines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		goes_out(i, ways[0]);
}

static void
quarantines_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		goes_out(i, ways[1]);
}

/* ---- back ---- */

/* hold - have it in quarantine */
static void
hold(void)
{
	fill();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	if (rig_quarantine() != MAILBOX_DONE)
		fail_msg("%s", rig.err.text);
	rig_shut();
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
}

/* comes_back - home: the folder where it was is there still */
static void
comes_back(size_t kind, const char *way, bool home)
{
	size_t count = home ? FAULTS : FEW;
	unsigned at;

	rig_up(way);
	server.can[2] = kinds[kind].can;
	for (size_t fault = 0; fault < count; fault++)
		for (at = 1; at == 1 || server.faulty[0] != '\0'; at++) {
			enum mailbox_result result;

			hold();
			if (!home)
				room_of(account_of("bob"), "Work")->name[0] =
				    'w';
			arm(at, fault);
			result = mailbox_imap.restore(rig.box, rig.handle.data,
			    &rig.err);
			well(result, "restore", fault);
			truly(result, fault, kept());
			if (result == MAILBOX_DONE)
				assert_int_equal(server_count("bob", home ?
				    "Work" : "INBOX", ONE, false), 1);
			if (server_count("bob", NULL, ONE, true) + kept() == 0)
				fail_msg("fault %zu of %s: it is lost", fault,
				    server.faulty);
			others();
			rig_shut();
		}
	assert_in_range(at, 5, 40);
	rig_down();
}

static void
restores(void **state)
{
	(void)state;
	comes_back(0, ways[0], true);
	comes_back(2, ways[0], false);
	comes_back(0, ways[1], false);
}

static void
purges(void **state)
{
	unsigned at;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		rig_up(ways[i]);
		for (size_t fault = 0; fault < (i == 0 ? FAULTS : FEW);
		    fault++)
			for (at = 1; at == 1 || server.faulty[0] != '\0';
			    at++) {
				enum mailbox_result result;

				hold();
				arm(at, fault);
				result = mailbox_imap.purge(rig.box,
				    rig.handle.data, &rig.err);
				well(result, "purge", fault);
				truly(result, fault, kept());
				/* nothing is said to be gone that is there */
				if (result == MAILBOX_DONE && kept() > 0)
					fail_msg("fault %zu of %s: it is there",
					    fault, server.faulty);
				others();
				rig_shut();
			}
		assert_in_range(at, 4, 20);
		rig_down();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks), cmocka_unit_test(quarantines),
		cmocka_unit_test(quarantines_there),
		cmocka_unit_test(restores), cmocka_unit_test(purges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
