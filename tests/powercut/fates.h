/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fates - what is known of each message: when its sender had the promise, and
 * when an intake had it; in ticks of the journal
 */
#ifndef TESTS_POWERCUT_FATES_H
#define TESTS_POWERCUT_FATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NEVER	UINT64_MAX

struct fate {
	uint64_t	 promised, delivered;	/* or NEVER */
	uint64_t	 mid;		/* 0: not known */
	size_t		 size;		/* of its lines */
	bool		 seen;		/* in the image that is looked at */
};

struct fates {
	struct fate	*list;		/* by the number of the message */
	size_t		 count;
	uint64_t	*moments;	/* of the promises, in any order */
	size_t		 moment_count;
};

/* Lines "NUMBER TICK SIZE" of promises, "NUMBER MID TICK" of deliveries. */
int	 fates_read(struct fates *, const char *promises,
	    const char *deliveries, struct err *);

/* NULL: there is no such message. */
struct fate *fates_find(const struct fates *, uint64_t number);

#endif
