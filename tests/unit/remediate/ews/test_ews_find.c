/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching in Exchange: every folder is looked into, once, or it is said that it
 * was not; and what is read of a message is that message
 *
 * NEEDS: REMEDIATION
 */
#include "base/sanitized.h"
#include "tests/unit/remediate/ews/ews_peer.h"

static struct mailbox *box;
static unsigned told;
static bool enough;
static char last_folder[64], last_key[128];

static bool
each(void *arg, const struct found *found)
{
	(void)arg;
	told++;
	snprintf(last_folder, sizeof(last_folder), "%s", found->folder);
	snprintf(last_key, sizeof(last_key), "%s", found->key);
	return !enough;
}

static int
set_up(void **state)
{
	(void)state;
	ews_peer_start("archive=no");
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(BOB);
	told = 0;
	enough = false;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	box = ews_peer_close(box);
	ews_peer_stop();
	return 0;
}

static enum mailbox_result
find(void)
{
	const struct sought wanted = { .message_id = "<a@b>" };

	return ews_find(box, &wanted, each, NULL, &err);
}

#define FOLDERS(more) EWS_SAYS("\"msgfolderroot\"", \
	EWS_PAGE_OF("Folders", more))
#define NOTHING EWS_PAGE_OF("Items", "")
/* the three that come first: Inbox, Junk, what the user deleted */
#define FIRST EWS_SAYS("\"inbox\"/><t:DistinguishedFolderId Id=\"junkemail\"/>" \
	"<t:DistinguishedFolderId Id=\"recoverableitemsdeletions\"/></", \
	NOTHING NOTHING NOTHING)

/* ---- the folders ---- */

/* What stands in front is not looked into again, and a ring of folders has an
 * end. */
static void
test_folders(void **state)
{
	(void)state;
	PEER_SAYS(FOLDERS(EWS_FOLDER("INBOX", "ROOT", "Inbox")), FIRST);
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 0);
	PEER_SAYS(FOLDERS(EWS_FOLDER("A", "B", "a") EWS_FOLDER("B", "A", "b")),
	    FIRST, EWS_SAYS("<t:FolderId Id=\"A\"/><t:FolderId Id=\"B\"/></",
	    EWS_PAGE_OF("Items", EWS_ITEM("ITEM", "KEY", "false")) NOTHING));
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 1);
	assert_string_equal(last_key, EWS_KEY);
	assert_int_equal(strspn(last_folder, "ab/"), 63);
	/* a name that is not told, below a folder that is not listed */
	PEER_SAYS(FOLDERS("<t:Folder><t:FolderId Id=\"C\"/></t:Folder>"),
	    FIRST, EWS_SAYS("\"C\"", EWS_PAGE_OF("Items",
	    EWS_ITEM("ITEM", "KEY", "true"))));
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 2);
	assert_string_equal(last_folder, "");
}

static void
test_pages(void **state)
{
	(void)state;
	PEER_SAYS(EWS_SAYS("Offset=\"0\"", EWS_NEXT_PAGE("Folders", "250",
	    EWS_FOLDER("A", "ROOT", "a"))), EWS_SAYS("Offset=\"250\"",
	    EWS_PAGE_OF("Folders", EWS_FOLDER("B", "A", "b"))), FIRST,
	    EWS_SAYS("\"A\"/><t:FolderId Id=\"B\"", NOTHING
	    EWS_NEXT_PAGE("Items", "100", EWS_ITEM("X", "K", "true"))),
	    EWS_SAYS("Offset=\"100\"", EWS_PAGE_OF("Items",
	    EWS_ITEM("ITEM", "KEY", "false"))));
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 2);
	assert_string_equal(last_folder, "a/b");
	assert_string_equal(last_key, EWS_KEY);
}

#define ROOT(attributes) EWS_DONE("<m:RootFolder " attributes "/>")

static const struct {
	const char	*body, *why;
	enum mailbox_result result;
} bad_lists[] = {
	{ EWS_PARTS(EWS_DONE("")), "a page of folders that does not lead on",
	  MAILBOX_LATER },
	{ EWS_PARTS(ROOT("IncludesLastItemInRange=\"false\"")),
	  "a page of folders that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(ROOT("IndexedPagingOffset=\"0\"")),
	  "a page of folders that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(ROOT("IndexedPagingOffset=\"-1\"")),
	  "a page of folders that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(ROOT("IndexedPagingOffset=\"50001\"")),
	  "a page of folders that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(EWS_PAGE_OF("Folders", "<t:Folder/>")),
	  "too many folders, or one without an id", MAILBOX_LATER },
	{ EWS_PARTS(EWS_NO("ErrorInternalServerError")),
	  "ErrorInternalServerError", MAILBOX_LATER },
	/* who is opened, and is then denied something, is alone with that */
	{ EWS_PARTS(EWS_NO("ErrorAccessDenied")), "ErrorAccessDenied",
	  MAILBOX_NEVER },
};

static void
test_bad_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_lists) / sizeof(*bad_lists); i++) {
		PEER_SAYS({ .status = "200 OK", .body = bad_lists[i].body });
		if (find() != bad_lists[i].result)
			fail_msg("%zu: %s", i, err.text);
		says(bad_lists[i].why, bad_lists[i].result == MAILBOX_NEVER ?
		    ERR_NEVER : ERR_LATER);
	}
	assert_int_equal(told, 0);
}

