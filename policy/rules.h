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

#include "policy/intakes.h"
#include "policy/table/table.h"
#include "policy/template.h"
#include "policy/value.h"

struct rules;

struct rules_options {
	int64_t		patience;	/* of table_load() */
	bool		has_default;	/* DEFAULT may be used: there is an
					   intake_address */
	bool		of_headers;	/* the values are NO and DUNNO, and
					   the keys header fields */
};

/* rules_load - a value that cannot be understood spoils the whole table. */
int	 rules_load(const char *table, const struct rules_options *,
	    struct rules **out, struct err *);
struct rules *rules_hold(struct rules *);
struct rules *rules_leave(struct rules *);	/* NULL */

/* rules_inspect - bad() hears of every line that is bad; -1 only when there is
 * no such table to read. */
typedef void rules_bad(void *arg, const char *why);
int	 rules_inspect(const char *table, const struct rules_options *,
	    rules_bad *bad, void *arg, struct err *);

const struct table *rules_table(const struct rules *);
bool	 rules_of_headers(const struct rules *);

/* rules_are - were they loaded of this table, and for the same use? */
bool	 rules_are(const struct rules *, const char *table,
	    const struct rules_options *);

/* A ruling is the asker's own: its value may have been made for this key. */
struct ruling {
	const struct value *value;
	const struct template *template;	/* for rules_next() alone */
	const char	*key;		/* as it stands in the table */
	const char	*text;		/* of the value, as it stands there, or
					   as $n makes it */
	unsigned	 line;		/* of a row of patterns, else 0 */
	struct table_found	 found;
	struct value	 made;
	struct arena	 arena;
};
#define RULING { .found = TABLE_FOUND }
void	 ruling_drop(struct ruling *);
static inline void
own_ruling(struct ruling *ruling)
{
	ruling_drop(ruling);
}

/* rules_find - what the table says about a key: 1: that; 0: nothing; -1: what
 * cannot be understood, and then out has key, text and line if there was a
 * row, else key is NULL.  All borrowed from the rules and from out. */
int	 rules_find(const struct rules *, const char *key, struct ruling *out,
	    struct err *);

/* rules_next - each different value once, with its first key; *at counts from
 * 0; false: the end.  Where the text is that of a value with $n there is a
 * template; the value is a DUNNO then, unless the text stands for both. */
bool	 rules_next(const struct rules *, uint32_t *at, struct ruling *out);

/* rules_intakes - the addresses that the values lead to; borrowed. */
const struct intakes *rules_intakes(const struct rules *);

/* rules_value, rules_template - by its number in the table: of an entry that
 * is made, the template. */
const struct value *rules_value(const struct rules *, uint32_t number);
const struct template *rules_template(const struct rules *, uint32_t number);

#endif
