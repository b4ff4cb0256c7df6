/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logging in by Negotiate: bound to the connection that it goes over, with no end
 * of legs, and refused in words that say why
 *
 * NEEDS: REMEDIATION GSSAPI
 * WRAP: gss_acquire_cred gss_acquire_cred_from gss_acquire_cred_with_password
 * WRAP: gss_delete_sec_context gss_display_status gss_import_name
 * WRAP: gss_init_sec_context gss_release_cred gss_release_name
 * WRAP: PEM_read_bio_X509
 */
#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/ews/ews_peer.h"
#include "tests/unit/remediate/ews/gss_fake.h"

NTH_CALL(X509 *, PEM_read_bio_X509, (BIO *bio, X509 **out,
    pem_password_cb *call, void *arg), (bio, out, call, arg), NULL)

/* "tls-server-end-point:" and a SHA-256 */
enum { BOUND = 21 + 32 };

static int
set_up(void **state)
{
	(void)state;
	memset(&gss, 0, sizeof(gss));
	assert_true(nth_only(0, 0));
	ews_peer_start("auth=negotiate user=tdc@CORP.EXAMPLE keytab=/k");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ews_peer_stop();
	assert_int_equal(gss.held, 0);
	return 0;
}

/* ---- the login by itself ---- */

static const struct {
	struct ews_login_options options;
	const char	*names, *by;
} logins[] = {
	{ { "h", "u", "p", NULL }, "u HTTP@h ", "password p" },
	{ { "h", "u", "p", "/k" }, "u HTTP@h ", "password p" },
	{ { "h", "u", NULL, "/k" }, "u HTTP@h ",
	  "client_keytab=/k;ccache=MEMORY:/k u;" },
	{ { "h", NULL, NULL, "/k" }, "HTTP@h ",
	  "client_keytab=/k;ccache=MEMORY:/k ;" },
	{ { "h", "u", NULL, NULL }, "u HTTP@h ", "ticket of a user" },
	{ { "h", NULL, NULL, NULL }, "HTTP@h ", "ticket" },
};

static void
test_credentials(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(logins) / sizeof(*logins); i++) {
		struct ews_login *login = NULL;

		memset(&gss, 0, sizeof(gss));
		assert_int_equal(ews_login_new(&logins[i].options, &login,
		    &err), 0);
		assert_string_equal(gss.names, logins[i].names);
		assert_string_equal(gss.by, logins[i].by);
		assert_int_equal(gss.held, 2);	/* ours, and the service */
		login = ews_login_free(login);
		assert_int_equal(gss.held, 0);
	}
	assert_null(ews_login_free(NULL));
	assert_true(ews_login_can());
}

