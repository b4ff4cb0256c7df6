/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lease, sweep: how copies come into the queue, and how they leave it
 *
 * WRAP: clock_now clock_wall unlinkat renameat openat
 */
#include "forward/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/clock.h"
#include "forward/outcome.h"
#include "tests/unit/forward/forwarder_rig.h"

/* A clock that moves by a step whenever somebody looks at it. */
static int64_t ticks = 1000000, step;
static int64_t since_1970 = 1700000000000;	/* when ticks were 0 */
static int unlink_error;		/* errno of each unlinkat, 0: none */
static int rename_error;		/* and renameat */
static int open_error;			/* and openat, in ready/ */
static struct forwarder *quick;		/* an operator requeues what it keeps
					   before the rename has returned */

int64_t __wrap_clock_now(void);
int64_t __wrap_clock_wall(void);
int __real_unlinkat(int, const char *, int);
int __wrap_unlinkat(int, const char *, int);
int __real_openat(int, const char *, int, ...);
int __wrap_openat(int, const char *, int, mode_t);
int __real_renameat(int, const char *, int, const char *);
int __wrap_renameat(int, const char *, int, const char *);

int64_t
__wrap_clock_now(void)
{
	return ticks += step;
}

int64_t
__wrap_clock_wall(void)
{
	return since_1970 + ticks;
}

int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	if (unlink_error == 0)
		return __real_unlinkat(dir, name, flags);
	errno = unlink_error;
	return -1;
}

int
__wrap_openat(int dir, const char *name, int flags, mode_t mode)
{
	if (open_error == 0 || strchr(name, '.') == NULL)
		return __real_openat(dir, name, flags, mode);
	errno = open_error;
	return -1;
}

/* requeue_at_once - and the scheduler looks, all before the worker goes on */
static void
requeue_at_once(struct forwarder *forwarder)
{
	struct spool_entry entry;
	struct err err;

	quick = NULL;
	if (!rig_find(forwarder->spool, SPOOL_FAILED, 1, &entry))
		return;
	assert_int_equal(spool_requeue(forwarder->spool, &entry, &err), 1);
	sweep_arrivals(forwarder);
}

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int status;

	if (rename_error != 0) {
		errno = rename_error;
		return -1;
	}
	status = __real_renameat(from_dir, from, to_dir, to);
	if (quick != NULL)
		requeue_at_once(quick);
	return status;
}

/* A turn ends in time, however much there is to learn; nothing is left out,
 * and who is learnt late is not taken for older than he is. */
static void
test_turn(void **state)
{
	enum { COPIES = 40 };
	struct forwarder *forwarder = *state;
	int64_t accepted = ticks;
	struct item *item;

	for (uint64_t mid = 1; mid <= COPIES; mid++)
		forwarder_rig_commit(forwarder, mid);
	step = 5;
	sweep_arrivals(forwarder);
	step = 0;
	assert_in_range(ticks - accepted, 100, 130);
	assert_in_range(queue_count(forwarder->queue), 1, COPIES - 1);
	assert_int_equal(arrivals_when(forwarder->arrivals), 0);
	while (arrivals_when(forwarder->arrivals) == 0)
		sweep_arrivals(forwarder);
	assert_int_equal(queue_count(forwarder->queue), COPIES);
	while ((item = forwarder_rig_take(forwarder)) != NULL) {
		assert_int_equal(item->born, accepted);
		lease_forget(forwarder, item);
	}
}

/* Those that are too old go little by little, too. */
static void
test_burials(void **state)
{
	enum { COPIES = 40 };
	struct forwarder *forwarder = *state;

	for (uint64_t mid = 1; mid <= COPIES; mid++)
		forwarder_rig_commit(forwarder, mid);
	while (arrivals_when(forwarder->arrivals) == 0)
		sweep_arrivals(forwarder);
	ticks += forwarder->settings->conf.queue_lifetime;
	step = 5;
	sweep_expired(forwarder);
	step = 0;
	assert_in_range(queue_count(forwarder->queue), 1, COPIES - 1);
	assert_true(queue_next(forwarder->queue, ticks) <= ticks);
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
}

