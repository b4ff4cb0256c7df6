/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines - logical lines of a text, as all of Postfix's table files have them
 *
 * Empty lines and lines whose first non-blank is '#' do not count, wherever
 * they stand.  A line that begins with a blank continues the one before.
 * Line ends are left out of what is joined, blanks are not.  Pure but for
 * lines_each().
 */
#ifndef POLICY_TABLE_LINES_H
#define POLICY_TABLE_LINES_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "policy/table/source.h"

struct lines {
	const char	*next, *end;	/* what is left of the text */
	unsigned	 number;	/* of physical lines so far */
	unsigned	 first;		/* where the current logical one began */
	struct buf	 text;		/* the current logical line */
};

void	lines_init(struct lines *, const char *, size_t);
/* lines_next - 1: a line in text; 0: the end; -1: a continuation of nothing,
 * or a NUL; first tells where. */
int	lines_next(struct lines *, struct err *);
void	lines_drop(struct lines *);

/* lines_each - read source's file and give every pair that next makes of it
 * to source->pair(); next answers as lines_next() does, and what it calls bad
 * goes to source->bad(), where there is one, with FILE:LINE. */
typedef int lines_pair(struct lines *, struct source_pair *out, struct err *);
int	lines_each(struct source *, lines_pair *next, struct err *);

#endif
