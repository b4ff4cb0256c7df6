/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps - when there is so much to remediate that it cannot be right
 *
 *	caps_check(rem);		-- after plan_turn()
 *	if (caps_paused(rem))
 *		... nothing is touched ...
 *	caps_resume(rem, "alice", &err);
 *
 * The likely disaster is a wrong verdict on a newsletter.  More than
 * remediation_max_poll, _hour, _recipient or _share allow stops everything, also
 * over restarts, with a line, and a mail to remediation_notify; what is due
 * waits.  A person who resumes approves of all that waits, and counting begins
 * again.
 */
#ifndef REMEDIATE_CAPS_H
#define REMEDIATE_CAPS_H

#include "remediate/remediator.h"

void	caps_check(struct remediator *);
bool	caps_paused(const struct remediator *);	/* also when nobody can tell */
int	caps_resume(const struct remediator *, const char *by, struct err *);

/* caps_share - how many messages of a day that percentage is, at least 10. */
unsigned caps_share(uint64_t journaled, unsigned percent);

#endif
