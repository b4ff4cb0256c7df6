/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regexp_sum - what a part of an expression comes to, written out
 *
 *	struct regexp_sum group = REGEXP_SUM, item = REGEXP_SUM;
 *
 *	regexp_sum_one(&item);			-- "a"
 *	regexp_sum_repeat(&item, 0, 9);		-- "a{0,9}"
 *	regexp_sum_add(&group, &item);
 *	regexp_sum_close(&group);		-- "(a{0,9})"
 *
 * For regexp_cost.c, which says what is counted and why.  Pure.
 */
#ifndef POLICY_PATTERN_REGEXP_SUM_H
#define POLICY_PATTERN_REGEXP_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGEXP_MANY (UINT64_C(1) << 20)	/* more is all the same */
#define REGEXP_AT_MOST(n) ((n) < REGEXP_MANY ? (n) : REGEXP_MANY)

struct regexp_sum {
	uint64_t	copies, skips, anchors;
	uint64_t	nodes;		/* of groups and alternatives */
	/* What is looked at from one place, through all that may be skipped:
	 * at most; from the end of this branch; and in all branches before. */
	uint64_t	reach, run, width;
	/* an anchor at the beginning, or the end, of one of its branches at
	 * least; that is one, however many branches have it */
	bool		first, last;
	bool		empty;		/* this branch may match nothing */
	bool		was_empty;	/* one before it may */
};
#define REGEXP_SUM (struct regexp_sum){ .empty = true }

/* regexp_sum_one - one more copy. */
void	 regexp_sum_one(struct regexp_sum *);

/* regexp_sum_add - one after the other. */
void	 regexp_sum_add(struct regexp_sum *, const struct regexp_sum *more);

/* regexp_sum_branch - "|": the next branch.  regexp_sum_close - ")". */
void	 regexp_sum_branch(struct regexp_sum *);
void	 regexp_sum_close(struct regexp_sum *);

/* regexp_sum_repeat - {least,most}.  regexp_sum_loop - so many of it, of which
 * the last may come any number of times. */
void	 regexp_sum_repeat(struct regexp_sum *, uint64_t least, uint64_t most);
void	 regexp_sum_loop(struct regexp_sum *, uint64_t times);

/* regexp_sum_fits - is the whole within its bounds?  regexp_sum_bytes - what
 * it should take in memory, compiled. */
bool	 regexp_sum_fits(const struct regexp_sum *);
size_t	 regexp_sum_bytes(const struct regexp_sum *);

#endif
