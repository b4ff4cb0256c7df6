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

/* is_plain - characters that mean nothing to a shell, nor to a file system */
static bool
is_plain(char c, const char *others)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr(others, c) != NULL);
}

/* can_stand - an address whose characters can; what cannot be in a name of the
 * DNS, such as an address literal, is left to the file */
static bool
can_stand(const char *intake)
{
	const char *p = intake;

	while (is_plain(*p, "-._+="))
		p++;
	if (p == intake || *p++ != '@' || *p == '.')
		return false;
	while (is_plain(*p, "-._"))
		p++;
	return *p == '\0' && is_plain(p[-1], "-_");
}

/* spool_hint - what the name is to tell of a fresh copy, if it can */
void
spool_hint(struct spool_entry *entry, int64_t accepted, const char *intake)
{
	entry->accepted = 0;
	entry->intake[0] = '\0';
	if (accepted <= 0 || strlen(intake) >= sizeof(entry->intake) ||
	    !can_stand(intake))
		return;
	entry->accepted = accepted;
	strcpy(entry->intake, intake);
}

/* add_hint - of a fresh copy; no printf, as digits.h tells */
static void
add_hint(const struct spool_entry *entry, char *end)
{
	*end++ = ',';
	end = digits_decimal(end, (uint64_t)entry->accepted);
	*end++ = ',';
	strcpy(end, entry->intake);
}

/* spool_name - what the file of a copy is called
 *
 *	failed = 16hexdig ["." attempts]		; more than 0
 *	ready  = 16hexdig "." attempts ["." since ["." why]]
 *	ready /= 16hexdig ".0," accepted "," intake
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
	else if (place == SPOOL_READY && entry->attempts == 0 &&
	    entry->accepted != 0)
		add_hint(entry, end);
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

/* parse_hint - from the first comma on */
static void
parse_hint(const char *text, struct spool_entry *entry)
{
	char *end;
	int64_t accepted = strtoll(text + 1, &end, 10);

	if (*end == ',')
		spool_hint(entry, accepted, end + 1);
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
	if (place == SPOOL_READY && *end == ',')
		parse_hint(end, &entry);
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
