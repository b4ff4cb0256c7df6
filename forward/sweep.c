/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/sweep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "forward/lease.h"
#include "forward/operator/suspend.h"
#include "forward/outcome.h"
#include "journal/spool/spool_flush.h"

enum {
	TURN_TIME = 100,	/* ms for copies in one turn: sending goes on */
	LEFT_NAMED = 20,	/* copies that one line names */
	SETTLED = 1000		/* ms after which a writer will have let go */
};

/* ---- those that arrive ---- */

/* domain_of - new: the intake domain of an address that can stand in RCPT;
 * NULL: it cannot.  A dot at its end is the root, and no part of any name that
 * a certificate or a policy has (RFC 6066 3) */
static char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');
	size_t n = at != NULL ? strlen(at + 1) : 0;

	for (const char *p = address; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '<' ||
		    *p == '>')
			return NULL;
	if (n > 0 && at[n] == '.')
		n--;
	return n > 0 && at != address ? mem_bytes(at + 1, n) : NULL;
}

/* What there is to know of a copy that is new. */
struct find {
	const struct spool_entry *entry;
	const char	*intake;	/* its own */
	int64_t		 since;		/* ms since 1970 */
	int64_t		 touched;	/* likewise; 0: no attempt has failed */
	bool		 by_name;
};

/* alternate_of - new: the address that it goes to in place of its own; NULL: its
 * own, also where there is none any more, so that nothing is lost by that */
static char *
alternate_of(struct forwarder *forwarder, const struct spool_entry *entry)
{
	char *alternate = NULL;

	if (entry->why == SPOOL_WHY_NOT)
		return NULL;
	pthread_mutex_lock(&forwarder->lock);
	if (*forwarder->settings->conf.alternate_intake_address != '\0')
		alternate = mem_text(
		    forwarder->settings->conf.alternate_intake_address);
	pthread_mutex_unlock(&forwarder->lock);
	return alternate;
}

/* remember - a copy that is not known */
static void
remember(struct forwarder *forwarder, const struct find *find)
{
	own(str) char *alternate = alternate_of(forwarder, find->entry);
	const char *intake = alternate != NULL ? alternate : find->intake;
	own(str) char *domain = domain_of(intake);
	struct item *item;
	struct site *site;

	if (domain == NULL) {
		outcome_damaged(forwarder, find->entry,
		    "no usable intake address");
		return;
	}
	pthread_mutex_lock(&forwarder->lock);
	item = queue_add(forwarder->queue, find->entry, domain,
	    lease_clock(find->since), lease_clock(find->touched),
	    clock_now());
	item->by_name = find->by_name;
	item->intake = mem_text(intake);
	item->alternate = str_give(&alternate);
	suspend_age(forwarder, item);
	site = item->site;
	if (!site->sought) {
		site->row = site_counts_row(forwarder->sites, domain);
		site->sought = true;
	}
	pthread_mutex_unlock(&forwarder->lock);
}

/* is_there - that name, now */
static bool
is_there(const struct forwarder *forwarder, const struct spool_entry *entry)
{
	char name[SPOOL_NAME];

	return faccessat(spool_readyfd(forwarder->spool),
	    spool_name(SPOOL_READY, entry, name), F_OK, 0) == 0;
}

/* is_known - or will be in a moment: of a copy that was given up, kept and
 * requeued the old item may not be forgotten yet */
static bool
is_known(struct forwarder *forwarder, const struct spool_entry *entry)
{
	enum queue_sight sight;

	pthread_mutex_lock(&forwarder->lock);
	sight = queue_knows(forwarder->queue, entry);
	pthread_mutex_unlock(&forwarder->lock);
	if (sight == QUEUE_EARLIER && is_there(forwarder, entry))
		arrivals_again(forwarder->arrivals, entry, clock_now());
	return sight != QUEUE_NEW;
}

/* not_open - why a look into it, with that status, did not show it */
static void
not_open(struct forwarder *forwarder, const struct spool_entry *entry,
    enum copy_status status, const struct err *err)
{
	switch (status) {
	case COPY_OPEN:
	case COPY_GONE:
		break;
	case COPY_BUSY:
		arrivals_again(forwarder->arrivals, entry, clock_now());
		break;
	case COPY_BAD:
		outcome_damaged(forwarder, entry, err->text);
		break;
	case COPY_TROUBLE:
		outcome_trouble(err->text);
		arrivals_look(forwarder->arrivals, clock_now());
		break;
	}
}

/* look_into - one whose name does not tell enough; its message is read when it
 * is sent */
static void
look_into(struct forwarder *forwarder, const struct spool_entry *entry)
{
	struct copy copy;
	enum copy_status status;
	struct err err;

	status = copy_peek(forwarder->spool, SPOOL_READY, entry, &copy, &err);
	if (status != COPY_OPEN) {
		not_open(forwarder, entry, status, &err);
		return;
	}
	remember(forwarder, &(struct find){ .entry = entry,
	    .intake = copy.envelope.intake, .since = copy.since,
	    .touched = copy.touched });
	copy_close(&copy);
}

