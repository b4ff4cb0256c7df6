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

/* add_answer - the addresses, and how far they can be believed */
static void
add_answer(struct dns_host *host, const struct resolver_answer *answer)
{
	const char *name = answer->result->canonname;
	size_t length = name != NULL ? strlen(name) : 0;

	host->secure = host->secure && answer->secure;
	if (length > 0 && name[length - 1] == '.')
		length--;
	if (length > 0 && length < sizeof(host->canonical)) {
		memcpy(host->canonical, name, length);
		host->canonical[length] = '\0';
	}
	for (size_t i = 0; answer->result->data[i] != NULL; i++)
		endpoints_add(&host->endpoints, answer->result->data[i],
		    (size_t)answer->result->len[i]);
}

/* of_use - addresses that could be gone to */
static bool
of_use(const struct resolver_query *query)
{
	const struct ub_result *result = query->answer.result;
	struct endpoint first;

	return query->status == DNS_FOUND &&
	    endpoint_make(result->data[0], (size_t)result->len[0], 0, &first) &&
	    connect_possible(&first);
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
dns_addresses(struct resolver *resolver, const char *name, int64_t deadline,
    struct dns_host *host, const char **why)
{
	struct resolver_round round = { .count = 2,
	    .queries = { { .type = TYPE_A }, { .type = TYPE_AAAA } } };
	struct endpoints *list = &host->endpoints;
	size_t before = list->count, max = list->max;
	bool later = false, ours = false, named = false;

	host->secure = true;
	host->canonical[0] = '\0';
	ask_both(resolver, name, deadline, &round);
	for (size_t i = 0; i < round.count; i++) {
		struct resolver_answer *answer = &round.queries[i].answer;
		enum dns_status status = round.queries[i].status;

		if (status != DNS_FOUND && !later && !ours)
			*why = answer->why;
		later = later || status == DNS_LATER;
		ours = ours || status == DNS_OURS;
		named = named || status != DNS_NO_NAME;
		list->max = i == 0 ? max - (max - before) / 2 : max;
		if (status == DNS_FOUND)
			add_answer(host, answer);
		resolver_drop(answer);
	}
	if (list->count > before)
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
