/* SPDX-License-Identifier: BSD-2-Clause */
/* logins: who we are at which intake, and nothing of it in an error */
#include "forward/logins.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/spool_rig.h"

#define SECRET "Pa55.w:rd"

/* load - a file of that text and mode; NULL, or what was wrong with it */
static struct logins *
load(const char *dir, const char *text, mode_t mode, struct err *err)
{
	own(str) char *path = scratch_file(dir, "logins", text);
	struct logins *logins = NULL;
	int result;

	must(chmod(path, mode) == 0);
	result = logins_load(path, &logins, err);
	must(unlink(path) == 0);	/* who is not root cannot write to it again */
	return result == 0 ? logins : NULL;
}

static void
is_login(const struct login *login, const char *user, const char *password,
    const char *line)
{
	assert_non_null(login);
	assert_string_equal(login->user, user);
	assert_string_equal(login->password, password);
	assert_string_equal(strrchr(login->where, ':'), line);
}

static void
test_find(void **state)
{
	char *dir = scratch_new();
	struct err err;
	struct logins *logins = load(dir, "# a comment\n"
	    "\n"
	    "intake.example\tuser:" SECRET "  \r\n"
	    "  mx.other.example   me@x.example: a b #c\n"
	    "192.0.2.1 a:b\n"
	    "   # another\n"
	    "2001:db8::1 c:d", 0600, &err);

	(void)state;
	assert_non_null(logins);
	is_login(logins_find(logins, "intake.example", "mx.intake.example"),
	    "user", SECRET, ":3");
	is_login(logins_find(logins, "Intake.EXAMPLE", "mx.other.example"),
	    "user", SECRET, ":3");
	is_login(logins_find(logins, "other.example", "MX.other.example"),
	    "me@x.example", " a b #c", ":4");
	is_login(logins_find(logins, "other.example", "192.0.2.1"), "a", "b",
	    ":5");
	is_login(logins_find(logins, "other.example", "2001:db8::1"), "c", "d",
	    ":7");
	assert_null(logins_find(logins, "sub.intake.example", "mx.example"));
	logins_free(logins);
	assert_null(logins_find(NULL, "intake.example", "mx.intake.example"));
	assert_null(logins_free(NULL));
	scratch_free(dir);
}

static void
test_none(void **state)
{
	struct logins *logins;
	char *dir = scratch_new();
	struct err err;

	(void)state;
	assert_int_equal(logins_load("", &logins, &err), 0);
	assert_null(logins);
	logins = load(dir, "", 0600, &err);
	assert_non_null(logins);
	assert_null(logins_find(logins, "intake.example", ""));
	logins_free(logins);
	scratch_free(dir);
}

/* What is wrong is told by its line, and without a word of the file. */
static void
test_wrong(void **state)
{
	static const struct {
		const char	*text;
		const char	*want;
	} cases[] = {
		{ SECRET "\n", ":1: not 'DOMAIN user:password'" },
		{ "user:" SECRET "\n", ":1: not 'DOMAIN user:password'" },
		{ "\n\na.example user\n", ":3: not 'DOMAIN user:password'" },
		{ "a.example\n", ":1: not 'DOMAIN user:password'" },
		{ "a.example :" SECRET "\n", ":1: user or password is empty" },
		{ "a.example user:\n", ":1: user or password is empty" },
		{ "a.example user:" SECRET "\001\n", ":1: user or password" },
		{ "a@b.example user:" SECRET "\n", ":1: it begins with no " },
		{ "[a.example]:587 user:" SECRET "\n", ":1: it begins with " },
		{ "a.example. user:" SECRET "\n", ":1: it begins with no " },
		{ "a.example user:x\n#\nA.example me:" SECRET "\n",
		  ":3: the name of line 1 again" },
	};
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err;

		if (load(dir, cases[i].text, 0600, &err) != NULL)
			fail_msg("taken: %s", cases[i].text);
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, cases[i].want) == NULL)
			fail_msg("%s", err.text);
		assert_null(strstr(err.text, "Pa55"));
	}
	scratch_free(dir);
}

/* As long as may be, and one octet more. */
static void
test_length(void **state)
{
	char *dir = scratch_new();
	struct logins *logins;
	struct err err;

	(void)state;
	for (int more = 0; more <= 1; more++) {
		own(str) char *text = mem_format("a.example %0*d:%0*d\n",
		    LOGIN_MAX, 1, LOGIN_MAX + more, 2);

		logins = load(dir, text, 0600, &err);
		assert_int_equal(logins != NULL, more == 0);
		logins_free(logins);
	}
	scratch_free(dir);
}

static void
test_nul(void **state)
{
	static const char text[] = "a.example user:x\0y\n";
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "logins", "");
	struct logins *logins;
	struct err err;
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	must(fwrite(text, sizeof(text) - 1, 1, file) == 1);
	must(fclose(file) == 0);
	must(chmod(path, 0600) == 0);
	assert_int_equal(logins_load(path, &logins, &err), -1);
	assert_non_null(strstr(err.text, "not a text file"));
	scratch_free(dir);
}

static void
test_modes(void **state)
{
	static const struct {
		mode_t		 mode;
		const char	*want;		/* NULL: taken */
	} cases[] = {
		{ 0600, NULL }, { 0400, NULL }, { 0640, NULL }, { 0440, NULL },
		{ 0644, "can be read by others (mode 0644): chmod o=,g-w" },
		{ 0604, "can be read by others (mode 0604)" },
		{ 0660, "can be written by others (mode 0660)" },
		{ 0602, "can be written by others (mode 0602)" },
	};
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = { .text = "" };
		struct logins *logins = load(dir, "a.example user:" SECRET "\n",
		    cases[i].mode, &err);

		assert_int_equal(logins == NULL, cases[i].want != NULL);
		if (logins == NULL) {
			assert_int_equal(err.kind, ERR_NEVER);
			assert_non_null(strstr(err.text, cases[i].want));
		}
		logins_free(logins);
	}
	scratch_free(dir);
}

/* flags_of - of the memory that this address is in, as the kernel has them */
static void
flags_of(const void *address, char out[512])
{
	FILE *file = fopen("/proc/self/smaps", "re");
	uintptr_t at = (uintptr_t)address;
	bool inside = false;
	char line[512];

	assert_non_null(file);
	*out = '\0';
	while (*out == '\0' && fgets(line, sizeof(line), file) != NULL) {
		uintptr_t from, to;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from,
		    &to) == 2)
			inside = at >= from && at < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			strcpy(out, line);
	}
	fclose(file);
}

/* A core dump does not have it. */
static void
test_memory(void **state)
{
	char *dir = scratch_new();
	struct err err;
	struct logins *logins = load(dir, "a.example user:" SECRET "\n", 0600,
	    &err);
	char flags[512];

	(void)state;
	assert_non_null(logins);
	flags_of(logins_find(logins, "a.example", "")->password, flags);
	assert_non_null(strstr(flags, " dd"));
	logins_free(logins);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
