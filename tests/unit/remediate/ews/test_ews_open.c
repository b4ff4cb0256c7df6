/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening a mailbox at a server of Exchange that refuses, is busy, answers
 * something else or nothing: what is said of it, and who is to wait for that
 *
 * NEEDS: REMEDIATION
 * WRAP: curl_easy_init nanosleep
 */
#include <curl/curl.h>

#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/ews/ews_peer.h"

NTH_CALL(CURL *, curl_easy_init, (void), (), NULL)

/* nanosleep - which we pause by: a signal to stop comes then, if it is to */
static bool stops;
static unsigned pauses;

int	__wrap_nanosleep(const struct timespec *, struct timespec *);
int	__real_nanosleep(const struct timespec *, struct timespec *);
int
__wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	pauses++;
	if (stops)
		atomic_store(&stopped, true);
	return __real_nanosleep(time, left);
}

static struct mailbox *box;

static int
set_up(void **state)
{
	(void)state;
	stops = false;
	pauses = 0;
	assert_true(nth_only(0, 0));
	ews_peer_start("version=Exchange2013");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ews_peer_stop();
	return 0;
}

static void
test_opens(void **state)
{
	(void)state;
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(BOB);
	assert_true(peer_was_asked("<t:RequestServerVersion "
	    "Version=\"Exchange2013\"/>"));
	assert_true(peer_was_asked("<t:PrimarySmtpAddress>" BOB
	    "</t:PrimarySmtpAddress>"));
	assert_true(peer_was_asked("\r\nX-AnchorMailbox: " BOB
	    "\r\n"));
	assert_string_equal(ews_of(box)->server, "15.2");
	box = ews_peer_close(box);
}

/* What a profile does not say, the settings of all of them do. */
static void
test_settings(void **state)
{
	own(str) char *words = mem_format("host=127.0.0.1:%s auth=basic "
	    "user=tdc password=secret", peer.port);

	(void)state;
	unload();
	assert_int_equal(load(words), 0);
	fails(BOB, MAILBOX_NEVER);		/* it trusts nobody there */
	assert_non_null(strstr(err.text, ": TLS: "));
	settings.ca_file = peer.ca;
	settings.stopped = NULL;
	PEER_SAYS({ EWS_OK, .body = EWS_FAULT("ErrorServerBusy",
	    EWS_BACK_OFF("1")) }, EWS_OPENS);
	box = ews_peer_open(BOB);
	assert_true(peer_was_asked("Version=\"Exchange2013_SP1\""));
	assert_true(peer_was_asked("Authorization: Basic dGRjOnNlY3JldA=="));
	box = ews_peer_close(box);
	settings.ca_file = "";
	settings.stopped = &stopped;
}

/* ---- what is no answer of Exchange ---- */

#define PAGE(code) .status = code "\r\nContent-Type: text/html", \
	.body = "<html>hush</html>"

