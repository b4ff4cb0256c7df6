/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pace - how many letters a site takes, as experience has it
 *
 *	n = pace_session(&site->pace, now);	-- over one connection
 *	n = pace_flight(&site->pace);		-- in one flight
 *
 * Over one connection: a site that took n letters of a connection and then
 * refuses one for now, or hangs up, wants no more than n.  That is believed
 * for PACE_TIME, from the last time on that it was seen; several such numbers
 * within that time: the smallest.  It is forgotten at once when the letter
 * that was refused is refused on a fresh connection, too, or one after it is
 * taken: then it was for the letter's own sake.
 *
 * In one flight: one letter, until the site has answered that; then twice as
 * many after each flight that was answered whole, as it should be, up to
 * PACE_FLIGHT.  After the first one that was not it is one for good, that is,
 * as long as the process lives.
 *
 * Pure: time is an argument (clock_now()).
 */
#ifndef FORWARD_PACE_H
#define FORWARD_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_TIME	60000	/* ms */
#define PACE_FLIGHT	10	/* what a connection carries by default */

struct pace {			/* all zero: nothing is known */
	unsigned	 session;	/* until session_end; 0: no limit */
	int64_t		 session_end;
	unsigned	 doubled;	/* so often were flights */
	bool		 odd;		/* it has shown that it takes none */
};

/* pace_session - 0: no limit is known. */
unsigned pace_session(const struct pace *, int64_t now);

/* pace_limited - it took so many (at least one), and no more; true: that is
 * news.  pace_unlimited - it was not so. */
bool	 pace_limited(struct pace *, unsigned letters, int64_t now);
void	 pace_unlimited(struct pace *);

unsigned pace_flight(const struct pace *);

/* pace_whole - a flight of so many was answered as it should be.
 * pace_odd - another was not. */
void	 pace_whole(struct pace *, unsigned letters);
void	 pace_odd(struct pace *);

#endif
