/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules - a table whose values have been parsed
 *
 *	own(ruling) struct ruling ruling = RULING;
 *
 *	if (rules_load("hash:/etc/tdc/x", &options, &rules, &err) == -1)
 *		return err_wrap(&err, "policy");
 *	if (rules_find(rules, "alice@example.com", &ruling, &err) == 1)
 *		puts(ruling.text);
 *	rules_leave(rules);
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

/* rules_load - one value that is bad makes the whole table fail. */
int	 rules_load(const char *table, const struct rules_options *,
	    struct rules **out, struct err *);
struct rules *rules_hold(struct rules *);
struct rules *rules_leave(struct rules *);	/* NULL */

/* rules_inspect - report every bad line to bad(); -1 only when the table cannot
 * be read at all. */
typedef void rules_bad(void *arg, const char *why);
int	 rules_inspect(const char *table, const struct rules_options *,
	    rules_bad *bad, void *arg, struct err *);

const struct table *rules_table(const struct rules *);
bool	 rules_of_headers(const struct rules *);

/* rules_are - were they loaded from this table, and for the same use? */
bool	 rules_are(const struct rules *, const char *table,
	    const struct rules_options *);

/* A ruling belongs to the caller: its value may have been made for this key. */
struct ruling {
	const struct value *value;
	const struct template *template;	/* for rules_next() only */
	const char	*key;		/* as it is in the table */
	const char	*text;		/* of the value, as it is there, or with
					   $n replaced */
	unsigned	 line;		/* of a pattern, else 0 */
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

/* rules_find - what the table says about a key.  1: out has it; 0: nothing;
 * -1: it cannot be used, and then out has key, text and line if there was a
 * row, else key is NULL.  All borrowed from the rules and from out. */
int	 rules_find(const struct rules *, const char *key, struct ruling *out,
	    struct err *);

/* rules_next - iterate over the different values, each with its first key; *at
 * begins with 0; false: the end.  A text with $n has a template; its value is
 * a DUNNO then, unless the same text is a plain value, too. */
bool	 rules_next(const struct rules *, uint32_t *at, struct ruling *out);

/* rules_intakes - the addresses that the values lead to; borrowed. */
const struct intakes *rules_intakes(const struct rules *);

/* rules_value, rules_template - by number in the table; an entry that is made
 * has a template. */
const struct value *rules_value(const struct rules *, uint32_t number);
const struct template *rules_template(const struct rules *, uint32_t number);

#endif
