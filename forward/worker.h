/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker - one connection, and the thread that it is used by
 *
 * Who starts it: workers.h.  What it does: deliver.h.
 */
#ifndef FORWARD_WORKER_H
#define FORWARD_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "forward/forwarder.h"
#include "forward/smtp/smtp.h"

struct worker {
	struct forwarder *forwarder;
	struct forward_settings	*settings;		/* held */
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
	bool		 complained;	/* in the log, about the connection */
	bool		 spent;		/* not for another letter */
	bool		 cut;		/* the intake has had enough of it, and
					   took nothing since */
	bool		 rested;	/* since its last letter */
	unsigned	 letters;
	unsigned	 taken;		/* of these */
	/* the forwarder's */
	pthread_t	 thread;
	pthread_cond_t	 work;
	int64_t		 opened;
	bool		 unused;	/* counts as such, in the site */
	bool		 leaving;	/* the same */
	bool		 resting;
	bool		 left;
	struct worker	*next;
};

#endif
