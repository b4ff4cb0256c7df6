/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins that a server refuses, breaks off or answers with what is none: whom that
 * concerns, what is said of it, and that the password is never in it
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/imap/imap_rig.h"

#define MASTER "master=* folder=Quarantine "
#define AUTHZID "authzid=yes quarantine=quarantine "

/* What is NULL is as it should be. */
struct login {
	const char	*words;
	const char	*greeting, *can0, *can1, *refuses, *refused, *instead;
	struct fault	 fault;
	enum mailbox_result result;
	const char	*says;		/* or, if done, how we are in */
};

static void
try_login(const struct login *login)
{
	enum mailbox_result result;

	rig_up(login->words);
	server.starttls = strstr(login->words, "starttls") != NULL;
	if (login->greeting != NULL)
		server.greeting = *login->greeting != '\0' ? login->greeting :
		    NULL;
	if (login->can0 != NULL)
		server.can[0] = login->can0;
	if (login->can1 != NULL)
		server.can[1] = login->can1;
	server.refuses = login->refuses;
	server.refused = login->refused;
	server.instead = login->instead;
	server.fault = login->fault;
	result = rig_open("bob");
	if (result != login->result)
		fail_msg("%s: %d, %s", login->says, result, rig.err.text);
	if (result == MAILBOX_DONE)
		assert_string_equal(server.login, login->says);
	else if (strstr(rig.err.text, login->says) == NULL ||
	    strstr(rig.err.text, "secret") != NULL)
		fail_msg("not '%s' but '%s'", login->says, rig.err.text);
	/* whoever is to look at it is told so */
	if (result == MAILBOX_LOCKED_OUT)
		assert_int_equal(rig.err.kind, ERR_NEVER);
	rig_down();
}

#define TRY(list) do {							\
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)	\
		try_login(&list[i]);					\
} while (0)

static void
greetings(void **state)
{
	static const struct login cases[] = {
		{ .words = MASTER, .greeting = "", .says = "closed by the server" },
		{ .words = MASTER, .greeting = "* BYE too many\r\n",
		  .says = "server says goodbye: too many" },
		{ .words = MASTER, .greeting = "* BYE"
		  " 0123456789012345678901234567890123456789012345678901234567"
		  " 0123456789012345678901234567890123456789012345678901234567"
		  " 0123456789012345678901234567890123456789012345678901234567"
		  " 0123456789012345678901234567890123456789012345678901234567"
		  "\r\n", .says = "server says goodbye: 0123" },
		{ .words = MASTER, .greeting = "* PREAUTH as root\r\n",
		  .says = "no IMAP: a greeting that is none" },
		{ .words = MASTER, .greeting = "A1 OK hello\r\n",
		  .says = "no IMAP: a greeting that is none" },
		{ .words = MASTER, .greeting = "A1 BYE hello\r\n",
		  .says = "no IMAP: a greeting that is none" },
		{ .words = MASTER, .greeting = "220 hello\r\n",
		  .says = "no IMAP: an answer that is none" },
		{ .words = MASTER, .greeting = "220 hello\n",
		  .says = "no IMAP: LF without CR" },
	};

	(void)state;
	TRY(cases);
}

static void
starttls(void **state)
{
	static const struct login cases[] = {
		{ .words = MASTER "tls=starttls", .result = MAILBOX_DONE,
		  .says = "AUTH  bob*tdc" },
		{ .words = MASTER "tls=starttls", .can0 = "AUTH=PLAIN",
		  .result = MAILBOX_LOCKED_OUT, .says = "no STARTTLS" },
		{ .words = MASTER "tls=starttls", .greeting = "* BYE x\r\n",
		  .says = "server says goodbye" },
		{ .words = MASTER "tls=starttls", .fault = { .at = 1,
		  .says = "%s NO no\r\n" }, .says = "CAPABILITY: no" },
		{ .words = MASTER "tls=starttls", .fault = { .at = 1,
		  .only = "STARTTLS", .says = "%s NO [UNAVAILABLE] later\r\n" },
		  .says = "STARTTLS: [UNAVAILABLE] later" },
		/* what somebody in between has put there */
		{ .words = MASTER "tls=starttls", .fault = { .at = 1,
		  .only = "STARTTLS", .says = "%s OK\r\n* CAPABILITY X\r\n" },
		  .result = MAILBOX_LOCKED_OUT,
		  .says = "more than an answer before TLS" },
		{ .words = MASTER "tls=starttls", .fault = { .at = 1,
		  .only = "STARTTLS", .says = "%s OK\r\n", .ends = true },
		  .says = "closed by the server" },
	};

	(void)state;
	TRY(cases);
}

