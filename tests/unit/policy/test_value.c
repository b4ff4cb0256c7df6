/* SPDX-License-Identifier: BSD-2-Clause */
/* value: the right-hand sides of policy tables */
#include "policy/value.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define X10 "xxxxxxxxxx"
#define X64 X10 X10 X10 X10 X10 X10 "xxxx"

static const struct {
	const char	*text;
	enum action	 action;
	const char	*intake, *name;
} good[] = {
	{ "NO", ACTION_NO, NULL, NULL },
	{ "no", ACTION_NO, NULL, NULL },
	{ "Default", ACTION_DEFAULT, NULL, NULL },
	{ "dunno", ACTION_DUNNO, NULL, NULL },
	{ "  NO\t", ACTION_NO, NULL, NULL },
	{ "NO name=EMEA", ACTION_NO, NULL, "EMEA" },
	{ "DEFAULT \t name=a/b-c.d=e \r", ACTION_DEFAULT, NULL, "a/b-c.d=e" },
	{ "NO name=" X64, ACTION_NO, NULL, X64 },
	{ "a@b", ACTION_ADDRESS, "a@b", NULL },
	{ "33c48e-27xp9-05ecb4@Beta.cmd.example", ACTION_ADDRESS,
	  "33c48e-27xp9-05ecb4@Beta.cmd.example", NULL },
	{ "a.b+c_{d}@x-y.example name=N", ACTION_ADDRESS,
	  "a.b+c_{d}@x-y.example", "N" },
	{ "\"a b\"@x.example name=q", ACTION_ADDRESS, "\"a b\"@x.example",
	  "q" },
	{ "\"a\\\"@b\"@x", ACTION_ADDRESS, "\"a\\\"@b\"@x", NULL },
	{ "a@[192.0.2.1]", ACTION_ADDRESS, "a@[192.0.2.1]", NULL },
	{ "a@[IPv6:2001:db8::1]", ACTION_ADDRESS, "a@[IPv6:2001:db8::1]",
	  NULL },
	{ "no@default.example", ACTION_ADDRESS, "no@default.example", NULL },
	{ X64 "@x", ACTION_ADDRESS, X64 "@x", NULL },
};

static const char *const bad[] = {
	"", " ", "NOPE", "N0", "NO!", "OK", "REJECT", "NO NO", "NO name=",
	"NO name=a b", "NO name=a name=b", "NO Name=a", "name=a", "NO, name=a",
	"NO name=\303\244", "NO name=a\001", "NO name=" X64 "x",
	"intake", "@x", "a@", "a@@x", "a@x@y", "a b@x", "a,b@x", "<a@x>",
	".a@x", "a.@x", "a..b@x", "a@.x", "a@x.", "a@x..y", "a@-x", "a@x-",
	"a@x_y", "a@x,b@y", "a@x b@y", "\"a@x", "\"a\"b@x", "a@[]", "a@[1",
	"a@[1]x", "a@[1 2]", "a@\303\244.example", "\303\244@x.example",
	X64 "x@x", "a@" X64 ".example",
	"a@" X10 X10 X10 X10 X10 "." X10 X10 X10 X10 X10 "." X10 X10 X10 X10
	X10 "." X10 X10 X10 X10 X10 "." X10 X10 X10 X10 X10 ".x",
	"\"a\\", "a@x\001",
};

static void
test_good(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct value value;
		struct err err;

		if (value_parse(good[i].text, &arena, &value, &err) == -1)
			fail_msg("%s", err.text);
		assert_int_equal(value.action, good[i].action);
		assert_int_equal(value.intake == NULL, good[i].intake == NULL);
		assert_int_equal(value.name == NULL, good[i].name == NULL);
		if (value.intake != NULL)
			assert_string_equal(value.intake, good[i].intake);
		if (value.name != NULL)
			assert_string_equal(value.name, good[i].name);
	}
	arena_drop(&arena);
}

static void
test_bad(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct value value;
		struct err err;

		if (value_parse(bad[i], &arena, &value, &err) == 0)
			fail_msg("taken: '%s'", bad[i]);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_memory_equal(err.text, "bad value '", 11);
	}
	arena_drop(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
