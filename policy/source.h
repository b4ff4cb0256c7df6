/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source - where a table comes from, and the readers of each type
 *
 * A reader goes through a source from start to end and hands each pair of
 * key and value to source->pair().  Readers know nothing of what becomes of
 * the pairs; tables know nothing of formats.
 */
#ifndef POLICY_SOURCE_H
#define POLICY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/parts.h"

struct pair {
	const char	*key;
	size_t		 key_length;
	const char	*value;
	size_t		 value_length;
	unsigned	 line;		/* in a text file, else 0 */
};

struct source {
	const char	*path;		/* a file; for inline and static: the
					   text behind the colon */
	bool		 at_once;	/* a lock that is not free is an err, its
					   sys EWOULDBLOCK: do not wait */
	int		(*pair)(struct source *, const struct pair *,
			    struct err *);
	/* a lock was waited for and is held now, or none is needed; may be
	 * NULL */
	void		(*locked)(struct source *);
	/* a line of a text is no pair; NULL: that ends the reading */
	void		(*bad)(struct source *, const struct err *);
};

typedef int source_read(struct source *, struct err *);

/* A type that was left out of this build has no reader. */
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
source_read lines_read;		/* logical lines, each as a key alone */
source_read texthash_read;	/* postmap's input, as text */
source_read inline_read;	/* "{ key = value, { key = va lue } }" */
source_read static_read;	/* "value" or "{ value }" */

/* source_open - open(2) for reading, with what must hold of a table file:
 * it is a regular one, and the caller may wait for it no longer than for
 * any.  *out_size is its size in bytes. */
int	 source_open(const struct source *, int *out_fd, size_t *out_size,
	    struct err *);

/* source_text - the whole of a text file. */
int	 source_text(const struct source *, struct buf *out, struct err *);

/* source_is_held - for readers of databases, when the lock is not to be had at
 * once; -1. */
int	 source_is_held(const struct source *, struct err *);

/* source_locked - for readers of databases, when they hold the lock: tell
 * locked(), and *out_size is what it is now.  No database is empty. */
int	 source_locked(struct source *, int fd, size_t *out_size,
	    struct err *);

#endif
