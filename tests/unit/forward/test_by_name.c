/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep, lease, parcel: copies of which the name tells enough
 *
 * WRAP: clock_now clock_wall clock_boot openat
 */
#include "forward/sweep.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "forward/parcel.h"
#include "tests/unit/forward/forwarder_rig.h"

static int64_t ticks = 1000000;
static int64_t since_1970 = 1700000000000;	/* when ticks were 0 */
static unsigned opened;				/* copies */

int64_t __wrap_clock_now(void);
int64_t __wrap_clock_wall(void);
int64_t __wrap_clock_boot(void);
int __real_openat(int, const char *, int, mode_t);
int __wrap_openat(int, const char *, int, ...);

int64_t
__wrap_clock_now(void)
{
	return ticks;
}

int64_t
__wrap_clock_wall(void)
{
	return since_1970 + ticks;
}

int64_t
__wrap_clock_boot(void)
{
	return ticks;
}

int
__wrap_openat(int dir, const char *name, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	opened += strchr(name, ',') != NULL;
	return __real_openat(dir, name, flags, mode);
}

/* begin - a copy, accepted now, that its writer has not let go */
static struct draft *
begin(struct forwarder *forwarder)
{
	own(buf) struct buf message = rig_message(100);
	struct draft *draft = rig_draft(forwarder->spool, &message);
	struct envelope envelope = rig_envelope(1, &message);
	struct err err;

	envelope.accepted = clock_wall();
	envelope.booted = clock_boot();
	must(draft_commit(draft, &envelope, &err) == 0);
	return draft;
}

/* learn - so long after it was accepted */
static void
learn(struct forwarder *forwarder, int64_t ms)
{
	draft_free(begin(forwarder));
	ticks += ms;
	opened = 0;
	sweep_arrivals(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
}

/* open_it - as a worker does; false: it is given back or forgotten */
static bool
open_it(struct forwarder *forwarder, struct item **item)
{
	const struct worker worker = { .forwarder = forwarder,
	    .settings = forwarder->settings };
	struct parcel parcel;

	*item = forwarder_rig_take(forwarder);
	assert_non_null(*item);
	if (!parcel_open(&worker, item, &parcel))
		return false;
	assert_string_equal(parcel.letter.recipient, RIG_INTAKE);
	parcel_close(&parcel);
	return true;
}

static void
test_opened_once(void **state)
{
	struct forwarder *forwarder = *state;
	int64_t began = ticks;
	struct item *item;

	learn(forwarder, 1000);
	assert_int_equal(opened, 0);
	assert_true(open_it(forwarder, &item));
	assert_int_equal(opened, 1);
	assert_false(item->by_name);
	assert_string_equal(item->site->domain, "take.example");
	assert_string_equal(item->intake, RIG_INTAKE);
	assert_in_range(item->accepted, began, ticks);
	lease_forget(forwarder, item);
}

/* Its writer may be at it still, and only the lock tells. */
static void
test_young(void **state)
{
	struct forwarder *forwarder = *state;
	struct item *item;

	learn(forwarder, 999);
	assert_int_equal(opened, 1);
	item = forwarder_rig_take(forwarder);
	assert_false(item->by_name);
	lease_forget(forwarder, item);
}

static void
test_expired(void **state)
{
	struct forwarder *forwarder = *state;

	learn(forwarder, forwarder->settings->conf.queue_lifetime - 1);
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
	assert_int_equal(opened, 0);
	ticks += 1;
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(rig_files(forwarder_rig_dir(forwarder), "ready"), 0);
}

/* The time of day was set, by a day: by its name a copy is too old, and for that
 * it is not given up. */
static void
test_clock_set(void **state)
{
	struct forwarder *forwarder = *state;
	int64_t began = ticks;
	struct item *item;

	since_1970 += 86400000;
	draft_free(begin(forwarder));
	since_1970 += 86400000;
	ticks += 1000;
	opened = 0;
	sweep_arrivals(forwarder);
	assert_int_equal(opened, 0);
	sweep_expired(forwarder);
	assert_int_equal(opened, 1);
	item = forwarder_rig_take(forwarder);
	assert_non_null(item);
	assert_false(item->by_name);
	assert_int_equal(item->accepted, began);
	assert_int_equal(lease_death(forwarder, item), began +
	    forwarder->settings->conf.queue_lifetime);
	lease_forget(forwarder, item);
}

/* The same for one that is taken before anybody looks for old ones. */
static void
test_dead(void **state)
{
	struct forwarder *forwarder = *state;
	struct item *item;

	draft_free(begin(forwarder));
	since_1970 += 86400000;
	ticks += 1000;
	sweep_arrivals(forwarder);
	item = forwarder_rig_take(forwarder);
	assert_true(lease_death(forwarder, item) < ticks);
	assert_false(lease_dead(forwarder, item));
	assert_true(lease_death(forwarder, item) > ticks);
	ticks += forwarder->settings->conf.queue_lifetime;
	assert_true(lease_dead(forwarder, item));
	lease_forget(forwarder, item);
}

/* The name tells another intake: nothing is sent there. */
static void
test_mistaken(void **state)
{
	struct forwarder *forwarder = *state;
	int ready = spool_readyfd(forwarder->spool);
	struct spool_entry entry;
	char from[SPOOL_NAME], to[SPOOL_NAME];
	struct item *item;

	draft_free(begin(forwarder));
	must(rig_find(forwarder->spool, SPOOL_READY, 1, &entry));
	spool_name(SPOOL_READY, &entry, from);
	spool_hint(&entry, entry.accepted, "in@else.example");
	must(renameat(ready, from, ready, spool_name(SPOOL_READY, &entry,
	    to)) == 0);
	ticks += 1000;
	sweep_arrivals(forwarder);
	assert_string_equal(queue_sites(forwarder->queue)->domain,
	    "else.example");
	assert_false(open_it(forwarder, &item));
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(faccessat(ready, "0000000000000001.0", F_OK, 0), 0);
	sweep_arrivals(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
	assert_string_equal(queue_sites(forwarder->queue)->domain,
	    "take.example");
	assert_true(open_it(forwarder, &item));
	lease_forget(forwarder, item);
}

/* What its writer has not let go is not sent, nor given up, however old. */
static void
test_busy(void **state)
{
	struct forwarder *forwarder = *state;
	struct draft *draft = begin(forwarder);
	struct item *item;

	ticks += 1000;
	sweep_arrivals(forwarder);
	assert_false(open_it(forwarder, &item));
	ticks += forwarder->settings->conf.queue_lifetime;
	sweep_expired(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 0);
	assert_int_equal(rig_files(forwarder_rig_dir(forwarder), "ready"), 1);
	draft_free(draft);
	sweep_arrivals(forwarder);
	assert_int_equal(queue_count(forwarder->queue), 1);
	assert_string_equal(forwarder_rig_log(forwarder), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORWARDER_TEST(test_opened_once),
		FORWARDER_TEST(test_young),
		FORWARDER_TEST(test_expired),
		FORWARDER_TEST(test_clock_set),
		FORWARDER_TEST(test_dead),
		FORWARDER_TEST(test_mistaken),
		FORWARDER_TEST(test_busy),
	};

	return cmocka_run_group_tests_name("by_name", tests, NULL, NULL);
}
