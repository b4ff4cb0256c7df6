/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was taken away in Exchange, for good or back: exactly the one that is
 * meant, as it was, and what became of it is told as it is
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/ews/ews_moves.h"

/* ---- for good ---- */

static void
test_purge(void **state)
{
	(void)state;
	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")), DELETES("NEW", DONE));
	assert_int_equal(ews_purge(box, HANDLE, &err), MAILBOX_DONE);
	/* gone a moment later is as good */
	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")), DELETES("NEW", GONE));
	assert_int_equal(ews_purge(box, HANDLE, &err), MAILBOX_DONE);
	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")), DELETES("NEW",
	    EWS_NO("ErrorCannotDeleteObject")));
	became(ews_purge(box, HANDLE, &err), MAILBOX_NEVER, ERR_NEVER,
	    "ErrorCannotDeleteObject");
	PEER_SAYS(SEEKS(PURGES_PLACE, NONE));
	became(ews_purge(box, HANDLE, &err), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
}

/* From our folder it goes to Purges, and from there for good. */
static void
test_purge_from_folder(void **state)
{
	(void)state;
	PEER_SAYS(HIDDEN(OURS), SEEKS(TO("OURS"), AWAY("NEW")),
	    DELETES("NEW", DONE), SEEKS(PURGES_PLACE, AWAY("THERE")),
	    DELETES("THERE", DONE));
	assert_int_equal(ews_purge(box, IN_OURS, &err), MAILBOX_DONE);
	/* where no Purges has it, it was for good before */
	PEER_SAYS(SEEKS(TO("OURS"), AWAY("NEW")), DELETES("NEW", DONE),
	    SEEKS(PURGES_PLACE, NONE), SEEKS(ARCHIVE, NONE));
	assert_int_equal(ews_purge(box, IN_OURS, &err), MAILBOX_DONE);
	PEER_SAYS(SEEKS(TO("OURS"), NONE), SEEKS(PURGES_PLACE, NONE),
	    SEEKS(ARCHIVE, NONE));
	became(ews_purge(box, IN_OURS, &err), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(SEEKS(TO("OURS"), EWS_NO("ErrorServerBusy")));
	became(ews_purge(box, IN_OURS, &err), MAILBOX_LATER, ERR_LATER,
	    "ErrorServerBusy");
}

/* ---- back ---- */

#define MARKS(read, answer) EWS_SAYS("<t:IsRead>" read "</t:IsRead>", answer)
#define BACK SEEKS(OTHERS, AWAY("NEW") NONE)
#define INBOX NAMED("inbox")

static void
test_restore(void **state)
{
	(void)state;
	PEER_SAYS(BACK, MOVES(TO("INBOX"), "NEW", DONE));
	assert_int_equal(ews_restore(box, READ, &err), MAILBOX_DONE);
	/* as it was; what cannot be marked is restored all the same */
	PEER_SAYS(BACK, MARKS("false", DONE), MOVES(TO("INBOX"), "NEW", DONE));
	assert_int_equal(ews_restore(box, HANDLE, &err), MAILBOX_DONE);
	PEER_SAYS(BACK, MARKS("false", EWS_NO("ErrorInvalidOperation")),
	    MOVES(TO("INBOX"), "NEW", DONE));
	assert_int_equal(ews_restore(box, HANDLE, &err), MAILBOX_DONE);
	PEER_SAYS(BACK, MARKS("false", EWS_NO("ErrorServerBusy")));
	became(ews_restore(box, HANDLE, &err), MAILBOX_LATER, ERR_LATER,
	    "ErrorServerBusy");
}

/* Its folder is gone, or it is there already. */
static void
test_restore_elsewhere(void **state)
{
	(void)state;
	PEER_SAYS(BACK, MOVES(TO("INBOX"), "NEW",
	    EWS_NO("ErrorToFolderNotFound")), MOVES(INBOX, "NEW", DONE));
	assert_int_equal(ews_restore(box, READ, &err), MAILBOX_DONE);
	PEER_SAYS(BACK, MOVES(TO("INBOX"), "NEW", GONE), MOVES(INBOX, "NEW",
	    GONE), SEEKS(TO("INBOX") INBOX, AWAY("BACK") NONE));
	assert_int_equal(ews_restore(box, READ, &err), MAILBOX_DONE);
	PEER_SAYS(BACK, MOVES(TO("INBOX"), "NEW", GONE), MOVES(INBOX, "NEW",
	    GONE), SEEKS(TO("INBOX") INBOX, NONE NONE));
	became(ews_restore(box, READ, &err), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(BACK, MOVES(TO("INBOX"), "NEW",
	    EWS_NO("ErrorQuotaExceeded")));
	became(ews_restore(box, READ, &err), MAILBOX_NEVER, ERR_NEVER,
	    "ErrorQuotaExceeded");
}

static void
test_restore_from_archive(void **state)
{
	(void)state;
	PEER_SAYS(SEEKS(OTHERS, NONE NONE), SEEKS(ARCHIVE
	    NAMED("archiverecoverableitemsdeletions"), NONE AWAY("NEW")),
	    MOVES(TO("INBOX"), "NEW", DONE));
	assert_int_equal(ews_restore(box, READ, &err), MAILBOX_DONE);
}

/* One without a Message-ID is known by its search key. */
static void
test_restore_by_key(void **state)
{
	(void)state;
	PEER_SAYS(EWS_SAYS("PropertyTag=\"0x300B\" PropertyType=\"Binary\"/>"
	    "<t:FieldURIOrConstant><t:Constant Value=\"KEY\"/>",
	    AWAY("NEW") NONE), MOVES(TO("INBOX"), "NEW", DONE));
	assert_int_equal(ews_restore(box, "purges INBOX KEY read ", &err),
	    MAILBOX_DONE);
}

int
main(void)
{
#define TEST(name, how) cmocka_unit_test_setup_teardown(name, how, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_purge, with_purges),
		TEST(test_purge_from_folder, with_folder),
		TEST(test_restore, with_purges),
		TEST(test_restore_elsewhere, with_purges),
		TEST(test_restore_from_archive, with_archive),
		TEST(test_restore_by_key, with_purges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
