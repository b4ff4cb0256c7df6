/* SPDX-License-Identifier: BSD-2-Clause */
/* route: intake_route, the order of MX hosts, /etc/hosts, address literals */
#include "forward/route.h"

#include <arpa/inet.h>
#include <string.h>

#include "forward/net/connect.h"
#include "forward/net/hosts.h"
#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char	*text;
	const char	*host;		/* NULL: an error */
	unsigned	 port;
} routes[] = {
	{ "", "", 25 },
	{ "scanner.lan", "scanner.lan", 25 },
	{ "scanner.lan:2525", "scanner.lan", 2525 },
	{ "[scanner.lan]", "scanner.lan", 25 },
	{ "[scanner.lan]:465", "scanner.lan", 465 },
	{ "192.0.2.1:26", "192.0.2.1", 26 },
	{ "[192.0.2.1]:26", "192.0.2.1", 26 },
	{ "[2001:db8::1]:26", "2001:db8::1", 26 },
	{ "[::1]", "::1", 25 },
	{ "[scanner.lan.]:465", "scanner.lan", 465 },
	{ "scanner.lan.", "scanner.lan", 25 },
	{ "localhost.:26", "localhost", 26 },
	{ "[.]:25", NULL, 0 },
	{ ".", NULL, 0 },
	{ "[scanner.lan..]:25", NULL, 0 },
	{ "[]:25", NULL, 0 },
	{ "[scanner.lan", NULL, 0 },
	{ "[scanner.lan]x", NULL, 0 },
	{ "[scanner.lan]:", NULL, 0 },
	{ "scanner.lan:", NULL, 0 },
	{ ":25", NULL, 0 },
	{ "scanner.lan:0", NULL, 0 },
	{ "scanner.lan:65536", NULL, 0 },
	{ "scanner.lan:-1", NULL, 0 },
	{ "scanner.lan:25x", NULL, 0 },
	{ "scanner.lan:99999999999999999999", NULL, 0 },
	{ "two hosts", NULL, 0 },
	{ "a.lan, b.lan", NULL, 0 },
	{ "user@scanner.lan", NULL, 0 },
	{ "2001:db8::1", NULL, 0 },
	{ "smtp:[scanner.lan]:25", NULL, 0 },
};

static void
test_routes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(routes); i++) {
		struct route_via via = { .port = 7 };
		struct err err;

		if (route_parse(routes[i].text, &via, &err) == -1) {
			if (routes[i].host != NULL)
				fail_msg("'%s': %s", routes[i].text, err.text);
			assert_int_equal(err.kind, ERR_NEVER);
			assert_non_null(strstr(err.text, routes[i].text));
			assert_int_equal(via.port, 7);
			continue;
		}
		if (routes[i].host == NULL)
			fail_msg("'%s' was taken", routes[i].text);
		assert_string_equal(via.host, routes[i].host);
		assert_int_equal(via.port, routes[i].port);
	}
}

static void
test_long_host(void **state)
{
	char text[DNS_NAME + 1];
	struct route_via via;
	struct err err;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[DNS_NAME] = '\0';
	assert_int_equal(route_parse(text, &via, &err), -1);
	text[DNS_NAME - 1] = '\0';
	assert_int_equal(route_parse(text, &via, &err), 0);
}

static void
test_order(void **state)
{
	static const struct dns_mx list[] = {
		{ 20, "d" }, { 10, "a" }, { 30, "e" }, { 10, "b" },
		{ 10, "c" },
	};
	unsigned first[3] = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct dns_mx mixed[COUNT(list)];
		unsigned seen = 0;

		memcpy(mixed, list, sizeof(list));
		route_order(mixed, COUNT(mixed), seed * 0x9e3779b97f4a7c15);
		for (size_t i = 0; i < COUNT(mixed); i++)
			seen |= 1u << (mixed[i].host[0] - 'a');
		assert_int_equal(seen, 31);
		assert_string_equal(mixed[3].host, "d");
		assert_string_equal(mixed[4].host, "e");
		first[mixed[0].host[0] - 'a']++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_in_range(first[i], 800, 1200);
	route_order(NULL, 0, 1);
}

