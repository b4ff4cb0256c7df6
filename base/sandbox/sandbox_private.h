/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_private - the two halves of the sandbox, and what is in reach
 */
#ifndef BASE_SANDBOX_PRIVATE_H
#define BASE_SANDBOX_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/sandbox/sandbox.h"

/* What may be done with all that is below a path, or with it. */
enum reach {
	REACH_READ,
	REACH_REMOVE,		/* files that it has made, as sockets */
	REACH_APPEND,		/* ... and to make and to write files */
	REACH_WRITE		/* ... and to make, move and remove all kinds of
				   files and directories that it needs */
};

struct place {
	const char	*path;	/* it may not be there */
	enum reach	 reach;
};

struct places {
	struct arena	 arena;
	struct place	*list;
	size_t		 count, room;
};
#define PLACES { .list = NULL }

/* places_of - what that program has to reach, with that configuration.  places_all - what is of
 * the system, too. */
void	places_of(const struct sandbox *, struct places *);
void	places_all(const struct sandbox *, struct places *);
void	places_drop(struct places *);

/* places_hold - is that one within these, by where links lead? */
bool	places_hold(const struct places *, const struct place *);

/* sandbox_files - Landlock; sandbox_calls - seccomp.  -1: it is not in force. */
int	sandbox_files(const struct places *, struct err *);
int	sandbox_calls(struct err *);
int	sandbox_calls_of_reader(struct err *);	/* sandbox_reader.h */

#endif
