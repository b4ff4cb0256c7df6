/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An owner whom an Exchange denies to us: his own trouble when others are open to
 * our account, and all of the account's when nobody is known to be
 *
 * NEEDS: REMEDIATION
 * WRAP: curl_easy_init
 */
#include <curl/curl.h>

#include "remediate/mailbox/known.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/ews/ews_peer.h"

NTH_CALL(CURL *, curl_easy_init, (void), (), NULL)

static int
set_up(void **state)
{
	(void)state;
	assert_true(nth_only(0, 0));
	ews_peer_start("");
	return 0;
}

static int
tear_down(void **state)
{
	own(str) char *known = known_owner("exchange");

	(void)state;
	if (known != NULL)
		known_forget("exchange", known);
	ews_peer_stop();
	return 0;
}

#define NOBODY EWS_FAILS(NULL, "ErrorNonExistentMailbox")
#define DENIED EWS_FAILS(NULL, "ErrorImpersonateUserDenied")
#define ALL_DENIED "ErrorImpersonateUserDenied; nobody else's mailbox is known " \
	"to be open to us: has the account the role ApplicationImpersonation?"

static bool
is_known(const char *owner)
{
	own(str) char *known = known_owner("exchange");

	return known != NULL && strcmp(known, owner) == 0;
}

/* Who gets in as somebody else is denied this owner alone. */
static void
test_denied(void **state)
{
	(void)state;
	PEER_SAYS(DENIED);
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(ALL_DENIED, ERR_LATER);
	known_note("exchange", BOB);
	PEER_SAYS(DENIED);
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(ALL_DENIED, ERR_LATER);
	known_note("exchange", ALICE);
	PEER_SAYS(DENIED, EWS_OPENS);
	fails(BOB, MAILBOX_NEVER);
	says("ErrorImpersonateUserDenied", ERR_NEVER);
	assert_true(is_known(ALICE));
}

/* Who was known is forgotten when he is nobody or denied, too, and not when the
 * server is busy or does not take our login. */
static void
test_denied_to_others(void **state)
{
	static const struct {
		struct peer_reply first, second;
		bool known;
	} rows[] = {
		{ DENIED, { .status = NULL }, false },
		{ NOBODY, EWS_SAYS("<m:ResolveNames", EWS_DONE("")), false },
		{ { .status = "503 Busy" }, { .status = NULL }, true },
		{ { .status = "401 No" }, { .status = NULL }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct peer_reply script[] = { DENIED, rows[i].first,
			rows[i].second };

		known_note("exchange", ALICE);
		peer_says(script, rows[i].second.status != NULL ? 3 : 2);
		fails(BOB, MAILBOX_LOCKED_OUT);
		says(ALL_DENIED, ERR_LATER);
		assert_true(is_known(ALICE) == rows[i].known);
	}
	PEER_SAYS(DENIED);
	assert_true(nth_only(2, 0));
	nth_arm();
	fails(BOB, MAILBOX_LOCKED_OUT);
	nth_disarm();
	says(ALL_DENIED, ERR_LATER);
	assert_true(is_known(ALICE));
}

/* ---- a test of the connection ---- */

#define ALL EWS_LIST("msgfolderroot", EWS_PAGE_OF("Folders", ""))

static void
test_test(void **state)
{
	own(buf) struct buf said = BUF;

	(void)state;
	PEER_SAYS(EWS_OPENS, EWS_LIST("msgfolderroot", EWS_PAGE_OF("Folders",
	    EWS_FOLDER("INBOX", "ROOT", "Inbox") EWS_FOLDER("A", "ROOT", "A"))),
	    EWS_LIST("archivemsgfolderroot",
	    EWS_NO("ErrorArchiveMailboxNotEnabled")));
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_DONE);
	assert_string_equal(said.data, "Exchange 15.2, mailbox " BOB
	    ", 4 folders");
	buf_cut(&said, 0);
	PEER_SAYS(EWS_OPENS, EWS_LIST("msgfolderroot", EWS_NO("ErrorServerBusy")));
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_LATER);
	says("ErrorServerBusy", ERR_LATER);
	PEER_SAYS({ .status = "404 Not Found" });
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_NEVER);
	says("HTTP status 404", ERR_NEVER);
	assert_int_equal(said.len, 0);
}

/* A mailbox may have an archive or none; one that cannot be asked for now is not
 * taken for none. */
static void
test_archive(void **state)
{
	own(buf) struct buf said = BUF;

	(void)state;
	PEER_SAYS(EWS_OPENS, ALL, EWS_LIST("archivemsgfolderroot",
	    EWS_PAGE_OF("Folders", EWS_FOLDER("B", "ROOT", "B"))));
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_DONE);
	assert_string_equal(said.data, "Exchange 15.2, mailbox " BOB
	    ", 5 folders, with an archive");
	buf_cut(&said, 0);
	PEER_SAYS(EWS_OPENS, ALL, EWS_LIST("archivemsgfolderroot",
	    EWS_NO("ErrorFolderNotFound")));
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_DONE);
	assert_string_equal(said.data, "Exchange 15.2, mailbox " BOB
	    ", 3 folders");
	buf_cut(&said, 0);
	PEER_SAYS(EWS_OPENS, ALL, EWS_LIST("archivemsgfolderroot",
	    EWS_NO("ErrorServerBusy")));
	assert_int_equal(ews_test(profile, BOB, &said, &err), MAILBOX_LATER);
	says("ErrorServerBusy", ERR_LATER);
	assert_int_equal(said.len, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_denied), TEST(test_denied_to_others),
		TEST(test_test), TEST(test_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
