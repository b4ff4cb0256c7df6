/* SPDX-License-Identifier: BSD-2-Clause */
/* lines of JSON that are envelopes, and others */
#include "journal/envelope.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/journal/envelope_line.h"

/* replaced - the usual line with one part of it exchanged; new */
static char *
replaced(const char *what, const char *by)
{
	const char *at = strstr(usual_line, what);

	assert_non_null(at);
	return mem_format("%.*s%s%s", (int)(at - usual_line), usual_line, by,
	    at + strlen(what));
}

static const struct {
	const char	*what;		/* in the usual line */
	const char	*by;
	const char	*why;		/* NULL: fine */
} changes[] = {
	{ "\"helo\"", "\"new\":[1],\"helo\"", NULL },
	{ "{", " { ", NULL },
	{ "\"s@x.example\"", "\"\\\\\\\\x\"", NULL },
	{ "\"helo\":\"mx\",", "", "envelope: no key 'helo'" },
	{ "\"mid\":255,", "", "envelope: no key 'mid'" },
	{ "\"recipients\"", "\"Recipients\"", "envelope: no key 'recipients'" },
	{ "255", "-1", "envelope: bad value of 'mid'" },
	{ "255", "255.0", "envelope: bad value of 'mid'" },
	{ "255", "\"255\"", "envelope: bad value of 'mid'" },
	{ "255", "9223372036854775808", "" },
	{ "1708118362123", "null", "envelope: bad value of 'accepted'" },
	{ "\"mx\"", "1", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x8\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x8g\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x8F\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x41\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\x00\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\\\n\"", "envelope: bad value of 'helo'" },
	{ "\"mx\"", "\"\\u0000\"", "" },
	{ "\"mx\"", "\"\xff\"", "" },
	{ "\"mx\"", "\"\\udc80\"", "" },
	{ "\"a@b.example\"", "7", "envelope: bad value of 'recipients'" },
	{ "[\"a@b.example\",\"\\\"x y\\\"@[192.0.2.1]\"]", "\"a@b\"",
	    "envelope: bad value of 'recipients'" },
	{ ",\"binary\":false", "", NULL },
	{ ",\"booted\":86400001", "", NULL },
	{ "86400001", "\"1\"", "envelope: bad value of 'booted'" },
	{ "true", "1", "envelope: bad value of 'eight_bit'" },
	{ "false,\"booted", "0,\"booted", "envelope: bad value of 'binary'" },
	{ "\"header_length\":512", "\"header_length\":20481",
	    "envelope: header longer than the message" },
	{ "\"helo\":\"mx\"", "\"helo\":\"mx\",\"helo\":\"mx\"", "" },
	{ "{", "", "" },
	{ ",\"outgoing\":false", "", NULL },
	{ "outgoing\":false", "outgoing\":0",
	    "envelope: bad value of 'outgoing'" },
	{ "se}", "se", "" },
	{ "se}", "se}}", "" },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		own(str) char *line = replaced(changes[i].what, changes[i].by);
		struct arena arena = { 0 };
		struct envelope out = { .mid = 7 };
		struct err err = { .text = "" };
		int status = envelope_parse(line, strlen(line), &arena, &out,
		    &err);

		arena_drop(&arena);
		if (changes[i].why == NULL) {
			assert_int_equal(status, 0);
			continue;
		}
		if (status != -1)
			fail_msg("taken: %s", line);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_int_equal(out.mid, 7);	/* untouched */
		/* What jansson says is its own. */
		assert_int_equal(strncmp(err.text, "envelope: ", 10), 0);
		if (changes[i].why[0] != '\0')
			assert_string_equal(err.text, changes[i].why);
	}
}

static void
test_not_json(void **state)
{
	static const char *const lines[] = {
		"", "[]", "\"x\"", "null", "{}", "TDC1", "{\"mid\":1}\n{}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct arena arena = { 0 };
		struct envelope out;
		struct err err;

		assert_int_equal(envelope_parse(lines[i], strlen(lines[i]),
		    &arena, &out, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		arena_drop(&arena);
	}
}

/* Not a byte beyond the size is looked at. */
static void
test_size(void **state)
{
	struct arena arena = { 0 };
	struct envelope out;
	struct err err;

	(void)state;
	for (size_t n = 0; n < sizeof(usual_line) - 1; n++)
		assert_int_equal(envelope_parse(usual_line, n, &arena, &out,
		    &err), -1);
	assert_int_equal(envelope_parse(usual_line, sizeof(usual_line) - 1,
	    &arena, &out, &err), 0);
	arena_drop(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
