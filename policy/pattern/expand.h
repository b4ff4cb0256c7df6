/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expand - $1, ${1}, $(1) and $$ in the results of pattern tables
 *
 * As Postfix's mac_parse() has it: a name without braces is as many letters,
 * digits and underscores as follow.  Pure.
 */
#ifndef POLICY_PATTERN_EXPAND_H
#define POLICY_PATTERN_EXPAND_H

#include "base/buf.h"
#include "base/err.h"

/* expand_group - append what stands for $number. */
typedef void expand_group(void *arg, unsigned number, struct buf *out);

/* expand - append the text with all of them in their places.  *out_highest:
 * the highest number in it, 0: none.  -1: the text is no such text. */
int	 expand(const char *text, expand_group *, void *arg, struct buf *out,
	    unsigned *out_highest, struct err *);

/* What the groups of a pattern took: $1 first, each with a NUL behind.
 * expand_took - one of them; "" beyond the last; borrowed.
 * expand_taken - an expand_group of these; its arg is the buf. */
const char *expand_took(const struct buf *, unsigned number);
void	 expand_taken(void *taken, unsigned number, struct buf *out);

#endif
