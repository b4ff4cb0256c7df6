/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workers_private - what the files of workers share
 */
#ifndef FORWARD_WORKERS_PRIVATE_H
#define FORWARD_WORKERS_PRIVATE_H

#include "forward/workers.h"

/* workers_used - it has its first copy, or will have none; the lock is held. */
static inline void
workers_used(struct worker *worker)
{
	if (worker->count != WORKER_UNUSED)
		return;
	worker->count = WORKER_COUNTED;
	worker->site->unused--;
}

#endif
