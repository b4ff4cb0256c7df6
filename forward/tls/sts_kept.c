/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/sts_kept.h"

#include <stdio.h>
#include <string.h>

#define DAY (INT64_C(86400) * 1000)

/* sts_kept_format - append the file */
void
sts_kept_format(const struct sts_kept *kept, struct buf *out)
{
	buf_format(out, "STS %s %lld\n", kept->id, (long long)kept->got);
	buf_bytes(out, kept->policy.text, kept->policy.length);
}

/* take_number - digits up to the line's end, 15 at most */
static bool
take_number(const char *at, const char *end, int64_t *out)
{
	int64_t number = 0;

	if (at == end || end - at > 15)
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		number = number * 10 + (*at - '0');
	}
	*out = number;
	return true;
}

/* sts_kept_parse - the other way */
bool
sts_kept_parse(const char *bytes, size_t n, struct sts_kept *out)
{
	const char *line_end = memchr(bytes, '\n', n);
	char record[STS_ID + 16];
	struct sts_kept kept;
	const char *blank;

	if (n < 4 || line_end == NULL || memcmp(bytes, "STS ", 4) != 0)
		return false;
	blank = memchr(bytes + 4, ' ', (size_t)(line_end - bytes) - 4);
	if (blank == NULL || blank - bytes - 4 >= STS_ID ||
	    !take_number(blank + 1, line_end, &kept.got))
		return false;
	/* what an id is, one place knows */
	snprintf(record, sizeof(record), "v=STSv1;id=%.*s",
	    (int)(blank - bytes - 4), bytes + 4);
	if (sts_record_parse(record, strlen(record), kept.id) != STS_RECORD)
		return false;
	line_end++;
	if (!sts_policy_parse(line_end, n - (size_t)(line_end - bytes),
	    &kept.policy))
		return false;
	*out = kept;
	return true;
}

/* sts_kept_good - one that was got in the future was got by a clock that was
 * wrong, and is no good */
bool
sts_kept_good(const struct sts_kept *kept, int64_t now)
{
	return now >= kept->got - DAY &&
	    now < kept->got + kept->policy.max_age * 1000;
}

/* sts_kept_old - a day, or half of its life */
bool
sts_kept_old(const struct sts_kept *kept, int64_t now)
{
	int64_t half = kept->policy.max_age * 500;

	return now >= kept->got + (half < DAY ? half : DAY);
}
