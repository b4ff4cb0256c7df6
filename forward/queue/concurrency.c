/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/concurrency.h"

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* pause_of - a pause, but not longer than retry_delay */
static int64_t
pause_of(int64_t pause, const struct concurrency_rules *rules)
{
	if (pause > rules->retry_delay)
		pause = rules->retry_delay;
	return pause > CONCURRENCY_PAUSE_FLOOR ? pause :
	    CONCURRENCY_PAUSE_FLOOR;
}

/* probe_time - when a site that is down may be tried again */
static int64_t
probe_time(const struct concurrency *concurrency, int64_t death,
    const struct concurrency_rules *rules)
{
	int64_t shortest = pause_of(CONCURRENCY_PAUSE_MIN, rules);
	int64_t pause = CONCURRENCY_PAUSE_MIN;
	int64_t time;

	for (unsigned i = 1; i < concurrency->failures &&
	    pause < CONCURRENCY_PAUSE_MAX; i++)
		pause *= 2;
	if (pause > CONCURRENCY_PAUSE_MAX)
		pause = CONCURRENCY_PAUSE_MAX;
	time = concurrency->failed_at + pause_of(pause, rules);
	if (death - shortest < time)
		time = death - shortest;
	return time > concurrency->failed_at + shortest ? time :
	    concurrency->failed_at + shortest;
}

/* most - how many connections a site may have */
static size_t
most(const struct concurrency *concurrency,
    const struct concurrency_rules *rules, int64_t now)
{
	return concurrency->limit > 0 && now < concurrency->limit_until ?
	    smaller(concurrency->limit, rules->max) : rules->max;
}

/* target - how many connections a site that is not down is given */
static size_t
target(const struct concurrency *concurrency,
    const struct concurrency_load *load, const struct concurrency_rules *rules,
    int64_t now)
{
	size_t n = rules->min;

	if (concurrency->proven && concurrency->open > 0)
		n = larger(n,
		    (load->due + CONCURRENCY_COPIES - 1) / CONCURRENCY_COPIES);
	return smaller(n, most(concurrency, rules, now));
}

/* concurrency_want - what to open next */
enum concurrency_want
concurrency_want(const struct concurrency *concurrency,
    const struct concurrency_load *load, const struct concurrency_rules *rules,
    int64_t now)
{
	size_t have = concurrency->open + concurrency->opening;

	if (have == 0) {
		if (!load->asked && (load->due == 0 ||
		    (concurrency_down(concurrency) &&
		    now < probe_time(concurrency, load->death, rules))))
			return CONCURRENCY_ENOUGH;
		return CONCURRENCY_LEAD;
	}
	if (concurrency_down(concurrency) || load->due == 0)
		return CONCURRENCY_ENOUGH;
	if (load->fresh > 0 && have < most(concurrency, rules, now))
		return CONCURRENCY_EXTRA;
	if (load->due + load->under_way == 1 &&
	    concurrency->open > load->closing)
		return CONCURRENCY_ENOUGH;	/* one that rests takes it */
	return have < target(concurrency, load, rules, now) ?
	    CONCURRENCY_EXTRA : CONCURRENCY_ENOUGH;
}

/* concurrency_rest - whether to close a connection without work */
bool
concurrency_rest(const struct concurrency *concurrency,
    const struct concurrency_load *load, const struct concurrency_rules *rules,
    int64_t since, int64_t now, int64_t *out_until)
{
	bool quiet = load->due + load->under_way == 0;
	int64_t from = quiet && load->quiet_since > since ?
	    load->quiet_since : since;
	bool spare = quiet ||
	    concurrency->open > target(concurrency, load, rules, now);

	*out_until = from + rules->idle_timeout;
	if (spare && now >= *out_until)
		return true;
	if (*out_until <= now)		/* not spare: look again later */
		*out_until = now + rules->idle_timeout + 100;
	return false;
}

/* concurrency_down - whether the last attempt found no server to talk to */
bool
concurrency_down(const struct concurrency *concurrency)
{
	return concurrency->failures > 0;
}

/* concurrency_news - whether an answered letter changes anything */
bool
concurrency_news(const struct concurrency *concurrency)
{
	return concurrency_down(concurrency) || !concurrency->proven;
}

/* concurrency_opening - a connection is being opened */
void
concurrency_opening(struct concurrency *concurrency)
{
	concurrency->opening++;
}

/* concurrency_ready - it talks */
void
concurrency_ready(struct concurrency *concurrency, bool lead)
{
	concurrency->opening--;
	concurrency->open++;
	concurrency->met = true;
	if (lead)
		concurrency->proven = false;
}

/* concurrency_good - it answered a letter; what it wanted when it was down is
 * over */
void
concurrency_good(struct concurrency *concurrency)
{
	if (concurrency_down(concurrency))
		concurrency->limit = 0;
	concurrency->failures = 0;
	concurrency->proven = true;
}

static void
down(struct concurrency *concurrency, int64_t now)
{
	if (concurrency->failures++ == 0)
		concurrency->down_since = now;
	concurrency->failed_at = now;
}

static void
set_limit(struct concurrency *concurrency, unsigned limit, int64_t now)
{
	concurrency->limit = limit > 0 ? limit : 1;
	concurrency->limit_until = now + CONCURRENCY_LIMIT_TIME;
}

/* concurrency_failed - it could not be opened */
void
concurrency_failed(struct concurrency *concurrency, bool lead, bool trouble,
    int64_t now)
{
	concurrency->opening--;
	if (!trouble)
		return;
	/* before any is open, those that are under way are enough */
	if (!lead)
		set_limit(concurrency, concurrency->open > 0 ?
		    concurrency->open : concurrency->opening, now);
	/* before any is open, a lead decides; or the last that was opening */
	if (concurrency->open == 0 &&
	    (lead || (concurrency->opening == 0 &&
	    !concurrency_down(concurrency))))
		down(concurrency, now);
}

/* concurrency_closed - it is gone */
void
concurrency_closed(struct concurrency *concurrency, bool trouble, int64_t now)
{
	concurrency->open--;
	if (trouble && concurrency->open == 0)
		down(concurrency, now);
}

/* concurrency_refused - it is gone, and the site does not want as many; or
 * none */
void
concurrency_refused(struct concurrency *concurrency, int64_t now)
{
	concurrency->open--;
	set_limit(concurrency, concurrency->open, now);
	if (concurrency->open == 0 && !concurrency->proven)
		down(concurrency, now);
}
