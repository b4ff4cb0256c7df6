/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking messages away in Exchange: exactly the one that is meant, or none, and
 * what became of it is told as it is
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/ews/ews_moves.h"

static enum mailbox_result
quarantine(const char *key)
{
	own(str) char *text = mem_text(key);
	const struct found found = { .key = text };

	return ews_quarantine(box, &found, &handle, &err);
}

static enum mailbox_result
moved(const char *key)
{
	own(str) char *text = mem_text(key);
	const struct found found = { .key = text };

	return ews_moved(box, "<a@b>", &found, &handle, &err);
}

#define IDENTITY(id, key, read) EWS_SAYS("<m:GetItem>", EWS_DONE("<m:Items>" \
	EWS_ITEM(id, key, read) "</m:Items>"))
#define ITS_OWN IDENTITY("ITEM", "KEY", "true")

/* ---- away ---- */

static void
test_quarantine(void **state)
{
	(void)state;
	PEER_SAYS(ITS_OWN, DELETES("ITEM", DONE));
	assert_int_equal(quarantine(EWS_KEY), MAILBOX_DONE);
	/* read meanwhile: so it is when it comes back */
	assert_string_equal(handle.data, READ);
	/* the answer was lost, and the question asked twice */
	buf_cut(&handle, 0);
	PEER_SAYS(ITS_OWN, DELETES("ITEM", GONE), SEEKS(PURGES_PLACE,
	    AWAY("NEW")));
	assert_int_equal(quarantine(EWS_KEY), MAILBOX_DONE);
	assert_string_equal(handle.data, READ);
}

static void
test_not_that_one(void **state)
{
	static const struct peer_reply others[] = {
		IDENTITY("X", "KEY", "true"), IDENTITY("ITEM", "X", "true"),
		EWS_SAYS("<m:GetItem>", EWS_DONE("<m:Items><t:Message><t:ItemId"
		    " Id=\"ITEM\" ChangeKey=\"CQ==\"/><t:ParentFolderId "
		    "Id=\"INBOX\"/><t:InternetMessageId>&lt;A@b&gt;"
		    "</t:InternetMessageId><t:ExtendedProperty><t:Value>KEY"
		    "</t:Value></t:ExtendedProperty></t:Message></m:Items>")),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		PEER_SAYS(others[i]);
		became(quarantine(EWS_KEY), MAILBOX_GONE, ERR_NEVER,
		    "another message stands there");
	}
	PEER_SAYS(EWS_SAYS("<m:GetItem>", EWS_DONE("<m:Items><t:Message/>"
	    "</m:Items>")));
	became(quarantine(EWS_KEY), MAILBOX_LATER, ERR_LATER,
	    "a message without its ids");
	PEER_SAYS(EWS_SAYS("<m:GetItem>", GONE));
	became(quarantine(EWS_KEY), MAILBOX_GONE, ERR_LATER,
	    "ErrorItemNotFound");
}

