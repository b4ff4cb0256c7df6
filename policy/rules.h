/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules - a table whose values have been understood
 *
 * Immutable and counted, so that a policy can share the tables that did not
 * change with the one before it.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/table.h"
#include "policy/value.h"

struct rules;

struct rules_options {
	int64_t		patience;	/* of table_load() */
	bool		has_default;	/* DEFAULT may be used: there is an
					   intake_address */
};

/* rules_load - a value that cannot be understood spoils the whole table. */
int	 rules_load(const char *table, const struct rules_options *,
	    struct rules **out, struct err *);
struct rules *rules_hold(struct rules *);
struct rules *rules_leave(struct rules *);	/* NULL */

const struct table *rules_table(const struct rules *);

struct ruling {
	const struct value *value;
	const char	*key;		/* as it stands in the table */
	const char	*text;		/* of the value, as it stands there */
};

/* rules_find - what the table says about a key; false: nothing.  All
 * borrowed. */
bool	 rules_find(const struct rules *, const char *key, struct ruling *out);

/* rules_next - each different value once, with its first key; *at counts from
 * 0; false: the end. */
bool	 rules_next(const struct rules *, uint32_t *at, struct ruling *out);

#endif
