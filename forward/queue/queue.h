/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue - which copy is sent next, and on which connection
 *
 *	item = queue_add(queue, &entry, domain, born, 0, now);
 *	switch (queue_connect(queue, now, &site, &item)) ...
 *	while ((item = queue_take(site, now)) != NULL)
 *		... queue_forget(), queue_put_back() or queue_retry() ...
 *	while ((item = queue_expired(queue, now)) != NULL)
 *		... queue_forget() ...
 *
 * Every copy in ready/ that we know is one item.  It waits with its site, the
 * intake domain, until it is taken; then it is its holder's until it is put
 * back or forgotten.
 *
 *	READY		may be sent: untried copies first, then by age; those
 *			that are wary by a fresh connection alone
 *	WAITING		not before item->due
 *	SUSPENDED	not before its intake is resumed; it does not die
 *	TAKEN		its holder's
 *	DONE		only known, so that it is not added again
 *
 * A wary item came back from a connection that would not have it, as far as is
 * known for no fault of its own.  Where the fault was the connection's it must
 * not happen again, so it waits for one that is fresh.
 *
 * An operator's flush has copies go before their retry is due: over a
 * connection that is open, or else once one is.  Where none is, one is opened
 * for the purpose, a lead without a copy, so a site that is down costs no copy
 * an attempt; and again when the last connection ends before they went.  When
 * the site goes down they wait for their retry again.
 *
 * A site is shown as down from its last failure until it answers a letter; but
 * when nothing waits for it, no longer than QUEUE_DOWN_TIME: it may never be
 * tried again.
 *
 * While an intake is suspended its items are not given out, and after that they
 * are as old as if it had not been: who knows how long it was moves the begin of
 * their lives (queue_suspend()).  Those that are taken go on with their holders,
 * and come to wait with the others if they are put back.
 *
 * An item dies lifetime after it was born, and only those that are not taken
 * are handed out by queue_expired(): the others are watched by their holders.
 *
 * Several sites share max_connections: the next connection goes to the site
 * with the fewest, and when all are in use, those with more than their share
 * give one up (queue_yield).  Connections to an unresponsive site stay busy
 * until they time out.  So one connection is reserved for each other known
 * site, up to half of max_connections altogether.
 *
 * Pure: no I/O, no locks; time is an argument (clock_now()).
 */
#ifndef FORWARD_QUEUE_H
#define FORWARD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forward/queue/concurrency.h"
#include "forward/queue/hash.h"
#include "forward/queue/heap.h"
#include "forward/queue/pace.h"
#include "journal/spool/spool.h"

#define QUEUE_DOWN_TIME 300000	/* ms */

struct site_row;

struct queue_rules {
	int64_t		 lifetime;	/* queue_lifetime */
	int64_t		 retry_delay;
	struct concurrency_rules concurrency;
};

struct site {
	char		*domain;
	struct concurrency	 concurrency;
	struct site_row	*row;		/* its counters; borrowed, or NULL; set
					   with the first copy, before that can
					   be taken */
	bool		 sought;	/* so it is */
	_Atomic int64_t	 thanked;	/* when it took a letter, or 0 */
	/* the queue's */
	struct pace	 pace;
	unsigned	 unused;	/* connections without a letter, open or
					   opening */
	unsigned	 leaving;	/* that end to make room for one */
	unsigned	 closing;	/* that are open, but take no letter more */
	struct heap	 ready;		/* in order of sending */
	struct heap	 wary;		/* the same */
	struct heap	 waiting;	/* in order of due */
	struct heap	 age;		/* all that are not taken */
	struct heap	 taken;		/* in order of age */
	size_t		 suspended;
	int64_t		 quiet_since;
	enum { FLUSH_NONE, FLUSH_ASKED, FLUSH_PROBED } flush;
	bool		 told_down;	/* for whoever tells of it; not the
					   queue's */
	bool		 hurried;	/* some of its items may be */
	struct site	*next;
};

struct item {
	struct spool_entry entry;	/* as its file is called */
	unsigned	 unnamed;	/* attempts that the name does not count,
					   since it could not be changed */
	bool		 by_name;	/* all that is known is what that tells;
					   the file was not opened */
	bool		 spared;	/* went back for nothing, once */
	bool		 wary;		/* for a fresh connection */
	bool		 reconnected;	/* went back for one, once */
	unsigned	 returns;	/* so often it met a connection that was
					   gone */
	char		*alternate;	/* the address that it goes to in place of
					   its own; NULL: its own */
	char		*intake;	/* to which address it goes; NULL: nobody
					   told */
	struct site	*site;
	uint64_t	 size;		/* of its message; 0: it was not opened */
	int64_t		 since;		/* entry.since, which is another after a
					   requeue; never written again */
	int64_t		 accepted;	/* clock_now() when its life began; not
					   written again, unless by_name */
	int64_t		 due;
	int64_t		 retry;		/* by then, had nobody asked for a flush;
					   0: nobody has */
	struct story	*story;		/* its holder's (story.h) */
	/* the queue's */
	int64_t		 born;		/* accepted, and for how long its intake
					   was suspended since */
	bool		 suspended;	/* so it is now */
	enum { ITEM_READY, ITEM_WAITING, ITEM_SUSPENDED, ITEM_TAKEN,
		ITEM_DONE } state;
	struct heap_node place;		/* in ready, wary or waiting */
	struct heap_node age;		/* in its site's, or in taken */
	struct hash_node by_mid;
};

