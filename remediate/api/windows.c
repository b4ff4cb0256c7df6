/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/api/windows.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The service refuses what is too near, too old or too long. */
#define NEAREST (5 * MINUTE)
#define OLDEST (90 * DAY - HOUR)
#define LONGEST (31 * DAY)

/* By so much the API's clock may seem to have gone back. */
#define UNSURE HOUR

static const struct {
	const char	*name;
	int64_t		 length;	/* 0: the rules' reach */
	int64_t		 every;		/* 0: at each poll */
} spans[WINDOWS_SPANS] = {
	[WINDOWS_HOURS] = { "hours", 2 * HOUR, 0 },
	[WINDOWS_DAY] = { "day", DAY, HOUR },
	[WINDOWS_REACH] = { "reach", 0, 6 * HOUR },
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* done_at - when it was done; 0: never, or in a time that is far from over */
static int64_t
done_at(const struct windows_done *done, enum windows_span span, int64_t now)
{
	int64_t at = done->at[span];

	return at <= 0 || at > now + UNSURE ? 0 : least(at, now);
}

/* longest_due - which has those before it in it */
static enum windows_span
longest_due(const struct windows_done *done, int64_t now)
{
	for (int span = WINDOWS_SPANS - 1; span > 0; span--) {
		int64_t at = done_at(done, (enum windows_span)span, now);

		if (at == 0 || now - at >= spans[span].every)
			return (enum windows_span)span;
	}
	return WINDOWS_HOURS;
}

/* begin_of - as early as those in it would begin, each since it was done */
static int64_t
begin_of(const struct windows_rules *rules, const struct windows_done *done,
    enum windows_span longest, int64_t now)
{
	int64_t from = now;

	for (int span = 0; span <= (int)longest; span++) {
		int64_t at = done_at(done, (enum windows_span)span, now);
		int64_t length = spans[span].length > 0 ?
		    spans[span].length : rules->reach;

		from = least(from, (at > 0 ? at : now) - length);
	}
	return from;
}

/* cut - into pieces that are not too long, the newest first */
static void
cut(int64_t from, int64_t to, struct windows_plan *plan)
{
	plan->count = 0;
	do {
		int64_t begin = to - LONGEST > from ? to - LONGEST : from;

		plan->windows[plan->count++] = (struct api_window){
		    .from = begin, .to = to, .threats = true };
		to = begin;
	} while (to > from && plan->count < WINDOWS_MAX);
}

/* windows_next - what to ask for now */
void
windows_next(const struct windows_rules *rules,
    const struct windows_done *done, int64_t now, struct windows_plan *out)
{
	int64_t oldest = least(OLDEST, rules->oldest), from;

	out->span = longest_due(done, now);
	out->now = now;
	from = begin_of(rules, done, out->span, now);
	if (from < now - oldest)
		from = now - oldest;
	cut(from, now - NEAREST, out);
}

/* windows_did - all that the plan's span has in it */
void
windows_did(const struct windows_plan *plan, struct windows_done *done)
{
	for (int span = 0; span <= (int)plan->span; span++)
		done->at[span] = plan->now;
}

/* windows_name - to keep it under */
const char *
windows_name(enum windows_span span)
{
	return spans[span].name;
}
