/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * resolver_private - the context, and the questions that are under way in it
 */
#ifndef FORWARD_RESOLVER_PRIVATE_H
#define FORWARD_RESOLVER_PRIVATE_H

#include <pthread.h>

#include "forward/resolver.h"

struct resolver {
	struct ub_ctx	*context;
	pthread_t	 thread;	/* hands out answers */
	int		 wake_fd;	/* to end it; -1: not started */
	pthread_mutex_t	 lock;		/* of what follows, and of questions */
	bool		 stopped;
	struct question	*open;		/* those without an answer */
};

/* resolver_forget - all open questions, when neither the library knows of them
 * any more nor anybody waits. */
void	resolver_forget(struct resolver *);

/* resolver_start - the thread, unless it runs; the lock is held.  false: there
 * can be none now. */
bool	resolver_start(struct resolver *);

#endif