static void
ways_in(void **state)
{
	static const struct login cases[] = {
		{ .words = MASTER, .result = MAILBOX_DONE,
		  .says = "AUTH  bob*tdc" },
		{ .words = AUTHZID, .result = MAILBOX_DONE,
		  .says = "AUTH bob tdc" },
		{ .words = AUTHZID, .can1 = "AUTH=PLAIN",
		  .result = MAILBOX_DONE, .says = "AUTH bob tdc" },
		{ .words = MASTER, .can1 = "IMAP4rev2 AUTH=PLAIN",
		  .result = MAILBOX_DONE, .says = "AUTH  bob*tdc" },
		/* the old command has no authorization identity */
		{ .words = MASTER, .can1 = "", .result = MAILBOX_DONE,
		  .says = "LOGIN bob*tdc secret" },
		{ .words = AUTHZID, .can1 = "", .result = MAILBOX_LOCKED_OUT,
		  .says = "no AUTH=PLAIN" },
		{ .words = MASTER, .can1 = "LOGINDISABLED",
		  .result = MAILBOX_LOCKED_OUT, .says = "no AUTH=PLAIN" },
		{ .words = MASTER, .fault = { .at = 1,
		  .says = "* CAPABILITY (AUTH=PLAIN\r\n%s OK\r\n" },
		  .result = MAILBOX_DONE, .says = "LOGIN bob*tdc secret" },
		{ .words = MASTER, .can1 = "AUTH=PLAIN",
		  .instead = "%s OK come in\r\n",
		  .says = "no IMAP: OK to half a command" },
		{ .words = MASTER, .can1 = "AUTH=PLAIN",
		  .instead = "%s NO [UNAVAILABLE] later\r\n",
		  .says = "login refused: [UNAVAILABLE] later" },
		{ .words = MASTER, .can1 = "AUTH=PLAIN", .instead = "* BYE\r\n",
		  .says = "server says goodbye: " },
	};

	(void)state;
	TRY(cases);
}

static void
refusals(void **state)
{
	static const struct login cases[] = {
		{ .words = MASTER, .refuses = "%s NO [AUTHENTICATIONFAILED] no"
		  "\r\n", .result = MAILBOX_LOCKED_OUT,
		  .says = "login refused: [AUTHENTICATIONFAILED] no" },
		{ .words = MASTER, .refuses = "%s BAD no\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: no" },
		{ .words = MASTER, .refuses = "%s NO [AUTHORIZATIONFAILED] no"
		  "\r\n", .result = MAILBOX_NOBODY, .says = "login refused: " },
		{ .words = MASTER, .refuses = "%s NO [LIMIT] later\r\n",
		  .says = "login refused: [LIMIT] later" },
		/* who else can get in tells whom it concerns */
		{ .words = MASTER "probe=quarantine", .refused = "bob",
		  .refuses = "%s NO no\r\n", .result = MAILBOX_NOBODY,
		  .says = "login refused: no" },
		{ .words = MASTER "probe=quarantine", .refused = "bob",
		  .refuses = "%s NO [INUSE] no\r\n",
		  .result = MAILBOX_UNFINISHED, .says = "[INUSE] no" },
		{ .words = MASTER "probe=quarantine",
		  .refuses = "%s NO no\r\n", .result = MAILBOX_LOCKED_OUT,
		  .says = "login refused: no" },
		{ .words = MASTER "probe=bob", .refuses = "%s NO no\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: no" },
		{ .words = AUTHZID, .refused = "bob", .refuses = "%s NO no\r\n",
		  .result = MAILBOX_NOBODY, .says = "login refused: no" },
		/* a server that repeats what it must not */
		{ .words = MASTER, .refuses = "%s NO not with secret\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: " },
		{ .words = MASTER, .refuses = "%s NO you said AGJvYip0ZGMA\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: " },
		{ .words = MASTER, .refuses = "%s NO 0123456789012345678901234"
		  "567890123456789012345678901234567890123456789012345678901234"
		  "567890123456789012345678901234567890123456789012345678901234"
		  "567890123456789 the end\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: " },
		{ .words = MASTER, .can1 = "", .refuses = "%s NO secret\r\n",
		  .result = MAILBOX_LOCKED_OUT, .says = "login refused: " },
	};

	(void)state;
	TRY(cases);
}