/* The clock was set back since the last attempt: no waiting for its hour. */
static void
test_clock_set_back(void **state)
{
	struct forwarder *forwarder = *state;
	int64_t delay = forwarder->settings->conf.retry_delay;
	struct spool_entry entry;
	struct item *item;
	struct err err;

	forwarder_rig_commit(forwarder, 1);	/* by the clock of the test, */
	must(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(spool_failed_attempt(forwarder->spool, &entry, &err),
	    1);			/* which is years behind that of the kernel */
	sweep_arrivals(forwarder);
	assert_null(forwarder_rig_take(forwarder));
	ticks += delay;
	item = forwarder_rig_take(forwarder);
	assert_non_null(item);
	lease_forget(forwarder, item);
}

/* An attempt that cannot be written down counts all the same, and the file is
 * still found under its name. */
static void
test_attempt_not_written(void **state)
{
	const struct failure failure = { .cause = CAUSE_LOST };
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct spool_entry entry;
	struct copy copy;
	struct err err;

	rename_error = EROFS;
	forwarder_rig_fail(&worker, &failure);
	rename_error = 0;
	assert_int_equal(queue_count(forwarder->queue), 1);
	assert_int_equal(queue_attempts(item), 1);
	assert_int_equal(copy_open(forwarder->spool, SPOOL_READY,
	    &item->entry, &copy, &err), COPY_OPEN);
	copy_close(&copy);

	assert_int_equal(forwarder->settings->conf.retry_limit, 1);
	ticks += forwarder->settings->conf.retry_delay;
	worker.item = forwarder_rig_take(forwarder);
	assert_ptr_equal(worker.item, item);
	forwarder_rig_fail(&worker, &failure);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_false(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
}

/* Once in its life a copy goes back for nothing. */
static void
test_spared_once(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct item *held = item;

	assert_true(lease_spare(forwarder, &held));
	held = forwarder_rig_take(forwarder);
	assert_ptr_equal(held, item);
	assert_int_equal(queue_attempts(item), 0);
	assert_false(lease_spare(forwarder, &held));
	assert_null(forwarder_rig_take(forwarder));
	lease_retry(forwarder, item);
	ticks += forwarder->settings->conf.retry_delay;
	held = forwarder_rig_take(forwarder);
	assert_ptr_equal(held, item);
	assert_false(lease_spare(forwarder, &held));
	lease_forget(forwarder, item);
}

/* One that is always too late for its connection has an attempt at last. */
static void
test_returned(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct item *held = item;

	for (unsigned i = 0; i < LEASE_RETURNS; i++) {
		assert_true(lease_return(forwarder, &held));
		assert_null(forwarder_rig_take(forwarder));
		held = forwarder_rig_take_wary(forwarder);
		assert_ptr_equal(held, item);
	}
	assert_false(lease_return(forwarder, &held));
	assert_null(forwarder_rig_take(forwarder));
	assert_int_equal(queue_attempts(item), 0);
	assert_true(lease_reconnect(forwarder, &held));
	held = forwarder_rig_take_wary(forwarder);
	assert_ptr_equal(held, item);
	lease_forget(forwarder, item);
}

/* Once in its life a copy goes back for a fresh connection, and from then on
 * has no other, nor for its retry. */
static void
test_again_once(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct item *held = item;

	assert_true(lease_reconnect(forwarder, &held));
	assert_null(forwarder_rig_take(forwarder));
	assert_int_equal(queue_due(item->site, ticks), 1);
	held = forwarder_rig_take_wary(forwarder);
	assert_ptr_equal(held, item);
	assert_int_equal(queue_attempts(item), 0);
	assert_false(lease_reconnect(forwarder, &held));
	lease_retry(forwarder, item);
	ticks += forwarder->settings->conf.retry_delay;
	assert_null(forwarder_rig_take(forwarder));
	held = forwarder_rig_take_wary(forwarder);
	assert_ptr_equal(held, item);
	assert_false(lease_reconnect(forwarder, &held));
	lease_forget(forwarder, item);
}

/* A copy that is requeued as soon as it was kept: it is not taken for the one
 * that is just given up. */
static void
test_requeued_at_once(void **state)
{
	const struct failure failure = { .cause = CAUSE_LOST };
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item;

	forwarder->settings->conf.undelivered = CONF_KEEP;
	forwarder->settings->conf.retry_limit = 0;
	forwarder_rig_work(forwarder, &worker);
	quick = forwarder;
	forwarder_rig_fail(&worker, &failure);
	assert_null(quick);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 1);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_in_range(arrivals_when(forwarder->arrivals), ticks,
	    ticks + 100);
	ticks = arrivals_when(forwarder->arrivals);
	sweep_arrivals(forwarder);
	item = forwarder_rig_take(forwarder);
	assert_non_null(item);
	assert_int_equal(queue_attempts(item), 0);
	lease_forget(forwarder, item);
}

/* keep_two - two files in failed/: a copy, and what was none */
static void
keep_two(struct forwarder *forwarder)
{
	struct spool_entry whole, damaged = { .mid = 2, .attempts = 1,
	    .since = 1700000000123 };
	char name[SPOOL_NAME];
	struct err err;

	forwarder_rig_commit(forwarder, 1);
	must(rig_find(forwarder->spool, SPOOL_READY, 1, &whole));
	assert_int_equal(spool_keep(forwarder->spool, &whole, 0, &err), 1);
	rig_make(forwarder->spool, spool_name(SPOOL_READY, &damaged, name));
	assert_int_equal(spool_damaged(forwarder->spool, &damaged, &err), 1);
}

/* What is kept goes when its time is over, damaged or not; other things
 * stay. */
static void
test_purge(void **state)
{
	struct forwarder *forwarder = *state;
	const char *dir = forwarder_rig_dir(forwarder);
	int64_t day = 86400000;

	free(scratch_file(dir, "failed/0000000000000001.txt", "of a person"));
	keep_two(forwarder);
	assert_int_equal(mkdirat(spool_dirfd(forwarder->spool),
	    "failed/0000000000000003.0.damaged", 0700), 0);
	since_1970 = time(NULL) * 1000LL - ticks - day +
	    forwarder->settings->conf.kept_lifetime;
	sweep_kept(forwarder);
	assert_int_equal(rig_files(dir, "failed"), 4);
	since_1970 += 2 * day;
	unlink_error = EIO;
	sweep_kept(forwarder);
	unlink_error = 0;
	assert_int_equal(rig_files(dir, "failed"), 4);
	sweep_kept(forwarder);
	assert_int_equal(rig_files(dir, "failed"), 2);
}

/* What cannot be read at the moment when inotify tells of it is looked at again
 * soon, however often that happens. */
static void
test_not_readable_now(void **state)
{
	static const int errors[] = { EIO, EMFILE, ENFILE, ENOMEM };
	struct forwarder *forwarder = *state;
	struct item *item;

	sweep_arrivals(forwarder);
	forwarder_rig_commit(forwarder, 1);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		open_error = errors[i];
		sweep_arrivals(forwarder);
		open_error = 0;
		assert_null(queue_sites(forwarder->queue));
		assert_in_range(arrivals_when(forwarder->arrivals), ticks + 1,
		    ticks + 1000);
		ticks += 1000;
	}
	sweep_arrivals(forwarder);
	item = forwarder_rig_take(forwarder);
	assert_non_null(item);
	lease_forget(forwarder, item);
	/* and then there is time again */
	assert_true(arrivals_when(forwarder->arrivals) > ticks + 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_turn),
		FORWARDER_TEST(test_burials),
		FORWARDER_TEST(test_clock_set_back),
		FORWARDER_TEST(test_attempt_not_written),
		FORWARDER_TEST(test_spared_once),
		FORWARDER_TEST(test_returned),
		FORWARDER_TEST(test_again_once),
		FORWARDER_TEST(test_requeued_at_once),
		FORWARDER_TEST(test_purge),
		FORWARDER_TEST(test_not_readable_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
