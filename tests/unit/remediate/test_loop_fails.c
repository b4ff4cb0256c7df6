/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that the database is asked fails, one after the other, while verdicts
 * are asked for or a person wants something: no verdict is passed over, and what
 * the person is told is so
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain sqlite3_errcode sqlite3_errmsg sqlite3_exec
 * WRAP: sqlite3_open_v2 sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "tests/unit/remediate/fails_rig.h"

#include <stdatomic.h>
#include <sysexits.h>

#include "remediate/loop.h"
#include "remediate/operator/request.h"
#include "tests/unit/nth_sqlite.h"

#define API	"api_url = https://api.example\n" \
	"api_credentials_file = /none\napi_polling = yes\n"

/* ---- a service that tells each message until it is kept ---- */

static bool kept;		/* the service need not tell it again */
static unsigned agains;

static int
poll_it(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	const struct api_message message = SAYS;

	(void)arg, (void)now, (void)err;
	if (!kept)
		each(each_arg, &message);
	return 0;
}

static int
done(void *arg, struct err *err)
{
	(void)arg, (void)err;
	kept = true;
	return 0;
}

static void
again(void *arg)
{
	(void)arg;
	agains++;
}

static int
harmless_now(void *arg, const char *id, enum api_verdict *out,
    struct err *err)
{
	(void)arg, (void)err;
	MUST(strcmp(id, "id-1") == 0);
	*out = API_NEUTRAL;
	return 0;
}

static const struct verdict_source source = { .poll = poll_it, .done = done,
	.again = again, .verdict_now = harmless_now };

static struct loop
loop_of(void)
{
	return (struct loop){ .rem = rem, .source = &source,
		.person = "alice" };
}

static void
turn_loop(struct loop *loop, unsigned count)
{
	struct err err;

	(void)state_resume(rem.state, NULL, &err);
	while (count-- > 0) {
		rig_now += 20 * MINUTE;
		loop_turn(loop);
	}
}

/* is_settled - what the service says no more has been noted, and is done */
static void
is_settled(void)
{
	struct loop loop = loop_of();

	turn_loop(&loop, 4);
	MUST(kept);
	must_be(STATE_DONE, "");
	MUST(!at_inbox() && away() == 1);
	MUST(told[LOG_remediation_done] == 1);
}

static void
to_poll(void)
{
	rig_conf(API);
	there_is_one();
}

static void
poll_turn(void)
{
	struct loop loop = loop_of();

	loop_turn(&loop);
	MUST(kept || agains == 1 || loop.failed || loop.next_poll == 0);
	rig_now += 2 * MINUTE;
	loop_turn(&loop);
}

static void
poll_now(void)
{
	struct loop loop = loop_of();
	struct err err = { .text = "" };
	int result = loop_once(&loop, &err);

	MUST(result == (*err.text != '\0' ? -1 : 0));
	MUST(result == -1 || kept);
}

static void
poll_beside(void)
{
	rig_conf(API "remediation_restore = yes\n");
	kept = true;
	moved_away();
	rig_now += 25 * HOUR;
}

static void
check_turn(void)
{
	struct loop loop = loop_of();

	loop_turn(&loop);
}

static void
is_back_in_the_end(void)
{
	struct loop loop = loop_of();

	turn_loop(&loop, 6);
	must_be(STATE_RESTORED, UNDO_WITHDRAWN);
	MUST(at_inbox() && away() == 0);
}

/* ---- a person ---- */

static int code;		/* how the command ended */

static void
only_reported(void)
{
	there_is_one();
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
	hear_of_it();
	turn();
	must_be(STATE_REPORTED, "");
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_ACT;
}

