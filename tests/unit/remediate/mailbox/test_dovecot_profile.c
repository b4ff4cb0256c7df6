/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dovecot: what a profile must have, how a server is asked, and what is told of it
 *
 * NEEDS: REMEDIATION
 * WRAP: http_ask http_open
 */
#include "tests/unit/remediate/http/no_handle.h"
#include "tests/unit/remediate/mailbox/doveadm_rig.h"

#define URL	"url=https://d.example:8080 "
#define KEY	"key=S3cret "
#define FOLDER	"folder=Quarantine"

static int
set_up(void **state)
{
	(void)state;
	no_handle = false;
	doveadm_clear();
	rig_begin(&mailbox_dovecot, NULL);
	return 0;
}

static void
wrong(void **state)
{
	static const struct { const char *words, *says; } cases[] = {
		{ KEY FOLDER, "it has no url=" },
		{ "url=ftp://d.example " KEY FOLDER, "url= is not https" },
		{ "url=d.example " KEY FOLDER, "url= is not https" },
		{ "url=https://u@d.example " KEY FOLDER, "url= is not https" },
		{ "url=http://d.example?a " KEY FOLDER, "url= is not https" },
		{ URL FOLDER, "it has neither key= (doveadm_api_key) nor "
		  "password=" },
		{ URL KEY "password=S3cret " FOLDER,
		  "it has both key= (doveadm_api_key) and password=" },
		{ URL KEY, "it has neither quarantine=" },
		{ URL KEY "ca_file=ca.pem " FOLDER,
		  "ca_file= is no absolute path" },
		{ URL KEY "quarantine=*", "quarantine= is no name" },
		{ URL KEY "quarantine=q?", "quarantine= is no name" },
		{ URL KEY "quarantine=q\377", "quarantine= is no name" },
		{ URL KEY "folder=a*", "folder= is no name" },
		{ URL KEY "folder=a?", "folder= is no name" },
		{ URL KEY "folder=\" a\"", "folder= is no name" },
		{ URL KEY "folder=inbox", "folder= is no name" },
		{ URL KEY "folder=a\377", "folder= is no name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (rig_load(cases[i].words) == 0)
			fail_msg("taken: %s", cases[i].words);
		rig_says(cases[i].says, ERR_NEVER);
		assert_null(strstr(rig.err.text, "S3cret"));
	}
}

/* asked - a profile asks like this */
static void
asked(const char *words, const char *url, const char *field)
{
	if (rig_load(words) == -1)
		fail_msg("%s", rig.err.text);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_string_equal(doveadm.url, url);
	assert_string_equal(doveadm.field, field);
	rig_shut();
}

static void
asks(void **state)
{
	(void)state;
	asked(URL KEY FOLDER, "https://d.example:8080/doveadm/v1",
	    "Authorization: X-Dovecot-API UzNjcmV0");
	assert_null(doveadm.password);
	asked("url=http://d.example/ key=abcde " FOLDER,
	    "http://d.example/doveadm/v1",
	    "Authorization: X-Dovecot-API YWJjZGU=");
	asked("url=http://d.example// key=abcd " FOLDER,
	    "http://d.example/doveadm/v1",
	    "Authorization: X-Dovecot-API YWJjZA==");
	asked("url=http://d.example/doveadm/v1 password=secret "
	    "ca_file=/ca.pem quarantine=quarantine",
	    "http://d.example/doveadm/v1", "");
	assert_string_equal(doveadm.user, "doveadm");
	/* only at its end is it the path of the API */
	asked("url=http://d.example/doveadm/v2 password=secret " FOLDER,
	    "http://d.example/doveadm/v2/doveadm/v1", "");
}

static void
owners(void **state)
{
	static char longest[322];
	const char *const names[] = { "", "*", "b?b", "b\nb", "b\377",
	    longest };

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	assert_int_equal(rig_load(URL KEY "quarantine=Store"), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(rig_open(names[i]), MAILBOX_NEVER);
		rig_says("cannot be the name of one account", ERR_NEVER);
	}
	assert_int_equal(rig_open("store"), MAILBOX_NEVER);
	rig_says("'store' is the account of the quarantine", ERR_NEVER);
	no_handle = true;
	assert_int_equal(rig_open("bob"), MAILBOX_LATER);
	rig_says("no handle", ERR_LATER);
	assert_null(rig.box);
	longest[320] = '\0';
	no_handle = false;
	assert_int_equal(rig_open(longest), MAILBOX_DONE);
}

/* Each owner has a folder of the quarantine that is nobody else's. */
static void
folders(void **state)
{
	static const struct { const char *words, *owner, *folder; } cases[] = {
		{ URL KEY "quarantine=quarantine", "bob", "Quarantine bob" },
		{ URL KEY "quarantine=quarantine folder=Q", "bob", "Q bob" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		doveadm_clear();
		doveadm_put("bob", "INBOX", "g1", "<1@x.example>");
		assert_int_equal(rig_load(cases[i].words), 0);
		assert_int_equal(rig_open(cases[i].owner), MAILBOX_DONE);
		assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
		assert_int_equal(rig_quarantine(), MAILBOX_DONE);
		assert_int_equal(doveadm_count("quarantine", cases[i].folder,
		    "g1"), 1);
		rig_shut();
	}
}

/* ---- test ---- */

static enum mailbox_result
test_as(const char *owner)
{
	buf_cut(&rig.out, 0);
	return mailbox_dovecot.test(rig.profile, owner, &rig.out, &rig.err);
}

static void
tells(void **state)
{
	(void)state;
	assert_int_equal(rig_load(URL KEY "quarantine=quarantine"), 0);
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	assert_string_equal(rig.out.data, "the inbox of bob has 3 messages; "
	    "the inbox of quarantine has 3 messages");
	/* without anybody, only that */
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(test_as(i == 0 ? "" : NULL), MAILBOX_DONE);
		assert_string_equal(rig.out.data, "the inbox of quarantine "
		    "has 3 messages");
	}
	assert_int_equal(test_as("eve"), MAILBOX_NOBODY);
	rig_says("doveadm mailboxStatus for 'eve' failed with exit code 67: "
	    "no such user", ERR_NEVER);
	assert_int_equal(test_as("*"), MAILBOX_NEVER);
	no_handle = true;
	assert_int_equal(test_as(""), MAILBOX_LATER);
	assert_int_equal(test_as("bob"), MAILBOX_LATER);
	rig_says("no handle", ERR_LATER);
	no_handle = false;
	/* that there is no such account is the profile's fault */
	assert_int_equal(rig_load(URL KEY "quarantine=none"), 0);
	assert_int_equal(test_as("bob"), MAILBOX_NEVER);
	rig_says("no such user", ERR_NEVER);
	assert_int_equal(test_as(""), MAILBOX_NEVER);
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	doveadm.fault = (struct fault){ .at = 1, .status = 200,
		.body = "[[\"doveadmResponse\",[{}],\"tdc\"]]" };
	doveadm.commands = 0;
	assert_int_equal(test_as("bob"), MAILBOX_DONE);
	assert_string_equal(rig.out.data, "the inbox of bob has no messages");
}

/* ---- what is asked for ---- */

static void
keys(void **state)
{
	static char wrong[] = "{\"box\":\"x\"}", bad[] = "INBOX";
	const struct found found = { .key = wrong, .folder = bad };

	(void)state;
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	assert_int_equal(mailbox_dovecot.header(rig.box, &found, &rig.out,
	    &rig.err), MAILBOX_NEVER);
	rig_says("no key of a message in Dovecot", ERR_NEVER);
	assert_int_equal(mailbox_dovecot.raw(rig.box, &found, 9, &rig.out,
	    &rig.err), MAILBOX_NEVER);
	assert_int_equal(mailbox_dovecot.quarantine(rig.box, &found, &rig.out,
	    &rig.err), MAILBOX_NEVER);
	assert_int_equal(mailbox_dovecot.moved(rig.box, "<1@x>", &found,
	    &rig.out, &rig.err), MAILBOX_NEVER);
	assert_int_equal(mailbox_dovecot.purge(rig.box, wrong, &rig.err),
	    MAILBOX_NEVER);
	assert_int_equal(mailbox_dovecot.restore(rig.box, wrong, &rig.err),
	    MAILBOX_NEVER);
	assert_int_equal(rig.out.len, 0);
	assert_int_equal(doveadm.commands, 0);
}

static void
ids(void **state)
{
	static char longest[1000 + 1];
	const char *const names[] = { "", "<>", "<a", "a>", "<a b>", "<\177>",
	    longest };

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '<';
	longest[sizeof(longest) - 2] = '>';
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(rig_find(names[i]), MAILBOX_NEVER);
		rig_says("no Message-ID that can be looked for", ERR_NEVER);
	}
	assert_int_equal(doveadm.commands, 0);
}

