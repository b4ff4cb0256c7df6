/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/lease.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/operator/suspend.h"
#include "forward/outcome.h"
#include "forward/story.h"

/* close_story - it was not the end, or another has told it */
static void
close_story(struct item *item)
{
	item->story = story_free(item->story);
}

/* ---- its end ---- */

/* let_go - the file's last step */
static int
let_go(struct forwarder *forwarder, const struct item *item,
    struct ending ending, struct err *err)
{
	struct spool *spool = forwarder->spool;

	switch (ending.way) {
	case ENDING_KEEP:
		return spool_keep(spool, &item->entry, item->unnamed, err);
	case ENDING_DIVERT:
		return spool_divert(spool, &item->entry, ending.why, err);
	case ENDING_REMOVE:
		break;
	}
	return spool_remove(spool, SPOOL_READY, &item->entry, err);
}

/* stick - it stays known, so that we do not send it again; and is emptied, if
 * that can be, so that no other forwarder does */
static void
stick(struct forwarder *forwarder, struct item *item, struct ending ending)
{
	struct stuck *stuck = mem_new(sizeof(*stuck));
	struct err ignored;

	close_story(item);
	stuck->item = item;
	stuck->ending = ending;
	stuck->empty = ending.way == ENDING_REMOVE &&
	    spool_empty(forwarder->spool, &item->entry, &ignored) == 0;
	pthread_mutex_lock(&forwarder->lock);
	queue_done(item, clock_now());
	stuck->next = forwarder->stuck;
	forwarder->stuck = stuck;
	pthread_mutex_unlock(&forwarder->lock);
}

/* lease_settle - the file goes, and then the item */
int
lease_settle(struct forwarder *forwarder, struct item *item,
    struct ending ending, struct err *err)
{
	int status = let_go(forwarder, item, ending, err);

	if (status == -1)
		stick(forwarder, item, ending);
	else
		lease_forget(forwarder, item);
	return status;
}

/* lease_done - it is not under way any more, and not to be sent again */
void
lease_done(struct forwarder *forwarder, struct item *item)
{
	pthread_mutex_lock(&forwarder->lock);
	queue_done(item, clock_now());
	pthread_mutex_unlock(&forwarder->lock);
}

/* lease_forget - nothing more will be done for it */
void
lease_forget(struct forwarder *forwarder, struct item *item)
{
	close_story(item);
	pthread_mutex_lock(&forwarder->lock);
	queue_forget(forwarder->queue, item, clock_now());
	pthread_mutex_unlock(&forwarder->lock);
}

/* ---- back to the queue ---- */

/* lease_put_back - that was no attempt */
void
lease_put_back(struct forwarder *forwarder, struct item *item,
    int64_t pause)
{
	int64_t now = clock_now();

	close_story(item);
	pthread_mutex_lock(&forwarder->lock);
	queue_put_back(item, now + pause, now);
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* lease_spare - let it go for once */
bool
lease_spare(struct forwarder *forwarder, struct item **item)
{
	if ((*item)->spared)
		return false;
	(*item)->spared = true;
	lease_put_back(forwarder, item_give(item), 0);
	return true;
}

/* lease_reconnect - another connection may do better */
bool
lease_reconnect(struct forwarder *forwarder, struct item **item)
{
	if ((*item)->reconnected)
		return false;
	(*item)->reconnected = (*item)->wary = true;
	lease_put_back(forwarder, item_give(item), 0);
	return true;
}

/* lease_return - the connection was gone before */
bool
lease_return(struct forwarder *forwarder, struct item **item)
{
	if ((*item)->returns == LEASE_RETURNS)
		return false;
	(*item)->returns++;
	(*item)->wary = true;
	lease_put_back(forwarder, item_give(item), 0);
	return true;
}

/* lease_retry - it was one, and another will be made */
void
lease_retry(struct forwarder *forwarder, struct item *item)
{
	close_story(item);
	pthread_mutex_lock(&forwarder->lock);
	queue_retry(forwarder->queue, item, clock_now());
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* lease_death - when a copy will be too old */
int64_t
lease_death(struct forwarder *forwarder, const struct item *item)
{
	int64_t death;

	pthread_mutex_lock(&forwarder->lock);
	death = queue_death(forwarder->queue, item);
	pthread_mutex_unlock(&forwarder->lock);
	return death;
}

/* lease_clock - by what our deadlines go */
int64_t
lease_clock(int64_t wall)
{
	int64_t now = clock_now(), then = wall + now - clock_wall();

	return then < now ? then : now;
}

/* ---- what is known by its name ---- */

/* lease_confirm - its file is open */
bool
lease_confirm(struct forwarder *forwarder, struct item *item,
    const struct copy *copy)
{
	if (!item->by_name)
		return true;
	if (strcmp(item->intake, copy->envelope.intake) != 0)
		return false;
	pthread_mutex_lock(&forwarder->lock);
	item->by_name = false;
	item->accepted = lease_clock(copy->since);
	suspend_age(forwarder, item);
	pthread_mutex_unlock(&forwarder->lock);
	return true;
}

static bool
is_past(struct forwarder *forwarder, const struct item *item)
{
	return clock_now() >= lease_death(forwarder, item);
}

/* lease_look - confirm it */
enum copy_status
lease_look(struct forwarder *forwarder, struct item *item, bool *out_dead,
    struct err *err)
{
	struct copy copy;
	enum copy_status status = copy_peek(forwarder->spool, SPOOL_READY,
	    &item->entry, &copy, err);

	if (status != COPY_OPEN)
		return status;
	*out_dead = lease_confirm(forwarder, item, &copy) &&
	    is_past(forwarder, item);
	copy_close(&copy);
	return COPY_OPEN;
}

/* lease_dead - too old */
bool
lease_dead(struct forwarder *forwarder, struct item *item)
{
	struct err ignored;
	bool dead = is_past(forwarder, item);

	if (dead && item->by_name &&
	    lease_look(forwarder, item, &dead, &ignored) != COPY_OPEN)
		dead = false;
	return dead;
}

/* lease_mistaken - forgotten first, so that its new name is news */
void
lease_mistaken(struct forwarder *forwarder, struct item *item)
{
	const struct spool_entry entry = item->entry;
	struct err err;

	lease_forget(forwarder, item);
	if (spool_plain(forwarder->spool, &entry, &err) == -1)
		outcome_trouble(err.text);
}
