/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concurrency - how many connections a site is given
 *
 *	switch (concurrency_want(&concurrency, &load, &rules, now)) ...
 *
 * A site is an intake domain.  The rules:
 *
 *	- No connection is open, and a copy is due: one connection, the lead,
 *	  is opened on behalf of that copy, which loses an attempt if it
 *	  fails.
 *	- With it, as soon as more copies are due, up to min_connections are
 *	  opened; a copy that is alone goes by the one that is there.  The site
 *	  has answered a letter since: one for each four copies that are due,
 *	  when that is more, up to max_connections over all sites.  Such extra
 *	  connections belong to no copy: if one fails, no attempt is charged
 *	  and nothing is logged, and for CONCURRENCY_LIMIT_TIME the site is
 *	  given no more than it has.  A 421 has the same effect.  A lead that
 *	  gets a 421 while others are there, or under way, counts as one of
 *	  them, and its copy goes by another.
 *	- An operator asks for it (load->asked), and no connection is open: a
 *	  lead as well, whatever the pause, but on behalf of no copy.
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
#ifndef FORWARD_CONCURRENCY_H
#define FORWARD_CONCURRENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONCURRENCY_LIMIT_TIME	10000	/* ms that a limit is believed in */
#define CONCURRENCY_PAUSE_MIN		1000	/* ms between probes, at first */
#define CONCURRENCY_PAUSE_MAX		10000	/* and at last */
#define CONCURRENCY_PAUSE_FLOOR	100	/* with the shortest retry_delay */
#define CONCURRENCY_COPIES		4	/* due copies for each connection */

struct concurrency_rules {
	unsigned	 min;		/* min_connections */
	unsigned	 max;		/* max_connections */
	int64_t		 idle_timeout;
	int64_t		 retry_delay;
};

struct concurrency {
	unsigned	 opening;
	unsigned	 open;
	bool		 proven;	/* a letter was answered since the
					   last lead */
	bool		 met;		/* it was ready once */
	unsigned	 failures;	/* in a row; more than 0: down */
	int64_t		 failed_at;
	int64_t		 down_since;	/* the first of these */
	unsigned	 limit;		/* until limit_until; 0: none */
	int64_t		 limit_until;
};

/* What a site has to do. */
struct concurrency_load {
	size_t		 due;		/* copies that could be sent now */
	size_t		 fresh;		/* of these, for connections that have
					   yet to be opened */
	size_t		 under_way;
	size_t		 closing;	/* connections that are open yet */
	int64_t		 death;		/* of the oldest untried copy, or
					   INT64_MAX */
	int64_t		 quiet_since;	/* when the last was done; only if
					   there is none */
	bool		 asked;		/* to be probed, by an operator */
};

enum concurrency_want {
	CONCURRENCY_ENOUGH,
	CONCURRENCY_LEAD,
	CONCURRENCY_EXTRA
};
enum concurrency_want concurrency_want(const struct concurrency *,
	    const struct concurrency_load *, const struct concurrency_rules *,
	    int64_t now);

/* concurrency_rest - whether a connection that has had nothing to do since
 * "since" is to be closed; if not, *out_until is when to ask again. */
bool	concurrency_rest(const struct concurrency *,
	    const struct concurrency_load *, const struct concurrency_rules *,
	    int64_t since, int64_t now, int64_t *out_until);

bool	concurrency_down(const struct concurrency *);

/* concurrency_news - whether concurrency_good() would be news. */
bool	concurrency_news(const struct concurrency *);

/* What happened.  A connection is opening, then ready or failed; when ready,
 * closed or refused at last.  trouble: the site is to blame. */
void	concurrency_opening(struct concurrency *);
void	concurrency_ready(struct concurrency *, bool lead);
void	concurrency_good(struct concurrency *);	/* it answered a letter */
void	concurrency_failed(struct concurrency *, bool lead, bool trouble,
	    int64_t now);
void	concurrency_closed(struct concurrency *, bool trouble, int64_t now);
void	concurrency_refused(struct concurrency *, int64_t now);	/* by a 421 */

#endif
