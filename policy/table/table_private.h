/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table_private - what a table holds, for table_fill.c
 */
#ifndef POLICY_TABLE_TABLE_PRIVATE_H
#define POLICY_TABLE_TABLE_PRIVATE_H

#include <stdatomic.h>

#include "policy/pattern/pattern.h"
#include "policy/table/source.h"
#include "policy/table/stamp.h"
#include "policy/table/table.h"
#include "policy/table/strings.h"

struct table_type {
	const char	*name;
	const char	*suffix;	/* of the file; NULL: no file */
	source_read	*read;
	const struct pattern_type *patterns;	/* rows, not keys */
	bool		 isolated;		/* read in a child process */
	bool		 folds;		/* its keys are not in lower case yet */
	bool		 last_counts;	/* of equal keys; else the first */
	bool		 any_key;	/* it has one value, for any key */
	bool		 replaced;	/* an absent file may be one of the
					   default type (Postfix 3.11) */
};

/* Where a value came first. */
struct table_place {
	uint32_t	key;
	unsigned	line;		/* 0: not in a text file */
};

struct table {
	atomic_uint	 users;
	const struct table_type *type;
	char		*name;		/* "hash:/etc/tdc/x" */
	char		*path;		/* "/etc/tdc/x.db", or NULL */
	char		*absent;	/* the file that path replaces */
	struct stamp	 stamp;
	struct strings	 keys;		/* of pattern tables: the patterns */
	uint32_t	*value_of;	/* by number of the key or row */
	uint32_t	 room;
	struct strings	 values;
	struct table_place	*places;	/* by number of the value */
	uint32_t	 placed, place_room;
	struct patterns	*patterns;	/* NULL: a table of keys */
	uint32_t	 rows;		/* of patterns, with a result */
};

/* table_fill - read the file, or the text of a table without a file. */
int	 table_fill(struct table *, const char *argument, int64_t patience,
	    const struct table_inspector *, struct err *);
void	 table_empty(struct table *);

#endif