/* tells - its name does, of a copy that needs no look into its file.  Of one that
 * was made a moment ago the lock has to tell whether its writer has let go; and by
 * a clock that was set back its age is not to be told */
static bool
tells(const struct spool_entry *entry)
{
	return entry->accepted != 0 &&
	    entry->accepted <= clock_wall() - SETTLED;
}

/* learn - a name that may be a new copy's, or that of one that has gone since it
 * was read */
static void
learn(struct forwarder *forwarder, const struct spool_entry *entry)
{
	if (is_known(forwarder, entry))
		return;
	if (!tells(entry))
		look_into(forwarder, entry);
	else if (is_there(forwarder, entry))
		remember(forwarder, &(struct find){ .entry = entry,
		    .intake = entry->intake, .since = entry->accepted,
		    .by_name = true });
}

/* sweep_arrivals - what is new in ready/ */
void
sweep_arrivals(struct forwarder *forwarder)
{
	int64_t now = clock_now(), end = now + TURN_TIME;
	struct spool_entry entry;
	struct err err;
	int status;

	while ((status = arrivals_next(forwarder->arrivals, now, &entry,
	    &err)) == 1) {
		learn(forwarder, &entry);
		now = clock_now();
		if (now >= end)
			break;
	}
	if (status == -1)
		outcome_trouble(err.text);
}

/* ---- those that are done ---- */

/* sweep_stuck - those whose file did not go */
void
sweep_stuck(struct forwarder *forwarder)
{
	struct stuck *stuck, *next;
	struct err err;

	pthread_mutex_lock(&forwarder->lock);
	stuck = forwarder->stuck;
	forwarder->stuck = NULL;
	pthread_mutex_unlock(&forwarder->lock);
	for (; stuck != NULL; stuck = next) {
		next = stuck->next;
		if (lease_settle(forwarder, stuck->item, stuck->ending,
		    &err) == -1)
			outcome_trouble(err.text);
		free(stuck);
	}
}

/* sweep_end - the last try for those; what the next start may send again,
 * or try once more, is logged */
void
sweep_end(struct forwarder *forwarder)
{
	own(buf) struct buf mids = BUF;
	size_t count = 0;

	sweep_stuck(forwarder);
	for (const struct stuck *stuck = forwarder->stuck; stuck != NULL;
	    stuck = stuck->next) {
		if (stuck->empty)
			continue;
		if (count++ < LEFT_NAMED)
			buf_format(&mids, "%sMID %" PRIu64,
			    count > 1 ? ", " : "", stuck->item->entry.mid);
	}
	if (count > LEFT_NAMED)
		buf_text(&mids, " ...");
	if (count > 0)
		log_event(left_behind, count, mids.data);
}

/* is_dead - an item that is too old by its name; if it is not by its file, it
 * was given back, or is learned once more */
static bool
is_dead(struct forwarder *forwarder, struct item *item)
{
	struct err err;
	bool dead;
	enum copy_status status = lease_look(forwarder, item, &dead, &err);

	if (status != COPY_OPEN) {
		not_open(forwarder, &item->entry, status, &err);
		lease_forget(forwarder, item);
		return false;
	}
	if (item->by_name)
		lease_mistaken(forwarder, item);
	else if (!dead)
		lease_put_back(forwarder, item, 0);
	return dead;
}

/* sweep_expired - those that were not sent in time */
void
sweep_expired(struct forwarder *forwarder)
{
	int64_t now = clock_now(), end = now + TURN_TIME;
	struct item *item;

	for (; now < end; now = clock_now()) {
		pthread_mutex_lock(&forwarder->lock);
		item = queue_expired(forwarder->queue, now);
		pthread_mutex_unlock(&forwarder->lock);
		if (item == NULL)
			return;
		if (!item->by_name || is_dead(forwarder, item))
			outcome_expired(forwarder, item);
	}
}

/* sweep_kept - kept ones whose time is over */
void
sweep_kept(struct forwarder *forwarder)
{
	int64_t oldest = clock_wall() - forwarder->settings->conf.kept_lifetime;
	struct err err;

	if (spool_purge(forwarder->spool, oldest, &err) == -1)
		outcome_trouble(err.text);
}

/* sweep_flush - each line of the wishes is one */
void
sweep_flush(struct forwarder *forwarder)
{
	own(buf) struct buf wishes = BUF;
	char *rest, *domain;
	struct err err;

	if (spool_flush_take(forwarder->spool, &wishes, &err) == -1) {
		outcome_trouble(err.text);
		arrivals_look(forwarder->arrivals, clock_now());
	}
	rest = wishes.data;
	while ((domain = strsep(&rest, "\n")) != NULL && rest != NULL) {
		size_t due;

		pthread_mutex_lock(&forwarder->lock);
		due = queue_flush(forwarder->queue,
		    *domain != '\0' ? domain : NULL, clock_now());
		pthread_mutex_unlock(&forwarder->lock);
		log_event(flushed, *domain != '\0' ? ESCAPE(domain) :
		    "all intake domains", due);
	}
}
