/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fates: what becomes of a copy whose file an operator deletes meanwhile, and
 * of one that is done while its file cannot go
 *
 * WRAP: ftruncate unlinkat renameat
 */
#include <errno.h>

#include "forward/lease.h"
#include "forward/outcome.h"
#include "tests/unit/forward/forwarder_rig.h"

static int unlink_error;		/* errno of each unlinkat, 0: none */
static int rename_error;		/* and renameat */
static int truncate_error;		/* and ftruncate */

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __real_renameat(int, const char *, int, const char *);
int __wrap_renameat(int, const char *, int, const char *);
int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);

int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	if (unlink_error == 0)
		return __real_unlinkat(dir, name, flags);
	errno = unlink_error;
	return -1;
}

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (rename_error == 0)
		return __real_renameat(from_dir, from, to_dir, to);
	errno = rename_error;
	return -1;
}

int
__wrap_ftruncate(int fd, off_t size)
{
	if (truncate_error == 0)
		return __real_ftruncate(fd, size);
	errno = truncate_error;
	return -1;
}

/* ---- deleted while it is under way ---- */

/* deleted_before - what is counted and logged when the copy is gone before
 * its outcome is known */
static void
deleted_before(struct forwarder *forwarder, struct worker *worker)
{
	enum spool_place place;
	struct err err;

	forwarder_rig_work(forwarder, worker);
	assert_int_equal(spool_delete(forwarder->spool, 1, &place, &err), 1);
}

static void
assert_deleted(struct forwarder *forwarder, const char *line)
{
	const char *log = forwarder_rig_log(forwarder);

	for (enum counter i = 0; i < COUNTERS; i++)
		if (i != COUNT_SOFT_BOUNCED && i != COUNT_SOFT_NETWORK)
			assert_int_equal(counter_get(forwarder->counters, i),
			    0);
	assert_int_equal(counter_get(forwarder->counters, COUNT_SOFT_NETWORK),
	    counter_get(forwarder->counters, COUNT_SOFT_BOUNCED));
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_non_null(strstr(log, line));
	assert_ptr_equal(strchr(log, '\n'), log + strlen(log) - 1);
}

static void
test_deleted_and_taken(void **state)
{
	const struct reply reply = { .code = 250, .text = "2.0.0 got it",
	    .length = 12 };
	struct forwarder *forwarder = *state;
	struct worker worker;

	deleted_before(forwarder, &worker);
	outcome_delivered(&worker, item_give(&worker.item), &reply);
	assert_deleted(forwarder, "MID 1 was deleted while it was sent, and the "
	    "intake took it: '2.0.0 got it'\n");
}

/* With a retry left or without, kept or thrown away. */
static void
test_deleted_and_refused(void **state)
{
	const struct failure failure = { .cause = CAUSE_LOST };
	struct forwarder *forwarder = *state;
	struct conf *conf = &forwarder->settings->conf;
	struct worker worker;

	for (int i = 0; i < 3; i++) {
		conf->retry_limit = i == 0;
		conf->undelivered = i == 1 ? CONF_KEEP : CONF_DISCARD;
		deleted_before(forwarder, &worker);
		forwarder_rig_fail(&worker, &failure);
		assert_deleted(forwarder, "MID 1 was deleted while it was sent, "
		    "and the intake did not take it\n");
		forwarder_rig_forget_log(forwarder);
	}
}

/* Who waits while it is deleted leaves no word of ours. */
static void
test_deleted_and_expired(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;

	deleted_before(forwarder, &worker);
	outcome_expired(forwarder, item_give(&worker.item));
	assert_int_equal(counter_get(forwarder->counters, COUNT_HARD_EXPIRED),
	    0);
	assert_int_equal(counter_get(forwarder->counters, COUNT_HARD_BOUNCED),
	    0);
	assert_string_equal(forwarder_rig_log(forwarder), "");
}

/* ---- for the alternate intake ---- */