static const struct {
	struct peer_reply reply;
	enum mailbox_result result;
	enum err_kind	 kind;
	const char	*why;
} refusals[] = {
	{ { PAGE("403 Forbidden") }, MAILBOX_LOCKED_OUT, ERR_LATER,
	  "login refused (403)" },
	{ { .status = "401 No\r\nWWW-Authenticate: Basic realm=\"x\"" },
	  MAILBOX_LOCKED_OUT, ERR_LATER, "login refused (401)" },
	{ { .status = "401 No" }, MAILBOX_LOCKED_OUT, ERR_LATER,
	  "login refused (401)" },
	{ { .status = "401 No\r\nWWW-Authenticate: Negotiate\r\n"
	    "WWW-Authenticate: NTLM" }, MAILBOX_LOCKED_OUT, ERR_LATER,
	  "login by Basic is not offered (401); it offers: Negotiate, NTLM" },
	{ { PAGE("404 Not Found") }, MAILBOX_NEVER, ERR_NEVER,
	  "HTTP status 404" },
	{ { PAGE("302 Found\r\nLocation: /owa") }, MAILBOX_NEVER, ERR_NEVER,
	  "HTTP status 302" },
	{ { PAGE("408 Slow") }, MAILBOX_LATER, ERR_LATER, "HTTP status 408" },
	{ { PAGE("429 Busy") }, MAILBOX_LATER, ERR_LATER, "HTTP status 429" },
	{ { PAGE("500 Error") }, MAILBOX_LATER, ERR_LATER, "HTTP status 500" },
	{ { PAGE("503 Busy\r\nRetry-After: 0") }, MAILBOX_LATER, ERR_LATER,
	  "HTTP status 503" },
	{ { PAGE("200 OK") }, MAILBOX_LATER, ERR_LATER,
	  "the answer is not of Exchange Web Services" },
	{ { EWS_OK, .body = "" }, MAILBOX_LATER, ERR_LATER,
	  "the answer is no XML: 0 octets" },
	{ { EWS_OK, .body = EWS_BODY("<m:X/>") }, MAILBOX_LATER, ERR_LATER,
	  "an answer with too few folders" },
	{ EWS_SAYS(NULL, EWS_FIRST_FOLDER("A", "Inbox")), MAILBOX_LATER,
	  ERR_LATER, "an answer with too few folders" },
	{ EWS_SAYS(NULL, EWS_DONE("<m:Folders/>")), MAILBOX_LATER, ERR_LATER,
	  "a folder without an id" },
	{ EWS_SAYS(NULL, EWS_NO("ErrorServerBusy")), MAILBOX_LATER, ERR_LATER,
	  "ErrorServerBusy" },
	{ EWS_SAYS(NULL, "<m:X ResponseClass=\"Error\"/>"), MAILBOX_LATER,
	  ERR_LATER, "an answer without a code" },
	{ EWS_SAYS(NULL, "<m:X ResponseClass=\"Error\"><m:MessageText>Why."
	    "</m:MessageText></m:X>"), MAILBOX_LATER, ERR_LATER,
	  "an answer without a code: Why." },
	{ EWS_FAILS(NULL, "ErrorInvalidRequest"), MAILBOX_NEVER, ERR_NEVER,
	  "ErrorInvalidRequest" },
	/* of our account, and of no owner */
	{ EWS_FAILS(NULL, "ErrorPasswordExpired"), MAILBOX_LOCKED_OUT,
	  ERR_LATER, "ErrorPasswordExpired" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		PEER_SAYS(refusals[i].reply);
		fails(BOB, refusals[i].result);
		says(refusals[i].why, refusals[i].kind);
	}
}

static void
test_cut(void **state)
{
	(void)state;
	PEER_SAYS({ EWS_OK, .body = EWS_HEAD, .then = PEER_CUTS });
	fails(BOB, MAILBOX_LATER);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, ": answer: "));
	PEER_SAYS({ .then = PEER_CLOSES });
	fails(BOB, MAILBOX_LATER);
	assert_non_null(strstr(err.text, ": answer: "));
}

static void
test_no_handle(void **state)
{
	(void)state;
	assert_true(nth_only(1, 0));
	nth_arm();
	fails(BOB, MAILBOX_LATER);
	nth_disarm();
	assert_string_equal(err.text, "libcurl gives no handle");
}

/* ---- busy ---- */

#define BUSY(ms) { EWS_OK, .body = EWS_FAULT("ErrorServerBusy", \
	EWS_BACK_OFF(ms)) }

/* What is short is waited for, once. */
static void
test_short_rest(void **state)
{
	(void)state;
	PEER_SAYS(BUSY("60"), EWS_OPENS);
	box = ews_peer_open(BOB);
	box = ews_peer_close(box);
	assert_int_not_equal(pauses, 0);
	pauses = 0;
	PEER_SAYS(BUSY("1"), BUSY("100000"));
	fails(ALICE, MAILBOX_LATER);
	says("ErrorServerBusy", ERR_LATER);
	assert_int_not_equal(pauses, 0);
}

static void
test_stopped_meanwhile(void **state)
{
	(void)state;
	stops = true;
	PEER_SAYS(BUSY("2000"));
	fails(BOB, MAILBOX_LATER);
	says("stopped", ERR_LATER);
	assert_int_equal(pauses, 1);
}

/* A long one is not waited for, and nothing is asked before it is over: of that
 * owner, or, when the server as a whole is busy, of anybody. */
