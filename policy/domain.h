/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * domain - the forms in which one domain can be written
 *
 * With A-labels ("xn--bcher-kva.example") or in letters of its language, in
 * UTF-8: a table may have either, whatever the message has.  A domain of plain
 * ASCII without A-labels has one form, and costs nothing to find out.
 */
#ifndef POLICY_DOMAIN_H
#define POLICY_DOMAIN_H

#include <stddef.h>

enum { DOMAIN_FORMS = 3 };

struct domain {
	const char	*at[DOMAIN_FORMS];	/* "@domain", first as given */
	size_t		 count;
	char		*made[DOMAIN_FORMS - 1];
};

/* domain_init - of "@domain" as it came, and folded, which is borrowed: to
 * fold makes "ss" of a sharp s, which is a letter of its own in A-labels.  ""
 * is none, and one form. */
void	domain_init(struct domain *, const char *at_domain,
	    const char *folded);
void	domain_drop(struct domain *);

#endif
