/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * links - how many connections a site is given
 *
 *	switch (links_want(&links, &load, &rules, now)) ...
 *
 * A site is an intake domain.  The rules:
 *
 *	- No connection is open, and a copy is due: one connection, the lead,
 *	  is opened on behalf of that copy, which loses an attempt if it
 *	  fails.
 *	- With it, if more copies are due, or else when its copy is done, up
 *	  to min_connections are opened.  The site has answered a letter since:
 *	  one for each four copies that are due, when that is more, up to
 *	  max_connections over all sites.  Those are nobody's: when one cannot
 *	  be had, no copy and no log line suffers, and the site gets no more
 *	  than it has (LINKS_LIMIT_TIME); so too after a 421.  A lead that is
 *	  told 421 while others are there, or under way, is one of them, and
 *	  its copy goes by another.
 *	- The lead failed, or the last connection broke or could not be had,
 *	  or ended by a 421 before any letter was answered: the site is down.
 *	  It is probed by one lead at a time, the pauses between them growing
 *	  from 1 s to 10 s; a retry_delay that is shorter sets both.  The other
 *	  copies wait; but the pause is cut short, to the shortest, for a copy
 *	  that would otherwise die untried.
 *	- The first letter that the site answers, whatever it says of it, ends
 *	  all that.
 *	- A copy that only a fresh connection may have gets one at once, if
 *	  there may be one more at all.
 *	- A connection without work is closed when no copy of its site was due
 *	  or under way for idle_timeout; when it was idle itself that long, and
 *	  the site has more than it would be given now; at once, when another
 *	  site needs one and max_connections are open.
 *
 * Pure: time is an argument (clock_now()).
 */
#ifndef FORWARD_LINKS_H
#define FORWARD_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINKS_LIMIT_TIME	10000	/* ms that a limit is believed in */
#define LINKS_PAUSE_MIN		1000	/* ms between probes, at first */
#define LINKS_PAUSE_MAX		10000	/* and at last */
#define LINKS_PAUSE_FLOOR	100	/* with the shortest retry_delay */
#define LINKS_COPIES		4	/* due copies for each connection */

struct links_rules {
	unsigned	 min;		/* min_connections */
	unsigned	 max;		/* max_connections */
	int64_t		 idle_timeout;
	int64_t		 retry_delay;
};

struct links {
	unsigned	 opening;
	unsigned	 open;
	bool		 proven;	/* a letter was answered since the
					   last lead */
	bool		 met;		/* it was ready once */
	bool		 owed;		/* a lead has just come up: open more
					   even if its copy is gone already */
	unsigned	 failures;	/* in a row; more than 0: down */
	int64_t		 failed_at;
	unsigned	 limit;		/* until limit_until; 0: none */
	int64_t		 limit_until;
};

/* What a site has to do. */
struct links_load {
	size_t		 due;		/* copies that could be sent now */
	size_t		 fresh;		/* of these, for connections that have
					   yet to be opened */
	size_t		 under_way;
	int64_t		 death;		/* of the oldest untried copy, or
					   INT64_MAX */
	int64_t		 quiet_since;	/* when the last was done; only if
					   there is none */
};

enum links_want { LINKS_ENOUGH, LINKS_LEAD, LINKS_EXTRA };
enum links_want links_want(const struct links *, const struct links_load *,
    const struct links_rules *, int64_t now);

/* links_rest - whether a connection that has had nothing to do since "since"
 * is to be closed; if not, *out_until is when to ask again. */
bool	links_rest(const struct links *, const struct links_load *,
	    const struct links_rules *, int64_t since, int64_t now,
	    int64_t *out_until);

bool	links_down(const struct links *);

/* links_news - whether links_good() would be news. */
bool	links_news(const struct links *);

/* What happened.  A connection is opening, then ready or failed; when ready,
 * closed or refused at last.  trouble: the site is to blame. */
void	links_opening(struct links *, const struct links_rules *);
void	links_ready(struct links *, bool lead);
void	links_good(struct links *);	/* it answered a letter */
void	links_failed(struct links *, bool lead, bool trouble, int64_t now);
void	links_closed(struct links *, bool trouble, int64_t now);
void	links_refused(struct links *, int64_t now);	/* closed by a 421 */

/* links_flush - a site that is down may be probed at once, and its pauses are
 * short again. */
void	links_flush(struct links *, int64_t now);

#endif