/* places_text - the addresses that were found, each with a blank */
static const char *
places_text(const struct endpoints *places)
{
	static char text[512];

	text[0] = '\0';
	for (size_t i = 0; i < places->count; i++) {
		char address[INET6_ADDRSTRLEN];

		assert_int_equal(endpoint_port(&places->list[i]), places->port);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s ", endpoint_print(&places->list[i], address));
	}
	return text;
}

static void
test_hosts(void **state)
{
	static const struct {
		const char	*host;
		const char	*want;
	} cases[] = {
		{ "mx.lan", "192.0.2.1 2001:db8::1 " },
		{ "MX.LAN", "192.0.2.1 2001:db8::1 " },
		{ "alias", "192.0.2.1 " },
		{ "tabs", "192.0.2.3 " },
		{ "commented", "" },
		{ "behind", "" },
		{ "bad", "" },
		{ "192.0.2.1", "" },
		{ "mx", "" },
	};
	char *dir = scratch_new();
	char *path = scratch_file(dir, "hosts",
	    "# 192.0.2.9 commented\n"
	    "192.0.2.1 mx.lan alias # behind\n"
	    "\n"
	    "  192.0.2.3\t\ttabs\tmore\n"
	    "not.an.address bad\n"
	    "192.0.2.4\n"
	    "2001:db8::1 mx.lan");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct endpoint list[4];
		struct endpoints places = { .list = list, .max = 4,
		    .port = 2525 };

		hosts_find(path, cases[i].host, &places);
		assert_string_equal(places_text(&places), cases[i].want);
	}
	for (size_t max = 0; max < 2; max++) {
		struct endpoint list[1];
		struct endpoints places = { .list = list, .max = max,
		    .port = 25 };

		hosts_find(path, "mx.lan", &places);
		assert_int_equal(places.count, max);
		hosts_find("/nonexistent", "mx.lan", &places);
	}
	free(path);
	scratch_free(dir);
}

static void
test_literals(void **state)
{
	static const struct {
		const char	*text;
		const char	*want;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1 " },
		{ "[192.0.2.1]", "192.0.2.1 " },
		{ "2001:db8::1", "2001:db8::1 " },
		{ "[2001:db8::1]", "2001:db8::1 " },
		{ "[IPv6:2001:db8::1]", "2001:db8::1 " },
		{ "[ipv6:::1]", "::1 " },
		{ "mx.lan", "" },
		{ "[mx.lan]", "" },
		{ "[192.0.2.1", "" },
		{ "[]", "" },
		{ "[", "" },
		{ "", "" },
		{ "192.0.2.256", "" },
		{ "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]",
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct endpoint list[2];
		struct endpoints places = { .list = list, .max = 2,
		    .port = 25 };

		assert_int_equal(endpoints_parse(&places, cases[i].text),
		    *cases[i].want != '\0');
		assert_string_equal(places_text(&places), cases[i].want);
	}
}

/* Without a resolver: an address literal needs none, a bad one is final. */
static void
test_literal_domain(void **state)
{
	const struct route_via via = { .port = 25 };
	struct failure failure;
	struct route route;

	(void)state;
	assert_int_equal(route_find(NULL, &via, "[192.0.2.7]", 0, &route,
	    &failure), 0);
	assert_int_equal(route.count, 1);
	assert_string_equal(route.targets[0].host, "192.0.2.7");
	assert_int_equal(route_find(NULL, &via, "[nonsense]", 0, &route,
	    &failure), -1);
	assert_int_equal(failure.cause, CAUSE_DNS_HARD);
	assert_string_equal(failure.subject, "[nonsense] MX");
}

static void
test_via_address(void **state)
{
	struct route_via via;
	struct failure failure;
	struct route route;
	struct err err;

	(void)state;
	assert_int_equal(route_parse("[127.0.0.1]:2525", &via, &err), 0);
	assert_int_equal(route_find(NULL, &via, "example.com", 0, &route,
	    &failure), 0);
	assert_int_equal(route.count, 1);
	assert_false(route.wrapped);
	assert_string_equal(route.targets[0].host, "127.0.0.1");
	assert_int_equal(route_parse("[127.0.0.1]:465", &via, &err), 0);
	assert_int_equal(route_find(NULL, &via, "example.com", 0, &route,
	    &failure), 0);
	assert_true(route.wrapped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_long_host),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_literal_domain),
		cmocka_unit_test(test_via_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
