/* SPDX-License-Identifier: BSD-2-Clause */
/* arrivals: every copy is told of, soon, however it came */
#include "forward/arrivals.h"

#include <poll.h>

#include "base/clock.h"
#include "journal/spool_flush.h"
#include "tests/unit/spool_rig.h"

/* told - the mids that are told now, each with a blank */
static const char *
told(struct arrivals *arrivals, int64_t now)
{
	static char text[256];
	struct spool_entry entry;
	struct err err;
	size_t n = 0;
	int status;

	text[0] = '\0';
	while ((status = arrivals_next(arrivals, now, &entry, &err)) == 1)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ",
		    (unsigned)entry.mid);
	assert_int_equal(status, 0);
	return text;
}

static void
test_scan(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals;

	(void)state;
	rig_commit(spool, &message, 7);
	rig_commit(spool, &message, 3);
	arrivals = arrivals_open(spool);
	assert_true(arrivals_when(arrivals) <= 0);
	assert_string_equal(told(arrivals, 1000), "3 7 ");
	assert_string_equal(told(arrivals, 1000), "");
	assert_int_equal(arrivals_when(arrivals), 1000 + ARRIVALS_SCAN);
	assert_string_equal(told(arrivals, 1000 + ARRIVALS_SCAN), "3 7 ");
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

static void
test_inotify(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals = arrivals_open(spool);
	struct pollfd fd = { arrivals_fd(arrivals), POLLIN, 0 };

	(void)state;
	assert_string_equal(told(arrivals, 0), "");
	assert_int_equal(poll(&fd, 1, 0), 0);
	rig_commit(spool, &message, 7);
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_string_equal(told(arrivals, 1), "7 ");
	assert_int_equal(poll(&fd, 1, 0), 0);
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

/* A wish of the operator is noticed at once, copies are none of it. */
static void
test_asked(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals = arrivals_open(spool);
	struct pollfd fd = { arrivals_fd(arrivals), POLLIN, 0 };
	struct err err;

	(void)state;
	assert_string_equal(told(arrivals, 0), "");
	assert_true(arrivals_asked(arrivals));	/* it may be an old one */
	assert_false(arrivals_asked(arrivals));
	rig_commit(spool, &message, 7);
	assert_string_equal(told(arrivals, 1), "7 ");
	assert_false(arrivals_asked(arrivals));
	assert_int_equal(spool_flush_ask(spool, "", &err), 0);
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_string_equal(told(arrivals, 1), "");
	assert_true(arrivals_asked(arrivals));
	assert_false(arrivals_asked(arrivals));
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

/* Who stops in the middle is told to come back at once: inotify's descriptor
 * will not say so again. */
static void
test_untold(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals = arrivals_open(spool);
	struct pollfd fd = { arrivals_fd(arrivals), POLLIN, 0 };
	struct spool_entry entry;
	struct err err;

	(void)state;
	assert_string_equal(told(arrivals, 1), "");
	rig_commit(spool, &message, 7);
	rig_commit(spool, &message, 3);
	assert_int_equal(arrivals_next(arrivals, 1, &entry, &err), 1);
	assert_int_equal(poll(&fd, 1, 0), 0);
	assert_int_equal(arrivals_when(arrivals), 0);
	assert_string_equal(told(arrivals, 1), "3 ");
	assert_int_equal(arrivals_when(arrivals), 1 + ARRIVALS_SCAN);
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

/* A copy whose writer holds it: asked for again, at growing intervals, and at
 * once when the writer lets go. */
static void
test_busy(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct envelope envelope = rig_envelope(7, &message);
	struct draft *draft = draft_new(spool);
	struct arrivals *arrivals = arrivals_open(spool);
	struct spool_entry entry;
	int64_t now = 0, before = 0;
	struct copy copy;
	struct err err;
	bool busy;

	(void)state;
	assert_string_equal(told(arrivals, now), "");
	assert_int_equal(draft_write(draft, message.data, message.len, &err),
	    0);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	for (int i = 0; i < 12; i++) {
		int64_t pause;

		assert_int_equal(arrivals_next(arrivals, now, &entry, &err),
		    1);
		assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy,
		    &busy, &err), 0);
		assert_true(busy);
		arrivals_again(arrivals, &entry, now);
		assert_string_equal(told(arrivals, now), "");
		pause = arrivals_when(arrivals) - now;
		assert_true(pause > 0 && pause >= before && pause <= 1000);
		before = pause;
		now += pause;
	}
	assert_true(before > 100);
	draft_free(draft);
	assert_int_equal(arrivals_next(arrivals, now - before, &entry, &err),
	    1);
	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &busy,
	    &err), 1);
	copy_close(&copy);
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

/* More names than inotify can hold are found by the scan that follows. */
static void
test_overflow(void **state)
{
	char *dir = scratch_new();
	struct spool_options options = { .directory = dir, .sync = false };
	struct buf message = rig_message(10);
	struct arrivals *arrivals;
	FILE *limit = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	unsigned most = 0, seen = 0;
	struct spool_entry entry;
	struct spool *spool;
	struct err err;

	(void)state;
	assert_int_equal(spool_open(&options, &spool, &err), 0);
	arrivals = arrivals_open(spool);
	assert_non_null(limit);
	assert_int_equal(fscanf(limit, "%u", &most), 1);
	fclose(limit);
	if (most > 20000)
		skip();
	assert_string_equal(told(arrivals, 0), "");
	for (unsigned mid = 1; mid <= most; mid++)
		rig_commit(spool, &message, mid);
	while (arrivals_next(arrivals, 1, &entry, &err) == 1)
		seen++;
	assert_true(seen > most);	/* all by the scan, some twice */
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_inotify),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_untold),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
