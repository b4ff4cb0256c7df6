/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop_rig - turns with a source of verdicts that does what the test wants, another
 * process's state beside ours, and a clock at which nobody waits
 *
 *	there_is();
 *	loop_turn(&loop);
 *	assert_true(is_away());
 *
 * WRAP: clock_now log_write nanosleep profiles_chain state_asked state_see
 */
#ifndef TESTS_LOOP_RIG_H
#define TESTS_LOOP_RIG_H

#include "tests/unit/remediate/remediate_rig.h"

#include <stdatomic.h>

#include "remediate/loop.h"
#include "remediate/state/state_lock.h"
#include "tests/unit/remediate/nobody_waits.h"
#include "tests/unit/remediate/told.h"

#define API	"api_url = https://api.example\n" \
	"api_credentials_file = /none\napi_polling = yes\n"

/* ---- what fails ---- */

static bool asked_fails, see_fails;

int	__real_state_asked(struct state *, const char *, int64_t, struct err *);
int	__wrap_state_asked(struct state *, const char *, int64_t, struct err *);
int
__wrap_state_asked(struct state *state, const char *id, int64_t now,
    struct err *err)
{
	return asked_fails ? err_set(err, ERR_LATER, "the disk is full") :
	    __real_state_asked(state, id, now, err);
}

int	__real_state_see(struct state *, const struct api_message *, int64_t,
	    enum state_news *, struct err *);
int	__wrap_state_see(struct state *, const struct api_message *, int64_t,
	    enum state_news *, struct err *);
int
__wrap_state_see(struct state *state, const struct api_message *message,
    int64_t now, enum state_news *out, struct err *err)
{
	return see_fails ? err_set(err, ERR_LATER, "the disk is full") :
	    __real_state_see(state, message, now, out, err);
}

/* ---- a source ---- */

static unsigned polls, dones, agains, asks, turns_asked;
static bool has_one;			/* a message, at each poll or turn */
static bool is_due, turn_fails;
static enum api_verdict verdict;
static int verdict_result;
static enum err_kind verdict_kind;
static atomic_bool stopped;
static unsigned stops_at;		/* with that question; 0: never */

static inline int
poll_it(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	const struct api_message message = SAYS;

	(void)arg, (void)now, (void)err;
	polls++;
	if (has_one)
		each(each_arg, &message);
	return 0;
}

static inline int
done(void *arg, struct err *err)
{
	(void)arg, (void)err;
	dones++;
	return 0;
}

static inline void
again(void *arg)
{
	(void)arg;
	agains++;
}

static inline int
turn_it(void *arg, api_each *each, void *each_arg, bool *due, struct err *err)
{
	const struct api_message message = SAYS;

	(void)arg;
	turns_asked++;
	if (turn_fails)
		return err_set(err, ERR_LATER, "nobody there");
	if (has_one)
		each(each_arg, &message);
	*due = is_due;
	return 0;
}

static inline int
verdict_now(void *arg, const char *id, enum api_verdict *out, struct err *err)
{
	(void)arg, (void)id;
	if (++asks == stops_at)
		atomic_store(&stopped, true);
	if (verdict_result == -1)
		return err_set(err, verdict_kind, "not that one");
	*out = verdict;
	return 0;
}

static const struct verdict_source plain = { .poll = poll_it, .done = done,
	.verdict_now = verdict_now };
static const struct verdict_source shared = { .poll = poll_it, .done = done,
	.again = again, .turn = turn_it, .verdict_now = verdict_now };

static struct loop loop;
static struct state *other;		/* another process's */

static inline void
begin(const struct verdict_source *source)
{
	loop = (struct loop){ .rem = rem, .source = source };
}

static inline int
set_up(void **state)
{
	own(str) char *path = NULL;
	struct err err;

	rig_up(state);
	rig_conf(API);
	path = mem_format("%s/state.db", rig_dir);
	assert_int_equal(state_open(path, STATE_WRITE, &other, &err), 0);
	memset(told, 0, sizeof(told));
	asked_fails = see_fails = has_one = is_due = turn_fails = false;
	polls = dones = agains = asks = turns_asked = stops_at = 0;
	verdict = API_UNKNOWN;
	verdict_result = 0;
	slept = 0;
	atomic_store(&stopped, false);
	rig_settings.stopped = &stopped;
	begin(&plain);
	return 0;
}

static inline int
tear_down(void **state)
{
	other = state_close(other);
	rem.failures = loop.rem.failures;
	return rig_down(state);
}

/* there_is - a message in bob's mailbox, and its verdict */
static inline void
there_is(void)
{
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	has_one = true;
}

static inline bool
is_away(void)
{
	return !is_there("bob@corp.example/INBOX/1") &&
	    files("store/.quarantine", "") == 1;
}

static inline void
next_turn(void)
{
	rig_now += MINUTE + 1;
	loop_turn(&loop);
}

#endif
