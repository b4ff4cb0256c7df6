/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * act_private - one action under way, for act.c and act_mailbox.c
 */
#ifndef REMEDIATE_ACT_PRIVATE_H
#define REMEDIATE_ACT_PRIVATE_H

#include "remediate/mailbox/mailbox.h"
#include "remediate/mailbox/profiles.h"
#include "remediate/remediator.h"
#include "remediate/todo.h"

/* The worst that happened somewhere; MAILBOX_DONE: nothing did. */
struct trouble {
	enum mailbox_result worst;
	char		 why[512];
};
#define NO_TROUBLE { .worst = MAILBOX_DONE }

/* trouble_note - remember what happened if it is worse than what did before. */
void	trouble_note(struct trouble *, enum mailbox_result, const char *why);

struct job {
	struct remediator *rem;
	struct todo	*todo;		/* .action.forwarded is kept current */
	char		 batch[64];	/* its name */
	const struct profile *profile;	/* the one that is tried; or NULL */
	const char	*owner;
	unsigned	 found;		/* proved messages that are dealt with,
					   by this profile */
	bool		 moved;		/* some were before */
	struct trouble	 trouble;	/* in this mailbox */
};

static inline bool
job_forwards(const struct job *job)
{
	return job->todo->action.what != CONF_REMEDIATE_DELETE;
}

static inline bool
job_deletes(const struct job *job)
{
	return job->todo->action.what != CONF_REMEDIATE_FORWARD;
}

/* job_mailbox - look for the message in the mailbox of job->owner by
 * job->profile, and deal with it. */
void	job_mailbox(struct job *);

#endif
