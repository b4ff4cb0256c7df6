/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews: what a profile must have, and what is said of one that has not
 *
 * NEEDS: REMEDIATION
 * WRAP: ews_login_can
 */
#include "tests/unit/remediate/ews/ews_peer.h"

static bool can;

bool	__wrap_ews_login_can(void);
bool
__wrap_ews_login_can(void)
{
	return can;
}

#define HOST "host=mail.corp.example "

static const struct {
	const char	*words, *wrong;		/* NULL: it is good */
} rows[] = {
	{ HOST "user=a password=b", NULL },
	{ HOST "user=a password=b auth=basic archive=no version=Exchange2016",
	  NULL },
	{ HOST "auth=negotiate", NULL },
	{ HOST "auth=negotiate user=a password=b", NULL },
	{ HOST "auth=negotiate user=a keytab=/k", NULL },
	{ "host=[::1]:444 user=a password=b", NULL },
	{ "user=a password=b", "it has no host=" },
	{ "host=\"\" user=a password=b", "its value is empty" },
	{ "host=https://x/ user=a password=b", "host= must be a name, and "
	  "\":port\" where that is not 443" },
	{ HOST "user=a", "it needs user= and password=, or auth=negotiate" },
	{ HOST "password=hush", "it needs user= and password=, or "
	  "auth=negotiate" },
	{ HOST "auth=basic user=a", "it needs user= and "
	  "password=, or auth=negotiate" },
	{ HOST "auth=negotiate password=hush", "password= needs user=" },
	{ HOST "user=a password=hush keytab=/k", "keytab= needs "
	  "auth=negotiate" },
	{ HOST "user=a password=hush auth=ntlm", "auth= must be one of: "
	  "basic, negotiate" },
	{ HOST "user=a password=hush archive=never", "archive= must be one "
	  "of: yes, no" },
	{ HOST "user=a password=hush version=2010", "version= must be one of: "
	  "Exchange2013, Exchange2013_SP1, Exchange2016" },
};

static void
test_words(void **state)
{
	(void)state;
	can = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int result = load(rows[i].words);

		if ((result == 0) != (rows[i].wrong == NULL))
			fail_msg("%s: %s", rows[i].words, err.text);
		if (result == -1) {
			assert_int_equal(err.kind, ERR_NEVER);
			assert_null(strstr(err.text, "hush"));
			if (strstr(err.text, rows[i].wrong) == NULL)
				fail_msg("'%s' is not in '%s'", rows[i].wrong,
				    err.text);
		} else {
			assert_ptr_equal(profile->backend, &mailbox_ews);
			unload();
		}
	}
}

/* Who built it without GSSAPI is told before anything is asked. */
static void
test_no_gssapi(void **state)
{
	(void)state;
	can = false;
	assert_int_equal(load(HOST "auth=negotiate"), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "auth=negotiate: this program was "
	    "built without GSSAPI"));
	assert_int_equal(load(HOST "user=a password=b"), 0);
	unload();
}

/* What is no address is nobody's, and no server hears of it. */
static void
test_no_owner(void **state)
{
	static const char *const owners[] = { "", "bob", "bob@corp\r\nX: y",
		"b\xff@corp" };
	struct mailbox *box = NULL;

	(void)state;
	can = true;
	assert_int_equal(load("host=127.0.0.1:1 user=a password=b"), 0);
	for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++) {
		assert_int_equal(ews_peer_try(owners[i], &box),
		    MAILBOX_NOBODY);
		assert_null(box);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_non_null(strstr(err.text, " is no address of a "
		    "mailbox"));
		assert_null(strpbrk(err.text, "\r\n\xff"));
	}
	unload();
	assert_null(ews_peer_close(NULL));
	assert_null(ews_close(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_gssapi),
		cmocka_unit_test(test_no_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
