/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <strings.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/net/resolver_private.h"

enum { RCODE_NOERROR = 0, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* finding_new - takes the result */
struct finding *
finding_new(const char *name, int type, struct ub_result *result)
{
	struct finding *finding = mem_new(sizeof(*finding));

	atomic_init(&finding->users, 1);
	finding->name = mem_text(name);
	finding->type = type;
	finding->result = result;
	return finding;
}

/* finding_hold - one user more */
struct finding *
finding_hold(struct finding *finding)
{
	if (finding != NULL)
		atomic_fetch_add(&finding->users, 1);
	return finding;
}

/* finding_leave - one user less; the last one frees */
struct finding *
finding_leave(struct finding *finding)
{
	if (finding == NULL || atomic_fetch_sub(&finding->users, 1) != 1)
		return NULL;
	ub_resolve_free(finding->result);
	free(finding->name);
	free(finding);
	return NULL;
}

/* finding_status - what it means */
enum dns_status
finding_status(const struct finding *finding, const char **why)
{
	const struct ub_result *result = finding->result;

	if (result->havedata && !result->bogus)
		return DNS_FOUND;
	if (result->bogus)
		*why = "DNSSEC validation failed";
	else if (result->nxdomain || result->rcode == RCODE_NXDOMAIN)
		*why = "NXDomain";
	else if (result->rcode == RCODE_NOERROR)
		*why = "NoData";
	else
		*why = result->rcode == RCODE_REFUSED ? "REFUSED" : "SERVFAIL";
	if (result->bogus || (result->rcode != RCODE_NOERROR &&
	    result->rcode != RCODE_NXDOMAIN))
		return DNS_LATER;
	return result->nxdomain ? DNS_NO_NAME : DNS_NO_DATA;
}

/* life - how long others may have the same answer, in ms */
static int64_t
life(const struct ub_result *result)
{
	if (result->bogus || result->rcode != RCODE_NOERROR || result->nxdomain)
		return 0;
	if (!result->havedata)
		return FINDING_NO_DATA;
	return result->ttl < FINDING_MAX / 1000 ? (int64_t)result->ttl * 1000 :
	    FINDING_MAX;
}

/* finding_forget - all whose time is over, or simply all; the lock is held, or
 * no other thread is there */
void
finding_forget(struct context *context, int64_t until)
{
	struct finding **at = &context->findings, *finding;

	while ((finding = *at) != NULL)
		if (finding->until <= until) {
			*at = finding->next;
			finding_leave(finding);
			context->kept--;
		} else {
			at = &finding->next;
		}
}

/* finding_keep - for the next to ask the same; the lock is held */
void
finding_keep(struct context *context, struct finding *finding)
{
	int64_t now = clock_now(), length = life(finding->result);

	finding_forget(context, now);
	if (length <= 0 || context->kept == FINDING_COUNT)
		return;
	finding->until = now + length;
	finding->next = context->findings;
	context->findings = finding_hold(finding);
	context->kept++;
}

/* finding_seek - with one more user; NULL: it must be asked for.  The lock is
 * held */
struct finding *
finding_seek(const struct context *context, const char *name, int type)
{
	int64_t now = clock_now();

	for (struct finding *finding = context->findings; finding != NULL;
	    finding = finding->next)
		if (finding->type == type && finding->until > now &&
		    strcasecmp(finding->name, name) == 0)
			return finding_hold(finding);
	return NULL;
}
