/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cannot be noted is not done, nor told, and comes again
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain state_step state_note state_forwarded state_retry
 * WRAP: state_see state_begun state_noted
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/loop.h"

static const struct mail plain = { .queue_id = "4Q1" };

static bool full;		/* the disk */
static bool busy;		/* the database */
static bool once;		/* it is, for the next note that is read */

static int
refuse(const char *why, struct err *err)
{
	return err_set(err, ERR_LATER, "%s", why);
}

#define ON_DISK(name, parameters, arguments) \
	int __real_##name parameters; \
	int __wrap_##name parameters; \
	int \
	__wrap_##name parameters \
	{ \
		return full ? refuse("disk is full", err) : \
		    __real_##name arguments; \
	}
ON_DISK(state_step, (struct state *s, const struct state_event *e,
    struct err *err), (s, e, err))
ON_DISK(state_note, (struct state *s, const char *name, const char *text,
    struct err *err), (s, name, text, err))
ON_DISK(state_forwarded, (struct state *s, const char *message, int64_t now,
    struct err *err), (s, message, now, err))
ON_DISK(state_retry, (struct state *s, const struct state_delay *d,
    struct err *err), (s, d, err))
ON_DISK(state_see, (struct state *s, const struct api_message *m, int64_t now,
    enum state_news *news, struct err *err), (s, m, now, news, err))

int	__real_state_begun(struct state *, const struct state_begun *,
	    unsigned *, struct err *);
int	__wrap_state_begun(struct state *, const struct state_begun *,
	    unsigned *, struct err *);
int
__wrap_state_begun(struct state *s, const struct state_begun *begun,
    unsigned *out, struct err *err)
{
	return busy ? refuse("database is locked", err) :
	    __real_state_begun(s, begun, out, err);
}

int	__real_state_noted(struct state *, const char *, char **,
	    struct err *);
int	__wrap_state_noted(struct state *, const char *, char **,
	    struct err *);
int
__wrap_state_noted(struct state *s, const char *name, char **out,
    struct err *err)
{
	bool now = once;

	once = false;
	return now ? refuse("database is locked", err) :
	    __real_state_noted(s, name, out, err);
}

static int
set_up(void **state)
{
	full = busy = once = false;
	return rig_up(state);
}

/* plan - a message that is due */
static void
plan(void)
{
	const struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	plan_see(&rem, &message);
	rem_turn_begin(&rem);
	plan_turn(&rem);
}

/* ---- acting ---- */

static void
test_forward(void **state)
{
	(void)state;
	rig_settings.conf.remediation_action = CONF_REMEDIATE_FORWARD;
	plan();
	full = true;
	for (int i = 0; i < 3; i++)
		act_turn(&rem);
	assert_int_equal(files("", "mail."), 0);
	full = false;
	act_turn(&rem);
	assert_int_equal(files("", "mail."), 1);
	expect(NULL, STATE_DONE, "");
}

static void
test_failure(void **state)
{
	(void)state;
	rig_conf("remediation_notify = admin@corp.example\n");
	rig_domains("nothing");
	plan();
	full = true;
	for (int i = 0; i < 3; i++)
		turn();
	assert_int_equal(files("", "mail."), 0);
	full = false;
	turn();
	assert_int_equal(files("", "mail."), 1);
	expect(NULL, STATE_FAILED, "No profiles mapped for domain");
}

/* ---- caps ---- */

static void
test_pause(void **state)
{
	(void)state;
	rig_settings.conf.remediation_max_hour = 0;
	rig_settings.conf.remediation_action = CONF_REMEDIATE_DELETE;
	plan();
	full = true;
	caps_check(&rem);
	act_turn(&rem);
	assert_int_equal(store_opens, 0);
	full = false;
	turn();
	assert_true(caps_paused(&rem));
	assert_int_equal(store_opens, 0);
}

static void
test_busy(void **state)
{
	(void)state;
	busy = true;
	plan();
	turn();
	assert_int_equal(store_opens, 0);
	busy = false;
	assert_false(caps_paused(&rem));	/* that calls no person */
	turn();
	expect(NULL, STATE_DONE, "");
}

/* that a pause cannot be read for a moment is no reason not to count */
static void
test_busy_once(void **state)
{
	(void)state;
	rig_settings.conf.remediation_max_hour = 0;
	plan();
	once = true;
	caps_check(&rem);
	assert_false(once);
	act_turn(&rem);
	assert_int_equal(store_opens, 0);
	assert_int_equal(files("", "mail."), 0);
	turn();
	assert_true(caps_paused(&rem));
	assert_int_equal(store_opens, 0);
}

/* ---- polling ---- */

static unsigned polls, dones, agains, asked[2];

static int
poll_one(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	const struct api_message message = SAYS;

	(void)arg, (void)now, (void)err;
	polls++;
	each(each_arg, &message);
	return 0;
}

static int
done(void *arg, struct err *err)
{
	(void)arg, (void)err;
	dones++;
	return 0;
}

static void
again(void *arg)
{
	(void)arg;
	agains++;
}

/* verdict_now - the service does not want to hear of the first */
static int
verdict_now(void *arg, const char *id, enum api_verdict *out, struct err *err)
{
	bool first = strcmp(id, "id-1") == 0;

	(void)arg;
	asked[first ? 0 : 1]++;
	*out = API_PHISHING;
	return first ? err_set(err, ERR_NEVER, "status 400") : 0;
}

static const struct verdict_source source = { .poll = poll_one, .done = done,
	.again = again, .verdict_now = verdict_now };

static struct loop
begin(void)
{
	polls = dones = agains = asked[0] = asked[1] = 0;
	rig_conf("api_url = https://api.example\n"
	    "api_credentials_file = /none\napi_polling = yes\n");
	return (struct loop){ .rem = rem, .source = &source };
}

static void
test_poll(void **state)
{
	struct loop loop = begin();

	(void)state;
	full = true;
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	assert_int_equal(dones, 0);
	assert_int_equal(agains, 1);
	full = false;
	rig_now += MINUTE;		/* soon */
	loop_turn(&loop);
	assert_int_equal(polls, 2);
	assert_int_equal(dones, 1);
	assert_int_equal(agains, 1);
}

static void
test_clock_goes_back(void **state)
{
	struct loop loop = begin();

	(void)state;
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	rig_now -= 12 * HOUR;
	loop_turn(&loop);
	assert_int_equal(polls, 2);
	loop_turn(&loop);
	assert_int_equal(polls, 2);
}

static void
test_refused_verdict(void **state)
{
	struct api_message message = SAYS;
	struct loop loop = begin();

	(void)state;
	plan();
	message.id = "id-2";
	message.message_id = "<2@x.example>";
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2",
	    .id = "<2@x.example>" });
	say(&message);
	rig_now += 25 * HOUR;
	loop.next_poll = rig_now + MINUTE;
	loop_turn(&loop);
	assert_int_equal(asked[0], 1);
	rig_now += HOUR;
	loop.next_poll = rig_now + MINUTE;
	loop_turn(&loop);
	assert_int_equal(asked[0], 1);
	assert_int_equal(asked[1], 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_forward), TEST(test_failure), TEST(test_pause),
		TEST(test_busy), TEST(test_busy_once), TEST(test_poll), TEST(test_clock_goes_back),
		TEST(test_refused_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
