/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * removals - files of copies that are done go one at a time, in their order
 *
 *	if (removals_begin(removals)) {
 *		... remove it, and say so ...
 *		removals_end(removals);
 *	} else {
 *		removals_leave(removals, &removal);	-- removal.run(), later
 *	}
 *
 * A directory has one lock.  Those who unlink in it side by side do not get on
 * faster, but spend their time on waiting for that lock.  So whoever finds
 * nobody at it, and nothing that waits, removes by itself, at once; anybody else
 * leaves its file to a thread, and goes on sending.  That thread is started when
 * something is left for the first time.
 *
 * What waits there was delivered, and after a kill it is sent again.  So at most
 * REMOVALS_WAITING files wait; who comes then waits until half of them are gone.
 * It does not remove by itself: then many would unlink side by side again when
 * there is most to do.  And when the disk is slow, sending has to slow down with
 * it, as it would without a thread.
 *
 * All are done in the order in which they were given, so what a thread gives is
 * done in that thread's order, by whomever.  No thread to be had: whoever would
 * leave it does it.
 *
 * The proof.  A removal is run once: by its giver, between removals_begin() and
 * removals_end(), or by the thread, which has taken it off the list.  Until then
 * nothing is told of the delivery, and the copy stays known (lease_done()), so no
 * look into ready/ takes it for a new one.  Then the unlink says who took the
 * name away: we, an operator, or, as it fails, nobody (lease_settle()); and that
 * is told, once.  removals_drain() returns when all have run, and nobody ends
 * the program before.  If it is killed, the next one finds at most
 * REMOVALS_WAITING files that waited, one that was about to go, and those of
 * letters that were under way on connections, their giver's that waits here
 * among them; it sends these again, as after an unlink that a power loss has
 * taken back (journal/spool/spool.h).
 */
#ifndef FORWARD_REMOVALS_H
#define FORWARD_REMOVALS_H

#include <stdbool.h>

#define REMOVALS_WAITING 256

struct removals;

/* First member of what is to be done; its owner's until it is left, and then
 * run's, which may free it. */
struct removal {
	void		(*run)(struct removal *);
	struct removal	*next;		/* the module's */
};

struct removals *removals_new(void);
struct removals *removals_free(struct removals *);	/* NULL; drains */

/* removals_begin - true: the caller is at it alone, until removals_end().
 * false: others are; removals_leave() it.  Any thread. */
bool	 removals_begin(struct removals *);
void	 removals_end(struct removals *);
void	 removals_leave(struct removals *, struct removal *);

/* removals_drain - wait until all are done, and end the thread.  Nobody may
 * give one meanwhile. */
void	 removals_drain(struct removals *);

#endif
