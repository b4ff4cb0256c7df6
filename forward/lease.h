/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lease - what becomes of a copy that was taken from the queue
 *
 *	lease_put_back(forwarder, item_give(&item), 0);
 *	if (!lease_spare(forwarder, &item))
 *		... it is still here ...
 *
 * For the holder of an item.  Each of these takes it, where nothing else is said;
 * those that want a struct item ** may leave it.  Each takes the forwarder's lock by
 * itself.
 */
#ifndef FORWARD_LEASE_H
#define FORWARD_LEASE_H

#include "forward/forwarder.h"
#include "journal/spool/copy.h"

/* lease_death - when it will be too old; the holder has to see to that.  Does
 * not take it. */
int64_t	lease_death(struct forwarder *, const struct item *);

/* lease_clock - clock_now() at that time of day, which is not yet to come. */
int64_t	lease_clock(int64_t wall);

/* Of an item that is by_name the age is what the name tells, by a clock that may
 * have been set since, until its file was opened.
 * lease_confirm - it is: from now on the item is as old as that says.  false: it
 * is for another intake, and remains by_name.
 * lease_look - open it for that, and close it: COPY_OPEN, and whether the item
 * is too old (one for another intake is not).
 * lease_dead - whether any item is too old, for certain.
 * None of these takes it. */
bool	lease_confirm(struct forwarder *, struct item *, const struct copy *);
enum copy_status lease_look(struct forwarder *, struct item *, bool *out_dead,
	    struct err *);
bool	lease_dead(struct forwarder *, struct item *);

/* lease_mistaken - its copy is for another intake than its name tells: it gets
 * a name that does not tell, and is learned once more. */
void	lease_mistaken(struct forwarder *, struct item *);

/* lease_put_back - that was no attempt; not to be taken for so many ms.
 * lease_retry - it was one, and there will be another. */
void	lease_put_back(struct forwarder *, struct item *, int64_t pause);
void	lease_retry(struct forwarder *, struct item *);

/* lease_spare - put it back at once, once in its life; false: that was done
 * before. */
bool	lease_spare(struct forwarder *, struct item **);

/* lease_reconnect - put it back at once for a fresh connection, once in its
 * life; false: that was done before. */
bool	lease_reconnect(struct forwarder *, struct item **);

/* lease_return - the same, LEASE_RETURNS times, for a copy of which nothing
 * was said yet, since the connection was gone already. */
#define LEASE_RETURNS 10
bool	lease_return(struct forwarder *, struct item **);

/* lease_forget - its file is gone.
 * lease_done - its file will go, by lease_settle() of another thread; until
 * then the item is only known.  Does not take it.
 * lease_settle - the file goes as its ending says, and then the item: 1.
 * 0: the file was gone, an operator has deleted it.  -1: it did not go; the
 * item stays known, so that it is not sent again, the file is emptied if that
 * can be, so that it is not sent by the next forwarder either, and its going is
 * tried again (sweep.h). */
void	lease_forget(struct forwarder *, struct item *);
void	lease_done(struct forwarder *, struct item *);
int	lease_settle(struct forwarder *, struct item *, struct ending,
	    struct err *);

#endif
