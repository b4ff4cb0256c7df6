/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * together - one fsync for all who ask while another one runs
 *
 * A directory that many threads give names in is synced by one of them for
 * all who have given theirs before that sync begins: the disk is asked once
 * for a crowd, not once for each.  Whoever asks gets the result of a sync
 * that began after it asked; when that fails, all of the crowd are told.
 */
#ifndef JOURNAL_TOGETHER_H
#define JOURNAL_TOGETHER_H

#include <pthread.h>
#include <stdbool.h>

struct together {
	pthread_mutex_t	 lock;
	pthread_cond_t	 done;
	bool		 running;
	struct waiter	*waiting;	/* for the sync after that */
};
#define TOGETHER { .lock = PTHREAD_MUTEX_INITIALIZER, \
    .done = PTHREAD_COND_INITIALIZER }

int	together_fsync(struct together *, int fd);	/* 0; -1 and errno */

#endif
