/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alert_run: real programs, that end well, badly, late, or leave others behind
 *
 * WRAP: clock_now kill pipe2 read
 */
#include "base/alert/alert_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
NTH_CALL(ssize_t, read, (int fd, void *out, size_t n), (fd, out, n), -1)

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
static pid_t killed;

int __real_kill(pid_t, int);
int __wrap_kill(pid_t, int);
int
__wrap_kill(pid_t pid, int signal)
{
	killed = pid;
	return deaf ? 0 : __real_kill(pid, signal);
}

static char path[] = "PATH=/usr/bin:/bin", one[] = "TDC_TEXT=a b";
static char *const environment[] = { path, one, NULL };

/* shell - run that script for so long; what came of it */
static const char *
shell(const char *script, int64_t ms)
{
	static char text[ALERT_END_TEXT];
	char sh[] = "/bin/sh", option[] = "-c", *line = mem_text(script);
	char *const argv[] = { sh, option, line, NULL };
	_Atomic int64_t deadline = ms > 0 ? clock_now() + ms : 0;
	struct alert_end end;

	alert_run(argv, environment, &deadline, &end);
	free(line);
	assert_int_equal(alert_end_well(&end),
	    strncmp(alert_end_text(&end, text), "exit status 0", 13) == 0);
	return text;
}

static void
how_it_ends(void **state)
{
	(void)state;
	assert_string_equal(shell("exit 0", 0), "exit status 0");
	assert_string_equal(shell("exit 7", 0), "exit status 7");
	assert_string_equal(shell("kill -TERM $$", 0), "ended by signal 15");
	assert_string_equal(shell("echo \"$TDC_TEXT\"; echo c >&2", 0),
	    "exit status 0: a b c");
	assert_string_equal(shell("printf 'a\\033[31m\\n\\n'; exit 3", 0),
	    "exit status 3: a\\x1b[31m");
	assert_string_equal(shell("printf 'a\\r\\n'", 0), "exit status 0: a");
	assert_string_equal(shell("printf '\\r\\n\\n'", 0), "exit status 0");
}

static void
what_cannot_be_run(void **state)
{
	char none[] = "/nowhere/x", *const argv[] = { none, NULL };
	char text[ALERT_END_TEXT];
	static const _Atomic int64_t never;
	struct alert_end end;

	(void)state;
	alert_run(argv, environment, &never, &end);
	assert_string_equal(alert_end_text(&end, text),
	    "it cannot be run: No such file or directory");
	assert_false(alert_end_well(&end));
}

static void
what_it_gets(void **state)
{
	char script[200];
	int open_fd = open("/dev/null", O_RDONLY);	/* not CLOEXEC */

	(void)state;
	assert_true(open_fd > 2);
	signal(SIGPIPE, SIG_IGN);
	/* signals 32 and 33 are glibc's, which ignores them there */
	snprintf(script, sizeof(script), "cat; [ -e /proc/$$/fd/%d ] && echo "
	    "open; exec sed -En 's/^(Sig[BI].*):.*(.{7})$/\\1 \\2/p' "
	    "/proc/self/status", open_fd);
	assert_string_equal(shell(script, 0),
	    "exit status 0: SigBlk 0000000 SigIgn 0000000");
	assert_string_equal(shell("set -- $(cat /proc/$$/stat); "
	    "[ \"$5\" = \"$$\" ] && env | grep -v ^PWD= | sort | tr '\\n' ,",
	    0), "exit status 0: PATH=/usr/bin:/bin,TDC_TEXT=a b,");
	close(open_fd);
}

static void
one_that_hangs(void **state)
{
	int64_t began = clock_now();

	(void)state;
	assert_string_equal(shell("echo begun; sleep 60", 300),
	    "killed, since it did not end in time: begun");
	assert_true(clock_now() - began < 5000);
	assert_string_equal(shell("trap '' TERM INT HUP; sleep 60 & wait", 300),
	    "killed, since it did not end in time");
}

/* is_there - a process */
static bool
is_there(const char *pid)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%ld", strtol(pid, NULL, 10));
	return access(name, F_OK) == 0;
}

static void
one_that_leaves_others(void **state)
{
	int64_t began = clock_now();
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "%s",
	    shell("sleep 60 & echo $!", 0) + strlen("exit status 0: "));
	assert_true(clock_now() - began < 5000);
	while (is_there(pid) && clock_now() - began < 5000)
		usleep(1000);
	assert_false(is_there(pid));
	/* in a session of its own: it is not waited for */
	assert_string_equal(shell("setsid sleep 2 & exit 0", 0),
	    "exit status 0");
	assert_true(clock_now() - began < 7000);
}

static void
one_that_floods(void **state)
{
	int64_t began = clock_now();
	const char *text = shell("head -c 300000 /dev/zero | tr '\\0' x", 0);

	(void)state;
	assert_int_equal(strncmp(text, "exit status 0: xxxxxxx", 22), 0);
	assert_int_equal(strlen(text), 15 + ALERT_SAID - 1);
	assert_int_equal(strncmp(shell("yes", 300), "killed, since", 13), 0);
	assert_true(clock_now() - began < 10000);
}

/* It has its time, also when nobody else has a deadline. */
static void
one_that_takes_its_time(void **state)
{
	(void)state;
	hurry = ALERT_TIME;
	assert_string_equal(shell("sleep 60", 0), "killed, since it did not end in time");
	hurry = hurried = 0;
}

/* A disk has it: it is not waited for longer than we are there. */
static void
one_that_cannot_be_killed(void **state)
{
	int64_t began = clock_now();

	(void)state;
	deaf = true;
	assert_string_equal(shell("exec sleep 60", 200),
	    "killed, since it did not end in time");
	deaf = false;
	assert_in_range(clock_now() - began, 1200, 30000);
	assert_true(killed < -1);
	assert_int_equal(__real_kill(killed, SIGKILL), 0);
}

static void
no_pipe(void **state)
{
	char text[ALERT_END_TEXT];
	static const _Atomic int64_t never;
	char sh[] = "/bin/sh", *const argv[] = { sh, NULL };
	struct alert_end end;

	(void)state;
	assert_true(nth_begin(1, EMFILE));
	nth_arm();
	alert_run(argv, environment, &never, &end);
	nth_disarm();
	assert_string_equal(nth->name, "pipe2");
	assert_string_equal(alert_end_text(&end, text),
	    "it cannot be run: Too many open files");
	assert_false(alert_end_well(&end));
}

/* What it says cannot be read: how it ended is told. */
static void
no_words(void **state)
{
	static const int errors[] = { EINTR, EIO };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *text;

		assert_true(nth_only(2, errors[i]));	/* after the pipe is made */
		nth_arm();
		text = shell("echo words; exit 3", 0);
		nth_disarm();
		assert_string_equal(nth->name, "read");
		if (errors[i] == EINTR)
			assert_string_equal(text, "exit status 3: words");
		else
			assert_memory_equal(text, "exit status 3", 13);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_it_ends),
		cmocka_unit_test(what_cannot_be_run),
		cmocka_unit_test(what_it_gets),
		cmocka_unit_test(one_that_hangs),
		cmocka_unit_test(one_that_leaves_others),
		cmocka_unit_test(one_that_floods),
		cmocka_unit_test(one_that_takes_its_time),
		cmocka_unit_test(one_that_cannot_be_killed),
		cmocka_unit_test(no_pipe),
		cmocka_unit_test(no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
