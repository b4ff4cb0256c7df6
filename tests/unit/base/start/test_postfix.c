/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postfix: what Postfix says of a parameter, or nothing: when it says too much, nothing,
 * too late or fails, nobody waits for it
 *
 * WRAP: start_program access clock_now kill pipe2 poll read
 */
#include "base/start/postfix.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/start/start.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(ssize_t, read, (int fd, void *out, size_t n), (fd, out, n), -1)

/* ---- a postconf(1) that does what we want ---- */

static const char *script;		/* of a shell; NULL: it is nowhere */
static bool no_config;
static unsigned tried;			/* places where it could be */
static pid_t child;

int __real_start_program(const struct start *, struct started *);
int __wrap_start_program(const struct start *, struct started *);
int
__wrap_start_program(const struct start *start, struct started *out)
{
	char sh[] = "/bin/sh", option[] = "-c", *line = mem_text(script != NULL ? script : "");
	char *const argv[] = { sh, option, line, start->argv[4], NULL };
	struct start other = *start;
	int error = ENOENT;

	assert_string_equal(start->path, start_postconf[tried]);
	assert_string_equal(start->argv[3], "-hx");
	other.path = sh;
	other.argv = argv;
	/* it is in the second place */
	if (tried++ > 0 && script != NULL)
		error = __real_start_program(&other, out);
	child = out->pid;
	free(line);
	return error;
}

int __wrap_access(const char *, int);
int
__wrap_access(const char *path, int how)
{
	(void)how;
	assert_string_equal(path, "/etc/postfix/main.cf");
	return no_config ? -1 : 0;
}

static int64_t hurry, hurried;		/* ms that pass from one look to the next */

int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	hurried += hurry;
	return __real_clock_now() + hurried;
}

static bool deaf;			/* no signal gets through */
static unsigned kills;

int __real_kill(pid_t, int);
int __wrap_kill(pid_t, int);
int
__wrap_kill(pid_t pid, int signal)
{
	kills++;
	hurry = 0;			/* from now on, it is waited for in earnest */
	return deaf ? 0 : __real_kill(pid, signal);
}

static int
tear_down(void **state)
{
	(void)state;
	nth_begin(1, 0);
	hurry = hurried = 0;
	no_config = deaf = false;
	return 0;
}

static char value[16];

/* ask - whether there is a value */
static bool
ask(const char *what)
{
	int before = opened();
	bool has;

	script = what;
	tried = kills = 0;
	value[0] = '\0';
	has = postfix_value("mydomain", value, sizeof(value));
	assert_int_equal(opened(), before);
	return has;
}

/* ---- tests ---- */

static void
test_answers(void **state)
{
	(void)state;
	assert_true(ask("echo $0"));
	assert_string_equal(value, "mydomain");
	assert_true(ask("printf one; sleep 0.1; printf '\\ntwo\\n'"));
	assert_string_equal(value, "one");
	assert_true(ask("printf 123456789012345"));
	assert_string_equal(value, "123456789012345");
	assert_int_equal(kills, 0);
	assert_false(ask("printf 1234567890123456; exec sleep 60"));	/* too much */
	assert_int_equal(kills, 1);
	assert_false(ask("echo"));
	assert_false(ask("echo value; exit 1"));
	assert_false(ask("echo value; kill -9 $$"));
	assert_false(ask(NULL));
	for (tried = 0; start_postconf[tried] != NULL; tried++)
		;
	assert_int_equal(tried, 4);
	no_config = true;
	assert_false(ask("echo value"));
	assert_int_equal(tried, 0);
}

/* It says nothing, or does not end: it is killed when its time is over. */
static void
test_too_late(void **state)
{
	(void)state;
	hurry = POSTFIX_WAIT - 300;
	assert_false(ask("exec sleep 60"));
	assert_int_equal(kills, 1);
	hurry = 2000;
	assert_false(ask("echo value; exec >/dev/null; exec sleep 60"));
	assert_int_equal(kills, 1);
	assert_true(waitpid(-1, NULL, WNOHANG) == -1);	/* none is left */
	/* a disk has it: it is left alone */
	deaf = true;
	hurry = POSTFIX_WAIT;
	assert_false(ask("exec sleep 60"));
	assert_int_equal(kills, 1);
	assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	assert_int_equal(__real_kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Each call fails once: then there is no value; signals change nothing. */
static void
test_each_call(void **state)
{
	static const int errors[] = { EIO, EINTR };
	unsigned again = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 1; at < 4; at++) {
			bool has;

			assert_true(nth_only(at, errors[i]));
			nth_arm();
			has = ask("echo value; exec sleep 0.1");
			nth_disarm();
			assert_string_equal(nth->name, at == 1 ? "pipe2" : at == 2 ? "poll" :
			    "read");
			assert_true(has == (errors[i] == EINTR && at > 1));
			again += has;
			if (has)
				assert_string_equal(value, "value");
		}
	assert_int_equal(again, 2);
}

#define POSTFIX_TEST(f) cmocka_unit_test_teardown(f, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		POSTFIX_TEST(test_answers),
		POSTFIX_TEST(test_too_late),
		POSTFIX_TEST(test_each_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