/* By the queue id, since then, and not what lies in quarantine. */
static void
by_queue_id(void **state)
{
	struct sought wanted = { .queue_id = "4Q1",
		.since = INT64_C(1700000000000) };

	(void)state;
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	doveadm_put("bob", "INBOX", "g1", "<1@x.example>");
	doveadm_put("bob", "Quarantine", "g2", "<1@x.example>");
	assert_int_equal(mailbox_dovecot.find(rig.box, &wanted, rig_each, NULL,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_string_equal(rig.folder, "INBOX");
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_int_equal(doveadm_count("bob", "Quarantine", "g1"), 1);
	assert_int_equal(mailbox_dovecot.restore(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(doveadm_count("bob", "INBOX", "g1"), 1);
	rig.found = 0;
	wanted.since++;
	assert_int_equal(mailbox_dovecot.find(rig.box, &wanted, rig_each, NULL,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(rig.found, 0);
	wanted.queue_id = "4 Q1";
	assert_int_equal(mailbox_dovecot.find(rig.box, &wanted, rig_each, NULL,
	    &rig.err), MAILBOX_NEVER);
	rig_says("is no queue id that can be looked for", ERR_NEVER);
}

/* Who is refused has a wrong key, or may not do that. */
static void
refused(void **state)
{
	static const struct { unsigned status; const char *says; } cases[] = {
		{ 401, "refuses our key (HTTP 401)" },
		{ 403, "refuses our requests (HTTP 403)" },
	};

	(void)state;
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		doveadm.commands = 0;
		doveadm.fault = (struct fault){ .at = 1,
			.status = cases[i].status };
		assert_int_equal(rig_find("<1@x.example>"),
		    MAILBOX_LOCKED_OUT);
		rig_says(cases[i].says, ERR_NEVER);
	}
}

/* What lies in quarantine already, of the same GUID, is not what was moved now. */
static void
kept_before(void **state)
{
	(void)state;
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	doveadm_put("bob", "INBOX", "g1", "<1@x.example>");
	doveadm_put("bob", "Quarantine", "g1", "<1@x.example>");
	doveadm_put("bob", "Quarantine", "g1", "<1@x.example>");
	strcpy(doveadm.notes[0].flags, " \\Seen  $y ");
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	assert_int_equal(rig.found, 1);
	assert_int_equal(rig_quarantine(), MAILBOX_DONE);
	assert_non_null(strstr(rig.handle.data, "\"uid\":\"4\""));
	assert_non_null(strstr(rig.handle.data, "\"flags\":\"\\\\Seen $y\""));
	assert_int_equal(mailbox_dovecot.purge(rig.box, rig.handle.data,
	    &rig.err), MAILBOX_DONE);
	assert_int_equal(doveadm_count("bob", "Quarantine", "g1"), 2);
}

/* Answers that lack what was asked for, and messages that are too large. */
static void
lacks(void **state)
{
	static const char *const rest[] = { "\"size.physical\":\"8\"",
	    "\"size.physical\":\"9\"", "\"x\":\"y\"" };
	struct found found;
	char box[33];

	(void)state;
	assert_int_equal(rig_load(URL KEY FOLDER), 0);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
	doveadm_put("bob", "INBOX", "g1", "<1@x.example>");
	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
	found = rig_found();
	box_of("bob", "INBOX", box);
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++) {
		own(str) char *body = mem_format("[[\"doveadmResponse\",[{"
		    "\"mailbox-guid\":\"%s\",\"uid\":\"1\",\"guid\":\"g1\","
		    "\"hdr.message-id\":\"<1@x.example>\",%s}],\"tdc\"]]",
		    box, rest[i]);

		doveadm.commands = 0;
		doveadm.fault = (struct fault){ .at = 1, .status = 200,
			.body = body };
		if (i == 0) {
			assert_int_equal(mailbox_dovecot.header(rig.box,
			    &found, &rig.out, &rig.err), MAILBOX_LATER);
			rig_says("the answer has no hdr", ERR_LATER);
			continue;
		}
		assert_int_equal(mailbox_dovecot.raw(rig.box, &found, 8,
		    &rig.out, &rig.err), i == 1 ? MAILBOX_NEVER :
		    MAILBOX_LATER);
		rig_says(i == 1 ? "the message has 9 octets, more than 8" :
		    "the answer has no size.physical",
		    i == 1 ? ERR_NEVER : ERR_LATER);
	}
	assert_int_equal(rig.out.len, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(wrong), TEST(asks), TEST(owners), TEST(folders),
		TEST(tells), TEST(keys), TEST(ids), TEST(by_queue_id),
		TEST(refused), TEST(kept_before), TEST(lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
