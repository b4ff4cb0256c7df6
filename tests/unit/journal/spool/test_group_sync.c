/* SPDX-License-Identifier: BSD-2-Clause */
/* One sync for a crowd, none for those who came too late or whom another's
 * has served already, and a failure for all whom it concerns.  WRAP: fsync */
#include "journal/spool/group_sync.h"

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

static struct group_sync group = GROUP_SYNC;
static atomic_uint waiting_now;

struct asker {
	pthread_t	thread;
	uint64_t	ticket;
	unsigned	begun_before;	/* when it asked */
	unsigned	ended_after;	/* when it was answered */
	int		error;
};

static void *
ask(void *arg)
{
	struct asker *asker = arg;

	asker->begun_before = begun;
	asker->ticket = group_sync_ticket(&group);
	waiting_now++;
	asker->error = group_sync_wait(&group, 7, asker->ticket) == -1 ?
	    errno : 0;
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
		/* a sync that began after the ticket has ended */
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

/* sync - a whole one, by somebody else */
static void
sync_now(int error)
{
	failing = error;
	group_sync_wait(&group, 7, group_sync_ticket(&group));
}

static void
test_served_already(void **state)
{
	uint64_t ticket = group_sync_ticket(&group);

	(void)state;
	sync_now(0);
	begun = 0;
	assert_int_equal(group_sync_wait(&group, 7, ticket), 0);
	assert_int_equal(begun, 0);
	/* but what was done since then is another matter */
	assert_int_equal(group_sync_wait(&group, 7,
	    group_sync_ticket(&group)), 0);
	assert_int_equal(begun, 1);
}

static void
test_failed_already(void **state)
{
	uint64_t early = group_sync_ticket(&group), late;

	(void)state;
	sync_now(EIO);
	late = group_sync_ticket(&group);
	sync_now(0);
	assert_int_equal(group_sync_wait(&group, 7, early), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(group_sync_wait(&group, 7, late), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_for_all),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_served_already),
		cmocka_unit_test(test_failed_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
