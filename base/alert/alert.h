/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alert - run the operator's program when something has happened
 *
 *	struct alerts *alerts = alerts_new("tdc-milter", &hooks);
 *
 *	alerts_rules(alerts, conf, &err);	-- now, and after each reload
 *	alert_tell(alerts, &(struct alert){ .event = ALERT_GIVEN_UP,
 *	    .intake = "intake.example", .mid = 4711, .text = "Expired" });
 *	alerts = alerts_free(alerts, 2000);
 *
 * alert_command is a program and its arguments, which no shell sees.  What
 * happened is in its environment: TDC_EVENT and the rest of tdc.cf(5).
 *
 * Whoever tells of something goes on at once: a thread of the alerts' own, which
 * is not there without a command, runs one program at a time, ends it when it
 * takes too long, and with it all that is left in its process group.
 *
 * Of each event and intake (table, recipient, profile) one in alert_interval is
 * told.  What comes
 * within that is counted, and the last of it is told when the interval is over,
 * with that number: so what is true at last is never kept back for good, and
 * nobody's flood is anybody's flood of mail (alert_limit.h).
 */
#ifndef BASE_ALERT_H
#define BASE_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alert/alert_run.h"
#include "base/conf/conf.h"

enum alert_event {
	ALERT_TEST,
	ALERT_FAILED_OPEN,
	ALERT_FAILED_TEMPFAIL,
	ALERT_SPOOL_LOW,
	ALERT_TABLE_BROKEN,
	ALERT_INTAKE_DOWN,
	ALERT_INTAKE_UP,
	ALERT_GIVEN_UP,
	ALERT_CERTIFICATE_EXPIRES,
	ALERT_REMEDIATION_STOPPED,
	ALERT_PROFILE_REFUSED,
	ALERT_API_DOWN,
	ALERT_API_UP,
	ALERT_EVENTS
};
extern const char *const alert_names[ALERT_EVENTS];

/* What happened; all texts are borrowed, and NULL or 0 where there is none. */
struct alert {
	enum alert_event event;
	const char	*text;		/* a sentence */
	const char	*intake;	/* domain */
	const char	*table;
	const char	*queue_id;
	const char	*recipient;
	const char	*profile;	/* of a mail store */
	uint64_t	 mid;
};

/* By the thread of the alerts. */
struct alert_hooks {
	/* told - what came of one: to be logged */
	void		(*told)(void *arg, const char *event,
			    const struct alert_end *);
	/* look - now and then, while there is a command: has something
	 * happened?  It may wait for a disk; NULL: nothing is looked at */
	void		(*look)(void *arg);
	void		*arg;
};

struct alerts;

/* alerts_new - new; nothing is told before alerts_rules().  program is borrowed.
 * After any fork.
 * alerts_rules - the command and the intervals of a configuration; what waits for
 * its time, and the program that runs, stay as they are.  -1: there is no thread,
 * and the next call tries again. */
struct alerts *alerts_new(const char *program, const struct alert_hooks *);
int	 alerts_rules(struct alerts *, const struct conf *, struct err *);

/* alerts_stop - what is due is told for so many ms more, and whatever runs then
 * is ended.  alerts_free - the same, and NULL; NULL is fine. */
void	 alerts_stop(struct alerts *, int64_t grace);
struct alerts *alerts_free(struct alerts *, int64_t grace);

/* alert_tell - any thread; never waits.  Of NULL, or without a command, nothing
 * comes. */
void	 alert_tell(struct alerts *, const struct alert *);

/* alert_try - run the command of a configuration here and now, whatever the
 * interval: ALERT_TEST, for an operator.  -1: there is none. */
int	 alert_try(const char *program, const struct conf *,
	    struct alert_end *out, struct err *);

#endif
