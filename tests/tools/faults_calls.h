/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults_calls - the kernel asks about each system call, and some fail
 */
#ifndef TESTS_TOOLS_FAULTS_CALLS_H
#define TESTS_TOOLS_FAULTS_CALLS_H

#include <stdbool.h>

enum { CALLS = 1024 };			/* numbers below that are counted */

/* What fails; so far. */
struct rule {
	bool		 calls[CALLS];	/* which */
	int		 error;
	unsigned long	 skip, left;
	bool		 endless;	/* left does not count */
	unsigned long	 hits;
};
extern struct rule rule;
extern unsigned long made[CALLS];

/* calls_ask - from now on, for this thread and all that it begins; returns the
 * descriptor by which somebody else answers, or -1.  No call comes back before
 * somebody does. */
int	calls_ask(void);

/* calls_heed - the next one. */
void	calls_heed(int listener);

#endif
