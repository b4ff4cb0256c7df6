/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/suspended.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/escape.h"
#include "control/when.h"

/* suspended_load - of a spool */
void
suspended_load(const struct spool *spool, struct suspensions *out)
{
	struct err err;

	*out = (struct suspensions){ 0 };
	if (spool_suspensions(spool, out, &err) == -1)
		fprintf(stderr, "tdcctl: warning: %s\n", ESCAPE(err.text));
}

/* suspended_until - in words */
const char *
suspended_until(const struct suspension *one, char out[SUSPENDED_UNTIL])
{
	char text[WHEN_TEXT];

	snprintf(out, SUSPENDED_UNTIL, "until %s", one->until == 0 ?
	    "it is resumed" : when_text(one->until, text));
	return out;
}

/* is_of - it is for this domain, or for an address of it, or for all */
static bool
is_of(const struct suspension *one, const char *domain)
{
	const char *at = strrchr(one->intake, '@');

	return domain == NULL || suspension_covers(one, domain) ||
	    (at != NULL && strcasecmp(at + 1, domain) == 0);
}

/* next_of - the next from at that lasts and is of that domain */
static const struct suspension *
next_of(const struct suspensions *all, const char *domain, size_t *at)
{
	int64_t now = clock_wall();

	while (*at < all->count) {
		const struct suspension *one = &all->list[(*at)++];

		if (suspension_lasts(one, now) && is_of(one, domain))
			return one;
	}
	return NULL;
}

/* suspended_print - those that last */
void
suspended_print(const struct suspensions *all, const char *domain)
{
	const struct suspension *one;
	char until[SUSPENDED_UNTIL];

	for (size_t at = 0; (one = next_of(all, domain, &at)) != NULL;)
		printf("%-44s%s %s%s%s\n", "Suspended:", ESCAPE(one->intake),
		    suspended_until(one, until),
		    *one->reason != '\0' ? ": " : "", ESCAPE(one->reason));
}

/* suspended_sentences - the same as sentences without a full stop */
void
suspended_sentences(const struct suspensions *all, const char *between,
    struct buf *out)
{
	const struct suspension *one;
	char until[SUSPENDED_UNTIL];

	for (size_t at = 0; (one = next_of(all, NULL, &at)) != NULL;)
		buf_texts(out, out->len > 0 ? between : "",
		    ESCAPE(one->intake), " is suspended ",
		    suspended_until(one, until),
		    *one->reason != '\0' ? ": " : "", ESCAPE(one->reason));
}

/* suspended_json - the same */
json_t *
suspended_json(const struct suspensions *all)
{
	int64_t now = clock_wall();
	json_t *array = json_array();

	for (size_t i = 0; i < all->count; i++) {
		const struct suspension *one = &all->list[i];

		if (!suspension_lasts(one, now))
			continue;
		json_array_append_new(array, json_pack("{s:s, s:I, s:o, s:I, "
		    "s:s}", "intake", one->intake,
		    "since", (json_int_t)(one->from / 1000),
		    "until", one->until == 0 ? json_null() :
		    json_integer((json_int_t)(one->until / 1000)),
		    "uid", (json_int_t)one->uid, "reason", one->reason));
	}
	return array;
}
