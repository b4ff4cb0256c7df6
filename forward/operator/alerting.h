/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alerting - what alert_command is told by the forwarder
 *
 *	alerting_open(forwarder);		-- with the scheduler
 *	alerting_look(forwarder);		-- now and then
 *	alerting_given_up(forwarder, &end, "Connection refused");
 *	alerting_close(forwarder);
 *
 * An intake is down when tdcctl shows it so; it is told of when that has lasted
 * for alert_intake_down, unless an operator has suspended it; and that it is up
 * again, when it was told that it was down.  What was told is forgotten at a
 * restart.
 */
#ifndef FORWARD_ALERTING_H
#define FORWARD_ALERTING_H

#include "forward/ending.h"
#include "forward/forwarder.h"

/* The scheduler's, but for alerting_given_up(): any thread.
 * alerting_rules - after a reload. */
void	alerting_open(struct forwarder *);
void	alerting_rules(struct forwarder *);
void	alerting_look(struct forwarder *);
void	alerting_close(struct forwarder *);
void	alerting_given_up(struct forwarder *, const struct end *,
	    const char *reply);

#endif
