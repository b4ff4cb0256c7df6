/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/links.h"

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
pause_of(int64_t pause, const struct links_rules *rules)
{
	if (pause > rules->retry_delay)
		pause = rules->retry_delay;
	return pause > LINKS_PAUSE_FLOOR ? pause : LINKS_PAUSE_FLOOR;
}

/* probe_time - when a site that is down may be tried again */
static int64_t
probe_time(const struct links *links, int64_t death,
    const struct links_rules *rules)
{
	int64_t shortest = pause_of(LINKS_PAUSE_MIN, rules);
	int64_t pause = LINKS_PAUSE_MIN;
	int64_t time;

	for (unsigned i = 1; i < links->failures && pause < LINKS_PAUSE_MAX;
	    i++)
		pause *= 2;
	if (pause > LINKS_PAUSE_MAX)
		pause = LINKS_PAUSE_MAX;
	time = links->failed_at + pause_of(pause, rules);
	if (death - shortest < time)
		time = death - shortest;
	return time > links->failed_at + shortest ? time :
	    links->failed_at + shortest;
}

/* most - how many connections a site may have */
static size_t
most(const struct links *links, const struct links_rules *rules, int64_t now)
{
	return links->limit > 0 && now < links->limit_until ?
	    smaller(links->limit, rules->max) : rules->max;
}

/* target - how many connections a site that is not down is given */
static size_t
target(const struct links *links, const struct links_load *load,
    const struct links_rules *rules, int64_t now)
{
	size_t n = rules->min;

	if (links->proven && links->open > 0)
		n = larger(n, (load->due + LINKS_COPIES - 1) / LINKS_COPIES);
	return smaller(n, most(links, rules, now));
}

/* links_want - what to open next */
enum links_want
links_want(const struct links *links, const struct links_load *load,
    const struct links_rules *rules, int64_t now)
{
	size_t have = links->open + links->opening;

	if (have == 0) {
		if (load->due == 0 || (links_down(links) &&
		    now < probe_time(links, load->death, rules)))
			return LINKS_ENOUGH;
		return LINKS_LEAD;
	}
	if (links_down(links) || (load->due == 0 &&
	    (!links->owed || load->under_way > 0)))
		return LINKS_ENOUGH;
	if (have < target(links, load, rules, now) ||
	    (load->fresh > 0 && have < most(links, rules, now)))
		return LINKS_EXTRA;
	return LINKS_ENOUGH;
}

/* links_rest - whether to close a connection without work */
bool
links_rest(const struct links *links, const struct links_load *load,
    const struct links_rules *rules, int64_t since, int64_t now,
    int64_t *out_until)
{
	bool quiet = load->due + load->under_way == 0;
	int64_t from = quiet && load->quiet_since > since ?
	    load->quiet_since : since;
	bool spare = quiet || links->open > target(links, load, rules, now);

	*out_until = from + rules->idle_timeout;
	if (spare && now >= *out_until)
		return true;
	if (*out_until <= now)		/* not spare: look again later */
		*out_until = now + rules->idle_timeout + 100;
	return false;
}

/* links_down - whether the last attempt found nobody to talk to */
bool
links_down(const struct links *links)
{
	return links->failures > 0;
}

/* links_news - whether an answered letter changes anything */
bool
links_news(const struct links *links)
{
	return links_down(links) || !links->proven;
}

/* links_opening - a connection is being opened */
void
links_opening(struct links *links, const struct links_rules *rules)
{
	links->opening++;
	if (links->open + links->opening >= rules->min)
		links->owed = false;
}

/* links_ready - it talks */
void
links_ready(struct links *links, bool lead)
{
	links->opening--;
	links->open++;
	links->met = true;
	if (lead) {
		links->owed = true;
		links->proven = false;
	}
}

/* links_good - it answered a letter; what it wanted when it was down is over */
void
links_good(struct links *links)
{
	if (links_down(links))
		links->limit = 0;
	links->failures = 0;
	links->proven = true;
}

static void
down(struct links *links, int64_t now)
{
	links->failures++;
	links->failed_at = now;
}

static void
set_limit(struct links *links, unsigned limit, int64_t now)
{
	links->limit = limit > 0 ? limit : 1;
	links->limit_until = now + LINKS_LIMIT_TIME;
	links->owed = false;
}

/* links_failed - it could not be opened */
void
links_failed(struct links *links, bool lead, bool trouble, int64_t now)
{
	links->opening--;
	if (!trouble)
		return;
	/* before any is open, those that are under way are enough */
	if (!lead)
		set_limit(links, links->open > 0 ? links->open :
		    links->opening, now);
	/* before any is open, a lead tells; or the last that might have been */
	if (links->open == 0 &&
	    (lead || (links->opening == 0 && !links_down(links))))
		down(links, now);
}

/* links_closed - it is gone */
void
links_closed(struct links *links, bool trouble, int64_t now)
{
	links->open--;
	if (trouble && links->open == 0)
		down(links, now);
}

/* links_refused - it is gone, and the site does not want as many; or none */
void
links_refused(struct links *links, int64_t now)
{
	links->open--;
	set_limit(links, links->open, now);
	if (links->open == 0 && !links->proven)
		down(links, now);
}

/* links_flush - no more pause */
void
links_flush(struct links *links, int64_t now)
{
	if (!links_down(links))
		return;
	links->failures = 1;
	links->failed_at = now - LINKS_PAUSE_MAX;
}
