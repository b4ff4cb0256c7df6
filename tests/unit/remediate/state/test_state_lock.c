/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only one process may do: who has it, what a signal or the disk may change of
 * that, and that a lock which cannot be had is told as such
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now fcntl ftruncate nanosleep open pread pwrite
 */
#include "remediate/state/state_lock.h"

#include <fcntl.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/nobody_waits.h"
#include "tests/unit/scratch_path.h"

NTH_FCNTL
NTH_OPEN
NTH_CALL(int, ftruncate, (int fd, off_t n), (fd, n), -1)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)

static struct state *ours, *theirs;
static struct err err;

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("state.db");
	assert_true(nth_only(0, 0));
	assert_int_equal(state_open(path, STATE_WRITE, &ours, &err), 0);
	assert_int_equal(state_open(path, STATE_WRITE, &theirs, &err), 0);
	slept = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ours = state_close(ours);
	theirs = state_close(theirs);
	scratch_end();
	return 0;
}

/* lock_with - while that call fails so */
static int
lock_with(enum state_right right, unsigned at, int error)
{
	int result;

	err.text[0] = '\0';
	assert_true(nth_only(at, error));
	nth_arm();
	result = state_lock(ours, right, 0, &err);
	nth_disarm();
	return result;
}

static void
is_pid(const char *wanted)
{
	own(str) char *file = mem_format("%s.lock", path);
	own(str) char *text = scratch_read(file);

	assert_string_equal(text, wanted);
}

/* the daemon's: whoever comes second reads who is there */
static void
test_daemon(void **state)
{
	own(str) char *pid = mem_format("%ld\n", (long)getpid());
	own(str) char *wanted = mem_format("%s: another tdc-remediator runs, "
	    "pid %ld", path, (long)getpid());
	own(str) char *unknown = mem_format("%s: another tdc-remediator runs, "
	    "pid 0", path);

	(void)state;
	assert_int_equal(state_lock(theirs, STATE_RUNS, 0, &err), 0);
	is_pid(pid);
	assert_int_equal(lock_with(STATE_RUNS, 0, 0), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, wanted);
	/* a signal while it is read, or a disk that cannot */
	assert_int_equal(lock_with(STATE_RUNS, 2, EINTR), -1);
	assert_string_equal(nth->name, "pread");
	assert_string_equal(err.text, wanted);
	assert_int_equal(lock_with(STATE_RUNS, 2, EIO), -1);
	assert_string_equal(err.text, unknown);
	/* what else may be done is not concerned */
	assert_int_equal(lock_with(STATE_POLLS, 0, 0), 0);
	state_unlock(theirs, STATE_RUNS);
	assert_int_equal(lock_with(STATE_RUNS, 0, 0), 0);
}

/* try_each - false: none of its calls had to fail */
static bool
try_each(unsigned at, int error, bool again)
{
	own(str) char *pid = mem_format("%ld\n", (long)getpid());
	int before, result;

	set_up(NULL);
	before = opened();
	result = lock_with(STATE_RUNS, at, error);
	if (strcmp(nth->name, "open") == 0) {
		assert_int_equal(result, -1);
		assert_non_null(strstr(err.text, "state.db.lock"));
		assert_int_equal(opened(), before);
	} else if (strcmp(nth->name, "fcntl") == 0 && !again) {
		/* it is no other process that keeps us from it */
		assert_int_equal(result, -1);
		assert_non_null(strstr(err.text, "state.db: lock: "));
		assert_null(strstr(err.text, "another"));
		assert_int_equal(slept, 0);
	} else {
		/* the lock is what counts, and not whether the pid fits */
		assert_int_equal(result, 0);
		is_pid(again || nth->name[0] == '\0' ? pid : "");
		assert_int_equal(state_lock(theirs, STATE_RUNS, 0, &err), -1);
	}
	/* and at the next time it is had */
	assert_int_equal(state_lock(ours, STATE_RUNS, 0, &err), 0);
	is_pid(pid);
	tear_down(NULL);
	return nth->name[0] != '\0';
}

static void
test_each(void **state)
{
	static const int errors[] = { ENOLCK, EINTR };

	(void)state;
	for (int e = 0; e < 2; e++) {
		unsigned at = 1;

		while (try_each(at, errors[e], errors[e] == EINTR))
			at++;
		/* open, fcntl, ftruncate, pwrite */
		assert_int_equal(at, 5);
	}
}

/* who wants to act is seen by who acts, also when a signal comes */
static void
test_awaited(void **state)
{
	own(str) char *file = mem_format("%s.lock", path);
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = 110, .l_len = 1 };
	int queue;

	(void)state;
	assert_false(state_awaited(ours));
	state_unlock(ours, STATE_ACTS);		/* nothing was locked yet */
	assert_int_equal(state_lock(ours, STATE_ACTS, 0, &err), 0);
	assert_false(state_awaited(ours));
	/* he waits as long as he wants to, and then says what is so */
	assert_int_equal(state_lock(theirs, STATE_ACTS, 700, &err), -1);
	assert_int_equal(slept, 700);
	assert_non_null(strstr(err.text, "state.db: another tdc-remediator is at "
	    "work"));
	assert_false(state_awaited(ours));
	queue = open(file, O_RDWR);
	assert_int_equal(fcntl(queue, F_OFD_SETLK, &range), 0);
	assert_true(state_awaited(ours));
	assert_true(nth_only(1, EINTR));
	nth_arm();
	assert_true(state_awaited(ours));
	nth_disarm();
	assert_string_equal(nth->name, "fcntl");
	/* who cannot tell goes on */
	assert_true(nth_only(1, EIO));
	nth_arm();
	assert_false(state_awaited(ours));
	nth_disarm();
	/* two who want to act do not pass each other */
	state_unlock(ours, STATE_ACTS);
	assert_int_equal(state_lock(theirs, STATE_ACTS, 0, &err), -1);
	close(queue);
	assert_int_equal(state_lock(theirs, STATE_ACTS, 0, &err), 0);
	assert_int_equal(state_lock(ours, STATE_ACTS, 0, &err), -1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_daemon), cmocka_unit_test(test_each),
		TEST(test_awaited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
