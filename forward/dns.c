/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/dns.h"

#include <stdbool.h>
#include <string.h>
#include <unbound.h>

#include "base/mem.h"

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28 };

/* host_parse - a name as it stands in a record (RFC 1035 3.1); false: it is
 * none that a host could have */
static bool
host_parse(const unsigned char *wire, size_t n, char out[DNS_NAME])
{
	size_t at = 0, length = 0;

	while (at < n && wire[at] != 0) {
		size_t label = wire[at++];

		if (label > 63 || at + label > n ||
		    length + label + 2 > DNS_NAME)
			return false;
		if (length > 0)
			out[length++] = '.';
		for (size_t i = 0; i < label; i++, at++) {
			if (wire[at] <= ' ' || wire[at] > '~' ||
			    wire[at] == '.')
				return false;
			out[length++] = (char)wire[at];
		}
	}
	out[length] = '\0';
	return at < n;
}

/* dns_mx - the MX records of a domain */
enum dns_status
dns_mx(struct resolver *resolver, const char *domain, int64_t deadline,
    struct dns_mx **out, size_t *out_count, const char **why)
{
	struct ub_result *result;
	enum dns_status status;
	struct dns_mx *list = NULL;
	size_t count = 0;

	status = resolver_ask(resolver, domain, TYPE_MX, deadline, &result, why);
	if (status != DNS_FOUND)
		return status;
	for (size_t i = 0; result->data[i] != NULL; i++) {
		const unsigned char *data = (unsigned char *)result->data[i];
		size_t n = (size_t)result->len[i];

		list = mem_grow(list, count + 1, sizeof(*list));
		if (n > 2 && host_parse(data + 2, n - 2, list[count].host))
			list[count++].preference = data[0] << 8 | data[1];
	}
	ub_resolve_free(result);
	*out = list;
	*out_count = count;
	return DNS_FOUND;
}

/* dns_add_address - one more, of 4 or 16 octets */
void
dns_add_address(struct dns_places *places, const void *octets, size_t n)
{
	struct conn_address *to = &places->list[places->count];
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)places->port) };
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)places->port) };

	if (places->count == places->max)
		return;
	if (n == sizeof(in.sin_addr)) {
		memcpy(&in.sin_addr, octets, n);
		memcpy(&to->sockaddr, &in, sizeof(in));
		to->length = sizeof(in);
		places->count++;
	} else if (n == sizeof(in6.sin6_addr)) {
		memcpy(&in6.sin6_addr, octets, n);
		memcpy(&to->sockaddr, &in6, sizeof(in6));
		to->length = sizeof(in6);
		places->count++;
	}
}

/* dns_addresses - of both families, the older one first: where one does not
 * work it is nearly always the newer */
enum dns_status
dns_addresses(struct resolver *resolver, const char *host, int64_t deadline,
    struct dns_places *places, const char **why)
{
	static const int types[] = { TYPE_A, TYPE_AAAA };
	size_t before = places->count;
	bool later = false, named = false;

	for (size_t i = 0; i < 2; i++) {
		struct ub_result *result;
		const char *reason = "";
		enum dns_status status = resolver_ask(resolver, host,
		    types[i], deadline, &result, &reason);

		if (status != DNS_FOUND && !later)
			*why = reason;
		later = later || status == DNS_LATER;
		named = named || status != DNS_NO_NAME;
		if (status != DNS_FOUND)
			continue;
		for (size_t j = 0; result->data[j] != NULL; j++)
			dns_add_address(places, result->data[j],
			    (size_t)result->len[j]);
		ub_resolve_free(result);
	}
	if (places->count > before)
		return DNS_FOUND;
	return later ? DNS_LATER : named ? DNS_NO_DATA : DNS_NO_NAME;
}
