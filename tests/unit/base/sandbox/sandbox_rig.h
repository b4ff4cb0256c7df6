/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_rig - a world of files, and a child in the sandbox of a program
 *
 *	assert_string_equal("", within(try, "alert_command = /bin/true\n"));
 */
#ifndef TESTS_SANDBOX_RIG_H
#define TESTS_SANDBOX_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/again.h"
#include "base/own.h"
#include "base/sandbox/sandbox.h"
#include "base/sanitized.h"
#include "tests/unit/scratch.h"

/* sandbox_missing - why there can be none here; NULL: there can */
static inline const char *
sandbox_missing(void)
{
	if (SANITIZED)
		return "no sandbox with sanitizers";
	/* a version of 2 or more, by Linux 5.19 */
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1) < 2 ?
	    "no Landlock here" : NULL;
}

static char *world;		/* here/ is configured, there/ is not */

static char *
in_world(const char *name)
{
	return mem_format("%s/%s", world, name);
}

static int
set_up(void **state)
{
	static const char *const names[] = { "here", "there", "here/spool",
		"here/spool/ready", "here/spool/failed", "keys", "logins", "api",
		"profiles", "cluster" };

	(void)state;
	world = scratch_new();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = in_world(names[i]);

		assert_int_equal(mkdir(path, 0700), 0);
	}
	free(scratch_file(world, "there/file", "secret\n"));
	free(scratch_file(world, "here/file", "table\n"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(world);
	return 0;
}

/* ---- in the child ---- */

static struct err complaint;

/* say - to the test; a child has no asserts */
static void
say(int fd, const char *text)
{
	struct err err = { .kind = ERR_LATER };

	snprintf(err.text, sizeof(err.text), "%s", text);
	(void)!write(fd, &err, sizeof(err));
	_exit(1);
}

static enum sandbox_program whose = SANDBOX_MILTER;

/* A trial: NULL, or what went wrong. */
typedef const char *trial(void);

/* in_child - once enter(arg) has put the child there; "", or what went wrong */
typedef int enter(const void *arg);
static inline const char *
in_child(enter *in, const void *arg, trial *try)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const char *wrong;

		if (in(arg) == -1)
			say(fds[1], complaint.text);
		wrong = try();
		if (wrong != NULL)
			say(fds[1], wrong);
		_exit(0);
	}
	(void)close(fds[1]);
	n = AGAIN(read(fds[0], &complaint, sizeof(complaint)));
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (n == (ssize_t)sizeof(complaint))
		return complaint.text;
	if (WIFSIGNALED(status))
		return strsignal(WTERMSIG(status));
	return WEXITSTATUS(status) == 0 ? "" : "the child did not end well";
}

static inline int
enter_sandbox(const void *sandbox)
{
	return sandbox_enter(sandbox, &complaint);
}

/* within - in a child in the sandbox of that program; "", or what went wrong */
static inline const char *
within(trial *try, const char *lines)
{
	own(str) char *text = mem_format("spool_directory = %s/here/spool\n"
	    "history_database =\nmilter_socket = unix:%s/here/sock\n"
	    "policy_maps = texthash:%s/here/file\n"
	    "maillog_file = %s/here/log\nuser =\n%s", world, world, world,
	    world, lines);
	own(str) char *path = scratch_file(world, "here/tdc.cf", text);
	struct conf conf;
	const struct sandbox sandbox = { .program = whose, .conf_file = path,
		.conf = &conf };
	const char *wrong;

	assert_int_equal(conf_load(path, &conf, &complaint), 0);
	wrong = in_child(enter_sandbox, &sandbox, try);
	conf_drop(&conf);
	return wrong;
}

static const char *
unlike(const char *what, const char *wanted)
{
	static char text[300];

	snprintf(text, sizeof(text), "%s: %s, and not %s", what,
	    strerror(errno), wanted);
	return text;
}

/* tried - that it opens so; 0, or an errno */
static int
tried(const char *name, int flags)
{
	own(str) char *path = *name == '/' ? mem_text(name) : in_world(name);
	own(fd) int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd != -1 ? 0 : errno;
}

#define GET(wanted, call) do {						\
	errno = (call);							\
	if (errno != (wanted))						\
		return unlike(#call, #wanted);				\
} while (0)

#endif
