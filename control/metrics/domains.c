/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/metrics/domains.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "control/queue/backlog.h"

/* add - a row; there is room */
static struct domain *
add(struct domains *domains, const char *name)
{
	struct domain *domain = &domains->list[domains->count++];

	*domain = (struct domain){ .name = mem_text(name) };
	return domain;
}

/* find - the row of a domain, made when it is not there; or that of all for
 * which there is no room, which is then the last one */
static struct domain *
find(struct domains *domains, const char *name)
{
	for (size_t i = 0; i < domains->count; i++)
		if (strcasecmp(domains->list[i].name, name) == 0)
			return &domains->list[i];
	if (domains->count < DOMAINS_MAX)
		return add(domains, name);
	return domains->count > DOMAINS_MAX ? &domains->list[DOMAINS_MAX] :
	    add(domains, DOMAINS_OTHER);
}

/* ---- as the forwarder tells ---- */

/* read_row - of one domain */
static void
read_row(const struct status *status, const struct site_row *row,
    struct domains *domains)
{
	struct domain *domain = find(domains, site_domain(row));

	domain->state = status_of_site(status, row);
	if (site_active(row) >= clock_wall() - DOMAINS_RECENT)
		domain->certificate = site_get(row, COUNT_INTAKE_CERTIFICATE);
	if (!status->forwards)
		return;
	domain->connections = site_get(row, COUNT_CONNECTIONS_OUT);
	domain->copies = site_get(row, COUNT_WAITING);
	domain->oldest = (int64_t)site_get(row, COUNT_OLDEST) * 1000;
}

static uint64_t
less(uint64_t n, uint64_t other)
{
	return n > other ? n - other : 0;
}

/* read_rest - what the forwarder has for domains without a row; the numbers are
 * not all of one moment */
static void
read_rest(const struct status *status, struct domains *domains)
{
	uint64_t copies = status_gauge(status, COUNT_WAITING);
	uint64_t connections = status_gauge(status, COUNT_CONNECTIONS_OUT);
	int64_t oldest = (int64_t)status_gauge(status, COUNT_OLDEST) * 1000;
	bool down = status_gauge(status, COUNT_HOST_DOWN) > 0;
	bool full = domains->count >= SITE_COUNTS_MAX;
	struct domain *other;

	for (size_t i = 0; i < domains->count; i++) {
		const struct domain *domain = &domains->list[i];

		copies = less(copies, domain->copies);
		connections = less(connections, domain->connections);
		if (domain->oldest != 0 && domain->oldest <= oldest)
			oldest = 0;
		down &= domain->state != SITE_DOWN;
	}
	if (domains->count > 0 && !full)
		return;
	other = find(domains, DOMAINS_OTHER);
	other->copies = copies;
	other->connections = connections;
	other->oldest = copies > 0 ? oldest : 0;
	other->state = down ? SITE_DOWN : SITE_UNKNOWN;
}

/* ---- as the spool shows ---- */

/* count_copy - unless it is gone by now */
static void
count_copy(const struct status *status, const struct conf *conf,
    const struct spool_entry *entry, struct domains *domains)
{
	struct domain *domain;
	const char *at;
	struct copy copy;
	struct err ignored;

	switch (copy_peek(status->spool, SPOOL_READY, entry, &copy, &ignored)) {
	case COPY_OPEN:
		break;
	case COPY_GONE:
		return;
	default:
		find(domains, DOMAINS_OTHER)->copies++;
		return;
	}
	at = strrchr(backlog_address(&copy, conf->alternate_intake_address),
	    '@');
	domain = find(domains, at != NULL ? at + 1 : DOMAINS_OTHER);
	domain->copies++;
	if (domain->oldest == 0 || copy.since < domain->oldest)
		domain->oldest = copy.since;
	copy_close(&copy);
}

/* count_copies - false: they cannot be listed */
static bool
count_copies(const struct status *status, const struct conf *conf,
    struct domains *domains)
{
	struct spool_entry *entries;
	struct err ignored;
	size_t n;

	if (spool_list(status->spool, SPOOL_READY, &entries, &n,
	    &ignored) == -1)
		return false;
	for (size_t i = 0; i < n && i < DOMAINS_COPIES; i++)
		count_copy(status, conf, &entries[i], domains);
	if (n > DOMAINS_COPIES)
		find(domains, DOMAINS_OTHER)->copies += n - DOMAINS_COPIES;
	free(entries);
	return true;
}

/* domains_read - as it is now */
void
domains_read(const struct status *status, const struct conf *conf,
    struct domains *out)
{
	const struct site_row *row = NULL;

	out->count = 0;
	while (status->sites != NULL &&
	    (row = site_counts_next(status->sites, row)) != NULL)
		read_row(status, row, out);
	out->counted = status->forwards;
	if (status->forwards)
		read_rest(status, out);
	else if (status->sees_copies)
		out->counted = count_copies(status, conf, out);
	for (size_t i = 0; i < out->count; i++)
		out->list[i].suspended = suspensions_find(&status->suspended,
		    out->list[i].name, clock_wall()) != NULL;
}

/* domains_drop - their names */
void
domains_drop(struct domains *domains)
{
	while (domains->count > 0)
		free(domains->list[--domains->count].name);
}

/* domain_age - of its oldest copy */
uint64_t
domain_age(const struct domain *domain, int64_t wall)
{
	return domain->oldest == 0 || wall < domain->oldest ? 0 :
	    (uint64_t)(wall - domain->oldest) / 1000;
}
