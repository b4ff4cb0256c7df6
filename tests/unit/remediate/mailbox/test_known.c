/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each profile knows the last owner as whom it got in, until that one is refused
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/mailbox/known.h"

#include "base/own.h"
#include "tests/unit/scratch.h"

/* knows - want, or nobody */
static void
knows(const char *profile, const char *want)
{
	own(str) char *owner = known_owner(profile);

	if (want == NULL)
		assert_null(owner);
	else
		assert_string_equal(owner, want);
}

static void
test_known(void **state)
{
	(void)state;
	knows("a", NULL);
	known_forget("a", "bob");
	known_note("a", "bob");
	known_note("b", "eve");
	knows("a", "bob");
	knows("b", "eve");
	known_note("a", "bob");
	known_note("a", "ann");
	knows("a", "ann");
	/* he is not that one any more */
	known_forget("a", "bob");
	knows("a", "ann");
	known_forget("a", "ann");
	knows("a", NULL);
	known_forget("a", "ann");
	knows("a", NULL);
	knows("b", "eve");
	known_note("a", "bob");
	knows("a", "bob");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_known) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
