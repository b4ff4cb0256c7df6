/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/leave.h"

#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon/successor.h"
#include "milter/accept.h"
#include "milter/listener.h"
#include "milter/raise.h"
#include "milter/socket.h"
#include "milter/unserved.h"

enum {
	GRACE_MS = 10000,	/* for messages or sessions, at the end */
	REPLY_US = 50000,	/* for libmilter to write the last replies */
	ALERTS_MS = 2000,	/* for the last alerts */
	SETTLE_MS = 1000,	/* for the counters to reach their file */
	LOOK_US = 5000,		/* between looks at the sessions */
	READY_MS = 20		/* between looks at the new one */
};

static struct service *service;
static const struct daemon *self;
static bool called;		/* a successor, who is not ready yet */
static bool replaced;

/* leave_begin - whose end it will be */
void
leave_begin(struct service *ours, const struct daemon *daemon)
{
	service = ours;
	self = daemon;
}

/* cut_off - those whose end we do not wait for */
static void
cut_off(void)
{
	log_event(cut_off, (unsigned)service->open_messages);
	raise_no_copy(service, "tdc-milter ends with messages under way, "
	    "which get no copy");
}

/*
 * end - libmilter's own stop takes up to five seconds and races with its
 * listener, so we do without.  Sessions may still be alive in libmilter's
 * threads, so nothing that they use is torn down.
 */
static _Noreturn void
end(void)
{
	unsigned sessions = unserved_connections();

	if (service->open_messages > 0)
		cut_off();
	if (sessions > 0)
		log_event(sessions_cut, sessions);
	alerts_stop(service->alerts, ALERTS_MS);
	counters_settle(service->counters, SETTLE_MS);
	usleep(REPLY_US);
	log_event(stopped, self->name);
	log_flush();
	_exit(EX_OK);
}

/* is_busy - with a message; or, where they are waited for, with a session.  A
 * commit that runs counts as a message. */
static bool
is_busy(bool sessions)
{
	return service->open_messages > 0 ||
	    (sessions && unserved_connections() > 0);
}

/* leave_now - no new connection finds the socket, or it waits there */
void
leave_now(void)
{
	bool held = self->given.held;
	int64_t deadline = clock_now() + GRACE_MS;

	daemon_notify("STOPPING=1");
	if (held || replaced)
		accept_close();
	socket_remove();
	while (held && is_busy(true) && clock_now() < deadline)
		usleep(LOOK_US);
	service->stopping = true;
	while (is_busy(false) && clock_now() < deadline)
		usleep(1000);
	end();
}

/* leave_call - unless there was one already */
void
leave_call(void)
{
	struct err err;

	if (called || replaced)
		return;
	if (successor_call(listener_fd(), self->given.held, &err) == -1)
		log_event(not_replaced, err.text);
	else
		called = true;
}

/* give_way - to the new one, which is ready; the socket, and its name, stay */
static void
give_way(void)
{
	pid_t pid;

	accept_close();
	socket_leave();
	pid = successor_yield();
	replaced = true;
	log_event(replaced, (int)pid, unserved_connections());
}

/* leave_look - at the one that was called, or at who is still here */
int
leave_look(int ms)
{
	struct err err;

	if (replaced && !is_busy(true))
		end();
	if (!called)
		return ms;
	switch (successor_look(&err)) {
	case SUCCESSOR_AWAITED:
		return READY_MS < ms ? READY_MS : ms;
	case SUCCESSOR_READY:
		give_way();
		break;
	case SUCCESSOR_FAILED:
		log_event(not_replaced, err.text);
		break;
	}
	called = false;
	return ms;
}
