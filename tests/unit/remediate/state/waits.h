/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waits - another process waits for its turn to act
 *
 *	waits();			-- again: nothing more
 *	...
 *	waits_no_more();
 */
#ifndef TESTS_WAITS_H
#define TESTS_WAITS_H

#include <fcntl.h>

#include "tests/unit/remediate/remediate_rig.h"

static int queue = -1;			/* -1: nobody waits */

/* waits - as one that wants to act; where it stands in state_lock.c */
static inline void
waits(void)
{
	own(str) char *path = mem_format("%s/state.db.lock", rig_dir);
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = 110, .l_len = 1 };

	if (queue != -1)
		return;
	queue = open(path, O_RDWR);
	assert_true(queue != -1);
	assert_int_equal(fcntl(queue, F_OFD_SETLK, &range), 0);
}

static inline void
waits_no_more(void)
{
	assert_int_equal(close(queue), 0);
	queue = -1;
}

#endif
