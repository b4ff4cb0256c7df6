/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pauses - what has stopped, who is told of it, and who lets it go on
 *
 *	if (pauses_all(rem, "600 remediations in an hour", &err) == -1)
 *		... err: it is not kept, so whoever acts must not ...
 *	pauses_resume(rem, "alice", NULL, &err);
 *
 * caps.h says when.  A pause stands in the state until a person resumes; it has
 * a line, a mail to remediation_notify, and alert_command.
 */
#ifndef REMEDIATE_OPERATOR_PAUSES_H
#define REMEDIATE_OPERATOR_PAUSES_H

#include "remediate/remediator.h"
#include "remediate/state/state_begun.h"

/* pauses_all - stop everything. */
int	pauses_all(const struct remediator *, const char *why, struct err *);

/* pauses_find - stop what is for the recipients who have more than
 * remediation_max_recipient of that hour; -1: it is not known who, or not kept. */
int	pauses_find(const struct remediator *, const struct state_begun *hour,
	    struct err *);

/* pauses_resume - everything, or (not NULL) one recipient. */
int	pauses_resume(const struct remediator *, const char *by,
	    const char *recipient, struct err *);

/* pauses_remind - at a start: tell of what stands still since an earlier one,
 * but by no mail. */
void	pauses_remind(struct remediator *);

#endif
