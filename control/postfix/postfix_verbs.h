/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postfix_verbs - what postfix-enable and postfix-disable share
 *
 *	own(job) struct job job = JOB(control);
 *	int result = job_begin(&job, "postfix-enable", argc, argv);
 *
 *	if (result != EX_OK)
 *		return result;
 *	... decide what job.changes shall be ...
 *	result = job_install(&job, verify, &ran);
 *
 * Each function returns an exit code of sysexits(3), and has complained if that
 * is not EX_OK.
 */
#ifndef CONTROL_POSTFIX_POSTFIX_VERBS_H
#define CONTROL_POSTFIX_POSTFIX_VERBS_H

#include <stdbool.h>

#include "control/control.h"
#include "control/postfix/changes.h"
#include "control/postfix/instance.h"
#include "control/postfix/record.h"

struct job {
	struct control	*control;
	bool		 dry;		/* --dry-run */
	const char	*directory;	/* --config-dir; NULL */
	struct instance	 instance;
	struct record	 record;	/* of an earlier call */
	struct changes	 changes;	/* of this one */
};
#define JOB(control_) { .control = (control_), .instance = INSTANCE,	\
	.record = RECORD, .changes = CHANGES }

/* job_begin - the arguments, the right to do it, Postfix, the lock, and the
 * record. */
int	job_begin(struct job *, const char *verb, int argc, char **argv);

/* job_install - put the changes in force: the files, postfix check, what verify
 * finds, and a reload if Postfix runs, which *out_ran tells.  When one of them
 * fails all is undone, and the complaint says so. */
typedef int job_verify(struct job *, struct err *);
int	job_install(struct job *, job_verify *, bool *out_ran);

/* job_load - the configuration, again if it was loaded. */
int	job_load(struct job *);

void	job_end(struct job *);

static inline void
own_job(struct job *job)
{
	job_end(job);
}

#endif
