/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict: the retry table, row by row, for every step */
#include "forward/verdict.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/scratch.h"

/* The steps at which a server says something. */
static const enum step talking[] = {
	STEP_GREETING, STEP_EHLO, STEP_HELO, STEP_STARTTLS, STEP_AUTH_PLAIN,
	STEP_AUTH_LOGIN, STEP_AUTH_USER, STEP_AUTH_PASSWORD, STEP_RSET,
	STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_BODY, STEP_BDAT,
};
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void
judge(enum step step, enum cause cause, int code, const char *text,
    struct verdict *out)
{
	struct failure failure = { .step = step, .cause = cause };

	if (cause == CAUSE_REPLY)
		reply_make(&failure.reply, code, text);
	verdict_of(&failure, out);
}

/* wanted - the table as the documents have it, in other words */
static enum verdict_class
wanted(enum step step, int code)
{
	bool retried = (code >= 400 && code <= 499) || code == 503 ||
	    code == 552;

	if (step == STEP_STARTTLS && code != 421)
		return VERDICT_TLS;
	if (step == STEP_RSET && code != 421)
		return VERDICT_NETWORK;
	return retried ? VERDICT_SOFT : VERDICT_HARD;
}

static void
test_every_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(talking); i++)
		for (int code = 400; code <= 599; code++) {
			bool message = code != 421 &&
			    step_rows[talking[i]].blame == BLAME_MESSAGE;
			struct verdict verdict;
			char text[4];

			judge(talking[i], CAUSE_REPLY, code, "no", &verdict);
			assert_int_equal(verdict.class,
			    wanted(talking[i], code));
			assert_int_equal(verdict.blame,
			    message ? BLAME_MESSAGE : BLAME_SITE);
			snprintf(text, sizeof(text), "%d", code);
			assert_string_equal(verdict.code, text);
			assert_int_equal(verdict.enhanced[0], text[0]);
			assert_true(strlen(verdict.words) > 0);
		}
}

/* A "yes" to another question is nobody's verdict on the message. */
static void
test_yes_is_no_verdict(void **state)
{
	struct verdict verdict;

	(void)state;
	for (size_t i = 0; i < COUNT(talking); i++)
		for (int code = 200; code <= 399; code += 50) {
			judge(talking[i], CAUSE_REPLY, code, "yes", &verdict);
			assert_int_equal(verdict.class, VERDICT_NETWORK);
		}
}

/* Who refuses the name that we greet with says nothing of the letter. */
static void
test_our_name(void **state)
{
	static const struct {
		enum step	 step;
		int		 code;
		const char	*text;
		bool		 want;
	} cases[] = {
		{ STEP_EHLO, 504, "5.5.2 need a full name", true },
		{ STEP_EHLO, 501, "what?", true },
		{ STEP_EHLO, 550, "5.7.1 go away", true },
		{ STEP_HELO, 550, "5.7.1 go away", true },
		{ STEP_EHLO, 451, "4.3.2 later", false },
		{ STEP_GREETING, 554, "5.7.1 vm: Helo command rejected", false },
		{ STEP_RCPT, 504, "5.5.2 <vm>: Helo command rejected: need "
		    "fully-qualified hostname", true },
		{ STEP_RCPT, 550, "5.7.1 <vm>: Helo command rejected: Host not "
		    "found", true },
		{ STEP_RCPT, 450, "4.7.1 <vm>: HELO COMMAND REJECTED: Host not "
		    "found", true },
		{ STEP_MAIL, 501, "5.5.2 bad HELO name", true },
		{ STEP_MAIL, 550, "5.5.2 EHLO vm is no name", true },
		{ STEP_DATA, 504, "who is VM?", true },
		{ STEP_RCPT, 504, "5.5.2 <a@b>: Recipient address rejected: "
		    "need fully-qualified address", false },
		{ STEP_RCPT, 550, "5.1.1 <a@vm>: Unknown user", false },
		{ STEP_BODY, 550, "5.7.1 vm: Helo command rejected", false },
		{ STEP_RCPT, 250, "2.5.2 Helo command rejected", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct failure failure;
		struct verdict verdict;

		reply_make(&failure.reply, cases[i].code, cases[i].text);
		assert_int_equal(failure_reply(&failure, cases[i].step, "vm"),
		    -1);
		if (failure.our_name != cases[i].want)
			fail_msg("%s", cases[i].text);
		if (!cases[i].want)
			continue;
		verdict_of(&failure, &verdict);
		assert_int_equal(verdict.class, VERDICT_SOFT);
		assert_int_equal(verdict.blame, BLAME_SITE);
	}
}

/* Nor does who refuses our login, or asks for one; all of it is tried again. */
static void
test_our_login(void **state)
{
	static const int codes[] = { 530, 534, 535, 538 };

	(void)state;
	for (int step = 0; step < STEPS; step++)
		for (int code = 400; code <= 599; code++) {
			bool auth = step >= STEP_AUTH_PLAIN &&
			    step <= STEP_AUTH_PASSWORD && code >= 500;
			bool wants = false;
			struct failure failure;
			struct verdict verdict;

			for (size_t i = 0; i < COUNT(codes); i++)
				wants |= code == codes[i] &&
				    (step == STEP_MAIL || step == STEP_RCPT ||
				    step == STEP_DATA);
			reply_make(&failure.reply, code, "no");
			(void)failure_reply(&failure, (enum step)step, "vm");
			assert_int_equal(failure.our_login, auth || wants);
			if (!auth && !wants)
				continue;
			verdict_of(&failure, &verdict);
			assert_int_equal(verdict.class, VERDICT_SOFT);
			assert_int_equal(verdict.blame, BLAME_SITE);
		}
}

static void
test_causes(void **state)
{
	static const struct {
		enum cause	 cause;
		enum verdict_class class;
		const char	*enhanced;
		const char	*words;
	} cases[] = {
		{ CAUSE_OURS, VERDICT_NONE, "4.3.0",
		    "Other mail system problem" },
		{ CAUSE_LOST, VERDICT_NETWORK, "4.4.0",
		    "Other network problem" },
		{ CAUSE_TIMEOUT, VERDICT_NETWORK, "4.4.0",
		    "Other network problem" },
		{ CAUSE_GARBAGE, VERDICT_NETWORK, "4.5.0",
		    "Other protocol problem" },
		{ CAUSE_TLS, VERDICT_TLS, "5.7.0", "Other security problem" },
		{ CAUSE_LOGIN, VERDICT_SOFT, "4.7.0", "Other security problem" },
		{ CAUSE_DNS_SOFT, VERDICT_NETWORK, "4.4.3",
		    "Directory server failure" },
		{ CAUSE_DNS_HARD, VERDICT_NO_HOST, "5.1.2",
		    "Bad destination host" },
		{ CAUSE_EXPIRED, VERDICT_EXPIRED, "5.4.7",
		    "Delivery expired (message too old)" },
	};

	(void)state;
	assert_int_equal(COUNT(cases) + 1, CAUSES);	/* and CAUSE_REPLY */
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int step = 0; step < STEPS; step++) {
			struct verdict verdict;

			judge((enum step)step, cases[i].cause, 0, "",
			    &verdict);
			assert_int_equal(verdict.class, cases[i].class);
			assert_int_equal(verdict.blame, BLAME_SITE);
			assert_string_equal(verdict.enhanced,
			    cases[i].enhanced);
			assert_string_equal(verdict.words, cases[i].words);
			assert_string_equal(verdict.code, "000");
		}
}

