/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regexp_cost - what an expression would cost the C library, before it is
 * compiled
 *
 *	if (regexp_cost(text, true, &cost, &err) == -1) ... refuse it ...
 *
 * glibc writes repetitions out: x+ is xx*, x{9} nine of it.  So 30 plus signs
 * around each other are 2^30 copies.  Then it looks from each of them at all
 * that could be skipped, and keeps that once more for each combination of
 * anchors (^ $ \b) that may lie between.  There is no way to limit its memory
 * or its time, nor to end a match; so the copies are counted here, and three
 * things have bounds:
 *
 *	the copies themselves;
 *	anchors, where a group that has one at the beginning, or the end, of
 *	    its branches has one there, and the whole expression none;
 *	copies that may be skipped (x? x* x{0,9}), times the anchors and one;
 *	    those inside of what is repeated count five times.
 *
 * What alternatives and groups add is counted, too, and the bytes that all of
 * it should take: no less than it does, and a few times that when it is large.
 * What stays below compiles in 0.4 s with 64 MB, and a match of some hundred
 * bytes takes as long; usual ones are a thousand times below that.  References
 * back (\1) have no such bound and are refused.
 */
#ifndef POLICY_PATTERN_REGEXP_COST_H
#define POLICY_PATTERN_REGEXP_COST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct regexp_cost {
	bool		quadratic;	/* a match may take time by the square of
					   the text's length */
	size_t		bytes;		/* compiled, as estimated */
};

/* regexp_cost - 0, or -1: too much (ERR_NEVER).  extended: as with
 * REG_EXTENDED.  What is no expression at all may pass: regcomp() knows. */
int	 regexp_cost(const char *text, bool extended, struct regexp_cost *out,
	    struct err *);

#endif
