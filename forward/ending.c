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

/* ending_delivered - after COUNT_DELIVERED, of which these are parts */
void
ending_delivered(struct forwarder *forwarder, struct site *site, uint64_t size,
    int64_t took)
{
	add(forwarder, site, COUNT_DELIVERED_BYTES, size);
	add(forwarder, site, delay_counter(took), 1);
	add(forwarder, site, COUNT_DELIVERY_TIME, took > 0 ?
	    (uint64_t)took : 0);
	counter_raise(forwarder->counters, COUNT_LAST_DELIVERY,
	    (uint64_t)(clock_wall() / 1000));
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
