/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_limit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { REPEAT_MS = 10000 };

/* Held for a moment, and for limited lines alone. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* reason_of - FNV-1a of all but the digits */
static uint64_t
reason_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		if (*text < '0' || *text > '9')
			hash = (hash ^ (unsigned char)*text) *
			    UINT64_C(0x100000001b3);
	return hash;
}

static bool
is_over(const struct log_reason *reason, int64_t now)
{
	return reason->last == 0 || now - reason->last >= REPEAT_MS;
}

/* place_for - of a reason: its own, or the one that was silent the longest, if
 * its time is over; else NULL */
static struct log_reason *
place_for(struct log_limit *limit, uint64_t hash, int64_t now)
{
	struct log_reason *oldest = &limit->reasons[0];

	for (size_t i = 0; i < LOG_REASONS; i++) {
		struct log_reason *reason = &limit->reasons[i];

		if (reason->last != 0 && reason->hash == hash)
			return reason;
		if (reason->last < oldest->last)
			oldest = reason;
	}
	if (!is_over(oldest, now))
		return NULL;
	limit->others += oldest->left_out;
	*oldest = (struct log_reason){ .hash = hash };
	return oldest;
}

/* add_end - which no cut takes away */
static void
add_end(char *text, size_t size, unsigned same, unsigned others)
{
	char end[128] = "";
	size_t n = strlen(text), most;

	if (same > 0 && others > 0)
		snprintf(end, sizeof(end), " (and %u more like this, %u for "
		    "other reasons)", same, others);
	else if (same > 0)
		snprintf(end, sizeof(end), " (and %u more like this)", same);
	else if (others > 0)
		snprintf(end, sizeof(end), " (and %u more for other reasons)",
		    others);
	most = size - 1 - strlen(end);
	if (n > most) {
		strcpy(text + most - 3, "...");
		n = most;
	}
	strcpy(text + n, end);
}

/* log_limit_pass - whether this line may be written now */
bool
log_limit_pass(struct log_limit *limit, char *text, size_t size)
{
	uint64_t hash = reason_of(text);
	int64_t now = clock_now();
	struct log_reason *reason;
	bool pass;

	pthread_mutex_lock(&lock);
	reason = place_for(limit, hash, now);
	pass = reason != NULL && is_over(reason, now);
	if (pass) {
		add_end(text, size, reason->left_out, limit->others);
		reason->left_out = limit->others = 0;
		reason->last = now;
	} else if (reason != NULL) {
		reason->left_out++;
	} else {
		limit->others++;
	}
	pthread_mutex_unlock(&lock);
	return pass;
}
