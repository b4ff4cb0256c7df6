/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/peers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/net.h"
#include "base/own.h"

struct pattern {
	bool		 excludes;
	struct nets	*nets;		/* or */
	char		*name;
	struct pattern	*next;
};

struct peers {
	struct pattern	*first;
};

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* is_name - what a host or a domain could be called; digits alone are an
 * address that is not whole */
static bool
is_name(const char *text)
{
	return strpbrk(text, LETTERS) != NULL &&
	    text[strspn(text, LETTERS "0123456789-._")] == '\0';
}

/* is_none - and why; what begins like an address may be one with a mistake */
static struct pattern *
is_none(const char *text, const struct err *why, struct err *err)
{
	if (*text >= '0' && *text <= '9')
		*err = *why;
	else
		err_set(err, ERR_NEVER, "'%.100s' is neither a host or domain "
		    "name nor an address or network", text);
	return NULL;
}

/* pattern_new - of one element; NULL: it is none */
static struct pattern *
pattern_new(const char *text, struct err *err)
{
	struct pattern *pattern = mem_new(sizeof(*pattern));
	const char *what = text + strspn(text, "!");
	struct err why;

	pattern->excludes = (what - text) % 2 != 0;
	if (is_name(what)) {
		pattern->name = mem_text(what);
	} else if (*what == '\0' ||
	    net_parse(what, &pattern->nets, &why) == -1) {
		free(pattern);
		return is_none(text, &why, err);
	}
	return pattern;
}

/* peers_parse - the list, in its order */
int
peers_parse(const char *list, struct peers **out, struct err *err)
{
	struct peers *peers = mem_new(sizeof(*peers));
	struct pattern **end = &peers->first;
	own(str) char *copy = mem_text(list);
	char *rest = copy, *element;

	while ((element = strsep(&rest, " \t\r\n,")) != NULL) {
		if (*element == '\0')
			continue;
		*end = pattern_new(element, err);
		if (*end == NULL) {
			peers_free(peers);
			return -1;
		}
		end = &(*end)->next;
	}
	*out = peers;
	return 0;
}

/* peers_free - all of it */
struct peers *
peers_free(struct peers *peers)
{
	struct pattern *pattern;

	if (peers == NULL)
		return NULL;
	while ((pattern = peers->first) != NULL) {
		peers->first = pattern->next;
		net_free(pattern->nets);
		free(pattern->name);
		free(pattern);
	}
	free(peers);
	return NULL;
}

/* covers - a name itself, or one that it is a parent of */
static bool
covers(const char *pattern, const char *name)
{
	size_t all = strlen(name), length = strlen(pattern);
	const char *end = name + all - length;

	if (length > all || strcasecmp(end, pattern) != 0)
		return false;
	return *pattern == '.' ? end > name : end == name || end[-1] == '.';
}

static bool
matches(const struct pattern *pattern, const struct peer *peer)
{
	if (pattern->nets != NULL)
		return net_match(pattern->nets, peer->address);
	return covers(pattern->name, peer->domain) ||
	    covers(pattern->name, peer->host);
}

/* peers_match - whether this one is meant */
bool
peers_match(const struct peers *peers, const struct peer *peer)
{
	for (const struct pattern *pattern = peers->first; pattern != NULL;
	    pattern = pattern->next)
		if (matches(pattern, peer))
			return !pattern->excludes;
	return false;
}
