/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial - one test message to an intake, by the way that every copy goes
 *
 *	const struct trial_order order = { .intake = "journal@a.example",
 *	    .sender = "postmaster@b.example", .verbose = false };
 *
 *	return trial_run(&order, settings);
 *
 * Route, plan, TLS policy, dial, login and SMTP are those of the forwarder; the
 * message is a journal report as report.h composes it, around a message of ours
 * with a field X-TDC-Test.  It lies in memory alone, has MID 0, which is nobody
 * else's, and one attempt.  No counter, no file of the spool, no history and
 * nothing that a running forwarder knows of the intake changes: it can run or
 * not.
 *
 * What happens is printed on standard output, for a program (tdcctl send-test):
 * one JSON object a line for each stage, flushed at once,
 *
 *	{"stage": "connect", "ms": 12, "ok": true, "text": "..."}
 *
 * with the time since the start, and further members by stage; and in the end
 *
 *	{"result": {"delivered": true, "exit": 0, ...}}
 *
 * Texts are printable ASCII, and no secret is in them.  The maillog gets one
 * line.
 */
#ifndef FORWARD_TRIAL_H
#define FORWARD_TRIAL_H

#include <stdbool.h>

#include "base/daemon/daemon.h"
#include "forward/settings.h"

struct trial_order {
	const char	*intake;
	const char	*sender;	/* of the message; NULL: postmaster of
					   helo_name */
	const char	*client;	/* IP address of whom it is said to come
					   from; NULL: this host */
	bool		 verbose;	/* all that is said, too */
};

#define TRIAL_FIELD "X-TDC-Test"

/* Of the options of tdc-forwarder that ask for one. */
#define TRIAL_INTAKE_USAGE "-t TO    send a test message there and leave: " \
    "for tdcctl send-test"
#define TRIAL_SENDER_USAGE "-s FROM  with -t: the sender of that message"
#define TRIAL_CLIENT_USAGE "-i IP    with -t: the client that it came from"

/* trial_run - EX_OK: delivered; EX_TEMPFAIL: a copy would be tried again;
 * EX_UNAVAILABLE: it would be given up.  One thread; questions may be left
 * under way (resolver_under_way()). */
int	trial_run(const struct trial_order *, struct forward_settings *);

/* trial_main - what a program does that was started for a trial, from its
 * configuration to its end: as conf.user, and without anything that a forwarder
 * opens. */
void	trial_main(struct trial_order *, struct daemon *)
	    __attribute__((noreturn));

#endif
