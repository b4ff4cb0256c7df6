/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_sync - one fsync for all threads that need one, as in a group commit
 *
 *	... give a name in the directory ...
 *	ticket = group_sync_ticket(&group);
 *	... whatever takes its time, such as an fsync of the file ...
 *	group_sync_wait(&group, directory, ticket);
 *
 * A directory in which many threads create names is synced by one of them for
 * all that had their ticket before that sync began: the disk is asked once for
 * a crowd, not once for each, and often enough not at all, since another
 * thread did it meanwhile.  A sync that fails is reported to each thread that
 * had its ticket before it began and no answer before it ended; that may be
 * one too many, never one too few.
 */
#ifndef JOURNAL_GROUP_SYNC_H
#define JOURNAL_GROUP_SYNC_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct group_sync {
	pthread_mutex_t	 lock;
	pthread_cond_t	 done[2];	/* for those that need an even, or an odd
					   sync */
	bool		 running;
	uint64_t	 begun, ended;	/* syncs are counted from 1 */
	uint64_t	 failed;	/* the last that did; 0: none */
	int		 error;		/* errno of that one */
};
#define GROUP_SYNC { .lock = PTHREAD_MUTEX_INITIALIZER, \
    .done = { PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER } }

/* group_sync_ticket - for what has been done by now. */
uint64_t group_sync_ticket(struct group_sync *);

/* group_sync_wait - return when a sync that began after the ticket has ended:
 * 0; -1 and errno.  fd: always the same one. */
int	 group_sync_wait(struct group_sync *, int fd, uint64_t ticket);

#endif
