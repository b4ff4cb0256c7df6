/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A start of which a step fails: who waits in the foreground gets one line and the
 * exit code, never a silence; and nobody is half of another user
 *
 * WRAP: pipe2 fork initgroups setresgid setresuid waitpid chdir setfsuid
 */
#include "base/daemon/daemon.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/again.h"
#include "base/own.h"
#include "tests/unit/failing.h"
#include "tests/unit/opened.h"

FAILS(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
FAILS(pid_t, fork, (void), (), -1)
FAILS(int, initgroups, (const char *name, gid_t gid), (name, gid), -1)
FAILS(int, setresgid, (gid_t a, gid_t b, gid_t c), (a, b, c), -1)
FAILS(int, setresuid, (uid_t a, uid_t b, uid_t c), (a, b, c), -1)
FAILS(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how), -1)
FAILS(int, chdir, (const char *path), (path), -1)
FAILS(int, setfsuid, (uid_t uid), (uid), (int)geteuid())

#define ROOT_ONLY() do { if (geteuid() != 0) skip(); } while (0)

static struct conf conf;
static char *dir;
static char said[400];		/* by the last child, on stderr */

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	failing_with = ENOMEM;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	failing = NULL;
	conf_drop(&conf);
	scratch_free(dir);
	return 0;
}

static void
load(const char *user)
{
	own(str) char *text = mem_format("user = %s\nmaillog_file = %s/log\n", user,
	    dir);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);
	struct err err;

	conf_drop(&conf);
	assert_int_equal(conf_load(path, &conf, &err), 0);
}

/* run - in a child, with this call failing; its exit code, or -1 and a signal */
static int
run(void (*body)(void), const char *call)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(__real_pipe2(fds, O_CLOEXEC), 0);
	pid = __real_fork();
	if (pid == 0) {
		(void)dup2(fds[1], STDERR_FILENO);
		failing = call;
		body();
		exit(EX_OK);
	}
	close(fds[1]);
	while ((got = AGAIN(read(fds[0], said + n, sizeof(said) - 1 - n))) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fds[0]);
	assert_int_equal(__real_waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct daemon
begun(void)
{
	return (struct daemon){ .name = "prog", .conf = &conf, .ready_fd = -1,
	    .given = { .socket = -1, .ready = -1 } };
}

/* ---- into the background ---- */

static void
begin(void)
{
	struct daemon daemon = begun();

	daemon_begin(&daemon);
	daemon_ready(&daemon);
}

/* It dies before it has said how it went. */
static void
begin_and_die(void)
{
	struct daemon daemon = begun();

	daemon_begin(&daemon);
	(void)raise(SIGKILL);
}

static void
begin_and_refuse(void)
{
	struct daemon daemon = begun();

	daemon_begin(&daemon);
	daemon_refuse(&daemon, EX_CONFIG, "no table");
}

static void
test_background(void **state)
{
	(void)state;
	load("");
	assert_int_equal(run(begin, NULL), EX_OK);
	assert_string_equal(said, "");
	assert_int_equal(run(begin_and_refuse, NULL), EX_CONFIG);
	assert_string_equal(said, "prog: no table\n");
	assert_int_equal(run(begin, "pipe2"), EX_OSERR);
	assert_string_equal(said, "prog: pipe: cannot be made\n");
	assert_int_equal(run(begin, "fork"), EX_OSERR);
	assert_string_equal(said, "prog: fork: not possible\n");
	assert_int_equal(run(begin_and_die, NULL), EX_SOFTWARE);
	assert_string_equal(said, "prog: it ended before it was ready\n");
	/* ready, and cannot go where it belongs */
	assert_int_equal(run(begin, "chdir"), EX_SOFTWARE);
	assert_string_equal(said, "prog: it ended before it was ready\n");
}

/* The words that were said stand in the log that tdc.cf names, too. */
static void
test_logged(void **state)
{
	char line[200] = "";
	own(str) char *path = mem_format("%s/log", dir);
	FILE *log;

	(void)state;
	load("");
	assert_int_equal(run(begin, "fork"), EX_OSERR);
	log = fopen(path, "re");
	assert_non_null(log);
	assert_non_null(fgets(line, sizeof(line), log));
	fclose(log);
	assert_non_null(strstr(line, "fork: not possible"));
}

/* ---- another user ---- */

static void
drop(void)
{
	struct err err;

	if (daemon_drop(&conf, &err) == 0)
		return;
	fprintf(stderr, "%s", err.text);
	exit(err.kind == ERR_NEVER ? EX_CONFIG : EX_OSERR);
}

static void
drop_as_other(void)
{
	const struct passwd *user = getpwnam("daemon");

	if (user == NULL || __real_setresuid(user->pw_uid, user->pw_uid,
	    user->pw_uid) == -1)
		exit(EX_SOFTWARE);
	drop();
}

static void
test_drop(void **state)
{
	static const char *const calls[] = { "initgroups", "setresgid",
	    "setresuid" };

	(void)state;
	ROOT_ONLY();
	load("nobody");
	assert_int_equal(run(drop, NULL), EX_OK);
	failing_with = EAGAIN;		/* RLIMIT_NPROC of that user */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run(drop, calls[i]), EX_OSERR);
		assert_string_equal(said, "become user nobody: Resource "
		    "temporarily unavailable");
	}
	assert_int_equal(run(drop_as_other, NULL), EX_CONFIG);
	assert_memory_equal(said, "must be started as root or as user nobody (",
	    43);
	load("daemon");
	assert_int_equal(run(drop_as_other, NULL), EX_OK);
	conf.other_user = "daemon";	/* whoever that does for */
	conf.user = "nobody";
	assert_int_equal(run(drop_as_other, NULL), EX_OK);
	conf.other_user = "no-such-user";
	assert_int_equal(run(drop_as_other, NULL), EX_CONFIG);
}

/* ---- what that user may do ---- */

static int
find_nothing(void *arg, struct err *err)
{
	(void)arg, (void)err;
	return 0;
}

static int
die(void *arg, struct err *err)
{
	(void)arg, (void)err;
	return raise(SIGKILL);
}

static void
cannot_try(const char *call, daemon_look *look, const char *text)
{
	own(str) char *want = mem_format(text, strerror(ENOMEM));
	int before = opened();
	struct err err;

	failing = call;
	assert_int_equal(daemon_try(&conf, look, NULL, &err), -1);
	failing = NULL;
	assert_string_equal(err.text, want);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(opened(), before);
}

static void
test_try(void **state)
{
	struct err err;

	(void)state;
	ROOT_ONLY();
	load("nobody");
	assert_int_equal(daemon_try(&conf, find_nothing, NULL, &err), 0);
	cannot_try("pipe2", find_nothing, "pipe: %s");
	cannot_try("fork", find_nothing, "fork: %s");
	cannot_try("setresuid", find_nothing,
	    "become user nobody: %s");
	cannot_try("waitpid", find_nothing, "cannot look as user nobody");
	cannot_try(NULL, die, "cannot look as user nobody");
	while (__real_waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Its rights cannot be had: nothing is opened with ours. */
static void
test_load(void **state)
{
	own(str) char *path = NULL;
	struct daemon daemon = begun();
	struct err err;

	(void)state;
	ROOT_ONLY();
	load("nobody");
	path = mem_format("%s/tdc.cf", dir);
	daemon.conf_file = path;
	failing = "setfsuid";
	assert_int_equal(daemon_load(&daemon, NULL, die, NULL, &err), -1);
	failing = NULL;
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "not allowed to act as user nobody");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_background),
		TEST(test_logged),
		TEST(test_drop),
		TEST(test_try),
		TEST(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
