/* SPDX-License-Identifier: BSD-2-Clause */
/* The client in a Received: field, as many programs write them */
#include "milter/relay.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*value;
	const char	*address, *name, *helo;	/* address NULL: none */
} rows[] = {
	/* Postfix */
	{ " from mail.example (mx1.example [192.0.2.7])\n\tby gw (Postfix)",
	  "192.0.2.7", "mx1.example", "mail.example" },
	{ "from x (unknown [IPv6:2001:db8::7]) by gw", "2001:db8::7",
	  "unknown", "x" },
	{ "\n\tfrom x\n\t(unknown\n\t[192.0.2.7]) by gw", "192.0.2.7",
	  "unknown", "x" },
	{ "from [127.0.0.1] (evil.example [192.0.2.7])\n by gw",
	  "192.0.2.7", "evil.example", "[127.0.0.1]" },
	/* sendmail */
	{ "from a.example (b.example [192.0.2.7] (may be forged)) by gw",
	  "192.0.2.7", "b.example", "a.example" },
	{ "from a.example ([192.0.2.7]) by gw", "192.0.2.7", "unknown",
	  "a.example" },
	/* Exim */
	{ "from [192.0.2.7] (helo=[127.0.0.1]) by gw with esmtp", "192.0.2.7",
	  "unknown", "[192.0.2.7]" },
	{ "from b.example ([192.0.2.7] helo=a.example) by gw", "192.0.2.7",
	  "unknown", "b.example" },
	/* none */
	{ "by gw (Postfix, from userid 1000) id 4", NULL, NULL, NULL },
	{ "from localhost by gw", NULL, NULL, NULL },
	{ "from a (b [not an address]) by gw", NULL, NULL, NULL },
	{ "from a (b [192.0.2.7) by gw", NULL, NULL, NULL },
	{ "from a (b [999.0.2.7]) by gw", NULL, NULL, NULL },
	{ "from a by [192.0.2.7]", NULL, NULL, NULL },
	{ "from", NULL, NULL, NULL },
	{ "from ", NULL, NULL, NULL },
	{ "from (", NULL, NULL, NULL },
	{ "from a (b [", NULL, NULL, NULL },
	{ "from a (b [IPv6:", NULL, NULL, NULL },
	{ "from a (((\\", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = { 0 };
		struct relay_client client = { 0 };
		/* an allocation of its own, so that reading behind it shows */
		char *value = mem_text(rows[i].value);
		bool found = relay_parse(value, &arena, &client);

		if (found != (rows[i].address != NULL))
			fail_msg("'%s': %s", rows[i].value,
			    found ? client.address : "nothing");
		if (found) {
			assert_string_equal(client.address, rows[i].address);
			assert_string_equal(client.name, rows[i].name);
			assert_string_equal(client.helo, rows[i].helo);
		}
		free(value);
		arena_drop(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
