/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * owners - whose mailboxes the mail for an address is in
 *
 *	struct owners owners = { 0 };
 *
 *	if (owners_find(&tables, "Team+x@Example.com", &owners, &err) == -1)
 *		...
 *	for (size_t i = 0; i < owners.count; i++)
 *		puts(owners.names[i]);		-- "bob@example.com", ...
 *	owners_drop(&owners);
 *
 * First Postfix's virtual aliases, as virtual(5) looks them up and as often as
 * they lead to another one; then mailbox_maps, whose answer is final.  An
 * address that no table knows is its own mailbox, without its extension.
 */
#ifndef REMEDIATE_OWNERS_H
#define REMEDIATE_OWNERS_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "remediate/owner/maps.h"

enum { OWNERS_MAX = 50, OWNERS_DEPTH = 16 };

struct owners_tables {
	const struct maps *aliases, *mailboxes;
	const char	*delimiters;	/* recipient_delimiter */
	const char	*origin;	/* for an alias without a domain; "" */
};

struct owners {
	const char	*names[OWNERS_MAX];
	size_t		 count;
	struct arena	 arena;
};

/* owners_find - -1: a table could not answer, or they are more than
 * OWNERS_MAX. */
int	owners_find(const struct owners_tables *, const char *address,
	    struct owners *out, struct err *);
void	owners_drop(struct owners *);

#endif
