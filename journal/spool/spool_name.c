/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of copies are called. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

/* As the counters of copies that are given up have them. */
const char *const spool_why_words[SPOOL_WHYS] = {
	[SPOOL_WHY_NOT]     = "",
	[SPOOL_WHY_DNS]     = "dns",
	[SPOOL_WHY_5XX]     = "5xx",
	[SPOOL_WHY_TLS]     = "tls",
	[SPOOL_WHY_EXPIRED] = "expired",
	[SPOOL_WHY_RETRIES] = "retries",
	[SPOOL_WHY_NETWORK] = "network",
};

/* spool_name - what the file of a copy is called
 *
 *	failed = 16hexdig ["." attempts]		; more than 0
 *	ready  = 16hexdig "." attempts ["." since ["." why]]
 */
char *
spool_name(enum spool_place place, const struct spool_entry *entry,
    char out[SPOOL_NAME])
{
	char *end = digits_hex(out, entry->mid, 16);

	if (place == SPOOL_READY || entry->attempts > 0) {
		*end++ = '.';
		end = digits_decimal(end, entry->attempts);
	}
	*end = '\0';
	if (place == SPOOL_READY && entry->since != 0)
		snprintf(end, SPOOL_NAME - (size_t)(end - out),
		    ".%" PRId64 "%s%s", entry->since,
		    entry->why != SPOOL_WHY_NOT ? "." : "",
		    spool_why_words[entry->why]);
	return out;
}

/* parse_why - SPOOL_WHY_NOT: no such word */
static enum spool_why
parse_why(const char *word)
{
	for (int why = SPOOL_WHY_DNS; why < SPOOL_WHYS; why++)
		if (strcmp(word, spool_why_words[why]) == 0)
			return (enum spool_why)why;
	return SPOOL_WHY_NOT;
}

/* spool_parse - which copy a file is; false: none
 *
 * There is one way to write each name: what spool_name() would not write
 * (signs, blanks, leading zeros, numbers too large) is not a copy's. */
bool
spool_parse(enum spool_place place, const char *name, struct spool_entry *out)
{
	struct spool_entry entry = { 0 };
	char again[SPOOL_NAME], *end;

	entry.mid = strtoull(name, &end, 16);
	if (*end == '.')
		entry.attempts = (unsigned)strtoul(end + 1, &end, 10);
	if (place == SPOOL_READY && *end == '.')
		entry.since = strtoll(end + 1, &end, 10);
	if (entry.since != 0 && *end == '.')
		entry.why = parse_why(end + 1);
	if (strcmp(name, spool_name(place, &entry, again)) != 0)
		return false;
	*out = entry;
	return true;
}

/* spool_parse_damaged - the same for what was set aside */
bool
spool_parse_damaged(const char *name, struct spool_entry *out)
{
	size_t length = strlen(name), end = strlen(SPOOL_DAMAGED);
	char start[SPOOL_NAME];

	if (length <= end || strcmp(name + length - end, SPOOL_DAMAGED) != 0)
		return false;
	snprintf(start, sizeof(start), "%.*s", (int)(length - end), name);
	return spool_parse(SPOOL_READY, start, out);
}
