/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/digits.h"
#include "base/mem.h"
#include "remediate/http/http_private.h"

enum { CHALLENGES_MAX = 16384 };

#define DAY INT64_C(86400000)

/* within - a wait between nothing and a day */
static int64_t
within(int64_t wait)
{
	return wait < 0 ? 0 : wait > DAY ? DAY : wait;
}

/* time_of - a date of HTTP (RFC 9110 5.6.7); 0: it is none */
static int64_t
time_of(const char *text)
{
	static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT",
	    "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = { .tm_isdst = 0 };
		const char *end = strptime(text, forms[i], &tm);
		time_t seconds;

		if (end == NULL || *end != '\0')
			continue;
		seconds = timegm(&tm);
		return seconds > 0 ? (int64_t)seconds * 1000 : 0;
	}
	return 0;
}

static void
on_retry_after(const char *value, int64_t now, struct http_answer *answer)
{
	uint64_t seconds;
	size_t n = strlen(value);
	int64_t at;

	if (n > 0 && strspn(value, "0123456789") == n)
		answer->retry_after = digits_parse(value, n, DAY / 1000,
		    &seconds) ? (int64_t)seconds * 1000 : DAY;
	else if ((at = time_of(value)) > 0)
		answer->retry_after = within(at - now);
}

static void
on_date(const char *value, int64_t now, struct http_answer *answer)
{
	(void)now;
	answer->date = time_of(value);
}

static void
on_type(const char *value, int64_t now, struct http_answer *answer)
{
	size_t n = strcspn(value, "; \t");

	(void)now;
	*answer->type = '\0';
	if (n >= sizeof(answer->type))
		return;
	for (size_t i = 0; i < n; i++)
		answer->type[i] = (char)tolower((unsigned char)value[i]);
	answer->type[n] = '\0';
}

static void
on_challenge(const char *value, int64_t now, struct http_answer *answer)
{
	size_t n = strlen(value) + 1;

	(void)now;
	if (answer->challenges.len + n <= CHALLENGES_MAX)
		buf_bytes(&answer->challenges, value, n);
}

static const struct {
	const char	*name;
	void		(*take)(const char *, int64_t, struct http_answer *);
} fields[] = {
	{ "Retry-After", on_retry_after },
	{ "Date", on_date },
	{ "Content-Type", on_type },
	{ "WWW-Authenticate", on_challenge },
};

/* forget - the header of an answer that was not the last */
static void
forget(struct http_answer *answer)
{
	answer->retry_after = -1;
	answer->date = 0;
	*answer->type = '\0';
	buf_cut(&answer->challenges, 0);
}

/* http_head_line - what one line tells */
void
http_head_line(const char *line, size_t n, int64_t now,
    struct http_answer *answer)
{
	const char *colon = memchr(line, ':', n);
	own(str) char *value = NULL;
	size_t length;

	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		forget(answer);
		return;
	}
	if (colon == NULL)
		return;
	length = (size_t)(colon - line);
	for (n -= length + 1, colon++; n > 0 && isspace((unsigned char)*colon);
	    n--)
		colon++;
	while (n > 0 && isspace((unsigned char)colon[n - 1]))
		n--;
	value = mem_bytes(colon, n);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (strlen(fields[i].name) == length &&
		    strncasecmp(fields[i].name, line, length) == 0)
			fields[i].take(value, now, answer);
}

/* after - what stands after the scheme in one field, and not what another scheme
 * after it has; NULL: it is not there */
static const char *
after(const char *field, const char *scheme)
{
	size_t n = strlen(scheme);

	for (;;) {
		field += strspn(field, ", \t");
		if (strncasecmp(field, scheme, n) == 0 &&
		    strchr(" \t,", field[n]) != NULL) {
			field += n + strspn(field + n, " \t");
			return *field == ',' ? "" : field;
		}
		field = strchr(field, ',');
		if (field == NULL)
			return NULL;
	}
}

/* http_challenge - what the server says of a scheme */
const char *
http_challenge(const struct http_answer *answer, const char *scheme)
{
	const char *field = answer->challenges.data;
	const char *end = field + answer->challenges.len;
	const char *found = NULL;

	for (; found == NULL && field < end; field += strlen(field) + 1)
		found = after(field, scheme);
	return found;
}

/* http_answer_drop - as after HTTP_ANSWER */
void
http_answer_drop(struct http_answer *answer)
{
	forget(answer);
	buf_drop(&answer->body);
	buf_drop(&answer->challenges);
	answer->status = 0;
	answer->fresh = false;
}