/* with_alternate - what is given up goes there */
static void
with_alternate(struct forwarder *forwarder)
{
	forwarder->settings->conf.alternate_intake_address = "last@resort.test";
}

static uint64_t
counted(struct forwarder *forwarder, enum counter which)
{
	return counter_get(forwarder->counters, which);
}

/* Whatever the reason is, it goes to the alternate intake once, under the same
 * MID; what that does not take is given up, as undelivered has it. */
static void
test_diverted(void **state)
{
	const struct failure failure = { .cause = CAUSE_TLS,
	    .step = STEP_STARTTLS, .text = "no" };
	struct forwarder *forwarder = *state;
	struct spool_entry entry;
	struct worker worker;
	struct site *site;

	with_alternate(forwarder);
	forwarder->settings->conf.undelivered = CONF_KEEP;
	forwarder_rig_work(forwarder, &worker);
	site = worker.item->site;
	forwarder_rig_fail(&worker, &failure);
	assert_true(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(entry.why, SPOOL_WHY_TLS);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(counted(forwarder, COUNT_HARD_BOUNCED), 1);
	assert_int_equal(counted(forwarder, COUNT_HARD_TLS), 1);
	assert_int_equal(counted(forwarder, COUNT_DIVERTED), 1);
	assert_int_equal(site_get(site->row, COUNT_DIVERTED), 1);
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "MID 1 goes to the alternate message intake address "
	    "last@resort.test, since take.example did not get it\n"));
	assert_null(strstr(forwarder_rig_log(forwarder), "Message finished"));

	sweep_arrivals(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
	site = queue_sites(forwarder->queue);
	if (strcmp(site->domain, "resort.test") != 0)
		site = site->next;
	assert_string_equal(site->domain, "resort.test");
	worker.item = queue_take(site, clock_now());
	assert_non_null(worker.item);
	assert_string_equal(worker.item->alternate, "last@resort.test");
	forwarder_rig_fail(&worker, &failure);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 0);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_FAILED), 1);
	assert_int_equal(counted(forwarder, COUNT_HARD_BOUNCED), 2);
	assert_int_equal(counted(forwarder, COUNT_DIVERTED), 1);
	assert_non_null(strstr(forwarder_rig_log(forwarder),
	    "Message finished MID 1 aborted\n"));
}

/* A copy that is diverted while nobody knows where to goes to its own intake: it
 * is not lost, nor given up without another try. */
