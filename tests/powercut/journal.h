/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * journal - all that was written to a disk, in order, and what was flushed
 *
 * A record is a write or a flush.  What a disk with a volatile cache has to
 * keep when its power fails is what was written before a flush that has been
 * answered: answered itself before that flush came.  The device takes all
 * requests that have come, and only then answers them: that is a round.  A
 * flush of round n is good for the writes of rounds below n, and for no other.
 *
 * Ticks (tests/lib/ticks.h) count the records.  A write or a flush has its
 * record, and its tick, before it is answered.
 */
#ifndef TESTS_POWERCUT_JOURNAL_H
#define TESTS_POWERCUT_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct record {
	uint64_t	 offset;
	uint32_t	 size;		/* 0: a flush */
	uint32_t	 round;
	const char	*bytes;
};

/* To write: one program, one thread. */
int	 journal_create(const char *path, const char *ticks, struct err *);
int	 journal_add(const struct record *, struct err *);

/* To read: all of it, mapped; new array. */
int	 journal_read(const char *path, struct record **out, size_t *out_count,
	    struct err *);

#endif
