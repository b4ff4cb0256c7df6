/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source - where a table comes from, and the readers for each type
 *
 *	struct source source = { .path = "/etc/tdc/x.db", .pair = take };
 *
 *	if (hash_read(&source, &err) == -1)
 *		return -1;
 *
 * A reader goes through a source from start to end and passes each pair of
 * key and value to source->pair().  Readers do not know what becomes of the
 * pairs; tables do not know the formats.
 */
#ifndef POLICY_TABLE_SOURCE_H
#define POLICY_TABLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/parts.h"

struct source_pair {
	const char	*key;
	size_t		 key_length;
	const char	*value;
	size_t		 value_length;
	unsigned	 line;		/* in a text file, else 0 */
};

struct source {
	const char	*path;		/* a file; for inline and static: the
					   text after the colon */
	bool		 at_once;	/* do not wait for a lock: that is an
					   err, its sys EWOULDBLOCK */
	int		(*pair)(struct source *, const struct source_pair *,
			    struct err *);
	/* the lock is held now, or none is needed; may be NULL */
	void		(*locked)(struct source *);
	/* a line of a text is not a pair; NULL: that ends the reading */
	void		(*bad)(struct source *, const struct err *);
};

typedef int source_read(struct source *, struct err *);

#if WITH_DB
source_read hash_read;		/* Berkeley DB, under flock(2) */
source_read btree_read;
#else
#define hash_read	NULL
#define btree_read	NULL
#endif
#if WITH_CDB
source_read cdb_read_all;	/* CDB, which needs no lock */
#else
#define cdb_read_all	NULL
#endif
#if WITH_LMDB
source_read lmdb_read;		/* under an fcntl(2) lock */
#else
#define lmdb_read	NULL
#endif
source_read lines_read;		/* logical lines, each a key without value */
source_read texthash_read;	/* the input of postmap(1) */
source_read inline_read;	/* "{ key = value, { key = va lue } }" */
source_read static_read;	/* "value" or "{ value }" */

/* source_open - open(2) for reading; a table file must be a regular one, so
 * that opening it cannot block.  *out_size is its size in bytes. */
int	 source_open(const struct source *, int *out_fd, size_t *out_size,
	    struct err *);

/* source_text - append all of a text file. */
int	 source_text(const struct source *, struct buf *out, struct err *);

/* source_is_held - for readers of databases, when the lock is not free; -1. */
int	 source_is_held(const struct source *, struct err *);

/* source_locked - for readers of databases, once they hold the lock: call
 * locked(), and get the present size.  A database cannot be empty. */
int	 source_locked(struct source *, int fd, size_t *out_size,
	    struct err *);

#endif