static void
test_no_alternate_any_more(void **state)
{
	struct forwarder *forwarder = *state;
	struct spool_entry entry;
	struct item *item;
	struct err err;

	forwarder_rig_commit(forwarder, 1);
	must(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(spool_divert(forwarder->spool, &entry,
	    SPOOL_WHY_EXPIRED, &err), 1);
	sweep_arrivals(forwarder);
	item = forwarder_rig_take(forwarder);
	assert_non_null(item);
	assert_null(item->alternate);
	assert_string_equal(item->site->domain, "take.example");
	lease_forget(forwarder, item);
}

/* The spool cannot be written: it stays known, is not sent again, and is
 * diverted when that is possible. */
static void
test_diverted_late(void **state)
{
	struct forwarder *forwarder = *state;
	struct spool_entry entry;
	struct worker worker;

	with_alternate(forwarder);
	forwarder_rig_work(forwarder, &worker);
	rename_error = EROFS;
	outcome_expired(forwarder, item_give(&worker.item));
	sweep_arrivals(forwarder);
	assert_null(forwarder_rig_take(forwarder));
	sweep_stuck(forwarder);
	rename_error = 0;
	assert_true(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(entry.why, SPOOL_WHY_NOT);
	sweep_stuck(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_true(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(entry.why, SPOOL_WHY_EXPIRED);
	assert_int_equal(counted(forwarder, COUNT_DIVERTED), 1);
}

/* Deleted while it was sent: nothing is diverted. */
static void
test_deleted_and_diverted(void **state)
{
	const struct failure failure = { .cause = CAUSE_TLS, .text = "no" };
	struct forwarder *forwarder = *state;
	struct worker worker;

	with_alternate(forwarder);
	deleted_before(forwarder, &worker);
	forwarder_rig_fail(&worker, &failure);
	assert_deleted(forwarder, "MID 1 was deleted while it was sent, "
	    "and the intake did not take it\n");
}

/* ---- done, and still there ---- */

/* A copy that is done, whose file does not go: it is not sent again, keeps no
 * connection open, and goes at last. */
static void
test_stuck(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct site *site = item->site;
	struct err err;

	unlink_error = EROFS;
	assert_int_equal(lease_settle(forwarder, item,
	    (struct ending){ .way = ENDING_REMOVE }, &err), -1);
	sweep_stuck(forwarder);
	unlink_error = 0;
	assert_int_equal(queue_knows(forwarder->queue, &item->entry),
	    QUEUE_KNOWN);
	assert_int_equal(site->taken.count, 0);
	assert_null(forwarder_rig_take(forwarder));
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);

	sweep_stuck(forwarder);
	assert_int_equal(site->taken.count, 0);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(rig_count(forwarder->spool, SPOOL_READY), 0);
}

/* start_anew - what a forwarder finds that starts now */
static size_t
start_anew(struct forwarder *forwarder)
{
	struct forwarder next;
	struct forward_settings *settings =
	    forward_settings_hold(forwarder->settings);
	struct err err;
	size_t count;

	assert_int_equal(scheduler_open(&next, settings, forwarder->spool,
	    forwarder->counters, &err), 0);
	sweep_arrivals(&next);
	count = queue_count(next.queue);
	scheduler_close(&next);
	return count;
}

/* What was delivered and cannot be removed is emptied, and so not sent by the
 * next forwarder either, which removes it. */
static void
test_stuck_for_good(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct err err;

	unlink_error = EACCES;
	assert_int_equal(lease_settle(forwarder, item,
	    (struct ending){ .way = ENDING_REMOVE }, &err), -1);
	sweep_end(forwarder);
	assert_int_equal(start_anew(forwarder), 0);
	unlink_error = 0;
	assert_null(strstr(forwarder_rig_log(forwarder), "sent again"));
	assert_int_equal(rig_files(forwarder_rig_dir(forwarder), "ready"), 1);
	assert_int_equal(start_anew(forwarder), 0);
	assert_int_equal(rig_files(forwarder_rig_dir(forwarder), "ready"), 0);
	assert_int_equal(rig_files(forwarder_rig_dir(forwarder), "failed"), 0);
}

/* What cannot be emptied either may be sent again, and the last line says so;
 * neither may what shall be kept, which is not emptied. */
static void
test_left_behind(void **state)
{
	struct forwarder *forwarder = *state;
	struct worker worker;
	struct item *item = forwarder_rig_work(forwarder, &worker);
	struct err err;

	unlink_error = rename_error = truncate_error = EROFS;
	assert_int_equal(lease_settle(forwarder, item,
	    (struct ending){ .way = ENDING_REMOVE }, &err), -1);
	sweep_end(forwarder);
	assert_non_null(strstr(forwarder_rig_log(forwarder), "Warning: copies "
	    "that are done cannot leave the spool, and may be sent again (1): "
	    "MID 1\n"));
	forwarder->stuck->ending.way = ENDING_KEEP;
	truncate_error = 0;
	sweep_end(forwarder);
	unlink_error = rename_error = 0;
	assert_int_equal(start_anew(forwarder), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_deleted_and_taken),
		FORWARDER_TEST(test_deleted_and_refused),
		FORWARDER_TEST(test_deleted_and_expired),
		FORWARDER_TEST(test_diverted),
		FORWARDER_TEST(test_no_alternate_any_more),
		FORWARDER_TEST(test_diverted_late),
		FORWARDER_TEST(test_deleted_and_diverted),
		FORWARDER_TEST(test_stuck),
		FORWARDER_TEST(test_stuck_for_good),
		FORWARDER_TEST(test_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
