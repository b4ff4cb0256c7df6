/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * domain - the forms in which one domain can be written
 *
 *	struct domain domain;
 *
 *	domain_init(&domain, "@B\xc3\xbc" "cher.example",
 *	    "@b\xc3\xbc" "cher.example");
 *	for (size_t i = 0; i < domain.count; i++)
 *		puts(domain.at[i]);
 *	domain_drop(&domain);
 *
 * With A-labels ("xn--bcher-kva.example") or in letters of its language, in
 * UTF-8: a table may have either, whatever the message has.  A domain of plain
 * ASCII without A-labels has one form, and finding that out costs nothing.
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

/* domain_init - from "@domain" as it came, and from the folded one, which is
 * borrowed.  Both are needed: folding turns a sharp s into "ss", but in
 * A-labels it is a letter of its own.  "" stands for no domain, and has one
 * form. */
void	domain_init(struct domain *, const char *at_domain,
	    const char *folded);
void	domain_drop(struct domain *);

#endif