/* item_give - another's from now on. */
static inline struct item *
item_give(struct item **item)
{
	struct item *given = *item;

	*item = NULL;
	return given;
}

struct queue;

struct queue *queue_new(const struct queue_rules *);
struct queue *queue_free(struct queue *);	/* NULL */
void	 queue_set_rules(struct queue *, const struct queue_rules *);

/* queue_knows - whether a copy is here: not at all; it is; or it is, but as it
 * was before it was requeued, and will soon be forgotten. */
enum queue_sight { QUEUE_NEW, QUEUE_KNOWN, QUEUE_EARLIER };
enum queue_sight queue_knows(const struct queue *,
	    const struct spool_entry *);
size_t	 queue_count(const struct queue *);
struct site *queue_sites(const struct queue *);	/* a list; borrowed */

/* queue_add - a copy that is not known.  failed: when the last attempt did,
 * if there was one. */
struct item *queue_add(struct queue *, const struct spool_entry *,
	    const char *domain, int64_t born, int64_t failed, int64_t now);

/* queue_death - when it will be too old; INT64_MAX: not as long as nothing
 * changes. */
int64_t	 queue_death(const struct queue *, const struct item *);

/* queue_suspend - whether the intake of an item is suspended, and when its life
 * began, for the queue: since it was accepted, and later by the time for which
 * its intake was suspended.
 * queue_each - every item, for that.
 * queue_stand - while it is so, no item dies. */
void	 queue_suspend(struct item *, bool suspended, int64_t born,
	    int64_t now);
void	 queue_each(struct queue *, void (*)(void *, struct item *),
	    void *arg);
void	 queue_stand(struct queue *, bool stands);

/* queue_attempts - how many have failed, as far as anybody knows. */
unsigned queue_attempts(const struct item *);

/* queue_due - how many of a site could be sent now. */
size_t	 queue_due(struct site *, int64_t now);

/* queue_waiting - how many copies of a site are here, taken or not. */
size_t	 queue_waiting(const struct site *);

/* queue_take - the next copy for a site, or NULL.
 * queue_take_wary - the next of those that wait for a fresh connection, since
 * then at least. */
struct item *queue_take(struct site *, int64_t now);
struct item *queue_take_wary(struct site *, int64_t since, int64_t now);

/* queue_unserved - a wary copy has waited for so many ms, and no fresh
 * connection is on its way, since there may not be one more. */
bool	 queue_unserved(struct site *, int64_t patience, int64_t now);

/* What becomes of an item that was taken. */
void	 queue_forget(struct queue *, struct item *, int64_t now); /* frees */
void	 queue_done(struct item *, int64_t now); /* stays known until then */
void	 queue_put_back(struct item *, int64_t due,
	    int64_t now);		/* that was no attempt */
void	 queue_retry(struct queue *, struct item *, int64_t now); /* it was */

/* queue_expired - take one that is dead, or NULL. */
struct item *queue_expired(struct queue *, int64_t now);

/* queue_flush - whatever waits for its retry goes as soon as there is a
 * connection, and where there is none one is tried now; domain: of this one
 * alone, or NULL.  How many retries. */
size_t	 queue_flush(struct queue *, const char *domain, int64_t now);

/* queue_reached - a connection of that site is open.  queue_left - one has
 * ended, or did not come to be; its site's concurrency knows it already.
 * untold: it did not, and the log has no word of that. */
void	 queue_reached(struct site *, int64_t now);
void	 queue_left(struct site *, bool untold, int64_t now);

/* queue_down - whether the site is to be shown as down. */
bool	 queue_down(const struct site *, int64_t now);

/* queue_connect - which site gets the next connection, now; a lead comes with
 * the copy that it is opened for, or, when an operator wants the site probed,
 * with NULL. */
enum concurrency_want queue_connect(struct queue *, int64_t now,
	    struct site **out_site, struct item **out_item);

/* queue_rest - as concurrency_rest(), for a connection of this site. */
bool	 queue_rest(const struct queue *, const struct site *, int64_t since,
	    int64_t now, int64_t *out_until);

/* queue_yield - whether a connection of this site shall make room for one of
 * another site. */
bool	 queue_yield(const struct queue *, const struct site *, int64_t now);

/* queue_oldest - when the life of a site's oldest copy began that is not done
 * with: it waits and is not suspended, or is taken; INT64_MAX: there is none. */
int64_t	 queue_oldest(const struct site *);

/* queue_next - when something will be due, or die; INT64_MAX: never. */
int64_t	 queue_next(const struct queue *, int64_t now);

#endif