/* told_odd - of a password with 8 bits, and of one that is part of any text */
static void
told_odd(void)
{
	own(str) char *eight = mem_format("host=127.0.0.1 port=%s user=tdc "
	    "password=s\344cr ca_file=%s/ca.pem " MASTER, server.port,
	    rig.dir);
	own(str) char *tiny = mem_format("host=127.0.0.1 port=%s user=u "
	    "password=x ca_file=%s/ca.pem " MASTER, server.port, rig.dir);

	assert_int_equal(rig_load(eight), 0);
	server.refuses = "%s NO not with s\344cr\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	assert_string_equal(strstr(rig.err.text, "login refused"),
	    "login refused: ");
	assert_int_equal(rig_load(tiny), 0);
	server.refuses = "%s NO AGJvYip1AHg=\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	assert_string_equal(strstr(rig.err.text, "login refused"),
	    "login refused: ");
	server.refuses = "%s NO no\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	rig_says("login refused: no", ERR_NEVER);
}

/* What is said of a refusal when the server repeats the password: nothing. */
static void
told(void **state)
{
	static const char *const texts[] = { "%s NO not with secret\r\n",
	    "%s NO you said AGJvYip0ZGMA\r\n", "%s NO to ZGMAc2VjcmV0\r\n" };

	(void)state;
	rig_up(MASTER);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		server.refuses = texts[i];
		assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
		assert_string_equal(strstr(rig.err.text, "login refused"),
		    "login refused: ");
	}
	server.refuses = "%s NO no such thing\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	rig_says("login refused: no such thing", ERR_NEVER);
	told_odd();
	rig_down();
}

/* Something else than an answer, to the first command. */
static void
no_answers(void **state)
{
	static const struct login cases[] = {
		{ .words = MASTER, .fault = { .at = 1, .ends = true },
		  .says = "closed by the server" },
		{ .words = MASTER, .fault = { .at = 1,
		  .says = "* BYE going down\r\n" },
		  .says = "server says goodbye: going down" },
		{ .words = MASTER, .fault = { .at = 1,
		  .says = "* PREAUTH x\r\n%s OK\r\n" },
		  .says = "no IMAP: PREAUTH in between" },
		{ .words = MASTER, .fault = { .at = 1, .says = "+ go on\r\n" },
		  .says = "no IMAP: \"+\" that nobody asked for" },
		{ .words = MASTER, .fault = { .at = 1, .says = "X1 OK\r\n" },
		  .says = "no IMAP: an answer to what nobody asked" },
		{ .words = MASTER, .fault = { .at = 1, .says = "%s BYE\r\n" },
		  .says = "no IMAP: an answer to what nobody asked" },
		{ .words = MASTER, .fault = { .at = 1,
		  .says = "%s PREAUTH\r\n" },
		  .says = "no IMAP: an answer to what nobody asked" },
		{ .words = MASTER, .fault = { .at = 1, .says = "%s 1 X\r\n" },
		  .says = "no IMAP: an answer that is none" },
		{ .words = MASTER, .fault = { .at = 1,
		  .says = "* LIST {2000000}\r\n" },
		  .says = "no IMAP: literal too large" },
		{ .words = MASTER, .fault = { .at = 1, .says = "%s NO [A B] c"
		  "\r\n" }, .says = "CAPABILITY: [A] c" },
		{ .words = MASTER, .fault = { .at = 1, .says = "%s NO 0123456"
		  "789012345678901234567890123456789012345678901234567890123456"
		  "789012345678901234567890123456789012345678901234567890123456"
		  "789012345678901234567890123456789012345678901234567890123456"
		  "7890123456789012345678901234567890\r\n" },
		  .says = "CAPABILITY: 0123456789" },
		/* after the login */
		{ .words = MASTER, .fault = { .at = 2, .only = "CAPABILITY",
		  .says = "%s BAD x\r\n" }, .says = "CAPABILITY: x" },
		{ .words = MASTER, .fault = { .at = 1, .only = "NAMESPACE",
		  .says = "%s NO x\r\n" }, .says = "NAMESPACE: NO x" },
		{ .words = MASTER, .fault = { .at = 1, .only = "NAMESPACE",
		  .says = "* NAMESPACE x\r\n%s OK\r\n" },
		  .says = "no IMAP: an answer of another form" },
		{ .words = MASTER, .fault = { .at = 1, .only = "NAMESPACE",
		  .says = "%s BAD x\r\n" }, .result = MAILBOX_NEVER,
		  .says = "NAMESPACE: BAD x" },
		{ .words = MASTER, .fault = { .at = 1, .only = "NAMESPACE",
		  .says = "* OK [COPYUID 1 2 3] x\r\n%s OK\r\n" },
		  .result = MAILBOX_DONE, .says = "AUTH  bob*tdc" },
	};

	(void)state;
	TRY(cases);
}

