/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof in spool.h, walked: in each step of the table every system call
 * fails once, and is the last once.  Said yes: it is so, and whole.  Said no:
 * it is not so.  Died: one or the other, never something between.
 *
 * WRAP: access close copy_file_range fcntl fdopendir flock fstat fstatfs
 * WRAP: fstatvfs fsync ftruncate getrandom linkat mkdirat openat pread pwrite read
 * WRAP: readdir renameat renameat2 unlinkat writev
 */
#include "journal/spool/spool.h"

#include <sys/wait.h>

#include "tests/unit/journal/spool/spool_scenes.h"

/* run - the step with the fault, in a child on a fresh spool; what it said */
static enum outcome
run(const struct step *step)
{
	struct scene scene = { .dir = scratch_new(),
	    .message = rig_message(step->size),
	    .time_limit = step->way == BY_HELPER ? 60000 : 0,
	    .strict = step->way == STRICTLY };
	enum outcome outcome = DIED;
	struct spool *spool;
	int status;
	pid_t pid;

	lacks.no_copy_range = step->way == BY_HAND;
	lacks.log = step->way != BY_LOG && step->way != STRICTLY;
	step->prepare(&scene);
	pid = fork();
	must(pid != -1);
	if (pid == 0)
		_exit(step->take(&scene) == 0 ? 0 : 1);
	must(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) != FAULT_EXIT) {
		must(WEXITSTATUS(status) <= 1);
		outcome = WEXITSTATUS(status) == 0 ? YES : NO;
	}
	spool = rig_open(scene.dir);
	step->check(&scene, spool, outcome);
	spool_close(spool);
	buf_drop(&scene.message);
	scratch_free(scene.dir);
	return outcome;
}

/* walk - the fault at each call in turn; how many there are */
static unsigned
walk(const struct step *step, enum fault_mode mode, int error)
{
	for (unsigned at = 1;; at++) {
		enum outcome outcome;

		fault = (struct fault){ mode, error, at };
		snprintf(rig_about, sizeof(rig_about), "%s, mode %d, %s, "
		    "call %u", step->name, mode, strerror(error), at);
		outcome = run(step);
		if (!seen->reached) {
			must(outcome == YES);
			return at - 1;
		}
		must((mode == FAULT_DIE) == (outcome == DIED));
		/* These are no reason to say no. */
		if (error == EINTR || mode == FAULT_SHORT)
			must(outcome == YES);
	}
}

static void
test_errors(void **state)
{
	static const int errors[] = { ENOSPC, EIO, EINTR, EMFILE };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++)
			assert_true(walk(&steps[i], FAULT_ERROR, errors[e]) >
			    0);
}

static void
test_more_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		walk(&steps[i], FAULT_TWICE, EIO);
		walk(&steps[i], FAULT_DEAD, EIO);
	}
}

static void
test_short(void **state)
{
	unsigned calls = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		calls += walk(&steps[i], FAULT_SHORT, 0);
	assert_true(calls >= 17);
}

static void
test_death(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		assert_true(walk(&steps[i], FAULT_DIE, 0) > 0);
}

/* Nothing but this is done to the disk, in this order. */
static void
test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		fault = (struct fault){ FAULT_NONE, 0, 0 };
		must(run(&steps[i]) == YES);
		if (strcmp(seen->trace, lacks.no_tmpfile ?
		    steps[i].hidden_trace : steps[i].trace) != 0)
			fail_msg("%s: %s", steps[i].name, seen->trace);
	}
}

static int
with_tmpfile(void **state)
{
	own(str) char *dir = scratch_new();
	int fd = open(dir, O_TMPFILE | O_RDWR, 0600);

	(void)state;
	/* Where the tests run on such a file system, both ways are the one. */
	lacks.no_tmpfile = fd == -1;
	close(fd);
	rmdir(dir);
	return 0;
}

static int
without_tmpfile(void **state)
{
	(void)state;
	lacks.no_tmpfile = true;
	return 0;
}

#define TEST(f) cmocka_unit_test_setup(f, with_tmpfile)
#define TEST_WITHOUT(f) { #f "_without_tmpfile", f, without_tmpfile, NULL, \
    NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_errors),
		TEST(test_more_errors),
		TEST(test_short),
		TEST(test_death),
		TEST_WITHOUT(test_order),
		TEST_WITHOUT(test_errors),
		TEST_WITHOUT(test_more_errors),
		TEST_WITHOUT(test_short),
		TEST_WITHOUT(test_death),
	};

	faults_begin();
	return cmocka_run_group_tests_name("spool_crash", tests, NULL, NULL);
}
