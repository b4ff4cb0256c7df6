/* SPDX-License-Identifier: BSD-2-Clause */
/* route: equal MX come in another order each time.  A resolver turns records
 * round by itself, so here is one that does not.
 * WRAP: dns_mx dns_addresses */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "forward/route.h"
#include "tests/unit/scratch.h"

enum { EQUALS = 3, ROUNDS = 300 };

enum dns_status __wrap_dns_mx(struct resolver *, const char *, int64_t,
    struct dns_mx_list *);
enum dns_status __wrap_dns_addresses(struct resolver *, const char *, int64_t,
    struct dns_host *, const char **);

enum dns_status
__wrap_dns_mx(struct resolver *resolver, const char *domain, int64_t deadline,
    struct dns_mx_list *out)
{
	(void)resolver;
	(void)domain;
	(void)deadline;
	*out = (struct dns_mx_list){ .count = EQUALS + 1, .why = "" };
	out->entries = mem_new((EQUALS + 1) * sizeof(*out->entries));
	for (unsigned i = 0; i <= EQUALS; i++) {
		/* the last of them is not their equal, and comes first */
		out->entries[i].preference = i == 0 ? 20 : 10;
		snprintf(out->entries[i].host, DNS_NAME, "%u.example", i);
	}
	return DNS_FOUND;
}

enum dns_status
__wrap_dns_addresses(struct resolver *resolver, const char *host,
    int64_t deadline, struct dns_host *found, const char **why)
{
	const unsigned char octets[4] = { 192, 0, 2,
	    (unsigned char)(*host - '0') };

	(void)resolver;
	(void)deadline;
	*why = "";
	endpoints_add(&found->endpoints, octets, sizeof(octets));
	return DNS_FOUND;
}

static void
test_equals(void **state)
{
	static const struct route_via via = { .host = "" };
	unsigned first[EQUALS + 1] = { 0 };
	struct failure failure;
	struct route route;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		assert_int_equal(route_find(NULL, &via, "example", INT64_MAX,
		    &route, &failure), 0);
		assert_int_equal(route.count, EQUALS + 1);
		assert_string_equal(route.targets[EQUALS].host, "0.example");
		first[route.targets[0].host[0] - '0']++;
	}
	/* less than half of its share: a chance of one in 10^10 */
	for (unsigned i = 1; i <= EQUALS; i++)
		assert_true(first[i] >= ROUNDS / EQUALS / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
