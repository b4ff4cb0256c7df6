/* SPDX-License-Identifier: BSD-2-Clause */
/* strength: of the keys that are looked up for one address, client or pair,
 * each is weaker than the one before */
#include "policy/strength.h"

#include <string.h>

#include "policy/keys.h"
#include "tests/unit/scratch.h"

static const struct keys_options options[] = {
	{ .delimiters = "+", .parents_match = true },
	{ .delimiters = "+", .parents_match = false },
	{ .delimiters = "", .parents_match = true },
	{ .delimiters = "+-", .parents_match = true },
};
enum { OPTIONS = sizeof(options) / sizeof(*options) };

/* falls - returns how many keys there were */
static unsigned
falls(enum key_kind kind, struct keys *keys, const struct keys_options *how)
{
	uint32_t last = UINT32_MAX;
	unsigned count = 0;
	struct key key;

	while (keys_next(keys, &key)) {
		uint32_t strength = strength_of(kind, key.text,
		    how->delimiters);

		if (strength >= last)
			fail_msg("'%s' is not weaker than the key before it",
			    key.text);
		last = strength;
		count++;
	}
	return count;
}

static const char *const addresses[] = {
	"user@dom.tld", "user+ext@sub.dom.tld", "a+b+c@a.b.c.d.e.f",
	"\"a b+c\"@x.y", "user@[192.0.2.1]", "postmaster@x", "owner-list@a.b",
	"a@b.c", "a-b+c@x", "\"a@b\"@c.d", "",
};

static void
of_addresses(void **state)
{
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		for (size_t j = 0; j < OPTIONS; j++) {
			own(keys) struct keys keys = KEYS;

			keys_of_address(&keys, addresses[i], &options[j]);
			count += falls(KEY_RECIPIENT, &keys, &options[j]);
			keys_of_address(&keys, addresses[i], &options[j]);
			count += falls(KEY_SENDER, &keys, &options[j]);
		}
	assert_true(count > 400);
}

static void
of_clients(void **state)
{
	static const char *const clients[][2] = {
		{ "mx.sub.dom.tld", "192.0.2.1" },
		{ "unknown", "2001:db8::7" },
		{ "mx.example", "2001:db8:1:2:3:4:5:6" },
		{ "localhost", "::1" },
	};
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++)
		for (size_t j = 0; j < OPTIONS; j++) {
			own(keys) struct keys keys = KEYS;

			keys_of_client(&keys, clients[i][0], clients[i][1],
			    &options[j]);
			count += falls(KEY_CLIENT, &keys, &options[j]);
			keys_of_helo(&keys, clients[i][0], &options[j]);
			count += falls(KEY_HELO, &keys, &options[j]);
		}
	assert_true(count > 80);
}

static void
of_pairs(void **state)
{
	size_t last = sizeof(addresses) / sizeof(*addresses);
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < last; i++)
		for (size_t j = 0; j < last; j++) {
			own(keys) struct keys keys = KEYS;

			/* with a blank in it nobody can tell the halves */
			if (strchr(addresses[i], ' ') != NULL ||
			    strchr(addresses[j], ' ') != NULL)
				continue;
			keys_of_pair(&keys, addresses[i], addresses[j],
			    &options[0]);
			count += falls(KEY_PAIR, &keys, &options[0]);
		}
	assert_true(count > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_addresses),
		cmocka_unit_test(of_clients),
		cmocka_unit_test(of_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
