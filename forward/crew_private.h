/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crew_private - what the files of the crew share
 */
#ifndef FORWARD_CREW_PRIVATE_H
#define FORWARD_CREW_PRIVATE_H

#include "forward/crew.h"

/* crew_used - it has its first copy, or will have none; the lock is held. */
static inline void
crew_used(struct worker *worker)
{
	if (worker->unused)
		worker->site->unused--;
	worker->unused = false;
}

#endif
