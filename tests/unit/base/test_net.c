/* SPDX-License-Identifier: BSD-2-Clause */
/* lists of networks */
#include "base/net.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*list;
	const char	*address;
	bool		 in;
} matches[] = {
	{ "127.0.0.0/8 [::1]/128", "127.0.0.1", true },
	{ "127.0.0.0/8 [::1]/128", "127.255.255.255", true },
	{ "127.0.0.0/8 [::1]/128", "128.0.0.0", false },
	{ "127.0.0.0/8 [::1]/128", "::1", true },
	{ "127.0.0.0/8 [::1]/128", "::2", false },
	{ "127.0.0.0/8", "::ffff:127.0.0.1", true },
	{ "::1", "::1", true },
	{ "10.0.0.1", "10.0.0.1", true },
	{ "10.0.0.1", "10.0.0.2", false },
	{ "10.0.0.0/31,192.0.2.0/24", "10.0.0.1", true },
	{ "10.0.0.0/31,192.0.2.0/24", "192.0.2.77", true },
	{ "!10.0.0.5, 10.0.0.0/8", "10.0.0.5", false },
	{ "!10.0.0.5, 10.0.0.0/8", "10.0.0.6", true },
	{ "10.0.0.0/8, !10.0.0.5", "10.0.0.5", true },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "", "127.0.0.1", false },
	{ "127.0.0.0/8", "", false },
	{ "127.0.0.0/8", "localhost", false },
};

static void
test_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(*matches); i++) {
		struct nets *nets;
		struct err err;

		if (net_parse(matches[i].list, &nets, &err) == -1)
			fail_msg("%s: %s", matches[i].list, err.text);
		if (net_match(nets, matches[i].address) != matches[i].in)
			fail_msg("'%s' in '%s'", matches[i].address,
			    matches[i].list);
		assert_null(net_free(nets));
	}
}

static const struct {
	const char	*inner, *outer;
	const char	*outside;	/* its elements, each after a blank */
} wider[] = {
	{ "127.0.0.0/8 [::1]/128", "127.0.0.0/8 [::1]/128", "" },
	{ "127.0.0.0/8 192.0.2.0/24", "127.0.0.0/8 [::1]/128",
	  " 192.0.2.0/24" },
	{ "192.0.2.1 [2001:db8::]/32", "", " 192.0.2.1/32 [2001:db8::]/32" },
	{ "192.0.2.0/25", "192.0.2.0/24", "" },
	{ "192.0.2.0/24", "192.0.2.0/25", " 192.0.2.0/24" },
	{ "192.0.2.0/24", "192.0.2.0/25 192.0.2.128/25", "" },
	{ "192.0.2.0/24", "192.0.2.0/25 192.0.2.128/26 192.0.2.192/26", "" },
	{ "192.0.2.0/24", "!192.0.2.5 192.0.2.0/24", " 192.0.2.0/24" },
	{ "192.0.2.0/24", "192.0.2.0/24 !192.0.2.5", "" },
	{ "!192.0.2.5 192.0.2.0/24", "!192.0.2.5 192.0.2.0/24", "" },
	{ "!192.0.2.0/25 192.0.2.0/24", "192.0.2.128/25", "" },
	{ "192.0.2.0/24 !192.0.2.5", "!192.0.2.5 192.0.2.0/24",
	  " 192.0.2.0/24" },
	{ "!192.0.2.0/24", "", "" },
	{ "[::ffff:127.0.0.0]/104", "127.0.0.0/8", "" },
	{ "[fe80::]/10", "[fe80::]/64", " [fe80::]/10" },
	{ "0.0.0.0/0 [::]/0", "0.0.0.0/0", " [::]/0" },
	{ "[::]/0", "[::]/1 [8000::]/1", "" },
	{ "", "127.0.0.0/8", "" },
};

static void
test_outside(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wider) / sizeof(*wider); i++) {
		struct nets *inner, *outer;
		char text[NET_TEXT], all[200] = "";
		struct err err;
		size_t at = 0;

		assert_int_equal(net_parse(wider[i].inner, &inner, &err), 0);
		assert_int_equal(net_parse(wider[i].outer, &outer, &err), 0);
		while (net_outside(inner, outer, &at, text))
			strcat(strcat(all, " "), text);
		assert_string_equal(all, wider[i].outside);
		net_free(inner);
		net_free(outer);
	}
}

static void
test_errors(void **state)
{
	static const char *const bad[] = {
		"localhost", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x",
		"[::1", "[::1]x", "::1/129", "10.0.0.1/8", "2001:db8::1/32",
		"10.0.0.0/-1", "!", "/8",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dd",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nets *nets = NULL;
		struct err err = { 0 };

		if (net_parse(bad[i], &nets, &err) != -1)
			fail_msg("accepted '%s'", bad[i]);
		assert_non_null(strstr(err.text, "'"));
		assert_null(nets);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
