/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns: whoever answers for a domain may say anything; what is taken for a host,
 * an address or a text is one, and of two families the worse answer does not hide
 * the better
 *
 * WRAP: ub_resolve ub_resolve_free clock_now
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/own.h"
#include "forward/net/dns.h"
#include "tests/unit/scratch.h"

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_TXT = 16, RECORDS = 4 };

/* A record of so many octets, NULs among them. */
#define WIRE(text) { (text), sizeof(text) - 1 }
#define LABEL_63 "\77" "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

struct wire {
	const char	*octets;	/* NULL: there is no more */
	int		 length;
};

/* What is answered to one type, until it is told anew. */
static struct said {
	int		 failed;	/* by the library itself, if not 0 */
	int		 rcode;
	bool		 nxdomain, secure;
	const char	*canonical;
	struct wire	 records[RECORDS + 1];
} to_a, to_other;

int __wrap_ub_resolve(struct ub_ctx *, const char *, int, int,
    struct ub_result **);
void __wrap_ub_resolve_free(struct ub_result *);
int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);

/* It stands still, an hour ahead: waits end by answers alone. */
int64_t
__wrap_clock_now(void)
{
	static _Atomic int64_t then;

	if (then == 0)
		then = __real_clock_now() + 3600 * 1000;
	return then;
}

int
__wrap_ub_resolve(struct ub_ctx *context, const char *name, int type, int class,
    struct ub_result **out)
{
	const struct said *said = type == TYPE_A ? &to_a : &to_other;
	struct ub_result *result;

	(void)context, (void)name, (void)class;
	if (said->failed != 0)
		return said->failed;
	result = mem_new(sizeof(*result));
	result->data = mem_new((RECORDS + 1) * sizeof(*result->data));
	result->len = mem_new((RECORDS + 1) * sizeof(*result->len));
	for (int i = 0; said->records[i].octets != NULL; i++) {
		/* none longer than it is, so that a sanitizer sees its end */
		result->data[i] = mem_new((size_t)said->records[i].length + 1);
		result->data[i] = mem_grow(result->data[i],
		    (size_t)said->records[i].length, 1);
		memcpy(result->data[i], said->records[i].octets,
		    (size_t)said->records[i].length);
		result->len[i] = said->records[i].length;
		result->havedata = 1;
	}
	result->canonname = (char *)said->canonical;
	result->rcode = said->rcode;
	result->nxdomain = said->nxdomain;
	result->secure = said->secure;
	*out = result;
	return 0;
}

void
__wrap_ub_resolve_free(struct ub_result *result)
{
	for (int i = 0; result->data[i] != NULL; i++)
		free(result->data[i]);
	free(result->data);
	free(result->len);
	free(result);
}

static struct resolver *
resolver(void)
{
	struct resolver *resolver;
	struct err err;

	/* the discard port: nobody is asked here */
	assert_int_equal(resolver_new("127.0.0.1@9", &resolver, &err), 0);
	assert_int_equal(resolver_trust(resolver, NULL, &err), 0);
	return resolver;
}

/* leave - once no thread looks at what is said */
static void
leave(struct resolver *resolver)
{
	while (resolver_under_way() > 0)
		usleep(1000);
	resolver_free(resolver);
}

static int64_t
soon(void)
{
	return clock_now() + 60000;
}

