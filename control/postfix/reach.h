/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reach - does tdc-milter answer smtpd(8)?
 *
 *	if (reach(&conf, &postfix, &err) == -1)
 *		printf("no copies yet: %s\n", err.text);
 *
 * A connection to the socket as Postfix's mail_owner makes it, and the first
 * packet of the milter protocol (SMFIC_OPTNEG) with its answer.  Root alone can
 * be that user; others ask as who they are.
 */
#ifndef CONTROL_POSTFIX_REACH_H
#define CONTROL_POSTFIX_REACH_H

#include "base/conf/conf.h"
#include "base/err.h"
#include "control/doctor/postfix.h"

/* reach - 0: it answers.  It has five seconds. */
int	reach(const struct conf *, const struct postfix *, struct err *);

#endif