static void
test_no_credentials(void **state)
{
	static const struct { const char *fails, *why; } rows[] = {
		{ "user", "Negotiate: name: no; a\\x0a7" },
		{ "service", "Negotiate: name: no; a\\x0a7" },
		{ "acquire", "Negotiate: our credentials: no; a\\x0a7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ews_login *login = NULL;

		memset(&gss, 0, sizeof(gss));
		gss.fails = rows[i].fails;
		assert_int_equal(ews_login_new(&logins[0].options, &login,
		    &err), -1);
		assert_null(login);
		assert_string_equal(err.text, rows[i].why);
		assert_int_equal(err.kind, ERR_LATER);
		assert_int_equal(gss.held, 0);
	}
}

static const struct {
	const char	*challenge, *input;	/* NULL: it is no base64 */
} challenges[] = {
	{ "", "" }, { "QUJD", "ABC" }, { "QUI=", "AB" }, { "QQ==", "A" },
	{ "QUJD, Basic", "ABC" }, { "QUJ", NULL }, { "Q(JD", NULL },
};

static void
test_challenges(void **state)
{
	own(buf) struct buf long_one = BUF, token = BUF;
	struct ews_login *login;

	(void)state;
	memset(&gss, 0, sizeof(gss));
	assert_int_equal(ews_login_new(&logins[0].options, &login, &err), 0);
	assert_int_equal(ews_login_begin(login, "", &err), 0);
	for (size_t i = 0; i < sizeof(challenges) / sizeof(*challenges); i++) {
		const char *input = challenges[i].input;

		buf_cut(&token, 0);
		assert_int_equal(ews_login_step(login, challenges[i].challenge,
		    &token, &err), input != NULL ? 0 : -1);
		assert_int_equal(token.len > 0, input != NULL);
		if (input != NULL)
			assert_string_equal(gss.input, input);
		else
			assert_string_equal(err.text, "Negotiate: the server's "
			    "token is no base64");
		assert_int_equal(gss.binding, 0);
	}
	for (int i = 0; i < 65540; i++)
		buf_byte(&long_one, 'A');
	assert_int_equal(ews_login_step(login, long_one.data, &token, &err),
	    -1);
	assert_int_equal(err.kind, ERR_LATER);
	login = ews_login_free(login);
	assert_int_equal(gss.held, 0);
}

static void
test_no_step(void **state)
{
	own(buf) struct buf token = BUF;
	struct ews_login *login;

	(void)state;
	memset(&gss, 0, sizeof(gss));
	assert_int_equal(ews_login_new(&logins[0].options, &login, &err), 0);
	assert_int_equal(ews_login_begin(login, "no certificate", &err), -1);
	assert_string_equal(err.text, "the server's certificate cannot be "
	    "read");
	gss.fails = "gss_init_sec_context";
	assert_int_equal(ews_login_step(login, "", &token, &err), -1);
	assert_string_equal(err.text, "Negotiate: login: no; a\\x0a7");
	gss.fails = "wordless";
	gss.huge = true;
	assert_int_equal(ews_login_step(login, "", &token, &err), -1);
	assert_string_equal(err.text, "Negotiate: login: ");
	gss.fails = NULL;
	assert_int_equal(ews_login_step(login, "", &token, &err), -1);
	assert_string_equal(err.text, "Negotiate: login: defective");
	assert_int_equal(token.len, 0);
	login = ews_login_free(login);
	assert_int_equal(gss.held, 0);
}

/* ---- with a server ---- */

#define NEGOTIATE "WWW-Authenticate: Negotiate"
#define ASKS_FOR(wanted, more) { .wants = (wanted), \
	.status = "401 No\r\n" NEGOTIATE more }
#define ASKS(more) ASKS_FOR("<m:GetFolder>", more)
/* "token 1 1", "token 1 2", "token 2 2" */
#define WITH "Authorization: Negotiate "
#define TOKEN_1_1 WITH "dG9rZW4gMSAx\r\n"
#define TOKEN_1_2 WITH "dG9rZW4gMSAy\r\n"
#define TOKEN_2_2 WITH "dG9rZW4gMiAy\r\n"
#define OPENS_FOR(wanted) EWS_SAYS(wanted, EWS_FIRST_FOLDER("INBOX", "Inbox") \
	EWS_NO("ErrorFolderNotFound") EWS_NO("ErrorFolderNotFound"))

static void
test_login(void **state)
{
	struct mailbox *box;

	(void)state;
	PEER_SAYS(ASKS(""), OPENS_FOR(TOKEN_1_1));
	box = ews_peer_open(BOB);
	assert_string_equal(gss.names, "tdc@CORP.EXAMPLE HTTP@127.0.0.1 ");
	assert_int_equal(gss.binding, BOUND);
	assert_string_equal(gss.input, "");
	/* over a connection that is known it begins with a token */
	PEER_SAYS(EWS_SAYS(TOKEN_2_2, EWS_NO("ErrorServerBusy")));
	assert_int_equal(ews_purge(box, "purges A B read <a@b>", &err),
	    MAILBOX_LATER);
	says("ErrorServerBusy", ERR_LATER);
	box = ews_peer_close(box);
}

/* A server may have further questions, and another one none. */
static void
test_legs(void **state)
{
	struct mailbox *box;

	(void)state;
	PEER_SAYS(ASKS(""), ASKS_FOR(TOKEN_1_1, " QUJD"),
	    OPENS_FOR(TOKEN_1_2));
	box = ews_peer_open(BOB);
	assert_string_equal(gss.input, "ABC");
	box = ews_peer_close(box);
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(BOB);
	assert_int_equal(gss.steps, 2);
	box = ews_peer_close(box);
}