/* An answer may be of many parts, but not without end. */
static void
without_end(void **state)
{
	enum { MANY = 500001 };
	own(buf) struct buf text = BUF;

	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		buf_text(&text, "* X\r\n");
	buf_text(&text, "%s OK\r\n");
	rig_up(MASTER);
	server.fault = (struct fault){ .at = 1, .says = text.data };
	assert_int_equal(rig_open("bob"), MAILBOX_LATER);
	rig_says("no IMAP: answers without end", ERR_LATER);
	rig_down();
}

/* Who got in the last time is asked for, until he does not get in. */
static void
known_one(void **state)
{
	(void)state;
	rig_up(MASTER);
	assert_int_equal(rig_open("quarantine"), MAILBOX_DONE);
	rig_shut();
	server.refuses = "%s NO no\r\n";
	server.refused = "bob";
	assert_int_equal(rig_open("bob"), MAILBOX_NOBODY);
	/* our login was not refused, but took too long: he is still known */
	server.refused = NULL;
	server.refuses = "%s NO [UNAVAILABLE] no\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LATER);
	server.refused = "bob";
	assert_int_equal(rig_open("bob"), MAILBOX_UNFINISHED);
	server.refused = NULL;
	server.refuses = "%s NO no\r\n";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	server.refused = "bob";
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	/* nor is he asked for again who is not to be had by us any more */
	assert_int_equal(rig_open("quarantine"), MAILBOX_DONE);
	rig_shut();
	server.commands = 0;
	server.fault = (struct fault){ .at = 2, .only = "AUTHENTICATE",
		.says = "%s NO [AUTHORIZATIONFAILED] no\r\n" };
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	assert_string_equal(server.faulty, "AUTHENTICATE");
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	rig_down();
}

/* A name that is no ASCII is a literal, which a server may not want. */
static void
literal(void **state)
{
	(void)state;
	rig_up(MASTER "probe=quarantine");
	server.can[1] = "";
	server.instead = "%s NO [AUTHENTICATIONFAILED] no\r\n";
	assert_int_equal(rig_open("b\303\266b"), MAILBOX_NOBODY);
	rig_says("login refused: [AUTHENTICATIONFAILED] no", ERR_NEVER);
	server.instead = NULL;
	assert_int_equal(rig_open("b\303\266b"), MAILBOX_NOBODY);
	/* the last one was the probe's */
	assert_string_equal(server.login, "LOGIN quarantine*tdc secret");
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greetings), cmocka_unit_test(starttls),
		cmocka_unit_test(ways_in), cmocka_unit_test(refusals),
		cmocka_unit_test(told), cmocka_unit_test(no_answers),
		cmocka_unit_test(without_end), cmocka_unit_test(known_one),
		cmocka_unit_test(literal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
