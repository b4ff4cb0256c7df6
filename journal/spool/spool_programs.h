/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_programs - what the programs that use a spool tell of themselves
 *
 *	struct spool_state state = { .loaded = clock_wall() };
 *
 *	spool_tell(spool, &state);			-- a daemon
 *
 *	struct spool_program milters[SPOOL_MILTERS];
 *	size_t n = spool_milters(spool, milters);	-- whoever looks
 *
 * The file "programs" in the spool directory has a piece of fixed size for each
 * of them: the forwarder's comes first, and a milter has the one whose range of
 * milter.lock it has locked.  Who runs is told by the locks.  Whoever may read
 * this file but not the locks (group_readable.h) goes by the processes there
 * are, and so sees only those of its own pid name space.
 */
#ifndef JOURNAL_SPOOL_PROGRAMS_H
#define JOURNAL_SPOOL_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/spool/spool.h"

#define SPOOL_PROGRAMS "programs"
#define SPOOL_MILTERS 31	/* more may run, and are not told of */
#define SPOOL_VERSION 32

/* What may change while a program runs. */
struct spool_state {
	int64_t		 loaded;	/* ms since 1970: when its configuration
					   was read last */
	bool		 refused;	/* that one was bad, and an older one is
					   in force */
	unsigned	 stale;		/* tables that are out of date */
};

struct spool_program {
	long		 pid;		/* -1: not known */
	char		 version[SPOOL_VERSION]; /* "": not known, as all that
						    follows */
	int64_t		 since;		/* ms since 1970 */
	struct spool_state state;
};

/* spool_tell - of the program that has called spool_lock() or spool_attend();
 * best effort; nothing is written while nothing changes, and a milter does not
 * wait for the disk.  One thread. */
void	 spool_tell(struct spool *, const struct spool_state *);

/* spool_forwarder - false: none runs.
 * spool_milters - how many run; out has room for SPOOL_MILTERS. */
bool	 spool_forwarder(const struct spool *, struct spool_program *out);
size_t	 spool_milters(const struct spool *, struct spool_program *out);

#endif
