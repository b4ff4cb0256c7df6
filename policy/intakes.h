/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * intakes - the addresses that the values of a table can lead to
 *
 * Compared without regard to case, local parts too.  A value with $n in it
 * leads to whatever it could become.
 */
#ifndef POLICY_INTAKES_H
#define POLICY_INTAKES_H

#include "policy/table/strings.h"
#include "policy/template.h"

struct intakes {
	struct strings	 whole;		/* addresses in their normal form */
	const struct template **made;	/* values with $n; borrowed */
	size_t		 made_count, made_room;
};

/* intakes_add - add what a value leads to; a template is borrowed. */
void	intakes_add(struct intakes *, const struct value *);
void	intakes_add_template(struct intakes *, const struct template *);
bool	intakes_have(const struct intakes *, const char *address);
void	intakes_drop(struct intakes *);

/* intakes_same - are both the same mailbox?  Not if one is NULL. */
bool	intakes_same(const char *, const char *);

#endif
