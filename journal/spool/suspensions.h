/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suspensions - which intakes get no copies for a time, and how long that was
 *
 *	const struct suspension *why;
 *
 *	why = suspensions_find(&all, "journal@intake.example", clock_wall());
 *	if (why != NULL)
 *		puts(why->reason);
 *	suspensions_drop(&all);
 *
 * A suspension is for an intake address, for an intake domain, or for
 * SUSPENSION_ALL.  It ends at its time, whether a program runs then or not, or
 * when an operator ends it; both are a time in "until".  Those that have ended
 * are kept for a while, for the life of a copy is what has passed since it
 * began, less the time for which its intake was suspended: so there is nothing
 * to be done to a copy, at either end of a suspension, that a crash could leave
 * half done.
 *
 * As text: a line of JSON for each, in the order of their beginnings.
 *
 *	{"intake":"intake.example","from":1764151200123,"until":0,
 *	"uid":0,"reason":"maintenance"}
 *
 * Pure.
 */
#ifndef JOURNAL_SUSPENSIONS_H
#define JOURNAL_SUSPENSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define SUSPENSION_ALL "ALL"

enum {
	SUSPENSIONS_MAX = 1000,		/* in one file */
	SUSPENSION_INTAKE = 320,	/* octets */
	SUSPENSION_REASON = 200
};

struct suspension {
	char		*intake;
	int64_t		 from, until;	/* ms since 1970; until 0: it has no end
					   yet */
	unsigned	 uid;		/* whose wish it was */
	char		*reason;	/* "": none was given */
	bool		 told;		/* for whoever has them; not in the
					   text */
};

struct suspensions {
	struct suspension *list;	/* in the order of from */
	size_t		 count;
};

/* suspensions_add - copies the texts.  suspensions_drop - as after { 0 }. */
void	suspensions_add(struct suspensions *, const struct suspension *);
void	suspensions_drop(struct suspensions *);

/* suspensions_parse - new in out; a line that is not as above is an error, which
 * names it. */
int	suspensions_parse(const char *text, struct suspensions *out,
	    struct err *);
void	suspensions_format(const struct suspensions *, struct buf *out);

/* suspension_lasts - it has not ended.
 * suspension_covers - it is for this address, or for all of this domain. */
bool	suspension_lasts(const struct suspension *, int64_t now);
bool	suspension_covers(const struct suspension *, const char *intake);

/* suspensions_find - the one by which the address, or all of the domain, is
 * suspended now: of several the one that lasts longest.  NULL: it is not. */
const struct suspension *suspensions_find(const struct suspensions *,
	    const char *intake, int64_t now);

/* suspensions_time - for how many ms that address was suspended between since
 * and now.  suspensions_next - when the next will end by itself; INT64_MAX:
 * none will. */
int64_t	suspensions_time(const struct suspensions *, const char *address,
	    int64_t since, int64_t now);
int64_t	suspensions_next(const struct suspensions *, int64_t now);

/* suspensions_end - now, those that are for this intake or a part of it, which
 * all are of SUSPENSION_ALL, and an address of its domain; how many. */
size_t	suspensions_end(struct suspensions *, const char *intake, int64_t now);

/* suspensions_prune - leave out those which no copy can need any more that lives
 * so many ms. */
void	suspensions_prune(struct suspensions *, int64_t lifetime, int64_t now);

#endif
