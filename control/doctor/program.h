/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program - run one of Postfix's programs, or another of the system's
 *
 *	own(buf) struct buf out = BUF;
 *	const char *argv[] = { "postfix", "check", NULL };
 *
 *	if (program_run(argv, 60, true, &out, &err) == -1)
 *		fprintf(stderr, "%s\n%s", err.text, out.data);
 *
 * It is found by PATH, or in the usual places for root's programs.  It is alone
 * in a process group, gets our environment, and reads /dev/null.  What it leaves
 * running is not waited for.
 */
#ifndef CONTROL_DOCTOR_PROGRAM_H
#define CONTROL_DOCTOR_PROGRAM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* program_run - argv has 16 words at most, then NULL.  What it prints is added
 * to out, with both also what it says on standard error; else that is lost.
 * -1: it is not there, its exit status was not 0, or it was late and was killed;
 * out may have a part then. */
int	program_run(const char *const *argv, int seconds, bool both,
	    struct buf *out, struct err *);

#endif
