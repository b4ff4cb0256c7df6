/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "tdc-remediator resume", "once" and "find": what they say, and which failure of the
 * database or of the API comes out
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now log_write nanosleep profiles_chain
 * WRAP: state_noted state_paused state_pauses state_resume
 */
#include "tests/unit/remediate/operator/person_rig.h"

#include <stdio_ext.h>

static const char *fails = "";		/* the call that does */

static bool
now(const char *call, struct err *err)
{
	if (strcmp(call, fails) != 0)
		return false;
	err_set(err, ERR_LATER, "state.db: %s: database is locked", call);
	return true;
}

int	__real_state_noted(struct state *, const char *, char **, struct err *);
int	__wrap_state_noted(struct state *, const char *, char **, struct err *);
int
__wrap_state_noted(struct state *state, const char *name, char **out,
    struct err *err)
{
	return now("noted", err) ? -1 : __real_state_noted(state, name, out,
	    err);
}

int	__real_state_paused(struct state *, const char *, char **, struct err *);
int	__wrap_state_paused(struct state *, const char *, char **, struct err *);
int
__wrap_state_paused(struct state *state, const char *recipient, char **out,
    struct err *err)
{
	return now("paused", err) ? -1 : __real_state_paused(state, recipient,
	    out, err);
}

int	__real_state_pauses(struct state *, state_pause_each *, void *,
	    struct err *);
int	__wrap_state_pauses(struct state *, state_pause_each *, void *,
	    struct err *);
int
__wrap_state_pauses(struct state *state, state_pause_each *each, void *arg,
    struct err *err)
{
	return now("pauses", err) ? -1 : __real_state_pauses(state, each, arg,
	    err);
}

int	__real_state_resume(struct state *, const char *, struct err *);
int	__wrap_state_resume(struct state *, const char *, struct err *);
int
__wrap_state_resume(struct state *state, const char *recipient,
    struct err *err)
{
	return now("resume", err) ? -1 : __real_state_resume(state, recipient,
	    err);
}

static void
stop_all(void)
{
	struct err err;

	assert_int_equal(state_note(rem.state, STATE_NOTE_PAUSE, "too many",
	    &err), 0);
}

static void
stop_one(const char *recipient)
{
	struct err err;

	assert_int_equal(state_pause(rem.state, recipient, "60 in an hour",
	    &err), 0);
}

/* fails_for - all of it stays as it was */
static void
fails_for(const char *what, const char *const *calls)
{
	for (; *calls != NULL; calls++) {
		own(str) char *why = mem_format("state.db: %s: database is "
		    "locked", *calls);
		own(str) char *whole = mem_format("tdc-remediator: %s\n", why);

		fails = *calls;
		assert_int_equal(command("resume", what), EX_TEMPFAIL);
		fails = "";
		assert_string_equal(said_err, whole);
		/* nobody is told that it goes on */
		assert_string_equal(said_out, "");
		assert_int_equal(told[LOG_remediation_resumed] +
		    told[LOG_remediation_recipient_resumed], 0);
		assert_true(caps_paused(&rem));
	}
}

static void
test_all(void **state)
{
	static const char *const calls[] = { "noted", "pauses", "resume",
		NULL };

	(void)state;
	assert_int_equal(command("resume", NULL), EX_OK);
	says("remediation was not stopped\n");
	stop_all();
	stop_one("bob@corp.example");
	fails_for(NULL, calls);
	assert_int_equal(command("resume", NULL), EX_OK);
	says("remediation goes on for bob@corp.example (it had stopped: 60 in "
	    "an hour)\nremediation goes on (it had stopped: too many)\n");
	assert_int_equal(told[LOG_remediation_resumed], 1);
	assert_false(caps_paused(&rem));
	/* for some alone */
	stop_one("bob@corp.example");
	stop_one("ann@corp.example");
	assert_int_equal(command("resume", NULL), EX_OK);
	says("remediation goes on for ann@corp.example (it had stopped: 60 in "
	    "an hour)\nremediation goes on for bob@corp.example (it had "
	    "stopped: 60 in an hour)\n");
	assert_int_equal(command("resume", NULL), EX_OK);
	says("remediation was not stopped\n");
}

static void
test_one(void **state)
{
	static const char *const calls[] = { "paused", "resume", NULL };

	(void)state;
	stop_all();
	stop_one("bob@corp.example");
	fails_for("bob@corp.example", calls);
	assert_int_equal(command("resume", "ann@corp.example"), EX_DATAERR);
	complains("resume: remediation was not stopped for 'ann@corp.example'");
	assert_int_equal(command("resume", "bob@corp.example"), EX_OK);
	says("remediation goes on for bob@corp.example (it had stopped: 60 in "
	    "an hour)\nall remediation is still stopped: tdc-remediator "
	    "resume\n");
	assert_int_equal(told[LOG_remediation_recipient_resumed], 1);
	assert_int_equal(told[LOG_remediation_resumed], 0);
	assert_true(caps_paused(&rem));
	/* and when nothing else is */
	assert_int_equal(command("resume", NULL), EX_OK);
	stop_one("bob@corp.example");
	assert_int_equal(command("resume", "bob@corp.example"), EX_OK);
	says("remediation goes on for bob@corp.example (it had stopped: 60 in "
	    "an hour)\n");
}

