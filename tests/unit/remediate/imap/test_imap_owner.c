/* SPDX-License-Identifier: BSD-2-Clause */
/* imap: who cannot be an owner is nobody, and no login is tried for him
 * NEEDS: REMEDIATION */
#include "remediate/mailbox/profiles.h"

#include <sys/stat.h>

#include "base/own.h"
#include "tests/unit/spool_rig.h"

/* open_as - by a master user, at a server that is not there */
static enum mailbox_result
open_as(const char *owner)
{
	const struct profile_settings settings = { .timeout = 1000,
	    .ca_file = "", .ca_path = "",
	    .backends = (const struct mailbox_backend *const[]){
	    &mailbox_imap, NULL } };
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "profiles",
	    "profile p type=imap host=127.0.0.1 port=1 user=tdc "
	    "password=secret master=* folder=Quarantine\n");
	const struct profile *const *list;
	struct profiles *profiles;
	struct mailbox *box;
	enum mailbox_result result;
	struct err err;

	must(chmod(path, 0600) == 0);
	if (profiles_load(path, &settings, &profiles, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(profiles_chain(profiles, "p", &list), 1);
	result = list[0]->backend->open(list[0], owner, &box, &err);
	profiles_free(profiles);
	scratch_free(dir);
	return result;
}

static void
owners(void **state)
{
	(void)state;
	assert_int_equal(open_as("bob@corp.example"), MAILBOX_LATER);
	assert_int_equal(open_as("bob*eve@corp.example"), MAILBOX_NOBODY);
	assert_int_equal(open_as("bob\n@corp.example"), MAILBOX_NOBODY);
	assert_int_equal(open_as("bob\177@corp.example"), MAILBOX_NOBODY);
	assert_int_equal(open_as(""), MAILBOX_NOBODY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(owners) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
