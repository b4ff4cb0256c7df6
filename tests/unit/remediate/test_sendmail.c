/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is handed to sendmail is taken when it was read whole and it ended well;
 * anything else is an error that says why, and in time
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now pipe2 poll read write
 */
#include "remediate/sendmail.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, pipe2, (int fds[2], int flags), (fds, flags), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

static int64_t skipped;		/* by the clock, from its second reading on */
static unsigned readings;

int64_t	__real_clock_now(void);
int64_t	__wrap_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + (readings++ > 0 ? skipped : 0);
}

static char *dir;
static struct err err;

static int
set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	dir = scratch_new();
	skipped = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(dir);
	return 0;
}

/* hand_over - n bytes to a program that does that in its directory */
static int
hand_over(const char *does, size_t n)
{
	own(str) char *script = mem_format("#!/bin/sh\ncd %s\n%s\n", dir, does);
	own(str) char *path = scratch_file(dir, "sendmail", script);
	own(str) char *text = mem_new(n + 1);
	const struct sendmail mail = { .path = path, .sender = "",
		.recipient = "-soc@corp.example", .text = text, .length = n };

	memset(text, 'x', n);
	assert_int_equal(chmod(path, 0755), 0);
	err.text[0] = '\0';
	readings = 0;
	return sendmail(&mail, &err);
}

static void
expect(const char *why)
{
	own(str) char *wanted = mem_format("%s/sendmail%s", dir, why);

	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, ERR_LATER);
}

static bool
is_kept(size_t n)
{
	own(str) char *path = mem_format("%s/mail", dir);
	own(str) char *text = scratch_read(path);

	return strlen(text) == n && strspn(text, "x") == n;
}

static void
test_taken(void **state)
{
	own(str) char *path = mem_format("%s/args", dir);
	own(str) char *args = NULL;

	(void)state;
	assert_int_equal(hand_over("echo \"$*\" >args; exec cat >mail", 300000),
	    0);
	assert_true(is_kept(300000));
	args = scratch_read(path);
	assert_string_equal(args, "-i -f <> -- -soc@corp.example\n");
	/* and whatever it says when it ends well */
	assert_int_equal(hand_over("cat >mail; seq 2000 >&2", 10), 0);
	assert_true(is_kept(10));
}

static void
test_refused(void **state)
{
	(void)state;
	assert_int_equal(hand_over("cat >mail; echo 'no\tway' >&2; echo more >&2;"
	    " exit 75", 10), -1);
	expect(": no\\x09way");
	assert_int_equal(hand_over("cat >mail; exit 1", 10), -1);
	expect(": failed");
	assert_int_equal(hand_over("cat >mail; kill -9 $$", 10), -1);
	expect(": failed");
	assert_int_equal(hand_over("exec <&-; exit 0", 300000), -1);
	expect(": did not read it all");
	assert_int_equal(hand_over("exec <&-; echo full >&2; exit 1", 300000),
	    -1);
	expect(": full");
}

static void
test_late(void **state)
{
	(void)state;
	/* it is late already when the first byte could be written */
	skipped = SENDMAIL_WAIT + 1;
	assert_int_equal(hand_over("exec sleep 100", 10), -1);
	expect(" takes too long");
	skipped = SENDMAIL_WAIT - 300;
	assert_int_equal(hand_over("exec sleep 100", 10), -1);
	expect(" takes too long");
	/* it says no more, and does not end */
	assert_int_equal(hand_over("cat >mail; exec >&- 2>&-; sleep 100", 10),
	    -1);
	expect(": failed");
}

static void
test_none(void **state)
{
	own(str) char *path = mem_format("%s/none", dir);
	const struct sendmail mail = { .path = path, .sender = "a@x.example",
		.recipient = "soc@corp.example", .text = "x", .length = 1 };

	(void)state;
	readings = 0;
	assert_int_equal(sendmail(&mail, &err), -1);
	assert_non_null(strstr(err.text, "/none: No such file or directory"));
}

static unsigned
open_files(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* each call of ours fails: it is taken whole, or it is said that it is not */
static void
test_fails(void **state)
{
	static const int errors[] = { EIO, EMFILE, EINTR };
	unsigned before = open_files();

	(void)state;
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		for (; nth_begin(at, errors[e]); at++) {
			int result;

			nth_arm();
			result = hand_over("exec cat >mail", 1000);
			nth_disarm();
			assert_true(result == 0 ? is_kept(1000) :
			    *err.text != '\0' && nth->name[0] != '\0');
			if (errors[e] == EINTR &&
			    strcmp(nth->name, "pipe2") != 0)
				assert_int_equal(result, 0);
			assert_int_equal(open_files(), before);
		}
		assert_in_range(at, 5, 30);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_taken), TEST(test_refused), TEST(test_late),
		TEST(test_none), TEST(test_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