static int
command(const char *option)
{
	char *argv[] = { (char *)"remediate", (char *)"id-1", (char *)option,
		NULL };
	int null = open("/dev/null", O_WRONLY);
	int out = dup(STDOUT_FILENO), said = dup(STDERR_FILENO), result;
	struct loop loop = loop_of();

	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	result = request_run(&loop, option == NULL ? 2 : 3, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	close(null);
	close(out);
	close(said);
	return result;
}

static void
ask_for_it(void)
{
	code = command(NULL);
}

static void
show_it(void)
{
	code = command("-n");
}

/* is_as_asked - done if the person was told so; if not it can be asked for */
static void
is_as_asked(void)
{
	MUST(code == EX_OK || code == EX_TEMPFAIL);
	if (code == EX_OK)
		must_be(STATE_DONE, "");
	turns();
	if (step_now() == STATE_REPORTED)
		MUST(at_inbox() && command(NULL) == EX_OK);
	must_be(STATE_DONE, "");
	MUST(!at_inbox() && away() == 1 && told[LOG_remediation_done] == 1);
}

static void
is_only_shown(void)
{
	MUST(code == (nth->name[0] == '\0' ? EX_OK : EX_TEMPFAIL));
	must_be(STATE_REPORTED, "");
	MUST(at_inbox() && away() == 0);
}

static void
has_stopped(void)
{
	struct err err;

	there_is_one();
	hear_of_it();
	assert_int_equal(pauses_all(&rem, "too many", &err), 0);
	assert_int_equal(state_pause(rem.state, "bob@corp.example", "many",
	    &err), 0);
	turn();
	MUST(at_inbox());
}

static void
resume(void)
{
	struct err err = { .text = "" };

	code = pauses_resume(&rem, "alice", NULL, &err);
	MUST((code == -1) == (*err.text != '\0'));
	MUST(told[LOG_remediation_resumed] == (code == 0));
}

/* is_resumed - all of it, or nothing */
static void
is_resumed(void)
{
	own(str) char *why = NULL;
	struct err err;

	MUST(caps_paused(&rem) == (code == -1));
	MUST(state_paused(rem.state, "bob@corp.example", &why, &err) == 0);
	MUST((*why != '\0') == (code == -1));
	turn();
	MUST(at_inbox() == (code == -1));
}

static void
remind_of_it(void)
{
	pauses_remind(&rem);
}

/* is_reminded - or there is a line that says why not */
static void
is_reminded(void)
{
	MUST(told[LOG_remediation_paused] + told[LOG_remediation_trouble] == 1);
	MUST(caps_paused(&rem) && at_inbox());
}

static const struct scenario {
	const char	*name;
	void		(*prepare)(void);
	void		(*act)(void);
	void		(*check)(void);
} scenarios[] = {
	{ "poll", to_poll, poll_turn, is_settled },
	{ "poll once", to_poll, poll_now, is_settled },
	{ "look again", poll_beside, check_turn, is_back_in_the_end },
	{ "ask for it", only_reported, ask_for_it, is_as_asked },
	{ "show it", only_reported, show_it, is_only_shown },
	{ "resume", has_stopped, resume, is_resumed },
	{ "remind", has_stopped, remind_of_it, is_reminded },
};

static bool
try(const struct scenario *scenario, unsigned at)
{
	assert_true(nth_only(at, SQLITE_BUSY));
	rig_up(NULL);
	kept = false;
	agains = 0;
	snprintf(about, sizeof(about), "%s, call %u", scenario->name, at);
	scenario->prepare();
	memset(told, 0, sizeof(told));
	nth_arm();
	scenario->act();
	nth_disarm();
	nth_sqlite_failed = false;
	scenario->check();
	rig_down(NULL);
	return nth->name[0] != '\0';
}

static void
test_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		unsigned at = 1;

		while (try(&scenarios[i], at))
			at++;
		assert_in_range(at, 3, 1000);
	}
}

/* what is not understood, may not be, or comes when we stop touches nothing */
static void
test_not_done(void **state)
{
	static const atomic_bool stopped = true;

	(void)state;
	rig_up(NULL);
	snprintf(about, sizeof(about), "not done");
	only_reported();
	assert_int_equal(command("-x"), EX_USAGE);
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
	assert_int_equal(command(NULL), EX_CONFIG);
	must_be(STATE_REPORTED, "");
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_ACT;
	rig_settings.stopped = &stopped;
	assert_int_equal(command(NULL), EX_TEMPFAIL);
	MUST(step_now() == STATE_DUE && at_inbox() && away() == 0);
	/* it was asked for all the same, and is done when we run again */
	rig_settings.stopped = NULL;
	turn();
	must_be(STATE_DONE, "");
	/* once is enough */
	assert_int_equal(command("-n"), EX_OK);
	assert_int_equal(command(NULL), EX_OK);
	MUST(away() == 1 && told[LOG_remediation_done] == 1);
	rig_down(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_done), cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
