/* SPDX-License-Identifier: BSD-2-Clause */
/* caps: what a server offers */
#include "forward/caps.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*name;
	const char	*text;
	struct caps	 want;
} cases[] = {
	{ "nothing", "mx.test", { .size_limit = 0 } },
	{ "the greeting is no offer", "PIPELINING", { .size_limit = 0 } },
	{ "all", "mx\nPIPELINING\nCHUNKING\nBINARYMIME\n8BITMIME\nSMTPUTF8\n"
	  "STARTTLS\nSIZE 1000\nDSN\nHELP",
	  { true, true, true, true, true, true, true, 1000 } },
	{ "case", "mx\npipelining\nStartTls",
	  { .pipelining = true, .starttls = true } },
	{ "with parameters", "mx\n8BITMIME x y\nCHUNKING ",
	  { .eightbitmime = true, .chunking = true } },
	{ "a part of a word", "mx\nPIPE\nPIPELININGS\nX-PIPELINING",
	  { .size_limit = 0 } },
	{ "SIZE without a number", "mx\nSIZE", { .size = true } },
	{ "SIZE 0: no limit", "mx\nSIZE 0", { .size = true } },
	{ "SIZE, odd", "mx\nsize \t 77abc",
	  { .size = true, .size_limit = 77 } },
	{ "SIZE, no number", "mx\nSIZE many", { .size = true } },
	{ "SIZE, absurd", "mx\nSIZE 99999999999999999999999",
	  { .size = true } },
	{ "BINARYMIME is nothing without CHUNKING", "mx\nBINARYMIME",
	  { .size_limit = 0 } },
	{ "twice", "mx\nSIZE 5\nSIZE 6", { .size = true, .size_limit = 6 } },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct caps *want = &cases[i].want;
		struct reply reply;
		struct caps caps;

		memset(&caps, 0xff, sizeof(caps));
		reply_make(&reply, 250, cases[i].text);
		caps_parse(&reply, &caps);
		if (caps.pipelining != want->pipelining ||
		    caps.chunking != want->chunking ||
		    caps.binarymime != want->binarymime ||
		    caps.eightbitmime != want->eightbitmime ||
		    caps.smtputf8 != want->smtputf8 ||
		    caps.starttls != want->starttls ||
		    caps.size != want->size ||
		    caps.size_limit != want->size_limit)
			fail_msg("%s", cases[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
