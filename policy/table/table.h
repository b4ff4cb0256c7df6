/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table - one of Postfix's lookup tables, whole in memory
 *
 *	if (table_load("hash:/etc/tdc/x", TABLE_PATIENCE, &table, &err) == -1)
 *		return -1;
 *	if (table_find(table, "alice@example.com", &value, &key))
 *		puts(table_value(table, value));
 *	table_leave(table);
 *
 * A table is immutable, so any number of threads may look things up.  Equal
 * values are kept once and have one number, from 0 to table_values() - 1.
 * Of equal keys the first one counts, as for postmap(1), but in inline tables
 * the last one, as in Postfix; and of one key with a final NUL and without,
 * the one with it.  Keys are compared byte by byte: look them up in lower
 * case.
 *
 * A table of patterns (pcre, regexp, cidr) has rows instead of keys, in the
 * order of its file (see pattern.h).  A file that is named without a type has
 * Postfix's default_database_type; and when the file of a hash or btree table
 * does not exist but one of that type does, the latter is read (Postfix 3.11).
 */
#ifndef POLICY_TABLE_TABLE_H
#define POLICY_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "policy/table/stamp.h"

/* table_types - names of the types that this build can read, for -V; new. */
char	*table_types(void);

struct table;

/* How long to wait for locks, in ms, for all tables together: at the start
 * there is no choice, later there is a table to go on with. */
enum { TABLE_PATIENCE = 10000, TABLE_IMPATIENCE = 500 };

/* table_load - name is "type:file", the file with its full path: daemons run
 * in /, their operator does not.  err names the file, not the table; its sys
 * is EWOULDBLOCK when the file was locked for longer than patience (0: at
 * all). */
int	 table_load(const char *name, int64_t patience, struct table **out,
	    struct err *);
struct table *table_hold(struct table *);	/* for one more owner */
struct table *table_leave(struct table *);	/* NULL */

/* For finding everything that is wrong, not just the first thing.  judge() is
 * called for the value of every pair (made: it has $n in it); bad() gets each
 * error, with its place.  What is bad is left out, or has a bad value. */
struct table_inspector {
	int		(*judge)(void *arg, const char *value, bool made,
			    struct err *);
	void		(*bad)(void *arg, const char *why);
	void		*arg;
};
int	 table_inspect(const char *name, int64_t patience,
	    const struct table_inspector *, struct table **out, struct err *);

/* table_full_name - the name, a bare path with the default type; new. */
char	*table_full_name(const char *name);

/* table_is_of_text - by its name, does it have patterns on any text (pcre,
 * regexp)?  True for an unknown type, which may. */
bool	 table_is_of_text(const char *name);

struct table_found {
	uint32_t	 value;		/* its number */
	const char	*key;		/* as it is in the table; borrowed */
	unsigned	 line;		/* of a pattern, else 0 */
	bool		 is_made;	/* the value has $n in it */
	struct buf	 taken;		/* what replaces $n, see expand.h */
};
#define TABLE_FOUND { .taken = BUF }
static inline void
table_found_drop(struct table_found *found)
{
	buf_drop(&found->taken);
}

/* table_look - 1: found; 0: not found; -1: unknown, because a pattern ran into
 * the limits of its library. */
int	 table_look(const struct table *, const char *key,
	    struct table_found *out, struct err *);

/* table_find - the same without $n, errors counting as not found.  The number
 * of the key's value, and the key as it is in the table (borrowed). */
bool	 table_find(const struct table *, const char *key, uint32_t *out_value,
	    const char **out_key);

const char *table_name(const struct table *);
const char *table_path(const struct table *);	/* NULL: no file */
/* table_source - the text that postmap(1) makes the file from, which may not
 * exist; new.  NULL: it is the file itself, or there is none. */
char	*table_source(const struct table *);
bool	 table_sees_whole_keys_only(const struct table *);
bool	 table_has_any_key(const struct table *);	/* static */
/* table_takes_all - does it obviously have an answer for every key? */
bool	 table_takes_all(const struct table *);

struct table_entry {
	const char	*key;		/* or pattern */
	uint32_t	 value;		/* its number */
	bool		 is_made;	/* with $n in it */
	unsigned	 line;		/* of a pattern, else 0 */
	unsigned	 dead_by;	/* the row on this line matches all
					   that this one would; 0: none does */
};
size_t	 table_entries(const struct table *);
/* table_bytes - what its patterns took of the budget (patterns_budget()). */
size_t	 table_bytes(const struct table *);
void	 table_entry(const struct table *, size_t number,
	    struct table_entry *out);
uint32_t table_values(const struct table *);
const char *table_value(const struct table *, uint32_t value);
const char *table_first_key(const struct table *, uint32_t value);
/* table_place - append where the value comes first: "FILE:LINE" in a text
 * file, else "key 'KEY'". */
void	 table_place(const struct table *, uint32_t value, struct buf *);

/* table_is_current - is the file certainly unchanged since it was read?
 * out_stamp: how it looks now. */
bool	 table_is_current(const struct table *, struct stamp *out_stamp);

/* table_same - the same state of the file, the same contents. */
bool	 table_same(const struct table *, const struct table *);

#endif
