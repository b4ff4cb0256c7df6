/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What alert_command and the log are told of the API, of logins and of a stop; and a
 * stop that no mail can tell of
 *
 * NEEDS: REMEDIATION
 * WRAP: alert_tell alerts_free alerts_new alerts_rules clock_now log_write
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/operator/alerting.h"
#include "tests/unit/remediate/told.h"

static int64_t now;
static struct alert_hooks hooks;
static bool no_thread;
static int64_t grace;

/* what alert_command was to tell */
static unsigned alerts;
static enum alert_event event;
static char text[400], profile[40], recipient[40];

int64_t	__wrap_clock_now(void);
int64_t	__real_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	return now != 0 ? now : __real_clock_now();
}

static char it;				/* stands for alerts */

struct alerts *__wrap_alerts_new(const char *, const struct alert_hooks *);
struct alerts *
__wrap_alerts_new(const char *program, const struct alert_hooks *given)
{
	assert_string_equal(program, "tdc-remediator");
	hooks = *given;
	return (struct alerts *)&it;
}

int	__wrap_alerts_rules(struct alerts *, const struct conf *, struct err *);
int
__wrap_alerts_rules(struct alerts *of, const struct conf *conf,
    struct err *err)
{
	assert_ptr_equal(of, &it);
	assert_ptr_equal(conf, &rig_settings.conf);
	return no_thread ? err_set(err, ERR_LATER, "no thread") : 0;
}

struct alerts *__wrap_alerts_free(struct alerts *, int64_t);
struct alerts *
__wrap_alerts_free(struct alerts *of, int64_t ms)
{
	assert_ptr_equal(of, &it);
	grace = ms;
	return NULL;
}

static void
keep(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from != NULL ? from : "");
}

void	__wrap_alert_tell(struct alerts *, const struct alert *);
void
__wrap_alert_tell(struct alerts *of, const struct alert *alert)
{
	assert_ptr_equal(of, &it);
	alerts++;
	event = alert->event;
	keep(text, sizeof(text), alert->text);
	keep(profile, sizeof(profile), alert->profile);
	keep(recipient, sizeof(recipient), alert->recipient);
}

static int
set_up(void **state)
{
	rig_up(state);
	memset(told, 0, sizeof(told));
	alerts = 0;
	now = 0;
	no_thread = false;
	alerting_open(&rem);
	return 0;
}

static int
tear_down(void **state)
{
	now = 0;
	alerting_close(&rem, 1234);
	assert_null(rem.alerts);
	assert_int_equal(grace, 1234);
	return rig_down(state);
}

/* what came of the program has a line, of its own when it did not go well */
static void
test_told(void **state)
{
	struct alert_end end = { .how = ALERT_ENDED, .status = 0 };

	(void)state;
	hooks.told(hooks.arg, "api-down", &end);
	assert_true(told[LOG_alerted] == 1 && told[LOG_alert_failed] == 0);
	end.how = ALERT_LATE;
	hooks.told(hooks.arg, "api-down", &end);
	assert_true(told[LOG_alerted] == 1 && told[LOG_alert_failed] == 1);
	/* and so has a command that cannot be executed at all */
	no_thread = true;
	alerting_rules(&rem);
	assert_int_equal(told[LOG_alert_failed], 2);
	no_thread = false;
	alerting_rules(&rem);
	assert_int_equal(told[LOG_alert_failed], 2);
}

static void
polled(int64_t at, bool well)
{
	struct err err;

	(void)err_set(&err, ERR_LATER, "no\tanswer");
	now = at;
	alerting_polled(&rem, well ? NULL : &err);
}

/* it is down when it has been so for alert_intake_down, and that is told once; that
 * it is up, only who was told that it was down */
static void
test_down(void **state)
{
	(void)state;
	rig_settings.conf.alert_intake_down = 5 * MINUTE;
	polled(1000, false);
	polled(1000 + 5 * MINUTE - 1, false);
	assert_int_equal(alerts, 0);
	polled(1000 + 5 * MINUTE, true);
	assert_int_equal(alerts, 0);
	polled(2000 + 5 * MINUTE, false);
	polled(2000 + 10 * MINUTE, false);
	assert_int_equal(alerts, 1);
	assert_int_equal(event, ALERT_API_DOWN);
	assert_string_equal(text, "the API tells no verdicts since 300 s: "
	    "no\\x09answer");
	polled(2000 + 20 * MINUTE, false);
	assert_int_equal(alerts, 1);
	polled(2000 + 21 * MINUTE, true);
	assert_int_equal(alerts, 2);
	assert_int_equal(event, ALERT_API_UP);
	polled(2000 + 22 * MINUTE, true);
	assert_int_equal(alerts, 2);
	/* and the next time is counted from its own beginning */
	polled(2000 + 23 * MINUTE, false);
	assert_int_equal(alerts, 2);
}

static void
test_refused(void **state)
{
	(void)state;
	alerting_refused(&rem, "store", "login\nrefused");
	assert_int_equal(event, ALERT_PROFILE_REFUSED);
	assert_string_equal(profile, "store");
	assert_string_equal(text, "profile store rests for 15 minutes, since its "
	    "mail server refuses the login: login\\x0arefused");
}

/* a stop is one, and told, although sendmail does not take the mail about it */
static void
test_stop_without_mail(void **state)
{
	struct err err;

	(void)state;
	rig_conf("remediation_notify = ops@corp.example\n");
	free(scratch_file(rig_dir, "refuse", ""));
	assert_int_equal(pauses_all(&rem, "too\tmany", &err), 0);
	assert_int_equal(told[LOG_remediation_paused], 1);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(event, ALERT_REMEDIATION_STOPPED);
	assert_string_equal(text, "all remediation has stopped: too\tmany");
	assert_true(caps_paused(&rem));
	/* at the next start people are reminded, of each */
	assert_int_equal(state_pause(rem.state, "bob@corp.example", "many",
	    &err), 0);
	alerts = 0;
	pauses_remind(&rem);
	assert_int_equal(alerts, 2);
	assert_int_equal(told[LOG_remediation_paused], 2);
	assert_int_equal(told[LOG_remediation_recipient_paused], 1);
	/* nothing stands still: nothing is said */
	assert_int_equal(state_resume(rem.state, NULL, &err), 0);
	alerts = 0;
	pauses_remind(&rem);
	assert_int_equal(alerts, 0);
	assert_int_equal(told[LOG_remediation_trouble], 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_told), TEST(test_down), TEST(test_refused),
		TEST(test_stop_without_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
