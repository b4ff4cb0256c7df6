/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copies - how copies come into the queue, and how they leave it
 *
 * What the scheduler does with all of them, and what a worker does with the
 * one that it took.  Each call takes the forwarder's lock by itself.
 */
#ifndef FORWARD_COPIES_H
#define FORWARD_COPIES_H

#include "forward/forwarder.h"

/* ---- for the scheduler ---- */

/* copies_learn, copies_bury - not all of them in one call, when that would
 * take long: sending goes on, and so does the watchdog. */
void	copies_learn(struct forwarder *);
void	copies_bury(struct forwarder *);
void	copies_retry_stuck(struct forwarder *);
void	copies_purge(struct forwarder *);

/* copies_leave - before the end, when no worker is left. */
void	copies_leave(struct forwarder *);

/* copies_flush - as an operator wished, if one did (spool_flush.h). */
void	copies_flush(struct forwarder *);

/* ---- for who took an item; it is no longer his, but for copies_death ---- */

int64_t	copies_death(struct forwarder *, const struct item *);
void	copies_put_back(struct forwarder *, struct item *, int64_t pause);

/* copies_spare - put it back at once, once in its life; false: that was done
 * before, and it is still his. */
bool	copies_spare(struct forwarder *, struct item *);

/* copies_again - put it back at once for a fresh connection, once in its life;
 * false: that was done before, and it is still his. */
bool	copies_again(struct forwarder *, struct item *);

/* copies_return - the same, COPIES_RETURNS times, for a copy of which nothing
 * was said yet, since the connection was gone already. */
#define COPIES_RETURNS 10
bool	copies_return(struct forwarder *, struct item *);
void	copies_retry(struct forwarder *, struct item *);
void	copies_forget(struct forwarder *, struct item *);

/* copies_settle - the file goes, to failed/ if keep, and then the item: 1.
 * 0: the file was gone, an operator has deleted it.  -1: it did not go; the
 * item stays known, so that it is not sent again, the file is emptied if that
 * can be, so that it is not sent by the next forwarder either, and its going is
 * tried again. */
int	copies_settle(struct forwarder *, struct item *, bool keep,
	    struct err *);

#endif
