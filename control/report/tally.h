/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally - figures by name: intakes, policies, senders' domains, reasons
 *
 *	struct tally *tally = tally_new();
 *
 *	tally_row(tally, "journal@example.com")->copies++;
 *	tally_sort(tally);
 *	for (size_t i = 0; i < tally->count; i++)
 *		puts(tally->rows[i]->name);
 *	tally = tally_free(tally);
 *
 * Names are compared without regard to case (ASCII).  Strangers choose some of
 * them, so there are at most TALLY_MOST; what comes under further ones is
 * counted together, as "(others)".
 */
#ifndef CONTROL_REPORT_TALLY_H
#define CONTROL_REPORT_TALLY_H

#include <stddef.h>
#include <stdint.h>

enum { TALLY_MOST = 100000 };

/* Delays in ms; all but the list by tally_spread(). */
struct tally_spread {
	uint32_t	*list;
	size_t		 count;
	uint32_t	 p50, p90, p95, p99, most;
};

struct tally_row {
	char		*name;		/* must be the first */
	uint64_t	 copies;	/* delivered, given_up and deleted */
	uint64_t	 delivered, given_up, deleted;
	uint64_t	 bytes;
	int64_t		 last;		/* ms since 1970; 0: not kept */
	struct tally_spread delays;	/* of those delivered */
};

struct tally {
	void		*tree;		/* of tsearch(3) */
	struct tally_row **rows;	/* as they came, or sorted */
	size_t		 count;
	struct tally_row *others;	/* NULL: none are; one of the rows */
};

struct tally *tally_new(void);
struct tally *tally_free(struct tally *);	/* NULL */

/* tally_row - made when it is not there; borrowed. */
struct tally_row *tally_row(struct tally *, const char *name);

/* tally_sort - the most copies first, of as many by name; others last. */
void	tally_sort(struct tally *);

/* tally_delay - one more.  tally_spread - what they come to: the delay that so
 * many percent did not exceed. */
void	tally_delay(struct tally_spread *, int64_t ms);
void	tally_spread(struct tally_spread *);

#endif
