/* SPDX-License-Identifier: BSD-2-Clause */
/* advice: which row is found for a failure, and that each row is found */
#include "forward/trial/advice.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* The failures as the forwarder words them. */
static const struct {
	enum step	 step;
	enum cause	 cause;
	int		 code;
	const char	*text;		/* of the reply, where there is a code */
	const char	*subject;
	const char	*kind;
} cases[] = {
	{ STEP_ROUTE, CAUSE_DNS_HARD, 0, "NXDomain", "mx.a.test A", "no-host" },
	{ STEP_ROUTE, CAUSE_DNS_HARD, 0, "NXDomain", "a.test MX",
	  "no-domain" },
	{ STEP_ROUTE, CAUSE_DNS_HARD, 0, "null MX", "a.test MX", "null-mx" },
	{ STEP_ROUTE, CAUSE_DNS_HARD, 0, "no usable MX", "a.test MX",
	  "no-mx" },
	{ STEP_ROUTE, CAUSE_DNS_SOFT, 0, "DNSSEC validation failed",
	  "a.test MX", "dnssec" },
	{ STEP_ROUTE, CAUSE_DNS_SOFT, 0, "SERVFAIL", "mx.a.test TLSA",
	  "dane-unknown" },
	{ STEP_ROUTE, CAUSE_DNS_SOFT, 0, "SERVFAIL", "a.test MX", "dns" },
	{ STEP_ROUTE, CAUSE_DNS_SOFT, 0, "timeout", "mx.a.test A", "dns" },
	{ STEP_CONNECT, CAUSE_LOST, 0, "[Errno 111] Connection refused", "",
	  "refused" },
	{ STEP_CONNECT, CAUSE_LOST, 0, "[Errno 113] No route to host", "",
	  "unreachable" },
	{ STEP_CONNECT, CAUSE_TIMEOUT, 0, "timeout", "", "connect-timeout" },
	{ STEP_CONNECT, CAUSE_OURS, 0, "[Errno 24] Too many open files", "",
	  "ours" },
	{ STEP_GREETING, CAUSE_TIMEOUT, 0, "timeout", "", "silent" },
	{ STEP_GREETING, CAUSE_LOST, 0, "EOF", "", "hung-up" },
	{ STEP_GREETING, CAUSE_GARBAGE, 0, "no SMTP reply after greeting", "",
	  "no-smtp" },
	{ STEP_GREETING, CAUSE_REPLY, 421, "busy", "", "busy" },
	{ STEP_GREETING, CAUSE_REPLY, 554, "no", "", "unwelcome" },
	{ STEP_EHLO, CAUSE_REPLY, 550, "no", "", "name" },
	{ STEP_RCPT, CAUSE_REPLY, 504, "5.5.2 <us.test>: Helo command "
	  "rejected: need fully-qualified hostname", "", "name" },
	{ STEP_EHLO, CAUSE_TIMEOUT, 0, "timeout", "", "timeout" },
	{ STEP_EHLO, CAUSE_LOST, 0, "EOF", "", "lost" },
	{ STEP_STARTTLS, CAUSE_TLS, 0, "STARTTLS not offered", "",
	  "no-starttls" },
	{ STEP_STARTTLS, CAUSE_TLS, 0, "bytes in the clear after the reply to "
	  "STARTTLS", "", "starttls" },
	{ STEP_STARTTLS, CAUSE_REPLY, 454, "no", "", "starttls" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "mx.a.test: not named by the MTA-STS "
	  "policy", "", "mta-sts" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: no "
	  "matching DANE TLSA records", "", "dane-mismatch" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "mx.a.test: no TLSA records", "",
	  "no-dane" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "mx.a.test: MX not signed", "",
	  "no-dnssec" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: hostname "
	  "mismatch: wanted a, the certificate has b", "", "certificate-name" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: IP address "
	  "mismatch: wanted a, the certificate has b", "", "certificate-name" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: "
	  "certificate has expired", "", "certificate-expired" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: "
	  "certificate is not yet valid", "", "certificate-early" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "EE certificate key too weak", "",
	  "certificate-weak" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "certificate verify failed: unable to "
	  "get local issuer certificate", "", "certificate-chain" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "tlsv13 alert certificate required", "",
	  "tls-alert" },
	{ STEP_HANDSHAKE, CAUSE_TLS, 0, "unsupported protocol", "", "tls" },
	{ STEP_HANDSHAKE, CAUSE_TIMEOUT, 0, "timeout", "", "timeout" },
	{ STEP_AUTH_PLAIN, CAUSE_LOGIN, 0, "AUTH not offered", "",
	  "login-not-offered" },
	{ STEP_AUTH_PLAIN, CAUSE_REPLY, 535, "5.7.8 no", "", "login-refused" },
	{ STEP_AUTH_PASSWORD, CAUSE_REPLY, 535, "5.7.8 no", "",
	  "login-refused" },
	{ STEP_AUTH_PLAIN, CAUSE_REPLY, 454, "4.7.0 later", "", "later" },
	{ STEP_MAIL, CAUSE_REPLY, 530, "5.7.0 log in", "", "login-wanted" },
	{ STEP_MAIL, CAUSE_REPLY, 552, "5.3.4 too big", "", "size" },
	{ STEP_BODY, CAUSE_REPLY, 552, "5.2.2 full", "", "size" },
	{ STEP_MAIL, CAUSE_REPLY, 550, "no", "", "sender-refused" },
	{ STEP_RCPT, CAUSE_REPLY, 550, "no", "", "recipient-refused" },
	{ STEP_RCPT, CAUSE_REPLY, 450, "no", "", "later" },
	{ STEP_BDAT, CAUSE_REPLY, 421, "no", "", "later" },
	{ STEP_DATA, CAUSE_REPLY, 554, "no", "", "message-refused" },
	{ STEP_BDAT, CAUSE_REPLY, 554, "no", "", "message-refused" },
	{ STEP_BDAT, CAUSE_TIMEOUT, 0, "timeout", "", "message-timeout" },
	{ STEP_BODY, CAUSE_LOST, 0, "EOF", "", "message-lost" },
	{ STEP_RSET, CAUSE_REPLY, 500, "no", "", "other-refusal" },
	{ STEP_MAIL, CAUSE_EXPIRED, 0, "", "", "expired" },
};

