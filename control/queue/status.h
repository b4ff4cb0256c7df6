/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status - what the spool and its counters show, without asking the daemons
 *
 *	if (status_open(&conf, &status, &err) == 0) {
 *		printf("%zu\n", status.ready);
 *		status_close(&status);
 *	}
 */
#ifndef CONTROL_STATUS_H
#define CONTROL_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/counters/site_counts.h"
#include "base/err.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_programs.h"
#include "journal/spool/spool_suspend.h"

struct status {
	struct spool	*spool;
	struct counters	*counters;
	struct site_counts *sites;	/* NULL: nothing has ever been sent */
	bool		 sees_copies;	/* or may only see what is told of them */
	size_t		 ready, failed, damaged;	/* files that it sees */
	bool		 forwards;	/* a forwarder runs */
	struct spool_program forwarder;
	struct suspensions suspended;	/* intakes */
	const char	*alternate;	/* alternate_intake_address; borrowed */
	size_t		 milter_count;	/* that run */
	struct spool_program milters[SPOOL_MILTERS];
};

int	status_open(const struct conf *, struct status *out, struct err *);
void	status_close(struct status *);

/* status_gauge - a number that the forwarder keeps; 0 without one. */
uint64_t status_gauge(const struct status *, enum counter);

/* status_waiting - how many copies wait; false: it cannot be seen. */
bool	 status_waiting(const struct status *, uint64_t *out);

/* status_next_try - when a copy that waits is tried next, given the retry_delay
 * in force; needs the spool, its sites and whether a forwarder runs. */
enum next_try {
	TRY_DUE,		/* now, when there is a connection */
	TRY_LATER,		/* in *out ms */
	TRY_HOST,		/* when its host, which is down, is up again */
	TRY_SUSPENDED,		/* when its intake is resumed */
	TRY_NEVER		/* there is no forwarder */
};
enum next_try status_next_try(const struct status *, const struct copy *,
	    int64_t retry_delay, int64_t *out);

/* status_next_words - the same for people: "in 3.0 s"; in out, or constant. */
enum { STATUS_NEXT = 64 };
const char *status_next_words(const struct status *, const struct copy *,
	    int64_t retry_delay, char out[STATUS_NEXT]);

/* status_of_site - whether an intake domain, or with NULL any of them, was
 * down or up at the last attempt; unknown without a forwarder, and before the
 * first attempt.
 * status_state_name - "unknown", "up", "down". */
enum site_state status_of_site(const struct status *,
	    const struct site_row *);
const char *status_state_name(enum site_state);

/* commas - 104163 as "104,163"; returns out. */
const char *commas(uint64_t, char out[32]);
#define COMMAS(n) commas((n), (char[32]){ 0 })

void	print_date(void);		/* the line "Status as of:" */
void	print_time(const char *name, int64_t wall);	/* one like it */

#endif
