/* SPDX-License-Identifier: BSD-2-Clause */
/* peers: names, addresses and networks, as in Postfix's debug_peer_list */
#include "forward/net/peers.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define NEITHER "is neither a host or domain name nor an address or network"

static const struct {
	const char *list;
	bool matched;			/* by the one below */
} cases[] = {
	{ "", false },
	{ " ,\t\n,", false },
	{ "intake.example", true },
	{ "INTAKE.Example", true },
	{ "example", true },
	{ ".example", true },
	{ ".intake.example", true },		/* the host */
	{ "take.example", false },
	{ "an.intake.example", false },
	{ "mx1.hosts.test", false },
	{ "mx.intake.example", true },
	{ ".mx.intake.example", false },
	{ "other.test, intake.example", true },
	{ "other.test intake.exampl", false },
	{ "192.0.2.7", true },
	{ "192.0.2.8", false },
	{ "192.0.2.0/24", true },
	{ "198.51.100.0/24 192.0.0.0/16,192.0.2.0/24", true },
	{ "[2001:db8::]/32", false },
	{ "!mx.intake.example intake.example", false },
	{ "!192.0.2.0/25, example", false },
	{ "!192.0.2.128/25, example", true },
	{ "intake.example !192.0.2.7", true },	/* the first decides */
	{ "!!intake.example", true },
};

static void
test_match(void **state)
{
	const struct peer peer = { .domain = "intake.example",
	    .host = "mx.intake.example", .address = "192.0.2.7" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct peers *peers;
		struct err err;

		if (peers_parse(cases[i].list, &peers, &err) == -1)
			fail_msg("'%s': %s", cases[i].list, err.text);
		if (peers_match(peers, &peer) != cases[i].matched)
			fail_msg("'%s'", cases[i].list);
		peers = peers_free(peers);
		assert_null(peers);
	}
}

/* A host outside the domain is found by either name; one of IPv6 by its
 * network. */
static void
test_outside(void **state)
{
	const struct peer peer = { .domain = "intake.example",
	    .host = "mx1.hosts.test", .address = "2001:db8::25" };
	static const char *const lists[] = { "hosts.test", "intake.example",
	    "[2001:db8::]/32", "2001:db8::25" };
	struct peers *peers;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		assert_int_equal(peers_parse(lists[i], &peers, &err), 0);
		assert_true(peers_match(peers, &peer));
		peers = peers_free(peers);
	}
}

static void
test_bad(void **state)
{
	static const struct { const char *list, *why; } bad[] = {
		{ "hash:/etc/postfix/peers", NEITHER },
		{ "/etc/tdc/peers", NEITHER },
		{ "a.test b@c.test", "'b@c.test' " NEITHER },
		{ "!", "'!' " NEITHER },
		{ "..", NEITHER },
		{ "gr\xc3\xbcn.test", NEITHER },
		{ "[::1", NEITHER },
		{ "192.0.2.1/24", "'192.0.2.1/24': bits after the network's "
		  "length are not 0" },
		{ "a.test !192.0.2", NEITHER },
		{ "192.0.2", "'192.0.2' is no network" },
	};
	struct peers *peers = NULL;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(peers_parse(bad[i].list, &peers, &err), -1);
		assert_null(peers);
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].list, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