/* Such a name is no host's: it is left out, and what stands beside it is not. */
static void
test_mx(void **state)
{
	static const struct wire rows[] = {
		WIRE(""), WIRE("\0"), WIRE("\0\1"),	/* no name at all */
		WIRE("\0\1\2mx"),			/* nor its end */
		WIRE("\0\1\5mx\0"),
		WIRE("\0\1\300\14"),			/* compressed */
		WIRE("\0\1\100" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0"),
		WIRE("\0\1\3m x\0"), WIRE("\0\1\3m.x\0"), WIRE("\0\1\3m\0x\0"),
		WIRE("\0\1\3m\177x\0"), WIRE("\0\1\3m\377x\0"),
		WIRE("\0\1" LABEL_63 LABEL_63 LABEL_63 LABEL_63 "\1a\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* each asks anew: an answer is kept by the one who was asked */
		struct resolver *dns = resolver();
		struct dns_mx_list list;

		to_other = (struct said){ .secure = i % 2, .records = { rows[i],
		    WIRE("\1\2\2mx\4test\0"), rows[i], WIRE("\0\0\0") } };
		assert_int_equal(dns_mx(dns, "odd.test", soon(), &list),
		    DNS_FOUND);
		assert_int_equal(list.count, 2);
		assert_int_equal(list.secure, i % 2);
		assert_string_equal(list.entries[0].host, "mx.test");
		assert_int_equal(list.entries[0].preference, 258);
		assert_string_equal(list.entries[1].host, "");
		assert_int_equal(list.entries[1].preference, 0);
		free(list.entries);
		leave(dns);
	}
}

/* The longest name that there can be is one. */
static void
test_longest(void **state)
{
	struct resolver *dns = resolver();
	struct dns_mx_list list;

	(void)state;
	to_other = (struct said){ .records = { WIRE("\0\1" LABEL_63 LABEL_63
	    LABEL_63 "\75abcdefghijklmnopqrstuvwxyz0123456789"
	    "abcdefghijklmnopqrstuvwxy\0") } };
	assert_int_equal(dns_mx(dns, "long.test", soon(), &list), DNS_FOUND);
	assert_int_equal(list.count, 1);
	assert_int_equal(strlen(list.entries[0].host), 253);
	free(list.entries);
	leave(dns);
}

#define A_RECORD { WIRE("\177\0\0\1") }
#define NO_RECORD .rcode = 0
#define NO_NAME .rcode = 3, .nxdomain = true

/* What two answers come to. */
static void
test_addresses(void **state)
{
	static const struct {
		struct said a, aaaa;
		enum dns_status status;
		size_t count;
		const char *why;
	} rows[] = {
		{ { .records = A_RECORD }, { NO_NAME }, DNS_FOUND, 1, NULL },
		{ { .records = A_RECORD }, { .failed = UB_NOMEM }, DNS_FOUND, 1,
		    NULL },
		{ { NO_RECORD }, { .records = { WIRE("0123456789abcdef") } },
		    DNS_FOUND, 1, NULL },
		{ { NO_NAME }, { NO_NAME }, DNS_NO_NAME, 0, "NXDomain" },
		{ { NO_NAME }, { NO_RECORD }, DNS_NO_DATA, 0, "NoData" },
		{ { NO_RECORD }, { .rcode = 4 }, DNS_LATER, 0, "SERVFAIL" },
		{ { .rcode = 5 }, { NO_NAME }, DNS_LATER, 0, "REFUSED" },
		{ { .failed = UB_NOMEM }, { .rcode = 4 }, DNS_OURS, 0,
		    "out of memory" },
		{ { .rcode = 4 }, { .failed = UB_NOMEM }, DNS_OURS, 0,
		    "SERVFAIL" },
		/* addresses of a length that there is none of */
		{ { .records = { WIRE("\177\0\0"), WIRE("") } },
		    { .records = { WIRE("\177\0\0\1\1") } }, DNS_NO_DATA, 0,
		    NULL },
		{ { .records = { WIRE("\177\0\0"), WIRE("\177\0\0\1") } },
		    { NO_RECORD }, DNS_FOUND, 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct resolver *dns = resolver();
		struct endpoint room[4];
		struct dns_host host = { .endpoints = { .list = room, .max = 4 } };
		const char *why = NULL;
		int status;

		to_a = rows[i].a;
		to_other = rows[i].aaaa;
		status = (int)dns_addresses(dns, "odd.test", soon(), &host, &why);
		if (status != (int)rows[i].status ||
		    host.endpoints.count != rows[i].count)
			fail_msg("row %zu: %d, %zu of them", i, status,
			    host.endpoints.count);
		if (rows[i].why != NULL)
			assert_string_equal(why, rows[i].why);
		leave(dns);
	}
}

/* Of the newer family there may be many: room is left for the other. */
static void
test_room(void **state)
{
	struct resolver *dns = resolver();
	struct endpoint room[4];
	struct dns_host host = { .endpoints = { .list = room, .max = 4 } };
	const char *why;

	(void)state;
	to_a = to_other = (struct said){ .records = { WIRE("\177\0\0\1"),
	    WIRE("\177\0\0\2"), WIRE("\177\0\0\3"), WIRE("\177\0\0\4") } };
	for (int i = 0; i < RECORDS; i++)
		to_other.records[i] = (struct wire)WIRE("0123456789abcdef");
	to_other.secure = true;
	assert_int_equal(dns_addresses(dns, "many.test", soon(), &host, &why),
	    DNS_FOUND);
	assert_int_equal(host.endpoints.count, 4);
	assert_false(host.secure);	/* the others were not validated */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(room[i].sockaddr.ss_family,
		    i < 2 ? AF_INET : AF_INET6);
	leave(dns);
}

/* The name after CNAMEs is a claim of the other side's, and may have any length. */
static void
test_canonical(void **state)
{
	static char longest[DNS_NAME + 1], too_long[DNS_NAME + 2];
	const struct { const char *said; size_t length; bool secure; } rows[] = {
		{ NULL, 0, true }, { "", 0, true }, { ".", 0, true },
		{ "mx.test.", 7, true }, { "mx.test", 7, false },
		{ longest, DNS_NAME - 1, true }, { too_long, 0, true },
	};

	(void)state;
	memset(longest, 'a', DNS_NAME - 1);
	memset(too_long, 'a', DNS_NAME);
	longest[DNS_NAME - 1] = too_long[DNS_NAME] = '.';
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct resolver *dns = resolver();
		struct endpoint room[4];
		struct dns_host host = { .endpoints = { .list = room, .max = 4 } };
		const char *why;

		to_a = (struct said){ .canonical = rows[i].said,
		    .secure = rows[i].secure, .records = A_RECORD };
		to_other = (struct said){ .canonical = "other.test",
		    .secure = true };
		assert_int_equal(dns_addresses(dns, "alias.test", soon(), &host,
		    &why), DNS_FOUND);
		assert_int_equal(strlen(host.canonical), rows[i].length);
		assert_int_equal(host.secure, rows[i].secure);
		leave(dns);
	}
}

/* Strings are joined, none reaches beyond its record, and a NUL ends nothing. */
static void
test_texts(void **state)
{
	static const char want[] = "v=spf1 -all\0\0ab\0a?b\0";
	struct resolver *dns = resolver();
	own(buf) struct buf out = BUF;
	const char *why;

	(void)state;
	to_other = (struct said){ .records = { WIRE("\7v=spf1 \4-all"), WIRE(""),
	    WIRE("\377ab"), WIRE("\3a\0b\0") } };
	assert_int_equal(dns_texts(dns, "text.test", soon(), &out, &why),
	    DNS_FOUND);
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.data, want, out.len);
	out.len = 0;
	leave(dns);
	dns = resolver();
	to_other = (struct said){ .rcode = 4 };
	assert_int_equal(dns_texts(dns, "text.test", soon(), &out, &why),
	    DNS_LATER);
	assert_string_equal(why, "SERVFAIL");
	assert_int_equal(out.len, 0);
	leave(dns);
}

/* That there is no alias may be as sure as that there is one. */
static void
test_alias(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct resolver *dns = resolver();
		const char *why;
		bool secure;

		to_other = (struct said){ .secure = i & 1 };
		if (i & 2)
			to_other.records[0] = (struct wire)WIRE("\1a\0");
		assert_int_equal(dns_alias(dns, "alias.test", soon(), &secure,
		    &why), i & 2 ? DNS_FOUND : DNS_NO_DATA);
		assert_int_equal(secure, i & 1);
		leave(dns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mx),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
