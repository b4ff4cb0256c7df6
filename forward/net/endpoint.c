/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/endpoint.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* endpoint_make - from the octets of an address */
bool
endpoint_make(const void *octets, size_t n, unsigned port,
    struct endpoint *out)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port) };

	if (n == sizeof(in.sin_addr)) {
		memcpy(&in.sin_addr, octets, n);
		memcpy(&out->sockaddr, &in, sizeof(in));
		out->length = sizeof(in);
		return true;
	}
	if (n == sizeof(in6.sin6_addr)) {
		memcpy(&in6.sin6_addr, octets, n);
		memcpy(&out->sockaddr, &in6, sizeof(in6));
		out->length = sizeof(in6);
		return true;
	}
	return false;
}

static bool
parse_bare(const char *text, unsigned port, struct endpoint *out)
{
	struct in6_addr in6;
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) == 1)
		return endpoint_make(&in, sizeof(in), port, out);
	return inet_pton(AF_INET6, text, &in6) == 1 &&
	    endpoint_make(&in6, sizeof(in6), port, out);
}

/* endpoint_parse - from an address as people write it */
bool
endpoint_parse(const char *text, unsigned port, struct endpoint *out)
{
	char bare[INET6_ADDRSTRLEN];
	size_t length = strlen(text);

	if (*text != '[')
		return parse_bare(text, port, out);
	if (length < 2 || length - 2 >= sizeof(bare) || text[length - 1] != ']')
		return false;
	memcpy(bare, text + 1, length - 2);
	bare[length - 2] = '\0';
	return parse_bare(strncasecmp(bare, "IPv6:", 5) == 0 ? bare + 5 : bare,
	    port, out);
}

/* endpoint_print - the address */
char *
endpoint_print(const struct endpoint *endpoint, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_storage *sockaddr = &endpoint->sockaddr;
	const void *address = sockaddr->ss_family == AF_INET6 ?
	    (const void *)&((const struct sockaddr_in6 *)sockaddr)->sin6_addr :
	    (const void *)&((const struct sockaddr_in *)sockaddr)->sin_addr;

	if (inet_ntop(sockaddr->ss_family, address, out,
	    INET6_ADDRSTRLEN) == NULL)
		strcpy(out, "-");
	return out;
}

/* endpoint_port - which stands at the same place in both families */
unsigned
endpoint_port(const struct endpoint *endpoint)
{
	const struct sockaddr_storage *sockaddr = &endpoint->sockaddr;

	return ntohs(((const struct sockaddr_in *)sockaddr)->sin_port);
}

/* endpoint_equal - they are filled in from zero on, so there is no padding
 * that could differ */
bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->length == b->length &&
	    memcmp(&a->sockaddr, &b->sockaddr, a->length) == 0;
}

/* endpoints_add - from the octets of an address */
void
endpoints_add(struct endpoints *to, const void *octets, size_t n)
{
	if (to->count < to->max &&
	    endpoint_make(octets, n, to->port, &to->list[to->count]))
		to->count++;
}

/* endpoints_parse - from an address as people write it */
bool
endpoints_parse(struct endpoints *to, const char *text)
{
	struct endpoint endpoint;

	if (!endpoint_parse(text, to->port, &endpoint))
		return false;
	if (to->count < to->max)
		to->list[to->count++] = endpoint;
	return true;
}
