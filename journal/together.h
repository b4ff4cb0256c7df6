/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * together - one fsync for all who need one
 *
 *	give a name in the directory
 *	ticket = together_ticket(&together);
 *	... whatever takes its time, such as an fsync of the file ...
 *	together_fsync(&together, directory, ticket);
 *
 * A directory that many threads give names in is synced by one of them for
 * all who had their ticket before that sync began: the disk is asked once for
 * a crowd, not once for each, and often enough not at all, since somebody
 * else did it meanwhile.  When a sync fails, all are told who had their
 * ticket before it began and did not have their answer before it ended; this
 * may be one too many, never one too few.
 */
#ifndef JOURNAL_TOGETHER_H
#define JOURNAL_TOGETHER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct together {
	pthread_mutex_t	 lock;
	pthread_cond_t	 done[2];	/* for those who need an even, or an odd
					   sync */
	bool		 running;
	uint64_t	 begun, ended;	/* syncs are counted from 1 */
	uint64_t	 failed;	/* the last that did; 0: none */
	int		 error;		/* errno of that one */
};
#define TOGETHER { .lock = PTHREAD_MUTEX_INITIALIZER, \
    .done = { PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER } }

/* together_ticket - for what has been done by now. */
uint64_t together_ticket(struct together *);

/* together_fsync - return when a sync that began behind the ticket has ended:
 * 0; -1 and errno.  fd: always the same one. */
int	 together_fsync(struct together *, int fd, uint64_t ticket);

#endif
