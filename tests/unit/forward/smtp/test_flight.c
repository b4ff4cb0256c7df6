/* SPDX-License-Identifier: BSD-2-Clause */
/* flight: what goes out together, and in which words */
#include "forward/smtp/flight.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct caps none, piping = { .pipelining = true },
    chunking = { .chunking = true },
    both = { .pipelining = true, .chunking = true };

/* A flight is a word of these letters; flights are parted by a blank. */
static const char letters[STEPS] = {
	[STEP_RSET] = 'r', [STEP_MAIL] = 'M', [STEP_RCPT] = 'R',
	[STEP_DATA] = 'D', [STEP_BODY] = 'B', [STEP_BDAT] = 'C',
};

static const struct {
	const char	*name;
	const struct caps *caps;
	uint64_t	 length;
	bool		 reset;
	const char	*want;
} cases[] = {
	{ "RFC 821", &none, 100, false, "M R D B" },
	{ "RFC 821, after a failure", &none, 100, true, "r M R D B" },
	{ "PIPELINING", &piping, 100, false, "MRD B" },
	{ "PIPELINING, after a failure", &piping, 100, true, "rMRD B" },
	{ "PIPELINING, large", &piping, 1 << 20, false, "MRD B" },
	{ "CHUNKING", &chunking, 100, false, "M R C" },
	{ "both", &both, 100, false, "MRC" },
	{ "both, after a failure", &both, 100, true, "rMRC" },
	{ "both, as large as may be", &both, FLIGHT_LARGE, false, "MRC" },
	{ "both, large", &both, FLIGHT_LARGE + 1, false, "MR C" },
};

static void
test_flights(void **state)
{
	static const struct buf empty = BUF;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct letter letter = { .sender = "", .recipient = "",
		    .head = &empty, .tail = &empty,
		    .length = cases[i].length };
		struct talk talk = { .helo = "us",
		    .caps = cases[i].caps, .letter = &letter };
		size_t count, together, n = 0;
		enum step steps[FLIGHT_STEPS];
		char got[32] = "";

		count = flight_steps(&talk, cases[i].reset, steps);
		assert_in_range(count, 1, FLIGHT_STEPS);
		for (size_t at = 0; at < count; at += together) {
			together = flight_length(&talk, steps + at,
			    count - at);
			assert_in_range(together, 1, count - at);
			if (at > 0)
				got[n++] = ' ';
			for (size_t j = at; j < at + together; j++)
				got[n++] = letters[steps[j]];
		}
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static const struct {
	enum step	 step;
	struct caps	 caps;
	struct letter	 letter;
	const char	*want;
} words[] = {
	{ STEP_EHLO, { .size = false }, { .sender = "" }, "EHLO us.test\r\n" },
	{ STEP_HELO, { .size = false }, { .sender = "" }, "HELO us.test\r\n" },
	{ STEP_STARTTLS, { .size = false }, { .sender = "" },
	    "STARTTLS\r\n" },
	{ STEP_RSET, { .size = false }, { .sender = "" }, "RSET\r\n" },
	{ STEP_QUIT, { .size = false }, { .sender = "" }, "QUIT\r\n" },
	{ STEP_DATA, { .size = false }, { .sender = "" }, "DATA\r\n" },
	{ STEP_BDAT, { .size = false }, { .sender = "", .length = 7 },
	    "BDAT 12 LAST\r\n" },
	{ STEP_RCPT, { .size = false }, { .recipient = "in@take.test" },
	    "RCPT TO:<in@take.test>\r\n" },
	{ STEP_MAIL, { .size = false }, { .sender = "" },
	    "MAIL FROM:<>\r\n" },
	{ STEP_MAIL, { .size = true }, { .sender = "a@b", .length = 100 },
	    "MAIL FROM:<a@b> SIZE=105\r\n" },
	/* nothing that was not offered */
	{ STEP_MAIL, { .pipelining = true }, { .sender = "",
	    .eight_bit = true, .binary = true, .smtputf8 = true },
	    "MAIL FROM:<>\r\n" },
	/* nothing that is not needed */
	{ STEP_MAIL, { .eightbitmime = true, .chunking = true,
	    .binarymime = true,
	    .smtputf8 = true }, { .sender = "" }, "MAIL FROM:<>\r\n" },
	{ STEP_MAIL, { .eightbitmime = true, .chunking = true,
	    .binarymime = true },
	    { .sender = "", .eight_bit = true },
	    "MAIL FROM:<> BODY=8BITMIME\r\n" },
	{ STEP_MAIL, { .eightbitmime = true, .chunking = true,
	    .binarymime = true },
	    { .sender = "", .eight_bit = true, .binary = true },
	    "MAIL FROM:<> BODY=BINARYMIME\r\n" },
	{ STEP_MAIL, { .eightbitmime = true },
	    { .sender = "", .eight_bit = true, .binary = true },
	    "MAIL FROM:<> BODY=8BITMIME\r\n" },
	{ STEP_MAIL, { .smtputf8 = true }, { .sender = "",
	    .recipient = "j\303\266rnal@take.test" },
	    "MAIL FROM:<> SMTPUTF8\r\n" },
	{ STEP_MAIL, { .smtputf8 = true, .size = true },
	    { .sender = "", .smtputf8 = true },
	    "MAIL FROM:<> SIZE=5 SMTPUTF8\r\n" },
};

static void
test_words(void **state)
{
	static char three[] = "abc", two[] = "de";
	const struct buf head = { .data = three, .len = 3 };
	const struct buf tail = { .data = two, .len = 2 };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct letter letter = words[i].letter;
		struct talk talk = { .helo = "us.test",
		    .caps = &words[i].caps, .letter = &letter };
		own(buf) struct buf out = BUF;

		letter.head = &head;
		letter.tail = &tail;
		if (letter.sender == NULL)
			letter.sender = "";
		if (letter.recipient == NULL)
			letter.recipient = "in@take.test";
		step_rows[words[i].step].say(&talk, &out);
		assert_string_equal(out.data, words[i].want);
	}
}

