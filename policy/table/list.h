/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list - words separated by commas and blanks, with braces around others
 *
 *	at = "hash:/etc/tdc/x, inline:{ {a = b c}, d=e }";
 *	while (list_next(&at, &word, &err) == 1)	-- two words
 *		printf("%.*s\n", (int)word.length, word.text);
 *
 * As in Postfix's restriction lists.  Pure.
 */
#ifndef POLICY_TABLE_LIST_H
#define POLICY_TABLE_LIST_H

#include <stddef.h>

#include "base/err.h"

struct list_span {
	const char	*text;		/* borrowed; no NUL at its end */
	size_t		 length;
};

/* list_next - 1: a word; 0: the end; -1: a brace is not closed.  *at is where
 * to go on. */
int	 list_next(const char **at, struct list_span *out, struct err *);

/* list_unbrace - the text between the braces around it, without blanks at its
 * ends; -1: it is not in one pair of braces. */
int	 list_unbrace(struct list_span, struct list_span *out, struct err *);

#endif
