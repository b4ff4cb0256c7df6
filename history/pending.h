/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pending - rows on their way into the database
 *
 *	struct pending pending = PENDING;
 *
 *	pending_open(path, &pending, &err);
 *	pending_append(&pending, lines, n, &err);
 *	...
 *	n = pending_read(&pending, at, room, size, &err);
 *	pending_restart(&pending, &err);	-- all of it is in the database
 *	pending_close(&pending);
 *
 * The file PATH.new begins with a line "{"series":N}"; N is another one after
 * each restart, and the database notes with the rows up to where it has them,
 * of which series.  So no row is taken twice or passed over, wherever a crash
 * comes between the two files.  One process has it at a time.
 */
#ifndef HISTORY_PENDING_H
#define HISTORY_PENDING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct pending {
	char		*path;
	int		 fd;
	uint64_t	 series;
	uint64_t	 begin;		/* of the first row */
	uint64_t	 size;
};
#define PENDING { .fd = -1 }

/* pending_open - path: of the database.  -1: it cannot be used now (another
 * process has it, no directory, no right), and the err says which file. */
int	pending_open(const char *path, struct pending *out, struct err *);

/* pending_append - all of it or nothing. */
int	pending_append(struct pending *, const char *, size_t n, struct err *);

/* pending_read - up to size bytes from there on; how many, 0 at the end. */
ssize_t	pending_read(const struct pending *, uint64_t at, char *to,
	    size_t size, struct err *);

/* pending_restart - an empty file of a new series in its place. */
int	pending_restart(struct pending *, struct err *);
void	pending_close(struct pending *);

#endif
