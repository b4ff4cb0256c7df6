/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * records as they come from whoever answers for a domain: what is taken for a
 * host, an address, a text or a TLSA record is one
 *
 *	input = secure *( length record )		2 octets of length
 *
 * Here is what the resolver says; what is asked is the one that uses it.
 */
#include <openssl/crypto.h>
#include <string.h>
#include <unbound.h>

#include "base/mem.h"
#include "forward/net/dns.h"
#include "forward/tls/dane.h"
#include "tests/fuzz/fuzz.h"

enum { RECORDS = 40, ROOM = 16 };

static struct {
	struct ub_result result;
	char	*data[RECORDS + 1];	/* each of its own: its end is one */
	int	 len[RECORDS + 1];
	bool	 secure;
} said;

/* ---- in the resolver's place ---- */

enum dns_status
resolver_ask(struct resolver *resolver, const char *name, int type,
    int64_t deadline, struct resolver_answer *out)
{
	(void)resolver, (void)name, (void)type, (void)deadline;
	*out = (struct resolver_answer){ .secure = said.secure,
	    .why = said.data[0] == NULL ? "NoData" : "" };
	if (said.data[0] == NULL)
		return DNS_NO_DATA;
	out->result = &said.result;
	return DNS_FOUND;
}

void
resolver_drop(struct resolver_answer *answer)
{
	answer->result = NULL;
}

void
resolver_begin(struct resolver *resolver, const char *name,
    struct resolver_round *round)
{
	for (size_t i = 0; i < round->count; i++)
		round->queries[i].status = resolver_ask(resolver, name, 0, 0,
		    &round->queries[i].answer);
}

bool
resolver_await(struct resolver_round *round, int64_t until)
{
	(void)until;
	return round->at_once++ == 0;
}

void
resolver_end(struct resolver_round *round)
{
	(void)round;
}

/* ---- what must be so ---- */

static void
must_be_host(const char *name)
{
	size_t n = strnlen(name, DNS_NAME);

	must(n < DNS_NAME);
	for (size_t i = 0; i < n; i++)
		must(name[i] > ' ' && name[i] <= '~');
}

static void
try_mx(void)
{
	struct dns_mx_list list;
	enum dns_status status = dns_mx(NULL, "x.example", 0, &list);

	must(status == DNS_FOUND || list.entries == NULL);
	for (size_t i = 0; i < list.count; i++) {
		must(list.entries[i].preference <= UINT16_MAX);
		must_be_host(list.entries[i].host);
	}
	free(list.entries);
}

static void
try_addresses(void)
{
	struct endpoint room[ROOM];
	struct dns_host host = { .endpoints = { .list = room, .max = ROOM,
	    .port = 25 } };
	const char *why = "";

	if (dns_addresses(NULL, "mx.example", 0, &host, &why) == DNS_FOUND)
		must(host.endpoints.count > 0 && host.secure == said.secure);
	must(host.endpoints.count <= ROOM);
	must(strnlen(host.canonical, DNS_NAME) < DNS_NAME);
}

static void
try_texts(void)
{
	struct buf out = BUF;
	const char *why;

	if (dns_texts(NULL, "x.example", 0, &out, &why) == DNS_FOUND)
		must(out.len > 0 && out.data[out.len - 1] == '\0');
	buf_drop(&out);
}

static void
try_tlsa(void)
{
	const struct dane_host host = { .host = "mx.example", .canonical = "",
		.secure = true, .port = 25 };
	struct dane dane = DANE;
	struct dane_record record;
	const char *why = NULL;
	size_t at = 0, n = 0;

	if (dane_find(NULL, &host, 0, &dane, &why) != DANE_FOUND) {
		must(why != NULL && *why != '\0');
		return;
	}
	must(said.secure);
	(void)dane_sum(&dane);
	for (; dane_next(&dane, &at, &record); n++) {
		must(record.usage == 2 || record.usage == 3);
		must(record.selector <= 1 && record.matching <= 2);
		must(record.matching != 1 || record.length == 32);
		must(record.matching != 2 || record.length == 64);
		must((const char *)record.data == said.data[at - 1] + 3);
		must(record.length + 3 == (size_t)said.len[at - 1]);
	}
	must(n > 0);
	dane_drop(&dane);
}

/* say - what the input has */
static void
say(const uint8_t *data, size_t size)
{
	size_t count = 0;

	while (count < RECORDS && size >= 2) {
		size_t n = data[0] | (size_t)data[1] << 8;

		data += 2;
		size -= 2;
		if (n > size)
			n = size;
		said.data[count] = mem_new(n > 0 ? n : 1);
		memcpy(said.data[count], data, n);
		said.len[count++] = (int)n;
		data += n;
		size -= n;
	}
	said.data[count] = NULL;
	said.result = (struct ub_result){ .data = said.data, .len = said.len,
	    .canonname = NULL };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	said.secure = (data[0] & 1) != 0;
	say(data + 1, size - 1);
	try_mx();
	try_addresses();
	try_texts();
	try_tlsa();
	for (size_t i = 0; said.data[i] != NULL; i++)
		free(said.data[i]);
	OPENSSL_thread_stop();		/* it keeps errors, which are no leak */
	return 0;
}