/* ---- an API ---- */

static int result;
static enum err_kind kind;
static int sys;
static struct api_window window;

static int
poll_it(void *arg, int64_t at, api_each *each, void *each_arg,
    struct err *err)
{
	(void)arg, (void)at, (void)each, (void)each_arg;
	if (result == -1) {
		err_set(err, kind, "the API says no");
		err->sys = sys;
	}
	return result;
}

static int
done(void *arg, struct err *err)
{
	(void)arg, (void)err;
	return 0;
}

static const char *const odd[] = { "a\"b@corp.example", "\xff@corp.example" };

static int
search(void *arg, const struct api_window *wanted, api_each *each,
    void *each_arg, struct err *err)
{
	struct api_message message = SAYS;

	(void)arg;
	window = *wanted;
	if (result == -1)
		return err_set(err, kind, "the API says no");
	each(each_arg, &message);
	message.id = "id-2";
	message.subject = "\x1b[2J\n";
	message.mailboxes = odd;
	message.mailbox_count = 2;
	each(each_arg, &message);
	message.message_id = "<2@x.example>";	/* not that one */
	each(each_arg, &message);
	return 0;
}

static const struct verdict_source source = { .poll = poll_it, .done = done,
	.search = search };

static void
test_once(void **state)
{
	(void)state;
	asked = &source;
	result = 0;
	rig_conf("api_url = https://api.example\napi_credentials_file = /none\n"
	    "api_polling = yes\n");
	assert_int_equal(command("once", NULL), EX_OK);
	says("");
	result = -1;
	kind = ERR_LATER;
	assert_int_equal(command("once", NULL), EX_TEMPFAIL);
	complains("the API says no");
	/* who may not read something gets other rights, or asks somebody who has */
	sys = EACCES;
	assert_int_equal(command("once", NULL), EX_NOPERM);
	sys = EPERM;
	assert_int_equal(command("once", NULL), EX_NOPERM);
	sys = 0;
	kind = ERR_NEVER;
	assert_int_equal(command("once", NULL), EX_CONFIG);
	result = 0;
	asked = NULL;
	assert_int_equal(command("once", NULL), EX_CONFIG);
	assert_non_null(strstr(said_err, "verdicts are not asked for: "));
}

#define ID "<1@x.example>"
#define LINE(id, subject, mailboxes) "{\"id\": \"" id "\", \"message_id\": \"" \
	ID "\", \"timestamp\": 1700000000000, \"verdict\": \"phishing\", " \
	"\"direction\": \"incoming\", \"sender\": \"a@x.example\", " \
	"\"subject\": \"" subject "\", \"client\": \"192.0.2.1\", " \
	"\"header\": \"\", \"mailboxes\": [" mailboxes "]}\n"

static int
find(const char *minutes)
{
	char *argv[] = { (char *)"find", (char *)ID, (char *)minutes, NULL };

	return run(minutes != NULL ? 3 : 2, argv);
}

/* find_into_full - what it finds does not fit on the disk */
static int
find_into_full(void)
{
	char *argv[] = { (char *)"find", (char *)ID, NULL };
	struct loop loop = { .rem = rem, .source = asked };
	int full = open("/dev/full", O_WRONLY), code;

	assert_true(full != -1);
	said_begin(rig_dir);
	dup2(full, STDOUT_FILENO);
	code = commands_search(&loop, 2, argv);
	__fpurge(stdout);
	clearerr(stdout);
	said_end();
	close(full);
	return code;
}

static void
test_find(void **state)
{
	static const char *const bad[] = { "0", "44641", "x", "-1", "" };

	(void)state;
	result = 0;
	assert_int_equal(find(NULL), EX_CONFIG);
	complains("find: there is no API (api_region, api_url, "
	    "api_credentials_file)");
	asked = &source;
	assert_int_equal(find(NULL), EX_OK);
	says(LINE("id-1", "bad", "\"bob@corp.example\"")
	    LINE("id-2", "\\u001B[2J\\n", "\"a\\\"b@corp.example\", "
	    "\"\\\\xff@corp.example\""));
	assert_true(window.to == rig_now && window.from == rig_now - HOUR);
	assert_int_equal(find("44640"), EX_OK);
	assert_true(window.from == rig_now - 31 * 24 * HOUR);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(find(bad[i]), EX_USAGE);
		complains("find: MINUTES is a number from 1 to 44640");
	}
	assert_int_equal(find_into_full(), EX_IOERR);
	result = -1;
	kind = ERR_LATER;
	assert_int_equal(find("5"), EX_TEMPFAIL);
	complains("find: the API says no");
	kind = ERR_NEVER;
	assert_int_equal(find("5"), EX_CONFIG);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_all), TEST(test_one), TEST(test_once),
		TEST(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
