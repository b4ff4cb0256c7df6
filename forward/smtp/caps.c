/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/caps.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"

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

/* number - the one there, if it has no more digits than that; else 0 */
static uint64_t
number(const char *s, size_t most)
{
	size_t count = strspn(s, "0123456789");
	uint64_t out = 0;

	if (count <= most)
		(void)digits_parse(s, count, UINT64_MAX, &out);
	return out;
}

/* is_word - whether s, of that length, is the word, in whatever case */
static bool
is_word(const char *s, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(s, word, length) == 0;
}

/* size_limit - the number after SIZE; what is none, or too large to matter,
 * is no limit */
static uint64_t
size_limit(const char *s)
{
	return number(s + strspn(s, " \t"), 18);
}

/* mailmax - what LIMITS says of it: 1 to 6 digits, not 0 (RFC 9422 3); others
 * of its words are passed over */
static unsigned
mailmax(const char *s)
{
	static const char name[] = "MAILMAX=";
	unsigned limit = 0;

	while (*(s += strspn(s, " \t")) != '\0') {
		size_t length = strcspn(s, " \t");
		const char *value = s + strlen(name);

		if (length > strlen(name) &&
		    strncasecmp(s, name, strlen(name)) == 0 &&
		    strspn(value, "0123456789") == length - strlen(name))
			limit = (unsigned)number(value, 6);
		s += length;
	}
	return limit;
}

/* mechanisms - those of AUTH that we know */
static void
mechanisms(const char *s, struct caps *caps)
{
	caps->auth = true;
	while (*(s += strspn(s, " \t=")) != '\0') {
		size_t length = strcspn(s, " \t");

		caps->auth_plain |= is_word(s, length, "PLAIN");
		caps->auth_login |= is_word(s, length, "LOGIN");
		s += length;
	}
}

/* caps_add - the next line of the reply; the first is a greeting */
void
caps_add(void *arg, const char *line)
{
	struct caps *caps = arg;
	size_t length = strcspn(line, " \t\r\n");

	if (caps->lines++ == 0)
		return;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (is_word(line, length, keywords[i].name))
			*(bool *)((char *)caps + keywords[i].place) = true;
	if (is_word(line, length, "SIZE"))
		caps->size_limit = size_limit(line + length);
	if (is_word(line, strcspn(line, " \t="), "AUTH"))
		mechanisms(line + strlen("AUTH"), caps);
	if (is_word(line, length, "LIMITS"))
		caps->mailmax = mailmax(line + length);
}

/* caps_binary - whether BODY=BINARYMIME may be said */
bool
caps_binary(const struct caps *caps)
{
	return caps->binarymime && caps->chunking;
}
