/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/sts_policy.h"

#include <string.h>
#include <strings.h>

/* A piece of text. */
struct piece {
	const char	*start;
	size_t		 length;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* cut - take what stands before the character, or all; false: nothing left */
static bool
cut(struct piece *rest, char at, struct piece *out)
{
	const char *end;

	if (rest->length == 0)
		return false;
	end = memchr(rest->start, at, rest->length);
	out->start = rest->start;
	out->length = end == NULL ? rest->length :
	    (size_t)(end - rest->start);
	rest->start += out->length + (end != NULL);
	rest->length -= out->length + (end != NULL);
	return true;
}

static struct piece
trim(struct piece piece)
{
	while (piece.length > 0 && is_blank(*piece.start)) {
		piece.start++;
		piece.length--;
	}
	while (piece.length > 0 && is_blank(piece.start[piece.length - 1]))
		piece.length--;
	return piece;
}

static bool
is(struct piece piece, const char *text)
{
	return piece.length == strlen(text) &&
	    memcmp(piece.start, text, piece.length) == 0;
}

/* ---- the record ---- */

/* take_id - 1 to 32 letters and digits */
static bool
take_id(struct piece value, char out[STS_ID])
{
	if (value.length == 0 || value.length >= STS_ID)
		return false;
	for (size_t i = 0; i < value.length; i++)
		if (!is_letter_or_digit(value.start[i]))
			return false;
	memcpy(out, value.start, value.length);
	out[value.length] = '\0';
	return true;
}

/* sts_record_parse - RFC 8461 3.1 */
enum sts_record
sts_record_parse(const char *bytes, size_t n, char out_id[STS_ID])
{
	static const char version[] = "v=STSv1;";
	struct piece rest = { bytes, n }, field, name;

	if (n < sizeof(version) - 1 ||
	    memcmp(bytes, version, sizeof(version) - 1) != 0)
		return STS_OTHER;
	while (cut(&rest, ';', &field)) {
		field = trim(field);
		if (cut(&field, '=', &name) && is(name, "id"))
			return take_id(field, out_id) ? STS_RECORD :
			    STS_BROKEN;
	}
	return STS_BROKEN;
}

/* ---- the policy ---- */

/* next_field - false: there are no more; *out_bad: that is no field */
static bool
next_field(struct piece *rest, struct piece *name, struct piece *value,
    bool *out_bad)
{
	struct piece line;

	*out_bad = false;
	while (cut(rest, '\n', &line)) {
		if (line.length > 0 && line.start[line.length - 1] == '\r')
			line.length--;
		line = trim(line);
		if (line.length == 0)
			continue;
		*out_bad = memchr(line.start, ':', line.length) == NULL;
		(void)cut(&line, ':', name);
		*value = trim(line);
		return true;
	}
	return false;
}

static bool
take_mode(struct piece value, enum sts_mode *out)
{
	static const char *const names[] = { [STS_NONE] = "none",
	    [STS_TESTING] = "testing", [STS_ENFORCE] = "enforce" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (is(value, names[i])) {
			*out = (enum sts_mode)i;
			return true;
		}
	return false;
}

/* take_age - 1 to 10 digits */
static bool
take_age(struct piece value, int64_t *out)
{
	int64_t age = 0;

	if (value.length == 0 || value.length > 10)
		return false;
	for (size_t i = 0; i < value.length; i++) {
		if (value.start[i] < '0' || value.start[i] > '9')
			return false;
		age = age * 10 + (value.start[i] - '0');
	}
	*out = age < STS_AGE_MAX ? age : STS_AGE_MAX;
	return true;
}

/* What was seen of a policy so far. */
struct seen {
	bool		 version, mode, age, mx;
};

/* take_field - false: a value that is none */
static bool
take_field(struct piece name, struct piece value, struct seen *seen,
    struct sts_policy *policy)
{
	bool good = true;

	if (is(name, "version") && !seen->version)
		good = seen->version = is(value, "STSv1");
	else if (is(name, "mode") && !seen->mode)
		good = seen->mode = take_mode(value, &policy->mode);
	else if (is(name, "max_age") && !seen->age)
		good = seen->age = take_age(value, &policy->max_age);
	else if (is(name, "mx"))
		good = seen->mx = value.length > 0;
	return good;
}

/* sts_policy_parse - RFC 8461 3.2 */
bool
sts_policy_parse(const char *bytes, size_t n, struct sts_policy *out)
{
	struct sts_policy policy = { .text = bytes, .length = n };
	struct piece rest = { bytes, n }, name, value;
	struct seen seen = { false, false, false, false };
	bool bad;

	if (n > STS_POLICY_MAX)
		return false;
	while (next_field(&rest, &name, &value, &bad))
		if (bad || !take_field(name, value, &seen, &policy))
			return false;
	if (!seen.version || !seen.mode || !seen.age ||
	    (!seen.mx && policy.mode != STS_NONE))
		return false;
	*out = policy;
	return true;
}

/* matches - RFC 8461 4.1: an asterisk is the whole of the first label */
static bool
matches(struct piece pattern, const char *host, size_t length)
{
	if (pattern.length > 2 && memcmp(pattern.start, "*.", 2) == 0) {
		const char *dot = memchr(host, '.', length);

		if (dot == NULL || dot == host)
			return false;
		length -= (size_t)(dot - host);
		host = dot;
		pattern.start++;
		pattern.length--;
	}
	return pattern.length == length &&
	    strncasecmp(pattern.start, host, length) == 0;
}

/* sts_policy_takes - one of its mx fields is about this host */
bool
sts_policy_takes(const struct sts_policy *policy, const char *host)
{
	struct piece rest = { policy->text, policy->length }, name, value;
	size_t length = strlen(host);
	bool bad;

	if (length > 0 && host[length - 1] == '.')
		length--;
	while (length > 0 && next_field(&rest, &name, &value, &bad))
		if (is(name, "mx") && matches(value, host, length))
			return true;
	return false;
}