/* many - so many of these in a page, new */
static char *
many(unsigned n, const char *kind, const char *one)
{
	own(buf) struct buf out = BUF;

	buf_texts(&out, EWS_HEAD "<s:Body><m:X><m:ResponseMessages>"
	    "<m:Y ResponseClass=\"Success\"><m:ResponseCode>NoError"
	    "</m:ResponseCode><m:RootFolder IncludesLastItemInRange=\"true\">"
	    "<t:", kind, ">");
	while (n-- > 0)
		buf_text(&out, one);
	buf_texts(&out, "</t:", kind, "></m:RootFolder></m:Y>"
	    "</m:ResponseMessages></m:X></s:Body></s:Envelope>");
	return buf_give(&out);
}

static void
test_too_many(void **state)
{
	own(str) char *folders = NULL, *items = NULL;

	(void)state;
	/* whose realloc() copies each time */
	if (SANITIZED)
		return;		/* a skipped one is a failed one to prove(1) */
	folders = many(50001, "Folders", "<t:F><t:FolderId Id=\"A\"/></t:F>");
	items = many(20001, "Items", EWS_ITEM("A", "B", "true"));
	PEER_SAYS({ .status = "200 OK", .body = folders });
	assert_int_equal(find(), MAILBOX_LATER);
	says("too many folders, or one without an id", ERR_LATER);
	PEER_SAYS(FOLDERS(""), { .status = "200 OK", .body = items });
	assert_int_equal(find(), MAILBOX_NEVER);
	says("more than 20000 messages are found", ERR_NEVER);
	peer_heard();
	assert_int_equal(told, 0);
}

/* ---- the messages ---- */

#define HIT EWS_PAGE_OF("Items", EWS_ITEM("ITEM", "KEY", "false"))

/* Who has enough is told of no more, and no further folder is asked for. */
static void
test_enough(void **state)
{
	(void)state;
	enough = true;
	PEER_SAYS(FOLDERS(EWS_FOLDER("A", "ROOT", "a")), EWS_SAYS("\"inbox\"",
	    NOTHING HIT HIT));
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 1);
	assert_string_equal(last_folder, "Junk");
}

/* A folder that is gone meanwhile has nothing; what is no message, or has another
 * Message-ID, is none of those that are wanted. */
static void
test_passed_over(void **state)
{
	(void)state;
	PEER_SAYS(FOLDERS(""), EWS_SAYS("\"inbox\"",
	    EWS_NO("ErrorFolderNotFound") EWS_PAGE_OF("Items", "<t:Message/>"
	    "<t:Message><t:ItemId Id=\"X\" ChangeKey=\"CQ==\"/>"
	    "<t:ParentFolderId Id=\"Y\"/><t:InternetMessageId>&lt;A@b&gt;"
	    "</t:InternetMessageId></t:Message>") HIT));
	assert_int_equal(find(), MAILBOX_DONE);
	assert_int_equal(told, 1);
	assert_string_equal(last_folder, "Recoverable Items/Deletions");
}

static const struct {
	const char	*body, *why;
	enum mailbox_result result;
} bad_hits[] = {
	{ EWS_PARTS(HIT), "an answer with too few folders", MAILBOX_LATER },
	{ EWS_PARTS(HIT EWS_NO("ErrorServerBusy") HIT), "ErrorServerBusy",
	  MAILBOX_LATER },
	{ EWS_PARTS(EWS_DONE("") HIT HIT),
	  "a page of messages that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(HIT ROOT("IndexedPagingOffset=\"0\"") HIT),
	  "a page of messages that does not lead on", MAILBOX_LATER },
	{ EWS_PARTS(HIT HIT ROOT("IndexedPagingOffset=\"4294967296\"")),
	  "a page of messages that does not lead on", MAILBOX_LATER },
	{ EWS_FAULT("ErrorInvalidRequest", ""), "ErrorInvalidRequest",
	  MAILBOX_NEVER },
};

/* Nobody is told of a part of what there may be. */
static void
test_bad_hits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_hits) / sizeof(*bad_hits); i++) {
		PEER_SAYS(FOLDERS(""), { .status = "200 OK",
		    .body = bad_hits[i].body });
		if (find() != bad_hits[i].result)
			fail_msg("%zu: %s", i, err.text);
		says(bad_hits[i].why, bad_hits[i].result == MAILBOX_NEVER ?
		    ERR_NEVER : ERR_LATER);
	}
	/* nor when a further page fails, or leads back */
	PEER_SAYS(FOLDERS(""), EWS_SAYS("\"inbox\"", HIT
	    EWS_NEXT_PAGE("Items", "1", "") HIT), { .status = "502 Bad" });
	assert_int_equal(find(), MAILBOX_LATER);
	says("HTTP status 502", ERR_LATER);
	PEER_SAYS(FOLDERS(""), EWS_SAYS("\"inbox\"", HIT
	    EWS_NEXT_PAGE("Items", "2", "") HIT), EWS_SAYS("Offset=\"2\"",
	    EWS_NEXT_PAGE("Items", "1", "")));
	assert_int_equal(find(), MAILBOX_LATER);
	says("a page of messages that does not lead on", ERR_LATER);
	assert_int_equal(told, 0);
}

static void
test_no_search(void **state)
{
	static const struct sought bad[] = { { .message_id = "" },
		{ .message_id = "<a\nb@c>" }, { .queue_id = "a b" } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(ews_find(box, &bad[i], each, NULL, &err),
		    MAILBOX_NEVER);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_null(strchr(err.text, '\n'));
	}
	assert_int_equal(told, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_folders), TEST(test_pages), TEST(test_bad_lists),
		TEST(test_too_many), TEST(test_enough), TEST(test_passed_over),
		TEST(test_bad_hits), TEST(test_no_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
