/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * race - a connection to whichever address of a host answers first
 *
 *	struct race race = RACE;
 *
 *	race_add(&race, &address);			-- each of the host
 *	while ((runner = race_next(&race)) != NULL) {
 *		if (runner->fd == -1)
 *			... it failed: runner->err ...
 *		else if (... it is of use, with fd_give(&runner->fd) ...)
 *			break;
 *	}
 *	race_drop(&race);
 *
 * In the spirit of RFC 8305 (Happy Eyeballs): an attempt that is not decided
 * within RACE_STEP is joined by another, to the other address family if there
 * is one; one that fails is followed at once.  So a family or an address that
 * drops all packets costs RACE_STEP and not the whole patience.
 *
 * Each address is reported once, when it has failed or is connected.  As soon
 * as one is connected the others are called off; they begin again when the
 * race goes on because that one was of no use after all.
 *
 * One thread's.  Each attempt ends by its patience, by death, or, and then
 * the race as well, when cancel_fd becomes readable.  The other half of the
 * RFC, looking for the addresses of both families, is in dns.h.
 */
#ifndef FORWARD_RACE_H
#define FORWARD_RACE_H

#include <stddef.h>
#include <stdint.h>

#include "forward/net/connect.h"

#define RACE_MAX 8
#define RACE_STEP 250		/* ms, as RFC 8305 section 5 has it */

struct runner {
	struct endpoint to;
	int		 fd;		/* connected; -1: failed, see err */
	struct err	 err;
	struct conn_ends ends;
	/* the race's */
	enum { RUNNER_WAITING, RUNNER_UNDER_WAY, RUNNER_OVER } state;
	int64_t		 deadline;
};

struct race {
	int		 cancel_fd;	/* borrowed; -1: none */
	int64_t		 patience;	/* ms, for each attempt */
	int64_t		 death;
	const struct connect_source *source;	/* borrowed; NULL: any */
	/* the module's */
	struct runner	 runners[RACE_MAX];
	size_t		 count;
	int		 family;	/* of the latest attempt */
	int64_t		 next;		/* when another may begin */
};
#define RACE { .cancel_fd = -1, .patience = 30000, .death = INT64_MAX }

/* race_add - before the race begins; more than RACE_MAX are left out. */
void	race_add(struct race *, const struct endpoint *);

/* race_next - the next attempt to finish, successfully or not; NULL: there are
 * no more. */
struct runner *race_next(struct race *);
void	race_drop(struct race *);	/* what was not given away is closed */

#endif
