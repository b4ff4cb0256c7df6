/* SPDX-License-Identifier: BSD-2-Clause */
/* starter_rules: each kind of request, as it is allowed, and with one thing changed */
#include "base/sandbox/starter.h"

#include <string.h>

#include "base/own.h"
#include "base/start/postfix.h"
#include "tests/unit/scratch.h"

enum { WORDS = 8 };

/* A request in its parts, so that one of them can be another. */
struct request {
	enum start_what	 what;
	const char	*path;
	const char	*argv[WORDS];
	const char	*environment[WORDS];
	bool		 own;		/* environment: that of the process */
	int		 fd;		/* the fourth */
};

static struct starter_rules rules;

static bool
may(const struct request *request)
{
	char *argv[WORDS], *environment[WORDS];
	struct start start = { .what = request->what, .path = request->path,
		.argv = argv, .environment = request->own ? NULL : environment,
		.fds = { -1, -1, -1, request->fd } };

	memcpy(argv, request->argv, sizeof(argv));
	memcpy(environment, request->environment, sizeof(environment));
	return starter_may(&rules, &start);
}

#define FIXED { "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin" }

static const struct request reader = { START_READER, START_SELF,
	{ START_READER_TITLE, "hash", "/etc/tdc/table.db", "wait" }, { NULL }, true, 5 };
static const struct request postconf = { START_POSTCONF, "/usr/sbin/postconf",
	{ "postconf", "-c", POSTFIX_CONFIG, "-hx", "myhostname" }, FIXED, false, -1 };
static const struct request type = { START_TYPE, START_SHELL,
	{ "sh", "-c", START_TYPE_COMMAND }, { NULL }, true, -1 };
static const struct request alert = { START_ALERT, "/usr/bin/page",
	{ "/usr/bin/page", "on call" },
	{ "TDC_ALERT=x", "LC_ALL=C", START_ALERT_PATH, "TZ=UTC" }, false, -1 };
static const struct request mail = { START_SENDMAIL, "/usr/bin/sendmail",
	{ "sendmail", "-i", "-f", "", "--", "a@b.example" }, FIXED, false, -1 };

static const struct request *const good[] = { &reader, &postconf, &type, &alert,
	&mail };

enum { KINDS = sizeof(good) / sizeof(*good) };

/* load - what tdc.cf says */
static void
load(const char *lines)
{
	char *dir = scratch_new();
	own(str) char *text = mem_format("user =\n%s", lines);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);

	rules.conf_file = path;
	starter_rules_load(&rules);
	scratch_free(dir);
}

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	load("alert_command = /usr/bin/page 'on call'\n"
	    "remediation_sendmail = /usr/bin/sendmail\n");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(rules.alert);
	free(rules.sendmail);
	rules = (struct starter_rules){ .conf_file = NULL };
	return 0;
}

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		if (!may(good[i]))
			fail_msg("kind %d is refused", good[i]->what);
}

/* Said to be something else, or nothing. */
static void
test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (int what = START_NOTHING; what <= START_WHATS + 1; what++) {
			struct request request = *good[i];

			request.what = (enum start_what)what;
			if (may(&request) != (request.what == good[i]->what))
				fail_msg("kind %d as %d", good[i]->what, what);
		}
}

static void
test_paths(void **state)
{
	static const char *const paths[] = { "", "/bin/sh -c", "sh", "postconf",
		"/tmp/postconf", "/proc/self/exe/", "/usr/bin/page2", "sendmail",
		"/usr/bin/../bin/sendmail", "/usr/sbin/sendmail" };

	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t p = 0; p < sizeof(paths) / sizeof(*paths); p++) {
			struct request request = *good[i];

			request.path = paths[p];
			if (may(&request))
				fail_msg("kind %d: %s", request.what, paths[p]);
		}
}

