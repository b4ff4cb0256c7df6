/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/slots.h"

#include <stdio.h>
#include <time.h>

#define MINUTES(n) ((int64_t)(n) * 60000)
#define HOURS(n) ((int64_t)(n) * 3600000)
#define DAYS(n) ((int64_t)(n) * 86400000)

/* What a span up to so long is cut into. */
static const struct width {
	int64_t		 most;
	int		 minutes, hours;	/* one of them; none: days */
	const char	*each;
} widths[] = {
	{ HOURS(4), 5, 0, "5 minutes" },
	{ DAYS(3), 0, 1, "hour" },
	{ DAYS(15), 0, 6, "6 hours" },
};

/* before - the last bound that is not after a time */
static struct tm
before(const struct width *width, int64_t wall)
{
	time_t at = (time_t)(wall / 1000);
	struct tm tm;

	(void)localtime_r(&at, &tm);
	tm.tm_sec = 0;
	tm.tm_min = width->minutes > 0 ?
	    tm.tm_min - tm.tm_min % width->minutes : 0;
	if (width->minutes == 0)
		tm.tm_hour = width->hours > 0 ?
		    tm.tm_hour - tm.tm_hour % width->hours : 0;
	return tm;
}

/* wall_of - mktime() knows what summer time makes of it */
static int64_t
wall_of(const struct tm *tm, bool fresh)
{
	struct tm copy = *tm;

	if (fresh)
		copy.tm_isdst = -1;
	return (int64_t)mktime(&copy) * 1000;
}

/* step - the bound after that.  Short ones are of one length, so that none is
 * missing or there twice when the clock is put back or forward. */
static int64_t
step(const struct width *width, struct tm *tm, int64_t at, int days)
{
	if (width->minutes > 0)
		return at + MINUTES(width->minutes);
	if (width->hours == 1)
		return at + HOURS(1);
	if (width->hours > 0)
		tm->tm_hour += width->hours;
	else
		tm->tm_mday += days;
	return wall_of(tm, true);
}

static const struct width *
width_of(int64_t span, int *days, struct slots *out)
{
	static const struct width by_days = { 0, 0, 0, "" };

	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
		if (span <= widths[i].most) {
			snprintf(out->each, sizeof(out->each), "%s",
			    widths[i].each);
			return &widths[i];
		}
	out->days = true;
	*days = (int)(span / DAYS(SLOTS_MOST - 2)) + 1;
	if (*days == 1)
		snprintf(out->each, sizeof(out->each), "day");
	else
		snprintf(out->each, sizeof(out->each), "%d days", *days);
	return &by_days;
}

/* slots_cut - into pieces of one width */
void
slots_cut(struct slots *out, int64_t since, int64_t until)
{
	const struct width *width;
	struct tm tm;
	int64_t at;
	int days = 1;

	*out = (struct slots){ .count = 0 };
	width = width_of(until - since, &days, out);
	tm = before(width, since);
	at = wall_of(&tm, out->days || width->hours > 1);
	do {
		out->starts[out->count++] = at;
		at = step(width, &tm, at, days);
	} while (at < until && out->count < SLOTS_MOST);
	out->starts[out->count] = at;
}

/* slots_find - there are few, but many ask */
size_t
slots_find(const struct slots *slots, int64_t at)
{
	size_t low = 0, high = slots->count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (slots->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}
