/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/digits.h"
#include "remediate/api/api_private.h"

/* fraction - ms of ".361", ".361123456"; *end goes behind it */
static int64_t
fraction(const char **end)
{
	int64_t ms = 0, unit = 100;

	if (**end != '.')
		return 0;
	for (++*end; isdigit((unsigned char)**end); ++*end, unit /= 10)
		ms += (**end - '0') * unit;
	return ms;
}

/* zone - ms that "Z", "+01:00" or "-0530" is ahead of UTC; false: none of it */
static bool
zone(const char *text, int64_t *out)
{
	uint64_t hours, minutes;
	size_t n;

	*out = 0;
	if (*text == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	n = strlen(text);
	if ((n != 5 && (n != 6 || text[3] != ':')) ||
	    !digits_parse(text + 1, 2, 23, &hours) ||
	    !digits_parse(text + n - 2, 2, 59, &minutes))
		return false;
	*out = (int64_t)(hours * 60 + minutes) * 60000;
	if (*text == '-')
		*out = -*out;
	return true;
}

/* api_time_parse - of RFC 3339 */
int64_t
api_time_parse(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	int64_t ms, ahead;
	time_t at;

	if (end == NULL || (*end != 'T' && *end != 't' && *end != ' '))
		return 0;
	end = strptime(end + 1, "%H:%M:%S", &tm);
	if (end == NULL)
		return 0;
	ms = fraction(&end);
	if (!zone(end, &ahead))
		return 0;
	at = timegm(&tm);
	return at > 0 ? (int64_t)at * 1000 + ms - ahead : 0;
}

/* api_time_format - in UTC */
const char *
api_time_format(int64_t ms, char out[API_TIME])
{
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&at, &tm);
	n = strftime(out, API_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out + n, API_TIME - n, ".%03dZ", (int)(ms % 1000));
	return out;
}