static void
test_rows(void **state)
{
	static const struct {
		enum verdict_class class;
		bool		 retry;
		enum counter	 counter;
		enum log_event	 event;
	} cases[] = {
		{ VERDICT_NETWORK, true, COUNT_HARD_NETWORK,
		    LOG_given_up_network },
		{ VERDICT_SOFT, true, COUNT_HARD_RETRIES, LOG_given_up_soft },
		{ VERDICT_TLS, false, COUNT_HARD_TLS, LOG_given_up_tls },
		{ VERDICT_HARD, false, COUNT_HARD_5XX, LOG_given_up_hard },
		{ VERDICT_NO_HOST, false, COUNT_HARD_DNS, LOG_given_up_hard },
		{ VERDICT_EXPIRED, false, COUNT_HARD_EXPIRED,
		    LOG_given_up_age },
	};

	(void)state;
	assert_true(verdict_rows[0].retry);	/* in doubt: again */
	assert_int_equal(COUNT(cases) + 1, VERDICTS);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct verdict_row *row = &verdict_rows[cases[i].class];

		assert_int_equal(row->retry, cases[i].retry);
		assert_int_equal(row->counter, cases[i].counter);
		assert_int_equal(row->event, cases[i].event);
		/* the last line of a copy names the class */
		assert_non_null(strstr(log_rows[row->event].format,
		    row->name));
	}
}

static void
test_words(void **state)
{
	static const struct {
		enum step	 step;
		int		 code;
		const char	*text;
		const char	*enhanced;
		const char	*words;
	} cases[] = {
		/* the server's own enhanced code */
		{ STEP_BODY, 451, "4.3.2 try again later", "4.3.2",
		    "Not accepting messages at this time" },
		{ STEP_RCPT, 550, "5.1.1 who?", "5.1.1",
		    "Bad destination mailbox address" },
		{ STEP_RCPT, 550, "5.1.99 x", "5.1.99",
		    "Unknown address error" },
		{ STEP_RCPT, 550, "5.9.1 x", "5.9.1", "Other SMTP error" },
		{ STEP_RCPT, 550, "5.10.1 x", "5.10.1", "Other SMTP error" },
		{ STEP_MAIL, 554, "5.0.0 x", "5.0.0", "Other SMTP error" },
		/* none: by step and code */
		{ STEP_RCPT, 550, "Relaying denied", "5.1.0",
		    "Unknown address error" },
		{ STEP_MAIL, 451, "later", "4.1.0", "Unknown address error" },
		{ STEP_RCPT, 421, "bye", "4.3.2",
		    "Not accepting messages at this time" },
		{ STEP_GREETING, 554, "no", "5.3.2",
		    "Not accepting messages at this time" },
		{ STEP_BDAT, 554, "no", "5.3.0", "Other mail system problem" },
		{ STEP_RCPT, 552, "full", "5.3.4",
		    "Message too big for system" },
		{ STEP_DATA, 503, "what?", "5.5.1", "Invalid command" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct verdict verdict;

		judge(cases[i].step, CAUSE_REPLY, cases[i].code,
		    cases[i].text, &verdict);
		assert_string_equal(verdict.enhanced, cases[i].enhanced);
		assert_string_equal(verdict.words, cases[i].words);
	}
	assert_string_equal(verdict_words(""), "Other SMTP error");
	assert_string_equal(verdict_words("5"), "Other SMTP error");
	assert_string_equal(verdict_words("5."), "Other SMTP error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code),
		cmocka_unit_test(test_yes_is_no_verdict),
		cmocka_unit_test(test_our_name),
		cmocka_unit_test(test_our_login),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
