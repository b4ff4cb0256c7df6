/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_program - programs of the system: how they end, what they print, and where
 * they are looked for; and each call in turn fails
 *
 * WRAP: memfd_create posix_spawn pread waitpid
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/own.h"
#include "control/doctor/program.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, memfd_create, (const char *name, unsigned flags), (name, flags), -1)
NTH_CALL(int, posix_spawn, (pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
    char *const *argv, char *const *envp), (pid, path, files, attr, argv, envp),
    nth->error)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(pid_t, waitpid, (pid_t pid, int *status, int flags),
    (pid, status, flags), -1)

/* sh - run a shell's command for two seconds at most */
static int
sh(const char *command, bool both, struct buf *out, struct err *err)
{
	const char *const argv[] = { "sh", "-c", command, NULL };

	return program_run(argv, 2, both, out, err);
}

static void
ends(void **state)
{
	static const struct {
		const char	*command;
		bool		 both;
		const char	*out, *why;	/* NULL: it is good */
	} rows[] = {
		{ "echo a; echo b >&2", false, "a\n", NULL },
		{ "echo a; echo b >&2", true, "a\nb\n", NULL },
		{ "cat", true, "", NULL },		/* there is no input */
		{ "echo a; exit 3", false, "a\n", "sh -c fails" },
		{ "kill -TERM $$", false, "", "sh -c fails" },
		{ "echo a; exec sleep 100", false, "a\n",
		    "sh -c: no answer in 2 seconds" },
		/* what it leaves running is not waited for */
		{ "sleep 5 & echo a", false, "a\n", NULL },
		{ "exec head -c 2000000 /dev/zero", false, NULL,
		    "sh -c prints too much" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(buf) struct buf out = BUF;
		struct err err = { .text = "" };
		int result = sh(rows[i].command, rows[i].both, &out, &err);

		if (result != (rows[i].why == NULL ? 0 : -1) ||
		    (result == -1 && strstr(err.text, rows[i].why) == NULL))
			fail_msg("%s: %d, %s", rows[i].command, result, err.text);
		if (rows[i].out != NULL)
			assert_string_equal(out.len > 0 ? out.data : "",
			    rows[i].out);
	}
}

/* PATH first, also what is not set in it, and then root's places. */
static void
found(void **state)
{
	char *dir = scratch_new();
	own(str) char *script = scratch_file(dir, "sh", "#!/bin/sh\necho mine\n");
	own(str) char *before = mem_text(getenv("PATH"));
	own(str) char *path = mem_format(":relative:%s:%s", dir, before);
	own(buf) struct buf out = BUF;
	struct err err;

	(void)state;
	assert_int_equal(chmod(script, 0700), 0);
	setenv("PATH", path, 1);
	assert_int_equal(sh("echo theirs", false, &out, &err), 0);
	assert_string_equal(out.data, "mine\n");
	unsetenv("PATH");
	assert_int_equal(program_run((const char *[]){ "no-such-program", "-x",
	    NULL }, 2, false, &out, &err), -1);
	assert_string_equal(err.text, "no-such-program(1) not found");
	setenv("PATH", before, 1);
	scratch_free(dir);
}

/* A failure is told, and no child, mask or descriptor is left. */
static void
each_call_fails(void **state)
{
	unsigned at = 1;

	(void)state;
	for (; nth_begin(at, EIO); at++) {
		own(buf) struct buf out = BUF;
		struct err err = { .text = "" };
		sigset_t mask;
		int result;

		nth_arm();
		result = sh("echo a", false, &out, &err);
		nth_disarm();
		if (result != (nth->name[0] == '\0' ? 0 : -1))
			fail_msg("%s (call %u): %d", nth->name, at, result);
		if (result == -1)
			assert_true(*err.text != '\0');
		else
			assert_string_equal(out.data, "a\n");
		assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
		assert_int_equal(sigismember(&mask, SIGCHLD), 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
	assert_true(at > 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(found),
		cmocka_unit_test(each_call_fails),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
