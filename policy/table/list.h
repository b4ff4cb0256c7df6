/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list - words parted by commas and blanks, with braces around what is not
 *
 *	hash:/etc/tdc/x, inline:{ {a = b c}, d=e }	-- two words
 *
 * As Postfix parts its restriction lists.  Pure.
 */
#ifndef POLICY_TABLE_LIST_H
#define POLICY_TABLE_LIST_H

#include <stddef.h>

#include "base/err.h"

struct list_span {
	const char	*text;		/* borrowed, no NUL behind */
	size_t		 length;
};

/* list_next - 1: a word; 0: the end; -1: a brace stays open.  *at is where to
 * go on. */
int	 list_next(const char **at, struct list_span *out, struct err *);

/* list_unbrace - what stands between the braces around the text, without the
 * blanks there; -1: it is not in one pair of braces. */
int	 list_unbrace(struct list_span, struct list_span *out, struct err *);

#endif
