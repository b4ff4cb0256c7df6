/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines - logical lines of a text, as in all of Postfix's table files
 *
 *	struct lines lines;
 *
 *	lines_init(&lines, text, length);
 *	while (lines_next(&lines, &err) == 1)
 *		puts(lines.text.data);
 *	lines_drop(&lines);
 *
 * Empty lines and lines whose first non-blank is '#' are skipped, wherever
 * they are.  A line that begins with a blank continues the one before.  Line
 * ends are left out of what is joined, blanks are not.  Pure but for
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
	unsigned	 first;		/* of the current logical line */
	struct buf	 text;		/* the current logical line */
};

void	lines_init(struct lines *, const char *, size_t);
/* lines_next - 1: a line in text; 0: the end; -1: a continuation of nothing,
 * or a NUL, in line first. */
int	lines_next(struct lines *, struct err *);
void	lines_drop(struct lines *);

/* lines_each - read the file of a source and pass every pair that next() makes
 * of it to source->pair().  next() returns what lines_next() does; its errors
 * go to source->bad(), if there is one, with FILE:LINE. */
typedef int lines_pair(struct lines *, struct source_pair *out, struct err *);
int	lines_each(struct source *, lines_pair *next, struct err *);

#endif
