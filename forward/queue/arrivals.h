/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arrivals - names of copies that are there and may be new
 *
 *	arrivals = arrivals_open(spool);
 *	while (arrivals_next(arrivals, now, &entry, &err) == 1)
 *		... not known yet: copy_peek(); busy: arrivals_again() ...
 *	... poll(2) arrivals_fd() until arrivals_when() ...
 *
 * What inotify reports, at once; and all that is in ready/, at the start and
 * every ARRIVALS_SCAN: so nothing is missed for good, whatever inotify loses or
 * cannot see.  Known copies are reported again and again.  While the
 * system has no inotify for us, ready/ is read every ARRIVALS_LOOK instead,
 * and inotify is asked for again every ARRIVALS_SCAN.
 *
 * A copy has its name before its writer closes it; such are reported again
 * after a short while that grows, or when a file is closed.
 */
#ifndef FORWARD_ARRIVALS_H
#define FORWARD_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "journal/spool/spool.h"

#define ARRIVALS_SCAN 30000	/* ms */
#define ARRIVALS_LOOK 1000	/* ms */

struct arrivals;

struct arrivals *arrivals_open(struct spool *);
/* arrivals_anew - after spool_look() found another directory. */
void	 arrivals_anew(struct arrivals *);
struct arrivals *arrivals_close(struct arrivals *);	/* NULL */
int	 arrivals_fd(const struct arrivals *);	/* borrowed; -1: none */

/* arrivals_next - 1: an entry; 0: none now; -1: the spool cannot be read. */
int	 arrivals_next(struct arrivals *, int64_t now, struct spool_entry *out,
	    struct err *);
void	 arrivals_again(struct arrivals *, const struct spool_entry *,
	    int64_t now);		/* its writer has not closed it */

/* arrivals_look - something could not be read now: report all that is in ready/
 * once more, ARRIVALS_LOOK from now at the latest. */
void	 arrivals_look(struct arrivals *, int64_t now);

/* arrivals_asked - whether an operator may have left a wish (spool_flush.h)
 * since the last call. */
bool	 arrivals_asked(struct arrivals *);

/* arrivals_news - whether inotify is lost, and why, or is there again;
 * reported once. */
#define ARRIVALS_WHY 160
enum arrivals_news { ARRIVALS_NO_NEWS, ARRIVALS_LOST, ARRIVALS_BACK };
enum arrivals_news arrivals_news(struct arrivals *, char out[ARRIVALS_WHY]);

/* arrivals_when - when to ask again; 0: what was read is not all reported
 * yet. */
int64_t	 arrivals_when(const struct arrivals *);

#endif
