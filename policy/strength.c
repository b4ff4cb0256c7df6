/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/strength.h"

#include <string.h>

/* Three classes; in the middle one a longer domain or network is stronger.  No
 * name has more than 127 labels. */
enum {
	PARTS_MAX = 255,
	WEAK = 0,			/* user@ */
	MIDDLE = PARTS_MAX + 1,		/* a domain; a network */
	STRONG = 2 * MIDDLE,		/* an address; the name of a client */
	ALL = 3 * MIDDLE
};

/* labels - how many a domain has, empty ones left out */
static uint32_t
labels(const char *key, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (key[i] != '.' && (i == 0 || key[i - 1] == '.'))
			count++;
	return count < PARTS_MAX ? count : PARTS_MAX;
}

/* separators - how many an address of a client has, or the first part of one */
static uint32_t
separators(const char *key)
{
	uint32_t count = 0;

	for (; *key != '\0' && count < PARTS_MAX; key++)
		count += *key == '.' || *key == ':';
	return count;
}

/* of_user - with an extension first, and with its quotation marks */
static uint32_t
of_user(const char *key, size_t local, const char *delimiters)
{
	bool extended = false;

	for (size_t i = 1; i < local && !extended; i++)
		extended = strchr(delimiters, key[i]) != NULL;
	return (extended ? 2 : 0) + (*key == '"' ? 1 : 0);
}

static uint32_t
of_address(const char *key, size_t n, const char *delimiters)
{
	const char *at = memrchr(key, '@', n);
	size_t local;

	if (at == NULL)
		return n > 0 && *key == '<' ? STRONG :
		    MIDDLE + labels(key, n);
	local = (size_t)(at - key);
	return (local + 1 < n ? STRONG : WEAK) +
	    of_user(key, local, delimiters);
}

/* of_host - names before networks */
static uint32_t
of_host(const char *key)
{
	return keyform_is_network(key) ? MIDDLE + separators(key) :
	    STRONG + labels(key, strlen(key));
}

/* of_pair - the sender's key first, then the recipient's; one with quotation
 * marks around it is tried last */
static uint32_t
of_pair(const char *key, const char *delimiters)
{
	size_t n = strlen(key);
	bool quoted = n > 1 && *key == '"' && key[n - 1] == '"';
	const char *blank;

	if (quoted) {
		key++;
		n -= 2;
	}
	blank = keyform_blank(key);
	if (blank == NULL || blank >= key + n)
		return 0;
	return (of_address(key, (size_t)(blank - key), delimiters) * ALL +
	    of_address(blank + 1, n - (size_t)(blank + 1 - key),
	    delimiters)) * 2 + !quoted;
}

/* strength_of - by the kind of what is looked up */
uint32_t
strength_of(enum key_kind kind, const char *key, const char *delimiters)
{
	switch (kind) {
	case KEY_CLIENT:
	case KEY_HELO:
		return of_host(key);
	case KEY_PAIR:
		return of_pair(key, delimiters);
	case KEY_RECIPIENT:
	case KEY_SENDER:
		break;
	}
	return of_address(key, strlen(key), delimiters);
}
