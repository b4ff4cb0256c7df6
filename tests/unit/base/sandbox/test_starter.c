/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox: programs that are executed from in there, by the starter; what a
 * reload is told; and nothing of all that with sandbox = no
 *
 * NEEDS: SECCOMP
 */
#include <sys/prctl.h>

#include "base/alert/alert_run.h"
#include "base/start/postfix.h"
#include "base/start/start.h"
#include "tests/unit/base/sandbox/sandbox_rig.h"

/* ---- programs ---- */

/* ran - that program, as alerts do; what came of it */
static const char *
ran(const char *program, const char *word)
{
	static char text[ALERT_END_TEXT];
	static const _Atomic int64_t never;
	char *argv[] = { (char *)program, (char *)word, NULL };
	char *environment[] = { (char *)START_ALERT_PATH,
		(char *)"TDC_TEXT=a b", NULL };
	struct alert_end end;

	alert_run(argv, environment, &never, &end);
	return alert_end_text(&end, text);
}

#define SAYS(wanted, call) do {						\
	const char *said = (call);					\
	if (strcmp(said, wanted) != 0)					\
		return said;						\
} while (0)

static const char *
programs(void)
{
	char value[256];

	SAYS("exit status 0: a b", ran("/usr/bin/printenv", "TDC_TEXT"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/usr/bin/printenv", "PATH"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/bin/true", NULL));
	/* which is there, or is not: in time, and without harm */
	(void)postfix_value("myhostname", value, sizeof(value));
	return NULL;
}

static void
what_is_executed(void **state)
{
	(void)state;
	assert_string_equal("", within(programs,
	    "alert_command = /usr/bin/printenv TDC_TEXT\n"));
}

/* rewritten - the configuration has another command, and is heeded when it is
 * looked at; then it may change again */
static const char *
rewritten(void)
{
	free(scratch_file(world, "here/tdc.cf",
	    "user =\nalert_command = /bin/false\n"));
	start_look();
	free(scratch_file(world, "here/tdc.cf", "user =\n"));
	SAYS("exit status 1", ran("/bin/false", NULL));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/usr/bin/printenv", "TDC_TEXT"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/bin/false", NULL));
	return NULL;
}

static void
what_another_configuration_allows(void **state)
{
	(void)state;
	assert_string_equal("", within(rewritten,
	    "alert_command = /usr/bin/printenv TDC_TEXT\n"));
}

/* ---- what it says ---- */

static const char *
explained(void)
{
	static char text[600];
	struct err err;

	err_set(&err, ERR_NEVER, "it is so");
	sandbox_explain(&err);
	if (strcmp(err.text, "it is so") != 0)
		return "explained what is in reach";
	snprintf(text, sizeof(text), "user =\nspool_directory = %s/here/spool\n"
	    "tls_ca_file = %s/there/file\n", world, world);
	free(scratch_file(world, "here/tdc.cf", text));
	sandbox_explain(&err);
	snprintf(text, sizeof(text), "it is so; %s/there is out of reach until "
	    "a restart (sandbox)", world);
	return strcmp(err.text, text) == 0 ? NULL : mem_text(err.text);
}

static void
what_takes_a_restart(void **state)
{
	(void)state;
	assert_string_equal("", within(explained, ""));
}

static int filtered;		/* before, as in some containers */

/* as_ever - with sandbox = no */
static const char *
as_ever(void)
{
	GET(0, tried("there/file", O_RDONLY));
	SAYS("exit status 0", ran("/bin/true", NULL));
	return prctl(PR_GET_SECCOMP) == filtered ? NULL : "there is a filter";
}

static void
without(void **state)
{
	(void)state;
	assert_string_equal("", within(as_ever, "sandbox = no\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_executed),
		cmocka_unit_test(what_another_configuration_allows),
		cmocka_unit_test(what_takes_a_restart),
		cmocka_unit_test(without),
	};

	filtered = prctl(PR_GET_SECCOMP);
	if (sandbox_missing() != NULL) {
		printf("1..0 # SKIP %s\n", sandbox_missing());
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