static void
test_not_away(void **state)
{
	(void)state;
	PEER_SAYS(ITS_OWN, DELETES("ITEM", EWS_NO("ErrorCannotDeleteObject")));
	became(quarantine(EWS_KEY), MAILBOX_NEVER, ERR_NEVER,
	    "ErrorCannotDeleteObject");
	PEER_SAYS(ITS_OWN, DELETES("ITEM", GONE), SEEKS(PURGES_PLACE, NONE));
	became(quarantine(EWS_KEY), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(ITS_OWN, { .then = PEER_CLOSES }, { .then = PEER_CLOSES });
	assert_int_equal(quarantine(EWS_KEY), MAILBOX_LATER);
	assert_int_equal(handle.len, 0);
}

/* ---- what is no key ---- */

static void
test_no_key(void **state)
{
	(void)state;
	assert_int_equal(quarantine("hush"), MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	assert_int_equal(moved("hush"), MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	assert_int_equal(ews_purge(box, "hush", &err), MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	assert_int_equal(ews_restore(box, "hush", &err), MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	/* a key where a handle belongs */
	assert_int_equal(ews_purge(box, EWS_KEY, &err), MAILBOX_NEVER);
	assert_string_equal(err.text, "a handle that is none of Exchange's");
	assert_int_equal(ews_restore(box, EWS_KEY, &err), MAILBOX_NEVER);
	assert_string_equal(err.text, "a handle that is none of Exchange's");
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(handle.len, 0);
}

/* ---- did it get there? ---- */

#define NO_KEY "ITEM INBOX - unread <a@b>"

static void
test_moved(void **state)
{
	(void)state;
	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")));
	assert_int_equal(moved(EWS_KEY), MAILBOX_DONE);
	assert_string_equal(handle.data, HANDLE);
	buf_cut(&handle, 0);
	PEER_SAYS(SEEKS(PURGES_PLACE, ITEMS(EWS_ITEM("X", "OTHER", "true"))));
	became(moved(EWS_KEY), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(SEEKS(PURGES_PLACE, EWS_NO("ErrorServerBusy")));
	became(moved(EWS_KEY), MAILBOX_LATER, ERR_LATER, "ErrorServerBusy");
}

/* Without a search key two of one Message-ID are none. */
static void
test_moved_without_key(void **state)
{
	(void)state;
	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")));
	became(moved(NO_KEY), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(SEEKS(PURGES_PLACE, ITEMS(EWS_ITEM("NEW", "X", "true"))));
	assert_int_equal(moved(NO_KEY), MAILBOX_DONE);
	assert_string_equal(handle.data, "purges INBOX - unread <a@b>");
}

static void
test_moved_in_archive(void **state)
{
	(void)state;
	PEER_SAYS(SEEKS(PURGES_PLACE, NONE), SEEKS(ARCHIVE, AWAY("NEW")));
	assert_int_equal(moved(EWS_KEY), MAILBOX_DONE);
	buf_cut(&handle, 0);
	/* a mailbox without an archive is no mailbox that is not there */
	PEER_SAYS(SEEKS(PURGES_PLACE, NONE), SEEKS(ARCHIVE,
	    EWS_NO("ErrorNonExistentMailbox")));
	became(moved(EWS_KEY), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
	PEER_SAYS(SEEKS(PURGES_PLACE, NONE), SEEKS(ARCHIVE,
	    EWS_NO("ErrorServerBusy")));
	became(moved(EWS_KEY), MAILBOX_LATER, ERR_LATER, "ErrorServerBusy");
}

/* ---- our folder ---- */

#define MAKES(answer) EWS_SAYS("<t:DisplayName>ours</t:DisplayName>", answer)

static void
test_folder(void **state)
{
	(void)state;
	PEER_SAYS(ITS_OWN, HIDDEN(""), MAKES(EWS_DONE("<m:Folders>" OURS
	    "</m:Folders>")), MOVES(TO("OURS"), "ITEM", DONE));
	assert_int_equal(quarantine(EWS_KEY), MAILBOX_DONE);
	assert_string_equal(handle.data, "hidden INBOX KEY read <a@b>");
	/* it is known from then on */
	buf_cut(&handle, 0);
	PEER_SAYS(ITS_OWN, MOVES(TO("OURS"), "ITEM", GONE), SEEKS(TO("OURS"),
	    AWAY("NEW")));
	assert_int_equal(quarantine(EWS_KEY), MAILBOX_DONE);
}

static void
test_no_folder(void **state)
{
	(void)state;
	PEER_SAYS(ITS_OWN, HIDDEN(""), MAKES(EWS_NO("ErrorAccessDenied")));
	became(quarantine(EWS_KEY), MAILBOX_NEVER, ERR_NEVER,
	    "ErrorAccessDenied");
	PEER_SAYS(ITS_OWN, HIDDEN(""), MAKES(EWS_DONE("<m:Folders>"
	    "<t:Folder/></m:Folders>")));
	became(quarantine(EWS_KEY), MAILBOX_LATER, ERR_LATER,
	    "a folder without an id");
	assert_null(ews_of(box)->hidden);
	PEER_SAYS(ITS_OWN, EWS_SAYS("Shallow", EWS_NO("ErrorServerBusy")));
	became(quarantine(EWS_KEY), MAILBOX_LATER, ERR_LATER,
	    "ErrorServerBusy");
	/* who only looks makes none */
	PEER_SAYS(HIDDEN(""));
	became(moved(EWS_KEY), MAILBOX_GONE, ERR_NEVER,
	    "there is no quarantine folder in that mailbox");
	PEER_SAYS(HIDDEN(""));
	became(ews_restore(box, IN_OURS, &err), MAILBOX_GONE, ERR_NEVER,
	    "there is no quarantine folder in that mailbox");
}

/* A handle of a time when the profile had a folder. */
static void
test_folder_no_more(void **state)
{
	(void)state;
	became(ews_restore(box, IN_OURS, &err), MAILBOX_GONE, ERR_NEVER,
	    "the profile has no quarantine= any more");
	PEER_SAYS(SEEKS(PURGES_PLACE, NONE));
	became(ews_purge(box, IN_OURS, &err), MAILBOX_GONE, ERR_NEVER,
	    "it is not in the quarantine");
}

int
main(void)
{
#define TEST(name, how) cmocka_unit_test_setup_teardown(name, how, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_quarantine, with_purges),
		TEST(test_not_that_one, with_purges),
		TEST(test_not_away, with_purges),
		TEST(test_no_key, with_purges),
		TEST(test_moved, with_purges),
		TEST(test_moved_without_key, with_purges),
		TEST(test_moved_in_archive, with_archive),
		TEST(test_folder, with_folder),
		TEST(test_no_folder, with_folder),
		TEST(test_folder_no_more, with_purges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
