/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/caps.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct keyword {
	const char	*name;
	size_t		 place;
} keywords[] = {
	{ "PIPELINING", offsetof(struct caps, pipelining) },
	{ "CHUNKING",   offsetof(struct caps, chunking) },
	{ "BINARYMIME", offsetof(struct caps, binarymime) },
	{ "8BITMIME",   offsetof(struct caps, eightbitmime) },
	{ "SMTPUTF8",   offsetof(struct caps, smtputf8) },
	{ "STARTTLS",   offsetof(struct caps, starttls) },
	{ "SIZE",       offsetof(struct caps, size) },
};

/* size_limit - the number behind SIZE; what is none, or too large to matter,
 * is no limit */
static uint64_t
size_limit(const char *s)
{
	uint64_t limit = 0;
	size_t digits;

	s += strspn(s, " \t");
	digits = strspn(s, "0123456789");
	if (digits > 18)
		return 0;
	for (size_t i = 0; i < digits; i++)
		limit = 10 * limit + (uint64_t)(s[i] - '0');
	return limit;
}

static void
line_parse(const char *line, struct caps *caps)
{
	size_t length = strcspn(line, " \t\r\n");

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strlen(keywords[i].name) == length &&
		    strncasecmp(keywords[i].name, line, length) == 0)
			*(bool *)((char *)caps + keywords[i].place) = true;
	if (length == 4 && strncasecmp(line, "SIZE", 4) == 0)
		caps->size_limit = size_limit(line + length);
}

/* caps_parse - read the lines behind the greeting */
void
caps_parse(const struct reply *reply, struct caps *out)
{
	const char *line = reply->text;

	memset(out, 0, sizeof(*out));
	while ((line = strchr(line, '\n')) != NULL)
		line_parse(++line, out);
	out->binarymime = out->binarymime && out->chunking;
}
