/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker - one connection, from the first look-up to the last line
 *
 * A thread.  The lead of a site opens its connection on behalf of a copy, and
 * writes what happens; others open theirs silently, and are told of in the
 * log when they are ready.  Then they take copies until there are none, the
 * connection is used up, or it breaks.
 *
 * Where many copies wait, up to flight_messages of them share one flight, no
 * more than leave as many to each connection.  Their files are opened one
 * after the other, so that a connection needs one descriptor for them.
 *
 * With auto it is pace.h that says how many may share one.
 *
 * A copy that meets a connection which the intake closed while it rested was
 * not tried: it goes back and gets a fresh one, once.  So do those that were
 * in one flight with it.  When that is seen before a byte of it was said, it
 * may go back COPIES_RETURNS times.
 *
 * So it is with a copy that is refused for now (4xx) where others were taken
 * before, or that finds the connection closed after those: the intake has had
 * enough of this connection, which ends, and of as many on any other, as pace.h
 * has it.  The same copy refused once more has had an attempt.
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

void	*worker_main(void *);

#endif
