/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps - when there is so much to remediate that it cannot be right
 *
 *	caps_poll(rem);			-- before verdicts are asked for
 *	...
 *	caps_check(rem);		-- after plan_turn()
 *	if (caps_paused(rem))
 *		... nothing is touched ...
 *
 * The likely disaster is a wrong verdict on a newsletter.  More than
 * remediation_max_poll, _hour or _share allow stops everything, also over
 * restarts, with a line, a mail to remediation_notify and alert_command; what is
 * due waits.
 *
 * remediation_max_recipient stops what is for that recipient alone, and what is
 * so stopped does not count for the other caps: who floods one mailbox with bad
 * mail must not keep it in all the others.
 *
 * A person who resumes approves of all that waits, and counting begins again.
 * What is counted is in the state (state_begun.h): what a crash left due and was
 * not looked at yet counts for the poll that follows.
 */
#ifndef REMEDIATE_CAPS_H
#define REMEDIATE_CAPS_H

#include "remediate/remediator.h"

void	caps_poll(struct remediator *);
void	caps_check(struct remediator *);
bool	caps_paused(const struct remediator *);	/* also when nobody can tell */

/* caps_share - how many messages of a day that percentage is, at least 10. */
unsigned caps_share(uint64_t journaled, unsigned percent);

#endif
