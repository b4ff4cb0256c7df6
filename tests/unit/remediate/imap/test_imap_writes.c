/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said to a server does not get there: wherever in a command that is, the
 * message is where it was, or in quarantine
 *
 * NEEDS: REMEDIATION
 * WRAP: imap_link_write RAND_bytes SSL_CTX_new SSL_new
 */
#include "remediate/imap/imap_link.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/imap/imap_rig.h"

enum { LONG = 20000 };

int __real_imap_link_write(struct imap_link *, const void *, size_t,
    struct err *);
int __wrap_imap_link_write(struct imap_link *, const void *, size_t,
    struct err *);
int
__wrap_imap_link_write(struct imap_link *link, const void *bytes, size_t n,
    struct err *err)
{
	return nth_now("write") ? err_set(err, ERR_LATER, "it is away") :
	    __real_imap_link_write(link, bytes, n, err);
}

NTH_CALL(int, RAND_bytes, (unsigned char *bytes, int n), (bytes, n), 0)
NTH_CALL(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *method), (method), NULL)

/* The server has its own ones. */
SSL *__real_SSL_new(SSL_CTX *);
SSL *__wrap_SSL_new(SSL_CTX *);
SSL *
__wrap_SSL_new(SSL_CTX *context)
{
	return context != server.context && nth_now("SSL_new") ? NULL :
	    __real_SSL_new(context);
}

static char letter[LONG + 1];

static void
each_fails(void **state)
{
	unsigned at = 1, here, there = 0;

	(void)state;
	strcpy(letter, HEAD);
	memset(letter + strlen(HEAD), 'x', LONG - strlen(HEAD));
	rig_up("authzid=yes quarantine=quarantine");
	server.can[1] = "AUTH=PLAIN";
	for (; nth_begin(at, EIO); at++) {
		enum mailbox_result result;

		server_clear();
		server_put("bob", "INBOX", letter);
		rig_shut();
		nth_arm();
		result = rig_open("bob");
		if (result == MAILBOX_DONE)
			result = rig_find("<1@x.example>");
		if (result == MAILBOX_DONE)
			result = rig_quarantine();
		nth_disarm();
		/* it may be better then, and others get in now already */
		if (nth->name[0] != '\0' && strcmp(nth->name, "SSL_new") != 0)
			assert_true(result == MAILBOX_LATER ||
			    result == MAILBOX_UNFINISHED);
		if (strcmp(nth->name, "write") == 0)
			rig_says("it is away", ERR_LATER);
		if (strcmp(nth->name, "RAND_bytes") == 0)
			rig_says("OpenSSL has no random numbers", ERR_LATER);
		if (strcmp(nth->name, "SSL_CTX_new") == 0)
			rig_says("OpenSSL has no TLS 1.2", ERR_LATER);
		if (strcmp(nth->name, "SSL_new") == 0)
			rig_says("OpenSSL takes no name '127.0.0.1'",
			    ERR_NEVER);
		here = server_count("bob", "INBOX", letter, false);
		there = server_count("quarantine", "Quarantine bob", letter,
		    false);
		assert_in_range(here + there, 1, 2);
		if (result == MAILBOX_DONE)
			assert_true(here == 0 && there == 1);
	}
	assert_int_equal(there, 1);
	assert_in_range(at, 40, 100);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_fails) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