/* The other end closes between the question and the answer: the new connection
 * may lead to another server, for which the token is not. */
static void
test_another_connection(void **state)
{
	struct mailbox *box;

	(void)state;
	PEER_SAYS({ .status = "401 No\r\n" NEGOTIATE, .then = PEER_CLOSES },
	    ASKS_FOR(TOKEN_1_1, ""), OPENS_FOR(TOKEN_2_2));
	box = ews_peer_open(BOB);
	assert_int_equal(gss.contexts, 2);
	assert_int_equal(gss.binding, BOUND);
	box = ews_peer_close(box);
	/* nor is what the other server asks back for the old dialogue */
	PEER_SAYS({ .status = "401 No\r\n" NEGOTIATE, .then = PEER_CLOSES },
	    ASKS(" QUJD"), OPENS_FOR(WITH));
	box = ews_peer_open(BOB);
	assert_int_equal(gss.contexts, 4);
	assert_string_equal(gss.input, "");
	box = ews_peer_close(box);
}

#define REFUSED(offers) "login by Negotiate refused (401); it offers: " offers \
	".  Where Extended Protection is required, nothing may end TLS between us"

static void
test_refused(void **state)
{
	(void)state;
	PEER_SAYS(ASKS(""), ASKS(", NTLM\r\nWWW-Authenticate: NTLM"));
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(REFUSED("Negotiate, NTLM"), ERR_LATER);
	/* it has questions without end */
	gss.steps = 0;
	PEER_SAYS(ASKS(""), ASKS(" QUJD"), ASKS(" QUJD"), ASKS(" QUJD"),
	    ASKS(" QUJD"));
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(REFUSED("Negotiate"), ERR_LATER);
	assert_int_equal(gss.steps, 4);
	/* or does not offer it at all, before or after the first token */
	PEER_SAYS({ .status = "401 No\r\nWWW-Authenticate: Basic" });
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(REFUSED("Basic"), ERR_LATER);
	PEER_SAYS(ASKS(""), { .status = "401 No" });
	fails(BOB, MAILBOX_LOCKED_OUT);
	says(REFUSED(""), ERR_LATER);
}

static void
test_no_login(void **state)
{
	(void)state;
	gss.fails = "acquire";
	fails(BOB, MAILBOX_LOCKED_OUT);
	says("Negotiate: our credentials: no; a\\x0a7", ERR_LATER);
	gss.fails = "gss_init_sec_context";
	PEER_SAYS(ASKS(""));
	fails(BOB, MAILBOX_LATER);
	says("Negotiate: login: no; a\\x0a7", ERR_LATER);
	gss.fails = NULL;
	PEER_SAYS(ASKS(""), ASKS(" ABC"));
	fails(BOB, MAILBOX_LATER);
	says("Negotiate: the server's token is no base64", ERR_LATER);
	PEER_SAYS(ASKS(""));
	assert_true(nth_only(1, 0));
	nth_arm();
	fails(BOB, MAILBOX_LATER);
	nth_disarm();
	says("the server's certificate cannot be read", ERR_LATER);
}

static void
test_closes(void **state)
{
	(void)state;
	PEER_SAYS({ .then = PEER_CLOSES });
	fails(BOB, MAILBOX_LATER);
	says("answer: Empty reply from server", ERR_LATER);
	/* what was kept is asked once more, and what is new is not */
	PEER_SAYS(ASKS(""), { .then = PEER_CLOSES }, { .then = PEER_CLOSES });
	fails(BOB, MAILBOX_LATER);
	says("answer: Empty reply from server", ERR_LATER);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_no_credentials),
		cmocka_unit_test(test_challenges),
		cmocka_unit_test(test_no_step), TEST(test_login),
		TEST(test_legs), TEST(test_another_connection),
		TEST(test_refused), TEST(test_no_login), TEST(test_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