static void
test_refusals(void **state)
{
	static const struct buf empty = BUF;
	struct letter letter = { .sender = "", .recipient = "in@take.test",
	    .head = &empty, .tail = &empty, .length = 1000 };
	struct caps caps = { .size = true };
	struct talk talk = { .helo = "us", .caps = &caps,
	    .letter = &letter };
	char text[FLIGHT_TEXT];

	(void)state;
	assert_int_equal(flight_refusal(&talk, text), 0);
	caps.size_limit = 1000;
	assert_int_equal(flight_refusal(&talk, text), 0);
	caps.size_limit = 999;
	assert_int_equal(flight_refusal(&talk, text), 552);
	assert_string_equal(text, "5.3.4 message of 1000 bytes not sent, "
	    "the limit is 999");
	caps.size_limit = 0;
	letter.smtputf8 = true;	/* the original's, not ours */
	assert_int_equal(flight_refusal(&talk, text), 0);
	letter.recipient = "j\303\266rnal@take.test";
	assert_int_equal(flight_refusal(&talk, text), 550);
	assert_string_equal(text, "5.6.7 message not sent, its address needs "
	    "SMTPUTF8");
	caps.smtputf8 = true;
	assert_int_equal(flight_refusal(&talk, text), 0);
	caps.smtputf8 = false;
	letter.recipient = "in@take.test";
	letter.sender = "\303\266@x.test";
	assert_int_equal(flight_refusal(&talk, text), 550);
}

/* Who may share a flight, with how much that is aboard. */
static void
test_joins(void **state)
{
	static const struct buf empty = BUF;
	struct letter letter = { .sender = "", .recipient = "in@take.test",
	    .head = &empty, .tail = &empty, .length = 1000 };
	struct caps caps = { .pipelining = true, .chunking = true };
	struct talk talk = { .helo = "us", .caps = &caps,
	    .letter = &letter };

	(void)state;
	assert_true(flight_joins(&talk, 0));
	assert_true(flight_joins(&talk, FLIGHT_LARGE - 1000));
	assert_false(flight_joins(&talk, FLIGHT_LARGE - 999));
	letter.length = FLIGHT_LARGE + 1;
	assert_false(flight_joins(&talk, 0));
	letter.length = 1000;
	caps.size_limit = 999;
	assert_false(flight_joins(&talk, 0));
	caps.size_limit = 0;
	caps.chunking = false;
	assert_false(flight_joins(&talk, 0));
	talk.caps = &piping;
	assert_false(flight_joins(&talk, 0));
	talk.caps = &chunking;
	assert_false(flight_joins(&talk, 0));
}

/* Steps that wait for an answer end their flight; each has a name. */
static void
test_rows(void **state)
{
	(void)state;
	for (int i = 0; i < STEPS; i++) {
		assert_non_null(step_rows[i].name);
		if (i != STEP_RSET && i != STEP_MAIL && i != STEP_RCPT)
			assert_true(step_rows[i].last);
	}
	assert_int_equal(step_rows[STEP_DATA].want, 3);
	assert_int_equal(step_rows[STEP_BODY].want, 2);
	assert_int_equal(step_rows[STEP_BDAT].want, 2);
}

/* What a transcript has of each command: whatever is said of a login, its
 * secret is not in it, in the clear or in base64. */
static void
test_shown(void **state)
{
	static const struct login login = { "user", "secret", "f:1" };
	static const struct buf empty = BUF;
	const struct letter letter = { .sender = "", .recipient = "in@take.test",
	    .head = &empty, .tail = &empty };
	struct talk talk = { .helo = "us", .caps = &none, .letter = &letter,
	    .login = &login };

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		own(buf) struct buf said = BUF;
		own(buf) struct buf shown = BUF;
		bool secret;

		if (step_rows[i].say != NULL)
			step_rows[i].say(&talk, &said);
		step_shown(&talk, (enum step)i, &shown);
		secret = strstr(said.data, "AHVzZXIAc2VjcmV0") != NULL ||
		    strstr(said.data, "dXNlcg==") != NULL ||
		    strstr(said.data, "c2VjcmV0") != NULL;
		assert_int_equal(secret, i == STEP_AUTH_PLAIN ||
		    i == STEP_AUTH_USER || i == STEP_AUTH_PASSWORD);
		if (!secret)
			assert_string_equal(shown.data, said.data);
		else if (i == STEP_AUTH_PLAIN)
			assert_string_equal(shown.data, "AUTH PLAIN ***\r\n");
		else
			assert_string_equal(shown.data, "***\r\n");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flights),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_joins),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
