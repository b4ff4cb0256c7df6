/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/ending.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/counters/delays.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "forward/lease.h"
#include "forward/operator/alerting.h"
#include "forward/outcome.h"
#include "forward/story.h"

typedef unsigned long long ull;	/* as the formats have it */

/* ending_count - of all, and of the copy's site */
void
ending_count(struct forwarder *forwarder, struct site *site, enum counter which)
{
	counter_add(forwarder->counters, which, 1);
	site_add(site->row, which, 1);
	site_touch(site->row, clock_wall());
}

/* add - to what is told of all, and of the copy's site */
static void
add(struct forwarder *forwarder, struct site *site, enum counter which,
    uint64_t n)
{
	counter_add(forwarder->counters, which, n);
	site_add(site->row, which, n);
}

/* ending_settle - nothing more is to be done */
bool
ending_settle(struct forwarder *forwarder, struct item *item,
    struct ending ending)
{
	struct err err;
	int status = lease_settle(forwarder, item, ending, &err);

	if (status == -1)
		outcome_trouble(err.text);
	return status != 0;
}

/* ---- with delivery ---- */

/* What is to be told of it. */
struct delivery {
	struct removal	 removal;	/* the first */
	struct forwarder *forwarder;
	struct item	*item;
	struct story	*story;
	char		*said;
	uint64_t	 dcid;
	int64_t		 took;		/* ms that its life lasted */
};

/* count_parts - of COUNT_DELIVERED */
static void
count_parts(const struct delivery *delivery, struct site *site, uint64_t size)
{
	struct forwarder *forwarder = delivery->forwarder;
	int64_t took = delivery->took;

	add(forwarder, site, COUNT_DELIVERED_BYTES, size);
	add(forwarder, site, delay_counter(took), 1);
	add(forwarder, site, COUNT_DELIVERY_TIME, took > 0 ?
	    (uint64_t)took : 0);
	counter_raise(forwarder->counters, COUNT_LAST_DELIVERY,
	    (uint64_t)(clock_wall() / 1000));
}

/* tell - that it was delivered, and that nobody else has taken the file away;
 * takes the story */
static void
tell(struct delivery *delivery, ull mid, unsigned attempts)
{
	struct history_fate fate = { .verdict = "delivered",
	    .reply = delivery->said, .attempts = attempts,
	    .dcid = delivery->dcid };

	story_end(delivery->forwarder, delivery->story, &fate);
	delivery->story = NULL;
	log_event(delivered, mid, log_name());
	log_event(response, mid, ESCAPE(delivery->said));
	log_event(finished, mid, "done");
}

/*
 * complete - its file goes, and who takes the name away decides its fate
 *
 * It is counted when the file has gone: whoever is killed before that sends it
 * again, and it must not count twice.
 */
static void
complete(struct removal *removal)
{
	struct delivery *delivery = (struct delivery *)removal;
	struct forwarder *forwarder = delivery->forwarder;
	struct item *item = item_give(&delivery->item);
	struct site *site = item->site;
	uint64_t size = item->size;
	unsigned attempts = queue_attempts(item) + 1;
	ull mid = item->entry.mid;

	if (ending_settle(forwarder, item,
	    (struct ending){ .way = ENDING_REMOVE })) {
		ending_count(forwarder, site, COUNT_DELIVERED);
		count_parts(delivery, site, size);
		tell(delivery, mid, attempts);
	} else {
		log_event(deleted_taken, mid, ESCAPE(delivery->said));
	}
	story_free(delivery->story);
	free(delivery->said);
	free(delivery);
}

/* ending_delivered - at once, if nobody else is at that */
void
ending_delivered(struct forwarder *forwarder, struct item *item, char *said,
    uint64_t dcid)
{
	struct delivery *delivery = mem_new(sizeof(*delivery));

	*delivery = (struct delivery){ .removal.run = complete,
	    .forwarder = forwarder, .item = item,
	    .story = story_take(forwarder, item), .said = said, .dcid = dcid,
	    .took = clock_now() - item->accepted };
	if (removals_begin(forwarder->removals)) {
		complete(&delivery->removal);
		removals_end(forwarder->removals);
		return;
	}
	lease_done(forwarder, item);
	removals_leave(forwarder->removals, &delivery->removal);
}

/* ---- without ---- */

/* ending_of - a copy that is given up: the alternate intake gets it, unless that
 * did not get it either; where is a text of that address then, new */
static struct ending
ending_of(struct forwarder *forwarder, const struct item *item,
    enum verdict_class class, char **out_where)
{
	struct ending ending = { .way = ENDING_REMOVE };
	const struct conf *conf;

	pthread_mutex_lock(&forwarder->lock);
	conf = &forwarder->settings->conf;
	if (*conf->alternate_intake_address != '\0' &&
	    item->entry.why == SPOOL_WHY_NOT) {
		ending.way = ENDING_DIVERT;
		ending.why = verdict_rows[class].why;
		*out_where = mem_text(conf->alternate_intake_address);
	} else if (conf->undelivered == CONF_KEEP) {
		ending.way = ENDING_KEEP;
	}
	pthread_mutex_unlock(&forwarder->lock);
	return ending;
}

/* ending_give_up - and count it */
bool
ending_give_up(struct forwarder *forwarder, struct item *item,
    enum verdict_class class, struct end *out)
{
	enum counter why = verdict_rows[class].counter;
	struct site *site = item->site;
	struct ending ending;

	*out = (struct end){ .mid = item->entry.mid, .class = class,
	    .site = site, .story = story_take(forwarder, item),
	    .attempts = queue_attempts(item) };
	ending = ending_of(forwarder, item, class, &out->alternate);
	if (!ending_settle(forwarder, item, ending))
		return false;
	/* Not before: whoever is killed between the two does it again. */
	ending_count(forwarder, site, COUNT_HARD_BOUNCED);
	ending_count(forwarder, site, why);
	if (out->alternate != NULL)
		ending_count(forwarder, site, COUNT_DIVERTED);
	return true;
}

/* ending_tell - a row of it, and an alert */
void
ending_tell(struct forwarder *forwarder, struct end *end, uint64_t dcid,
    const char *reply)
{
	struct history_fate fate = { .verdict = verdict_rows[end->class].fate,
	    .reply = reply, .attempts = end->attempts, .dcid = dcid };

	story_end(forwarder, end->story, &fate);
	end->story = NULL;
	alerting_given_up(forwarder, end, reply);
}

/* ending_log_reason - of what class it was */
void
ending_log_reason(const struct end *end)
{
	const struct verdict_row *row = &verdict_rows[end->class];

	log_write(row->event, log_rows[row->event].format, (ull)end->mid,
	    log_name());
}

/* ending_log - the last line of a copy, or that it is not */
void
ending_log(const struct end *end)
{
	if (end->alternate != NULL)
		log_event(diverted, (ull)end->mid, ESCAPE(end->alternate),
		    ESCAPE(end->site->domain));
	else
		log_event(finished, (ull)end->mid, "aborted");
}

/* ending_drop - when all is said */
void
ending_drop(struct end *end)
{
	free(end->alternate);
	end->alternate = NULL;
	end->story = story_free(end->story);
}
