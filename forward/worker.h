/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker - one connection, and the thread that uses it
 *
 * workers.h starts it and gives it copies; deliver.h is what it does.
 */
#ifndef FORWARD_WORKER_H
#define FORWARD_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "forward/forwarder.h"
#include "forward/smtp/smtp.h"
#include "forward/watch.h"

/* What the connection did last. */
enum worker_use {
	WORKER_FRESH,			/* neither rest nor send */
	WORKER_SENT,
	WORKER_RESTED
};

/* Why it ends. */
enum worker_end {
	WORKER_END,			/* for no fault of the site's */
	WORKER_END_TROUBLE,		/* the site is to blame */
	WORKER_END_REFUSED		/* the site said 421 */
};

enum worker_state {
	WORKER_OPENING,
	WORKER_BUSY,
	WORKER_RESTING,
	WORKER_LEFT			/* its thread is about to end */
};

/* As what its site counts it. */
enum worker_count { WORKER_COUNTED, WORKER_UNUSED, WORKER_LEAVING };

struct worker {
	struct forwarder *forwarder;
	struct forward_settings *settings;	/* held */
	struct site	*site;
	bool		 lead;		/* it finds out whether the site is up, */
	struct item	*item;		/* for this copy, until that is sent; or
					   for an operator: NULL */
	const struct watch *watch;	/* NULL, but for a trial */
	/* the connection */
	struct smtp	 smtp;
	const struct login *login;	/* at that host; NULL: none */
	uint64_t	 dcid;		/* 0: no connection yet */
	bool		 logged;	/* that it is open */
	bool		 complained;	/* in the log, about it */
	bool		 spent;		/* not for another letter */
	bool		 cut;		/* the intake has had enough of it, and
					   took nothing since */
	enum worker_use	 use;
	unsigned	 letters;
	unsigned	 taken;		/* of these */
	/* what was learnt of the site */
	bool		 good;		/* it answered a letter */
	enum worker_end	 end;
	/* the pool's */
	pthread_t	 thread;
	pthread_cond_t	 work;
	int64_t		 opened;
	enum worker_state state;	/* written with the lock held */
	enum worker_count count;	/* the same */
	bool		 closing;	/* the same: its site knows */
	struct worker	*next;
};

#endif
