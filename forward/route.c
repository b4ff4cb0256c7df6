/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/net/hosts.h"

enum { PORT_SMTP = 25, PORT_SUBMISSIONS = 465 };
enum { SPARE = 1000 };			/* ms to look for further hosts */

/* ---- intake_route ---- */

static int
parse_port(const char *text, unsigned *out)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || port < 1 ||
	    port > 65535)
		return -1;
	*out = (unsigned)port;
	return 0;
}

/* route_parse - read an intake_route */
int
route_parse(const char *text, struct route_via *out, struct err *err)
{
	bool quoted = *text == '[';
	const char *host = text + quoted;
	size_t length = strcspn(host, quoted ? "]" : ":");
	const char *rest = host + length + (quoted && host[length] == ']');
	struct route_via via = { .port = PORT_SMTP };

	if (*text == '\0') {
		*out = via;
		return 0;
	}
	if (length == 0 || length >= sizeof(via.host) ||
	    host[strcspn(host, " \t,/[@")] != '\0' ||
	    (quoted && host[length] != ']') ||
	    (*rest != '\0' && (*rest != ':' ||
	    parse_port(rest + 1, &via.port) == -1)))
		return err_set(err, ERR_NEVER,
		    "'%.200s' is not [host]:port", text);
	/* the root's dot is DNS's alone (RFC 6066 3) */
	if (host[length - 1] == '.')
		length--;
	if (length == 0 || host[length - 1] == '.')
		return err_set(err, ERR_NEVER, "'%.200s' names no host", text);
	memcpy(via.host, host, length);
	via.host[length] = '\0';
	*out = via;
	return 0;
}

/* ---- order ---- */

static int
by_preference(const void *a, const void *b)
{
	const struct dns_mx *x = a;
	const struct dns_mx *y = b;

	return x->preference < y->preference ? -1 :
	    x->preference > y->preference;
}

/* next_random - xorshift64; chance enough to spread load */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* route_order - sort, then shuffle each run of equals */
void
route_order(struct dns_mx *list, size_t count, uint64_t seed)
{
	size_t start = 0;

	seed |= 1;			/* 0 would stay 0 for ever */
	if (count > 0)
		qsort(list, count, sizeof(*list), by_preference);
	for (size_t i = 1; i < count; i++) {
		size_t with;
		struct dns_mx swap;

		if (list[i].preference != list[start].preference)
			start = i;
		with = start + (size_t)(next_random(&seed) % (i - start + 1));
		swap = list[i];
		list[i] = list[with];
		list[with] = swap;
	}
}

/* ---- finding ---- */

/* One search: what for, and where its outcome goes. */
struct search {
	struct resolver	*resolver;
	const char	*domain;
	const char	*type;		/* of the records that decide */
	int64_t		 deadline;
	struct route	*route;
	struct failure	*failure;
};

static const enum cause causes[] = {
	[DNS_LATER] = CAUSE_DNS_SOFT,
	[DNS_OURS] = CAUSE_OURS,
	[DNS_FOUND] = CAUSE_OURS,
	[DNS_NO_DATA] = CAUSE_DNS_HARD,
	[DNS_NO_NAME] = CAUSE_DNS_HARD,
};

static int
not_found(const struct search *search, enum dns_status status,
    const char *name, const char *why)
{
	return failure_dns(search->failure, causes[status], name, search->type,
	    why);
}

/* add_targets - what was found for a host */
static void
add_targets(struct route *route, const char *host,
    const struct dns_host *found)
{
	const struct endpoints *list = &found->endpoints;

	for (size_t i = 0; i < list->count && route->count < ROUTE_TARGETS;
	    i++) {
		struct route_target *target = &route->targets[route->count++];

		snprintf(target->host, sizeof(target->host), "%s", host);
		strcpy(target->canonical, found->canonical);
		target->secure = found->secure;
		target->address = list->list[i];
	}
}

static int
find_via(const struct search *search, const struct route_via *via)
{
	struct endpoint list[ROUTE_TARGETS];
	struct dns_host found = { .endpoints = { .list = list,
	    .max = ROUTE_TARGETS, .port = via->port } };
	enum dns_status status;
	const char *why;

	search->route->wrapped = via->port == PORT_SUBMISSIONS;
	if (!endpoints_parse(&found.endpoints, via->host))
		hosts_find(HOSTS_FILE, via->host, &found.endpoints);
	if (found.endpoints.count == 0) {
		status = dns_addresses(search->resolver, via->host,
		    search->deadline, &found, &why);
		if (status != DNS_FOUND)
			return not_found(search, status, via->host, why);
	}
	add_targets(search->route, via->host, &found);
	return 0;
}

/* add_literal - of a domain that is one; or of an MX that is an address and no
 * name, against RFC 5321 5.1: but it is clear what was meant, and a certificate
 * can bear an address too.  false: it is a name */
