/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alert_run - run a program, with a limit to all that it may do to us
 *
 *	struct alert_end end;
 *
 *	alert_run(argv, environment, &deadline, &end);
 *	puts(alert_end_text(&end, text));
 *
 * It gets /dev/null to read, nothing else that we have open, all signals as they
 * are at first, and a process group of its own.  What it writes, to either, is
 * read: the first ALERT_SAID octets are kept, so it never waits for us for long.
 * When it has ended, or its time is over, what is left of its group is killed.
 */
#ifndef BASE_ALERT_RUN_H
#define BASE_ALERT_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { ALERT_SAID = 400, ALERT_TIME = 30000 /* ms */ };

struct alert_end {
	enum { ALERT_NOT_RUN, ALERT_LATE, ALERT_ENDED } how;
	int		 error;		/* of NOT_RUN: an errno */
	int		 status;	/* of ENDED, as waitpid(2) has it */
	char		 said[ALERT_SAID];	/* as it is */
};

/* alert_run - until it has ended, or ALERT_TIME is over, or clock_now() is beyond
 * *deadline, which another thread may bring forward; 0: there is none.  argv[0] is
 * a path. */
void	alert_run(char *const argv[], char *const environment[],
	    const _Atomic int64_t *deadline, struct alert_end *out);

/* alert_end_well - it ended with status 0.
 * alert_end_text - what became of it, and what it said, as one line for people;
 * returns out. */
enum { ALERT_END_TEXT = 700 };
bool	alert_end_well(const struct alert_end *);
const char *alert_end_text(const struct alert_end *, char out[ALERT_END_TEXT]);

#endif