static const struct advice *
advice_of(size_t i)
{
	struct failure failure;

	if (cases[i].cause == CAUSE_REPLY) {
		reply_make(&failure.reply, cases[i].code, cases[i].text);
		(void)failure_reply(&failure, cases[i].step, "us.test");
	} else {
		(void)failure_set(&failure, cases[i].step, cases[i].cause, "%s",
		    cases[i].text);
		reply_init(&failure.reply);
	}
	strcpy(failure.subject, cases[i].subject);
	return advice_find(&failure);
}

static void
test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(advice_of(i)->kind, cases[i].kind);
}

/* No row is hidden by those before it. */
static void
test_each_is_found(void **state)
{
	(void)state;
	for (const struct advice *row = advices; row->kind != NULL; row++) {
		bool found = false;

		for (size_t i = 0; i < COUNT(cases) && !found; i++)
			found = advice_of(i) == row;
		if (!found)
			fail_msg("%s: no case leads to that row", row->kind);
	}
}

/* There is something to be said of every failure that can be. */
static void
test_never_none(void **state)
{
	(void)state;
	for (int step = 0; step < STEPS; step++)
		for (int cause = 0; cause < CAUSES; cause++) {
			struct failure failure;
			const struct advice *advice;

			(void)failure_set(&failure, (enum step)step,
			    (enum cause)cause, "what");
			reply_make(&failure.reply, 599, "no");
			advice = advice_find(&failure);
			assert_int_equal(advice->cause, cause);
			assert_true(strlen(advice->means) > 10);
			assert_true(strlen(advice->remedy) > 10);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_each_is_found),
		cmocka_unit_test(test_never_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
