/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milterlist - a list of milters, as smtpd_milters has them
 *
 *	const char *at = "inet:localhost:11332, { unix:a, default_action=accept }";
 *	own(milter) struct milter milter = MILTER;
 *
 *	while (milter_next(&at, &milter))
 *		puts(milter.endpoint);
 *
 * A $name that was not replaced counts as a milter.
 */
#ifndef CONTROL_DOCTOR_MILTERLIST_H
#define CONTROL_DOCTOR_MILTERLIST_H

#include <stdbool.h>

#include "policy/table/list.h"

/* One milter of a list. */
struct milter {
	char		*endpoint;
	char		*action, *protocol;	/* NULL: not its own */
	struct list_span whole;		/* the part of the list */
	char		*options;	/* all that comes after the endpoint */
};
#define MILTER { .endpoint = NULL }

/* milter_next - the next one in place of out's; false: the end, or nonsense, of
 * which Postfix itself complains. */
bool	milter_next(const char **at, struct milter *out);
void	milter_drop(struct milter *);

/* milter_option - "name=value", perhaps in braces, is split: new, without
 * blanks around; false: it is none. */
bool	milter_option(struct list_span, char **out_name, char **out_value);

static inline void
own_milter(struct milter *milter)
{
	milter_drop(milter);
}

#endif
