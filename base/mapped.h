/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapped - a mapped file whose loss the program survives
 *
 *	mapped = mapped_new(&kind);		-- memory alone, all zero
 *	if (mapped_attach(mapped, fd, true, &err) == 0)
 *		... mapped_bytes(mapped) are the file's now ...
 *	mapped_keep(mapped, &err);		-- now and then
 *	if (mapped_lost(mapped)) ...		-- and are memory again
 *
 * The kernel answers access to a mapped page with SIGBUS when the file was cut
 * short, or when a file system that finds room for a page only as it is
 * written to (btrfs, XFS with reflinks) finds none.  Then memory takes the
 * file's place under the same address, with what the file holds, or if that
 * is not sound what it held at the last mapped_keep(); the access is made once
 * more, and the program goes on and notices nothing until it asks.
 *
 * The memory is one piece that can be seen at two addresses: mapped_memory()
 * and, while there is no file, mapped_bytes().  So when a file comes into its
 * place again, what was written into it meanwhile is still there, to the last
 * access; mapped_before() is what it held when it took the file's place.
 */
#ifndef BASE_MAPPED_H
#define BASE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What is mapped.  Both functions are called by a signal handler: they look
 * and store, no more.
 * sound - whether this can be what was written; leave - of what memory begins
 * with when it takes a file's place. */
struct mapped_kind {
	const char	*name;		/* of the file, in errors */
	size_t		 size;
	bool		(*sound)(const void *bytes);
	void		(*leave)(void *bytes);		/* or NULL */
};

struct mapped;

/* mapped_new - new; up to MAPPED_MAX at a time, and no other SIGBUS handler
 * in the process. */
#define MAPPED_MAX 64
struct mapped *mapped_new(const struct mapped_kind *);
struct mapped *mapped_free(struct mapped *);	/* NULL; NULL is fine */
void	*mapped_bytes(const struct mapped *);	/* borrowed, never moves */

/* mapped_attach - put a file that is sound in the place of the memory; takes
 * the descriptor when it returns 0.  One thread at a time, as all below. */
int	 mapped_attach(struct mapped *, int fd, bool writable, struct err *);

/* mapped_look - whether a file of that descriptor is whole and sound: 0, or
 * -1 and what is wrong (ERR_NEVER). */
int	 mapped_look(const struct mapped_kind *, int fd, void *out,
	    struct err *);

/* mapped_keep - remember what is sound.  -1: the file is not what it was
 * (removed, or its contents): mapped_leave() it. */
int	 mapped_keep(struct mapped *, struct err *);
void	 mapped_leave(struct mapped *);

bool	 mapped_lost(const struct mapped *);	/* any thread */
const void *mapped_memory(const struct mapped *);
const void *mapped_before(const struct mapped *);

#endif