/* is_free - what a request may fill in: a parameter, the two addresses of a mail */
static bool
is_free(enum start_what what, size_t word)
{
	return (what == START_POSTCONF && word == 4) ||
	    (what == START_SENDMAIL && (word == 3 || word == 5));
}

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct request request = *good[i];
		size_t n = 0;

		for (; request.argv[n] != NULL; n++) {
			const char *word = request.argv[n];

			request.argv[n] = "other";
			if (may(&request) != is_free(request.what, n))
				fail_msg("kind %d: word %zu", request.what, n);
			request.argv[n] = word;
		}
		request.argv[n] = "more";
		if (may(&request))
			fail_msg("kind %d: one word more", request.what);
		request.argv[n] = NULL;
		request.argv[n - 1] = NULL;
		if (may(&request))
			fail_msg("kind %d: one word less", request.what);
	}
}

/* What a reader reads: databases, by their whole name. */
static void
test_databases(void **state)
{
	static const struct {
		const char	*type, *path, *word;
		bool		 may;
	} rows[] = {
		{ "hash", "/etc/tdc/table.db", "wait", true },
		{ "btree", "/etc/tdc/table.db", "at-once", true },
		{ "lmdb", "/srv/x.lmdb", "wait", true },
		{ "cdb", "/srv/x.cdb", "wait", true },
		{ "lmdb", "/srv/x.db", "wait", false },
		{ "hash", "/etc/tdc/key.pem", "wait", false },
		{ "hash", "etc/tdc/table.db", "wait", false },
		{ "hash", ".db", "wait", false },
		{ "hash", "", "wait", false },
		{ "texthash", "/etc/tdc/table.db", "wait", false },
		{ "", "/etc/tdc/table.db", "wait", false },
		{ "hash", "/etc/tdc/table.db", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct request request = reader;

		request.argv[1] = rows[i].type;
		request.argv[2] = rows[i].path;
		request.argv[3] = rows[i].word;
		if (may(&request) != rows[i].may)
			fail_msg("%s %s %s", rows[i].type, rows[i].path,
			    rows[i].word);
	}
}

/* A parameter that would be an option of postconf(1). */
static void
test_option(void **state)
{
	struct request request = postconf;

	(void)state;
	request.argv[4] = "-e";
	assert_false(may(&request));
}

static void
test_environments(void **state)
{
	static const char *const more[] = { "LD_PRELOAD=/tmp/x.so",
		"MAIL_CONFIG=/tmp", "PATH=/tmp", "LC_ALL=de", "TZ=:/tmp/x", "TD=",
		"TDC" };

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct request request = *good[i];
		size_t n = 0;

		while (request.environment[n] != NULL)
			n++;
		/* all of it, or none */
		request.own = !request.own;
		if (may(&request))
			fail_msg("kind %d: another environment", request.what);
		request.own = false;
		for (size_t m = 0; m < sizeof(more) / sizeof(*more); m++) {
			request.environment[n] = more[m];
			if (may(&request))
				fail_msg("kind %d: %s", request.what, more[m]);
		}
	}
}

/* A zone that is not ours, or that we have none of. */
static void
test_zone(void **state)
{
	(void)state;
	setenv("TZ", "CET", 1);
	assert_false(may(&alert));
	unsetenv("TZ");
	assert_false(may(&alert));
	setenv("TZ", "UTC", 1);
	assert_true(may(&alert));
}

static void
test_no_file(void **state)
{
	struct request request = reader;

	(void)state;
	request.fd = -1;
	assert_false(may(&request));
}

/* What tdc.cf says is what may be run; a file that is gone, or broken, changes
 * nothing of that. */
static void
test_configuration(void **state)
{
	(void)state;
	rules.conf_file = "/none/tdc.cf";
	starter_rules_load(&rules);
	assert_true(may(&alert) && may(&mail));
	load("alert_command = \"broken\n"
	    "remediation_sendmail = /usr/bin/other\n");
	assert_true(may(&alert));
	load("alert_command = /usr/bin/page 'on duty'\n"
	    "remediation_sendmail = /usr/sbin/other\n");
	assert_false(may(&alert) || may(&mail));
	load("alert_command = /usr/bin/page\n");
	assert_false(may(&alert));
	load("");
	assert_false(may(&alert));
	assert_true(may(&reader) && may(&postconf) && may(&type));
}

/* Before anything was read nothing that it would say is allowed. */
static void
test_unread(void **state)
{
	(void)tear_down(state);
	assert_false(may(&alert) || may(&mail));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_databases, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_option, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_environments, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_zone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_configuration, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unread, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
