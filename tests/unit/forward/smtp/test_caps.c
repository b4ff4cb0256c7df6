/* SPDX-License-Identifier: BSD-2-Clause */
/* caps: what a server offers */
#include "forward/smtp/caps.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*name;
	const char	*text;
	struct caps	 want;
} cases[] = {
	{ "nothing", "mx.test", CAPS },
	{ "the greeting is no offer", "PIPELINING", CAPS },
	{ "all", "mx\nPIPELINING\nCHUNKING\nBINARYMIME\n8BITMIME\nSMTPUTF8\n"
	  "STARTTLS\nSIZE 1000\nDSN\nHELP",
	  { .pipelining = true, .chunking = true, .binarymime = true,
	    .eightbitmime = true, .smtputf8 = true, .starttls = true,
	    .size = true, .size_limit = 1000 } },
	{ "case", "mx\npipelining\nStartTls",
	  { .pipelining = true, .starttls = true } },
	{ "with parameters", "mx\n8BITMIME x y\nCHUNKING ",
	  { .eightbitmime = true, .chunking = true } },
	{ "a part of a word", "mx\nPIPE\nPIPELININGS\nX-PIPELINING",
	  CAPS },
	{ "SIZE without a number", "mx\nSIZE", { .size = true } },
	{ "SIZE 0: no limit", "mx\nSIZE 0", { .size = true } },
	{ "SIZE, odd", "mx\nsize \t 77abc",
	  { .size = true, .size_limit = 77 } },
	{ "SIZE, no number", "mx\nSIZE many", { .size = true } },
	{ "SIZE, absurd", "mx\nSIZE 99999999999999999999999",
	  { .size = true } },
	{ "LIMITS", "mx\nLIMITS MAILMAX=10 RCPTMAX=1", { .mailmax = 10 } },
	{ "LIMITS, among others", "mx\nlimits RCPTMAX=100 mailmax=7 X=1",
	  { .mailmax = 7 } },
	{ "LIMITS, as large as may be", "mx\nLIMITS MAILMAX=999999",
	  { .mailmax = 999999 } },
	{ "LIMITS, too large", "mx\nLIMITS MAILMAX=1000000", CAPS },
	{ "LIMITS, 0", "mx\nLIMITS MAILMAX=0", CAPS },
	{ "LIMITS, no number", "mx\nLIMITS MAILMAX=1x MAILMAX= MAILMAX", CAPS },
	{ "LIMITS, of another thing", "mx\nLIMITS XMAILMAX=5 RCPTMAX=9", CAPS },
	{ "no LIMITS", "mx\nMAILMAX=10\nXLIMITS MAILMAX=4", CAPS },
	{ "AUTH", "mx\nAUTH PLAIN LOGIN",
	  { .auth = true, .auth_plain = true, .auth_login = true } },
	{ "AUTH, one of many", "mx\nauth GSSAPI login\tCRAM-MD5",
	  { .auth = true, .auth_login = true } },
	{ "AUTH, as it once was", "mx\nAUTH=PLAIN LOGIN",
	  { .auth = true, .auth_plain = true, .auth_login = true } },
	{ "AUTH, both ways", "mx\nAUTH LOGIN\nAUTH=PLAIN",
	  { .auth = true, .auth_plain = true, .auth_login = true } },
	{ "AUTH, others", "mx\nAUTH PLAINTEXT XLOGIN", { .auth = true } },
	{ "AUTH, nothing", "mx\nAUTH", { .auth = true } },
	{ "no AUTH", "mx\nAUTHPLAIN\nXAUTH PLAIN\nAUTHS LOGIN", CAPS },
	{ "twice", "mx\nSIZE 5\nSIZE 6", { .size = true, .size_limit = 6 } },
};

/* offer - the lines of a reply */
static void
offer(const char *lines, struct caps *out)
{
	own(str) char *text = mem_text(lines);
	char *rest = text, *line;

	*out = (struct caps)CAPS;
	while ((line = strsep(&rest, "\n")) != NULL)
		caps_add(out, line);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct caps *want = &cases[i].want;
		struct caps caps;

		offer(cases[i].text, &caps);
		if (caps.pipelining != want->pipelining ||
		    caps.chunking != want->chunking ||
		    caps.binarymime != want->binarymime ||
		    caps.eightbitmime != want->eightbitmime ||
		    caps.smtputf8 != want->smtputf8 ||
		    caps.starttls != want->starttls ||
		    caps.auth != want->auth ||
		    caps.auth_plain != want->auth_plain ||
		    caps.auth_login != want->auth_login ||
		    caps.size != want->size ||
		    caps.size_limit != want->size_limit ||
		    caps.mailmax != want->mailmax)
			fail_msg("%s", cases[i].name);
	}
}

/* BINARYMIME is nothing without CHUNKING, wherever that stands. */
static void
test_binary(void **state)
{
	struct caps caps;

	(void)state;
	offer("mx\nBINARYMIME\nPIPELINING", &caps);
	assert_false(caps_binary(&caps));
	offer("mx\nBINARYMIME\nCHUNKING", &caps);
	assert_true(caps_binary(&caps));
	offer("mx\nCHUNKING", &caps);
	assert_false(caps_binary(&caps));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
