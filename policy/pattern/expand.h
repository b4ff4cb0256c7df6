/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expand - $1, ${1}, $(1) and $$ in the results of pattern tables
 *
 *	struct buf taken = BUF;
 *	unsigned highest;
 *
 *	if (expand("$1-copy@$2", expand_taken, &taken, &out, &highest,
 *	    &err) == 0)
 *		puts(out.data);
 *
 * The syntax of Postfix's mac_parse(): a name without braces is as many
 * letters, digits and underscores as follow.  Pure.
 */
#ifndef POLICY_PATTERN_EXPAND_H
#define POLICY_PATTERN_EXPAND_H

#include "base/buf.h"
#include "base/err.h"

/* expand_group - append the text that replaces $number. */
typedef void expand_group(void *arg, unsigned number, struct buf *out);

/* expand - append the text with each $n replaced.  *out_highest is the highest
 * number in it, 0: none.  -1: the text is malformed. */
int	 expand(const char *text, expand_group *, void *arg, struct buf *out,
	    unsigned *out_highest, struct err *);

/* taken has what the groups of a pattern matched: $1 first, each with a NUL.
 * expand_took - one of them; "" after the last; borrowed.
 * expand_taken - an expand_group for them; its arg is the buf. */
const char *expand_took(const struct buf *, unsigned number);
void	 expand_taken(void *taken, unsigned number, struct buf *out);

#endif
