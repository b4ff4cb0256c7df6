/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alert/alert.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alert/alert_call.h"
#include "base/alert/alert_limit.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/start/start.h"
#include "base/thread.h"

enum { LOOK_MS = 10000, STACK = 512 << 10 };

struct alerts {
	const char	*program;
	struct alert_hooks hooks;
	atomic_bool	 wanted;	/* there is a command */
	_Atomic int64_t	 stop_by;	/* 0: not stopping */
	pthread_t	 thread;
	bool		 running;	/* it is there; the owner's */
	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 news;
	char		*command;
	int64_t		 interval;
	int64_t		 next_look;
	struct alert_limit *limit;
};

/* alerts_new - new */
struct alerts *
alerts_new(const char *program, const struct alert_hooks *hooks)
{
	struct alerts *alerts = mem_new(sizeof(*alerts));

	alerts->program = program;
	alerts->hooks = *hooks;
	alerts->command = mem_text("");
	alerts->limit = alert_limit_new();
	pthread_mutex_init(&alerts->lock, NULL);
	clock_cond_init(&alerts->news);
	return alerts;
}

/* ---- the thread ---- */

/* wait_for_news - until something is due; the lock is held */
static void
wait_for_news(struct alerts *alerts)
{
	int64_t when = alerts->wanted ?
	    alert_limit_when(alerts->limit, alerts->interval) : INT64_MAX;
	struct timespec time;

	if (alerts->wanted && alerts->hooks.look != NULL &&
	    alerts->next_look < when)
		when = alerts->next_look;
	if (when == INT64_MAX) {
		pthread_cond_wait(&alerts->news, &alerts->lock);
		return;
	}
	time = clock_timespec(when);
	pthread_cond_timedwait(&alerts->news, &alerts->lock, &time);
}

/* take - one that is due; command is new; false: none is.  The lock is held */
static bool
take(struct alerts *alerts, char **command, struct alert_entry *out)
{
	int64_t now = clock_now();

	if (!alerts->wanted || (alerts->stop_by != 0 &&
	    now >= alerts->stop_by) || !alert_limit_take(alerts->limit,
	    alerts->interval, now, out))
		return false;
	*command = mem_text(alerts->command);
	return true;
}

/* looks - whether it is time to; the lock is held */
static bool
looks(struct alerts *alerts)
{
	int64_t now = clock_now();

	if (alerts->hooks.look == NULL || !alerts->wanted ||
	    alerts->stop_by != 0 || now < alerts->next_look)
		return false;
	alerts->next_look = now + LOOK_MS;
	return true;
}

/* tell - one, and what came of it */
static void
tell(struct alerts *alerts, const char *command,
    const struct alert_entry *entry)
{
	struct alert_end end;

	alert_call(alerts->program, command, entry, &alerts->stop_by, &end);
	alerts->hooks.told(alerts->hooks.arg, alert_names[entry->event], &end);
}

/* run - the thread's life */
static void *
run(void *arg)
{
	struct alerts *alerts = arg;

	pthread_mutex_lock(&alerts->lock);
	for (;;) {
		own(str) char *command = NULL;
		struct alert_entry entry;
		bool taken = take(alerts, &command, &entry);

		if (!taken && alerts->stop_by != 0)
			break;
		if (!taken && !looks(alerts)) {
			wait_for_news(alerts);
			continue;
		}
		pthread_mutex_unlock(&alerts->lock);
		if (taken)
			tell(alerts, command, &entry);
		else
			alerts->hooks.look(alerts->hooks.arg);
		pthread_mutex_lock(&alerts->lock);
	}
	pthread_mutex_unlock(&alerts->lock);
	return NULL;
}

/* ---- everybody else ---- */

/* alerts_rules - and begin, when there is something to do */
int
alerts_rules(struct alerts *alerts, const struct conf *conf, struct err *err)
{
	int error;

	start_look();
	pthread_mutex_lock(&alerts->lock);
	free(alerts->command);
	alerts->command = mem_text(conf->alert_command);
	alerts->interval = conf->alert_interval;
	alerts->wanted = *conf->alert_command != '\0';
	pthread_cond_signal(&alerts->news);
	pthread_mutex_unlock(&alerts->lock);
	if (alerts->running || !alerts->wanted)
		return 0;
	error = thread_start(&alerts->thread, STACK, run, alerts);
	if (error != 0) {
		errno = error;
		return err_sys(err, "alert_command: no thread");
	}
	alerts->running = true;
	return 0;
}

/* alerts_stop - and wait for that */
void
alerts_stop(struct alerts *alerts, int64_t grace)
{
	if (!alerts->running)
		return;
	pthread_mutex_lock(&alerts->lock);
	alerts->stop_by = clock_now() + grace;
	pthread_cond_signal(&alerts->news);
	pthread_mutex_unlock(&alerts->lock);
	pthread_join(alerts->thread, NULL);
	alerts->running = false;
}

/* alerts_free - NULL */
struct alerts *
alerts_free(struct alerts *alerts, int64_t grace)
{
	if (alerts == NULL)
		return NULL;
	alerts_stop(alerts, grace);
	alerts->limit = alert_limit_free(alerts->limit);
	pthread_cond_destroy(&alerts->news);
	pthread_mutex_destroy(&alerts->lock);
	free(alerts->command);
	free(alerts);
	return NULL;
}

/* alert_tell - it is told when its time comes */
void
alert_tell(struct alerts *alerts, const struct alert *alert)
{
	if (alerts == NULL || !alerts->wanted)
		return;
	pthread_mutex_lock(&alerts->lock);
	alert_limit_add(alerts->limit, alert, clock_now());
	pthread_cond_signal(&alerts->news);
	pthread_mutex_unlock(&alerts->lock);
}

/* alert_try - for an operator */
int
alert_try(const char *program, const struct conf *conf,
    struct alert_end *out, struct err *err)
{
	static const struct alert test = { .event = ALERT_TEST,
	    .text = "This is a test of alert_command; nothing has happened." };
	static const _Atomic int64_t never;
	struct alert_entry entry = { 0 };

	if (*conf->alert_command == '\0')
		return err_set(err, ERR_NEVER, "alert_command is not set");
	alert_entry_set(&entry, &test);
	alert_call(program, conf->alert_command, &entry, &never, out);
	return 0;
}
