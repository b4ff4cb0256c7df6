/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains and profiles that do not meet. */
#include "remediate/ready/ready_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "history/find.h"

/* ---- what the map says ---- */

struct names {
	const struct ready *ready;
	bool		*used;		/* profiles, by their number */
	bool		 unknown;	/* a name is made of what is looked up */
	int		 code;
};

static void
mark(const struct names *names, const struct profile *profile)
{
	const struct profiles *profiles = names->ready->profiles;

	for (size_t i = 0; i < profiles_count(profiles); i++)
		if (profiles_at(profiles, i) == profile)
			names->used[i] = true;
}

static void
take_name(void *arg, const char *name, const char *place, bool made)
{
	struct names *names = arg;
	const struct profile *const *chain;
	size_t count = made ? 0 : profiles_chain(names->ready->profiles, name,
	    &chain);

	for (size_t i = 0; i < count; i++)
		mark(names, chain[i]);
	if (made)
		names->unknown = true;
	else if (count == 0) {
		printf("remediation_domain_map: %s: '%s' is no profile and no "
		    "chain\n", ESCAPE(place), ESCAPE_INSIDE(name, '\''));
		names->code = EX_CONFIG;
	}
}

/* ready_domains - does each name lead to a profile? */
int
ready_domains(const struct ready *ready)
{
	size_t count = profiles_count(ready->profiles);
	struct names names = { .ready = ready, .code = EX_OK,
		.used = mem_new(count * sizeof(bool) + 1) };

	maps_each_value(ready->domains, take_name, &names);
	for (size_t i = 0; i < count; i++)
		if (!names.used[i] && !names.unknown)
			printf("note: profile %s: no domain of "
			    "remediation_domain_map has it\n",
			    profiles_at(ready->profiles, i)->name);
	if (names.code == EX_OK && !maps_are_none(ready->domains))
		puts("remediation_domain_map: ok");
	free(names.used);
	return names.code;
}

/* ---- what came ---- */

/* Of the last copies; so many domains; and that many are told. */
enum { COPIES = 10000, DOMAINS = 1000, TELL = 10 };

struct domain {
	char		*name;
	unsigned	 count;
};

struct domains {
	struct domain	 list[DOMAINS];
	size_t		 count;
};

static void
add(struct domains *domains, const char *name)
{
	size_t i = 0;

	while (i < domains->count && strcasecmp(domains->list[i].name,
	    name) != 0)
		i++;
	if (i == DOMAINS)
		return;
	if (i == domains->count)
		domains->list[domains->count++].name = mem_text(name);
	domains->list[i].count++;
}

static void
take_row(void *arg, const struct history_row *row)
{
	for (size_t i = 0; i < row->envelope.recipient_count; i++) {
		const char *at = strrchr(row->envelope.recipients[i], '@');

		if (at != NULL)
			add(arg, at + 1);
	}
}

/* by_count - most mail first */
static int
by_count(const void *one, const void *other)
{
	const struct domain *a = one, *b = other;

	return (a->count < b->count) - (a->count > b->count);
}

static bool
has_profile(const struct ready *ready, const char *domain)
{
	own(buf) struct buf name = BUF;
	struct err ignored;

	return maps_find(ready->domains, domain, &name, &ignored) != 0;
}

static void
tell(const struct ready *ready, const struct domains *domains)
{
	unsigned without = 0;

	for (size_t i = 0; i < domains->count; i++) {
		const struct domain *domain = &domains->list[i];

		if (has_profile(ready, domain->name))
			continue;
		if (without++ < TELL)
			printf("note: domain %s: remediation_domain_map has no "
			    "profile for it (%u recipient%s of the last "
			    "copies)\n", ESCAPE(domain->name), domain->count,
			    domain->count == 1 ? "" : "s");
	}
	if (without > TELL)
		printf("note: %u more domains have no profile\n",
		    without - TELL);
}

/* ready_history - outgoing mail goes to domains of others */
void
ready_history(const struct ready *ready)
{
	const struct history_query query = { .limit = COPIES };
	struct domains *domains;
	struct err ignored;

	if (ready->conf->directions != CONF_INBOUND ||
	    profiles_count(ready->profiles) == 0)
		return;
	domains = mem_new(sizeof(*domains));
	if (history_find(ready->conf->history_database, &query, take_row,
	    domains, &ignored) != -1) {
		qsort(domains->list, domains->count, sizeof(struct domain),
		    by_count);
		tell(ready, domains);
	}
	for (size_t i = 0; i < domains->count; i++)
		free(domains->list[i].name);
	free(domains);
}
