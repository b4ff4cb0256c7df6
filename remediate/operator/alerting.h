/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alerting - what alert_command is told by tdc-remediator
 *
 *	alerting_open(&rem);
 *	alerting_polled(&rem, &err);		-- after each poll; NULL: it went well
 *	alerting_refused(&rem, "store", "401");
 *	alerting_close(&rem, 2000);
 *
 * That remediation has stopped is told by pauses.h.  The API is down when its
 * polls have failed for alert_intake_down; that it is up again is told when that
 * it was down was.  What was told is forgotten at a restart.
 */
#ifndef REMEDIATE_OPERATOR_ALERTING_H
#define REMEDIATE_OPERATOR_ALERTING_H

#include "remediate/remediator.h"

/* alerting_open - by the settings of rem; alerting_rules - after a reload.
 * alerting_close - when the last is told, or after so many ms. */
void	alerting_open(struct remediator *);
void	alerting_rules(struct remediator *);
void	alerting_close(struct remediator *, int64_t grace);

void	alerting_polled(struct remediator *, const struct err *);

/* alerting_refused - a mail store refuses the login of a profile. */
void	alerting_refused(const struct remediator *, const char *profile,
	    const char *why);

#endif
