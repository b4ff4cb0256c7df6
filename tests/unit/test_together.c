/* SPDX-License-Identifier: BSD-2-Clause */
/* One sync for a crowd, none for those who came too late, and a failure for
 * all whom it concerns.  WRAP: fsync */
#include "journal/together.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

/* Each sync waits at the gate; syncs that began and ended are counted. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint begun, ended;
static atomic_int failing;

int __wrap_fsync(int);

int
__wrap_fsync(int fd)
{
	int error = failing;

	assert_int_equal(fd, 7);
	begun++;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	ended++;
	errno = error;
	return error != 0 ? -1 : 0;
}

static struct together together = TOGETHER;
static atomic_uint waiting_now;

struct asker {
	pthread_t	thread;
	unsigned	begun_before;	/* when it asked */
	unsigned	ended_after;	/* when it was answered */
	int		error;
};

static void *
ask(void *arg)
{
	struct asker *asker = arg;

	asker->begun_before = begun;
	waiting_now++;
	asker->error = together_fsync(&together, 7) == -1 ? errno : 0;
	asker->ended_after = ended;
	return NULL;
}

static void
start(struct asker *asker)
{
	unsigned before = waiting_now;

	assert_int_equal(pthread_create(&asker->thread, NULL, ask, asker), 0);
	while (waiting_now == before)
		usleep(1000);
}

/* enlisted - all but the leader stand in the list of the next sync */
static unsigned
enlisted(void)
{
	unsigned n = 0;

	pthread_mutex_lock(&together.lock);
	for (void **w = (void **)together.waiting; w != NULL; w = *w)
		n++;
	pthread_mutex_unlock(&together.lock);
	return n;
}

enum { CROWD = 20 };

/* crowd - one sync under way, CROWD - 1 who ask meanwhile */
static void
crowd(struct asker askers[CROWD], int first_error, int second_error)
{
	begun = ended = 0;
	failing = first_error;
	pthread_mutex_lock(&gate);
	start(&askers[0]);
	while (begun == 0)
		usleep(1000);
	failing = second_error;
	for (int i = 1; i < CROWD; i++)
		start(&askers[i]);
	while (enlisted() < CROWD - 1)
		usleep(1000);
	pthread_mutex_unlock(&gate);
	for (int i = 0; i < CROWD; i++)
		pthread_join(askers[i].thread, NULL);
}

static void
test_one_for_all(void **state)
{
	struct asker askers[CROWD];

	(void)state;
	crowd(askers, 0, 0);
	assert_int_equal(begun, 2);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(askers[i].error, 0);
		/* a sync that began after the question has ended */
		assert_true(askers[i].ended_after > askers[i].begun_before);
	}
}

static void
test_failures(void **state)
{
	struct asker askers[CROWD];

	(void)state;
	crowd(askers, EIO, 0);
	assert_int_equal(askers[0].error, EIO);
	for (int i = 1; i < CROWD; i++)
		assert_int_equal(askers[i].error, 0);
	crowd(askers, 0, ENOSPC);
	assert_int_equal(askers[0].error, 0);
	for (int i = 1; i < CROWD; i++)
		assert_int_equal(askers[i].error, ENOSPC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_for_all),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