static void
test_long_rest(void **state)
{
	(void)state;
	PEER_SAYS(BUSY("80000000"));
	fails(BOB, MAILBOX_LATER);
	fails(BOB, MAILBOX_LATER);
	assert_non_null(strstr(err.text, ": busy, it asked for a rest of "));
	assert_non_null(strstr(err.text, " s more"));
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(ALICE);
	box = ews_peer_close(box);
	PEER_SAYS({ PAGE("503 Busy\r\nRetry-After: 70000") });
	fails(ALICE, MAILBOX_LATER);
	says("HTTP status 503", ERR_LATER);
	fails(ALICE, MAILBOX_LATER);
	assert_non_null(strstr(err.text, ": busy, it asked for a rest of "));
	assert_int_equal(pauses, 0);
}

/* ---- whose mailbox it is ---- */

#define NOBODY EWS_FAILS(NULL, "ErrorNonExistentMailbox")
#define TYPE(type) "<t:MailboxType>" type "</t:MailboxType>"
#define ADDRESS(address) "<t:EmailAddress>" address "</t:EmailAddress>"
#define ONE(box) "<t:Resolution><t:Mailbox>" box "</t:Mailbox></t:Resolution>"
#define FOUND(ones) EWS_SAYS("<m:UnresolvedEntry>smtp:" BOB "</", \
	EWS_DONE("<m:ResolutionSet>" ones "</m:ResolutionSet>"))

static const struct peer_reply no_owners[] = {
	EWS_SAYS("<m:ResolveNames", EWS_DONE("")),
	FOUND(""),
	FOUND(ONE("")),
	FOUND(ONE(ADDRESS(ALICE))),
	FOUND(ONE(TYPE("Contact") ADDRESS(ALICE))),
	FOUND(ONE(TYPE("Mailbox"))),
	FOUND(ONE(TYPE("Mailbox") ADDRESS("alice"))),
	FOUND(ONE(TYPE("Mailbox") ADDRESS("alice@corp&#x85;"))),
	FOUND(ONE(TYPE("Mailbox") ADDRESS(ALICE)) ONE("")),
};

static void
test_no_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(no_owners) / sizeof(*no_owners); i++) {
		PEER_SAYS(NOBODY, no_owners[i]);
		fails(BOB, MAILBOX_NOBODY);
		says(BOB " is not the address of exactly one mailbox",
		    ERR_NEVER);
	}
}

static void
test_alias(void **state)
{
	(void)state;
	/* also when it is the inbox alone that is missing */
	PEER_SAYS(EWS_SAYS(NULL, EWS_NO("ErrorFolderNotFound")),
	    FOUND(ONE(TYPE("Mailbox") ADDRESS(ALICE))), EWS_OPENS);
	box = ews_peer_open(BOB);
	assert_string_equal(ews_of(box)->owner, ALICE);
	assert_true(peer_was_asked("<t:PrimarySmtpAddress>" ALICE
	    "</t:PrimarySmtpAddress>"));
	box = ews_peer_close(box);
	/* it is the primary one, and has no mailbox */
	PEER_SAYS(NOBODY, FOUND(ONE(TYPE("Mailbox")
	    ADDRESS("Bob@corp.example"))));
	fails(BOB, MAILBOX_NOBODY);
	says(BOB " has no mailbox here", ERR_NEVER);
	PEER_SAYS(NOBODY, FOUND(ONE(TYPE("Mailbox") ADDRESS(ALICE))), NOBODY);
	fails(BOB, MAILBOX_NOBODY);
	says("ErrorNonExistentMailbox", ERR_LATER);
	PEER_SAYS(NOBODY, { PAGE("429 Busy") });
	fails(BOB, MAILBOX_LATER);
	says("HTTP status 429", ERR_LATER);
	PEER_SAYS(NOBODY, EWS_SAYS("<m:ResolveNames", ""));
	fails(BOB, MAILBOX_LATER);
	says("an answer without a message", ERR_LATER);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_opens), TEST(test_settings), TEST(test_refusals),
		TEST(test_cut),
		TEST(test_no_handle), TEST(test_short_rest),
		TEST(test_stopped_meanwhile), TEST(test_long_rest),
		TEST(test_no_owner), TEST(test_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
