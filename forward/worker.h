/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker - one connection, from the first look-up to the last line
 *
 * A thread.  The lead of a site opens its connection on behalf of a copy, and
 * writes what happens; others open theirs silently, and are told of in the
 * log when they are ready.  Then they take copies until there are none, the
 * connection is used up, or it breaks.
 *
 * A copy that meets a connection which the intake closed while it rested was
 * not tried: it goes back and gets another one, once.
 */
#ifndef FORWARD_WORKER_H
#define FORWARD_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "forward/forwarder.h"
#include "forward/smtp.h"

struct worker {
	struct forwarder *forwarder;
	struct setup	*setup;		/* held */
	struct site	*site;
	bool		 lead;
	struct item	*item;		/* under way */
	uint64_t	 dcid;		/* 0: no connection yet */
	struct smtp	 smtp;
	bool		 logged;	/* that it is open */
	bool		 ready;
	bool		 fresh;		/* has neither rested nor sent */
	bool		 good;		/* the site answered a letter */
	bool		 trouble;	/* the site is to blame for the end */
	bool		 refused;	/* it said 421 */
	unsigned	 letters;
	/* the forwarder's */
	pthread_t	 thread;
	pthread_cond_t	 work;
	bool		 resting;
	bool		 left;
	struct worker	*next;
};

void	*worker_main(void *);

#endif
