/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_files: a place is left out because of its path alone; for want of memory or
 * descriptors nothing is confined, since there is no way back
 *
 * NEEDS: SECCOMP
 * WRAP: fstat open
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sandbox/sandbox_private.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)

enum { CANNOT = 2 };			/* this kernel has no Landlock */

/* confine - as a child, since there is no way back: 0; 1: it says why not, with
 * these words; CANNOT; and what else is wrong */
static int
confine(const char *words)
{
	static struct place list[] = {
		{ "/no/such", REACH_READ }, { "/etc/passwd/none", REACH_READ },
		{ "/etc", REACH_READ }, { "/etc/passwd", REACH_READ },
	};
	const struct places places = { .list = list, .count = 4 };
	struct err err = { .text = "" };
	int result, fd;

	nth_arm();
	result = sandbox_files(&places, &err);
	nth_disarm();
	if (result == 0) {
		fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
		return fd != -1 && close(fd) == 0 ? 0 : 3;
	}
	if (strstr(err.text, "Landlock") != NULL)
		return CANNOT;
	return strstr(err.text, words) != NULL ? 1 : 4;
}

static int
in_child(unsigned at, int error, const char *words)
{
	int status;
	pid_t pid;

	assert_true(nth_only(at, error));
	pid = fork();
	if (pid == 0)
		_exit(confine(words));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT)
		skip();
	return WEXITSTATUS(status);
}

/* open, open, open and fstat, open and fstat: the first two places are not there */
static void
what_cannot_be_asked(void **state)
{
	(void)state;
	assert_int_equal(in_child(0, 0, ""), 0);
	assert_int_equal(in_child(1, EMFILE, "open /no/such: Too many open files"), 1);
	assert_int_equal(in_child(3, ENOMEM, "open /etc: Cannot allocate"), 1);
	assert_int_equal(in_child(4, ENOMEM, "look at /etc: Cannot allocate"), 1);
	assert_int_equal(in_child(6, EIO, "look at /etc/passwd: Input/output"), 1);
}

static void
what_is_not_to_be_seen(void **state)
{
	static const int errors[] = { EACCES, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		assert_int_equal(in_child(1, errors[i], ""), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_asked),
		cmocka_unit_test(what_is_not_to_be_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