static bool
add_literal(struct route *route, const char *host)
{
	struct endpoint address;
	struct dns_host literal = { .endpoints = { .list = &address,
	    .count = 1 } };
	char text[INET6_ADDRSTRLEN];

	if (!endpoint_parse(host, PORT_SMTP, &address))
		return false;
	add_targets(route, endpoint_print(&address, text), &literal);
	return true;
}

static int
find_literal(const struct search *search)
{
	return add_literal(search->route, search->domain) ? 0 :
	    not_found(search, DNS_NO_NAME, search->domain,
	    "bad address literal");
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* halfway - leave the others as much time */
static int64_t
halfway(int64_t deadline)
{
	int64_t now = clock_now();

	return deadline > now ? now + (deadline - now) / 2 : deadline;
}

/* note_mx - the hosts, as they will be tried */
static void
note_mx(const struct dns_mx_list *mx, struct route *out)
{
	out->answered = clock_now();
	out->mx_count = mx->count;
	for (size_t i = 0; i < mx->count && i < ROUTE_MX; i++) {
		out->mx[i].preference = mx->entries[i].preference;
		strcpy(out->mx[i].host, mx->entries[i].host);
		out->mx[i].why = NULL;
	}
}

/* find_addresses - of MX hosts, in this order.  A host whose name servers do
 * not answer takes no more than half of the time that is left; and when there
 * is one host, the others, which may never be wanted, are not waited for
 * long. */
static int
find_addresses(const struct search *search, const struct dns_mx_list *mx)
{
	struct route *route = search->route;
	int64_t deadline = search->deadline;
	enum dns_status status, worst = DNS_NO_DATA;

	for (size_t i = 0; i < mx->count && route->count < ROUTE_TARGETS; i++) {
		struct endpoint list[ROUTE_TARGETS];
		struct dns_host found = { .endpoints = { .list = list,
		    .max = ROUTE_TARGETS, .port = PORT_SMTP } };
		const char *host = mx->entries[i].host, *why;
		bool first = route->count == 0;

		if (*host == '\0')
			continue;
		status = DNS_FOUND;
		if (!add_literal(route, host)) {
			status = dns_addresses(search->resolver, host,
			    i + 1 < mx->count ? halfway(deadline) : deadline,
			    &found, &why);
			add_targets(route, host, &found);
		}
		if (status != DNS_FOUND && i < ROUTE_MX)
			route->mx[i].why = why;
		if (status == DNS_OURS || (status == DNS_LATER &&
		    worst != DNS_OURS))
			worst = status;
		if (first && route->count > 0)
			deadline = sooner(deadline, clock_now() + SPARE);
	}
	if (route->count > 0)
		return 0;
	return not_found(search, worst, search->domain,
	    worst == DNS_NO_DATA ? "no usable MX" : "no address of MX");
}

/* find_own - the domain is its own mail host */
static void
find_own(const char *domain, struct dns_mx_list *out)
{
	out->entries = mem_new(sizeof(*out->entries));
	snprintf(out->entries->host, sizeof(out->entries->host), "%s", domain);
	out->count = 1;
}

/* find_mx - of the domain; without one it is its own */
static int
find_mx(const struct search *search)
{
	struct dns_mx_list mx;
	uint64_t seed = 0;
	enum dns_status status = dns_mx(search->resolver, search->domain,
	    search->deadline, &mx);
	int result;

	if (status == DNS_NO_DATA)
		find_own(search->domain, &mx);
	else if (status != DNS_FOUND)
		return not_found(search, status, search->domain, mx.why);
	search->route->by_mx = true;
	search->route->secure = status == DNS_NO_DATA || mx.secure;
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == -1)
		seed = (uint64_t)clock_now();
	route_order(mx.entries, mx.count, seed);
	search->route->own = status == DNS_NO_DATA;
	note_mx(&mx, search->route);
	if (mx.count == 1 && *mx.entries->host == '\0')
		result = not_found(search, DNS_NO_NAME, search->domain,
		    "null MX");
	else
		result = find_addresses(search, &mx);
	free(mx.entries);
	return result;
}

/* route_find - the addresses to try */
int
route_find(struct resolver *resolver, const struct route_via *via,
    const char *domain, int64_t deadline, struct route *out,
    struct failure *failure)
{
	struct search search = { resolver, domain,
	    *via->host != '\0' ? "A" : "MX", deadline, out, failure };

	out->wrapped = false;
	out->by_mx = false;
	out->secure = true;
	out->count = 0;
	out->own = false;
	out->answered = 0;
	out->mx_count = 0;
	if (*via->host != '\0')
		return find_via(&search, via);
	if (*domain == '[')
		return find_literal(&search);
	return find_mx(&search);
}
