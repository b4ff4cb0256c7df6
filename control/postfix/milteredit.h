/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milteredit - put tdc-milter into a list of milters, or take it out
 *
 *	struct milteredit edit = { .raw = "$filters", .value = "unix:a, unix:b",
 *	    .is_ours = is_ours };
 *	char *list = milteredit_with(&edit, "{ unix:b, default_action=accept }",
 *	    &err);
 *
 * The others, and their order, stay as they are written.  A $name that stands
 * for one milter is taken for that.  Pure.
 */
#ifndef CONTROL_POSTFIX_MILTEREDIT_H
#define CONTROL_POSTFIX_MILTEREDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct milteredit {
	const char	*raw;		/* as the file has it, on one line */
	const char	*value;		/* the same with $name replaced */
	bool		(*is_ours)(const void *arg, const char *endpoint);
	const void	*arg;
};

/* milteredit_count - how often tdc-milter is in it. */
size_t	milteredit_count(const struct milteredit *);

/* milteredit_without - the list without tdc-milter; new.  NULL: a $name brings
 * it in together with others. */
char	*milteredit_without(const struct milteredit *, struct err *);

/* milteredit_with - the list with this as its last, once; new; NULL likewise. */
char	*milteredit_with(const struct milteredit *, const char *ours,
	    struct err *);

/* milteredit_tight - the same list without a blank, which postconf -P wants;
 * new.  NULL: an option needs one. */
char	*milteredit_tight(const char *list, struct err *);

#endif
