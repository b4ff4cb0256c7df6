/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/dns.h"

#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/net/connect.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_MX = 15, TYPE_TXT = 16,
	TYPE_AAAA = 28 };

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
    struct dns_mx_list *out)
{
	struct resolver_answer answer;
	enum dns_status status = resolver_ask(resolver, domain, TYPE_MX,
	    deadline, &answer);

	*out = (struct dns_mx_list){ .secure = answer.secure,
	    .why = answer.why };
	for (size_t i = 0; status == DNS_FOUND &&
	    answer.result->data[i] != NULL; i++) {
		const unsigned char *data =
		    (unsigned char *)answer.result->data[i];
		size_t n = (size_t)answer.result->len[i];
		struct dns_mx *entry;

		out->entries = mem_grow(out->entries, out->count + 1,
		    sizeof(*out->entries));
		entry = &out->entries[out->count];
		if (n > 2 && host_parse(data + 2, n - 2, entry->host)) {
			entry->preference = data[0] << 8 | data[1];
			out->count++;
		}
	}
	resolver_drop(&answer);
	return status;
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

/* add_answer - the addresses, and how far they can be believed */
static void
add_answer(struct dns_places *places, const struct resolver_answer *answer)
{
	const char *name = answer->result->canonname;
	size_t length = name != NULL ? strlen(name) : 0;

	places->secure = places->secure && answer->secure;
	if (length > 0 && name[length - 1] == '.')
		length--;
	if (length > 0 && length < sizeof(places->canonical)) {
		memcpy(places->canonical, name, length);
		places->canonical[length] = '\0';
	}
	for (size_t i = 0; answer->result->data[i] != NULL; i++)
		dns_add_address(places, answer->result->data[i],
		    (size_t)answer->result->len[i]);
}

/* of_use - addresses that could be gone to */
static bool
of_use(const struct resolver_query *query)
{
	struct conn_address first;
	struct dns_places place = { .list = &first, .max = 1 };

	if (query->status != DNS_FOUND)
		return false;
	dns_add_address(&place, query->answer.result->data[0],
	    (size_t)query->answer.result->len[0]);
	return place.count > 0 && connect_possible(&first);
}

/* ask_both - the older family is queries[0] */
static void
ask_both(struct resolver *resolver, const char *host, int64_t deadline,
    struct resolver_round *round)
{
	int64_t until = deadline;

	resolver_begin(resolver, host, round);
	while (resolver_await(round, until)) {
		int64_t now = clock_now();

		if (of_use(&round->queries[0]))
			until = now + DNS_DELAY_AAAA;
		else if (of_use(&round->queries[1]))
			until = now + DNS_DELAY_A;
		if (until > deadline)
			until = deadline;
	}
	resolver_end(round);
}

/* dns_addresses - of both families, the older one first: where one does not
 * work it is nearly always the newer.  However many there are of it, some room
 * is left for the other */
enum dns_status
dns_addresses(struct resolver *resolver, const char *host, int64_t deadline,
    struct dns_places *places, const char **why)
{
	struct resolver_round round = { .count = 2,
	    .queries = { { .type = TYPE_A }, { .type = TYPE_AAAA } } };
	size_t before = places->count, max = places->max;
	bool later = false, ours = false, named = false;

	places->secure = true;
	places->canonical[0] = '\0';
	ask_both(resolver, host, deadline, &round);
	for (size_t i = 0; i < round.count; i++) {
		struct resolver_answer *answer = &round.queries[i].answer;
		enum dns_status status = round.queries[i].status;

		if (status != DNS_FOUND && !later && !ours)
			*why = answer->why;
		later = later || status == DNS_LATER;
		ours = ours || status == DNS_OURS;
		named = named || status != DNS_NO_NAME;
		places->max = i == 0 ? max - (max - before) / 2 : max;
		if (status == DNS_FOUND)
			add_answer(places, answer);
		resolver_drop(answer);
	}
	if (places->count > before)
		return DNS_FOUND;
	return ours ? DNS_OURS : later ? DNS_LATER : named ? DNS_NO_DATA :
	    DNS_NO_NAME;
}

/* add_text - strings as they stand in a record (RFC 1035 3.3.14) */
static void
add_text(const unsigned char *wire, size_t n, struct buf *out)
{
	for (size_t at = 0; at < n;) {
		size_t length = wire[at++];

		for (; length > 0 && at < n; length--, at++)
			buf_byte(out, wire[at] != '\0' ? (char)wire[at] : '?');
	}
	buf_byte(out, '\0');
}

/* dns_texts - the TXT records */
enum dns_status
dns_texts(struct resolver *resolver, const char *name, int64_t deadline,
    struct buf *out, const char **why)
{
	struct resolver_answer answer;
	enum dns_status status = resolver_ask(resolver, name, TYPE_TXT,
	    deadline, &answer);

	*why = answer.why;
	for (size_t i = 0; status == DNS_FOUND &&
	    answer.result->data[i] != NULL; i++)
		add_text((unsigned char *)answer.result->data[i],
		    (size_t)answer.result->len[i], out);
	resolver_drop(&answer);
	return status;
}

/* dns_alias - the CNAME itself, wherever it leads */
enum dns_status
dns_alias(struct resolver *resolver, const char *host, int64_t deadline,
    bool *out_secure, const char **why)
{
	struct resolver_answer answer;
	enum dns_status status = resolver_ask(resolver, host, TYPE_CNAME,
	    deadline, &answer);

	*out_secure = answer.secure;
	*why = answer.why;
	resolver_drop(&answer);
	return status;
}
