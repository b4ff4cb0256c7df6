/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many drafts and readers at once, and sweeping up where there is no
 * O_TMPFILE.
 *
 * WRAP: openat flock
 */
#include "journal/spool/spool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "tests/unit/journal/spool/no_tmpfile.h"
#include "tests/unit/spool_rig.h"

static const char *sweep_now;		/* open this spool before a flock */

int __real_flock(int, int);
int __wrap_flock(int, int);

int
__wrap_flock(int fd, int operation)
{
	const char *dir = sweep_now;

	if (dir != NULL && (operation & LOCK_EX) != 0) {
		sweep_now = NULL;
		spool_close(rig_open(dir));
	}
	return __real_flock(fd, operation);
}

/* What a writer that died left behind goes at the next start; what one that
 * lives is writing stays. */
static void
test_sweep(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100000);
	struct envelope envelope = rig_envelope(1, &message);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct err err;
	int status;
	pid_t pid;

	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
	pid = fork();
	if (pid == 0) {
		rig_draft(rig_open(fixture->dir), &message);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(rig_files(fixture->dir, "ready"), 2);
	rig_make(fixture->spool, ".keep");
	rig_make(fixture->spool, ".00000000000000000");
	assert_int_equal(rig_count(fixture->spool, SPOOL_READY), 0);
	spool_close(rig_open(fixture->dir));
	assert_int_equal(rig_files(fixture->dir, "ready"), 3);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 3);
}

/* A sweeper comes between the creation of a file and its lock. */
static void
test_sweep_race(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);

	sweep_now = fixture->dir;
	rig_commit(fixture->spool, &message, 1);
	assert_null(sweep_now);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
}

enum { WRITERS = 6, MESSAGES = 40, COPIES = 3 };

static atomic_bool writing;

struct writer {
	struct spool	*spool;
	uint64_t	 first;
	pthread_t	 thread;
};

static void *
write_many(void *arg)
{
	struct writer *writer = arg;
	uint64_t mid = writer->first;
	struct err err;

	for (size_t i = 0; i < MESSAGES; i++) {
		own(buf) struct buf message = rig_message(i * 4001);
		struct draft *draft = rig_draft(writer->spool, &message);

		for (int copy = 0; copy < COPIES; copy++) {
			struct envelope envelope = rig_envelope(mid++,
			    &message);

			must(draft_commit(draft, &envelope, &err) == 0);
		}
		draft_free(draft);
	}
	return NULL;
}

/* read_many - whatever is seen meanwhile is whole, or busy */
static void *
read_many(void *arg)
{
	struct spool *spool = arg;

	do {
		struct spool_entry *entries;
		struct err err;
		size_t count;

		must(spool_list(spool, SPOOL_READY, &entries, &count, &err) ==
		    0);
		for (size_t i = 0; i < count; i++) {
			struct copy copy;
			enum copy_status status = copy_open(spool, SPOOL_READY,
			    &entries[i], &copy, &err);

			must(status == COPY_OPEN || status == COPY_BUSY);
			if (status == COPY_OPEN) {
				must(copy_verify(&copy, &err) == 0);
				copy_close(&copy);
			}
		}
		free(entries);
	} while (writing);
	return NULL;
}

static void
test_threads(void **state)
{
	struct fixture *fixture = *state;
	struct writer writers[WRITERS];
	pthread_t reader;

	writing = true;
	for (size_t i = 0; i < WRITERS; i++) {
		writers[i].spool = fixture->spool;
		writers[i].first = 1 + i * MESSAGES * COPIES;
		assert_int_equal(pthread_create(&writers[i].thread, NULL,
		    write_many, &writers[i]), 0);
	}
	assert_int_equal(pthread_create(&reader, NULL, read_many,
	    fixture->spool), 0);
	for (size_t i = 0; i < WRITERS; i++)
		pthread_join(writers[i].thread, NULL);
	writing = false;
	pthread_join(reader, NULL);
	assert_int_equal(rig_count(fixture->spool, SPOOL_READY),
	    WRITERS * MESSAGES * COPIES);
	for (size_t i = 0; i < MESSAGES; i++) {
		own(buf) struct buf message = rig_message(i * 4001);

		for (size_t w = 0; w < WRITERS; w++)
			for (size_t copy = 0; copy < COPIES; copy++)
				rig_whole(fixture->spool, SPOOL_READY,
				    writers[w].first + i * COPIES + copy,
				    &message);
	}
}

#define TEST_WITHOUT(f) { #f "_without_tmpfile", f, \
    set_up_without_tmpfile, tear_down_tmpfile, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITHOUT(test_sweep),
		TEST_WITHOUT(test_sweep_race),
		RIG_TEST(test_threads),
		TEST_WITHOUT(test_threads),
	};

	return cmocka_run_group_tests_name("spool_many", tests, NULL, NULL);
}
