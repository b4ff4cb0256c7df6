/* SPDX-License-Identifier: BSD-2-Clause */
/* arrivals: every copy is told of, soon, however it came
 * WRAP: inotify_init1 inotify_add_watch openat */
#include "forward/queue/arrivals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/clock.h"
#include "journal/spool/spool_flush.h"
#include "tests/unit/spool_rig.h"

static int init_error;			/* errno of each call, 0: none */
static int watch_error;
static unsigned watches;		/* that are let through before */
static int open_error;			/* of ready/ */

int __real_inotify_init1(int);
int __wrap_inotify_init1(int);
int __real_inotify_add_watch(int, const char *, uint32_t);
int __wrap_inotify_add_watch(int, const char *, uint32_t);
int __real_openat(int, const char *, int, ...);
int __wrap_openat(int, const char *, int, mode_t);

int
__wrap_inotify_init1(int flags)
{
	errno = init_error;
	return init_error != 0 ? -1 : __real_inotify_init1(flags);
}

int
__wrap_inotify_add_watch(int fd, const char *path, uint32_t events)
{
	if (watch_error == 0 || watches > 0) {
		watches -= watch_error != 0;
		return __real_inotify_add_watch(fd, path, events);
	}
	errno = watch_error;
	return -1;
}

int
__wrap_openat(int dir, const char *name, int flags, mode_t mode)
{
	if (open_error == 0 || (flags & O_DIRECTORY) == 0)
		return __real_openat(dir, name, flags, mode);
	errno = open_error;
	return -1;
}

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
		    &err), COPY_BUSY);
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
	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &err),
	    COPY_OPEN);
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

/* Without inotify each second is looked, at copies and for wishes; it is said
 * once, and inotify asked for again. */
static void
no_inotify(const char *why)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals = arrivals_open(spool);
	int64_t now = 1000000, end = now + ARRIVALS_SCAN;
	char text[ARRIVALS_WHY];
	unsigned mid = 1;

	assert_int_equal(arrivals_fd(arrivals), -1);
	assert_string_equal(told(arrivals, now), "");
	assert_int_equal(arrivals_news(arrivals, text), ARRIVALS_LOST);
	assert_string_equal(text, why);
	for (; now < end; now = arrivals_when(arrivals)) {
		(void)told(arrivals, now);
		assert_true(arrivals_asked(arrivals));
		rig_commit(spool, &message, mid++);
		assert_string_equal(told(arrivals, now), "");
		assert_int_equal(arrivals_when(arrivals), now + ARRIVALS_LOOK);
		assert_int_equal(arrivals_news(arrivals, text),
		    ARRIVALS_NO_NEWS);
	}
	assert_int_equal(mid, 31);
	assert_string_not_equal(told(arrivals, now), "");
	assert_int_equal(arrivals_fd(arrivals), -1);
	init_error = watch_error = 0;
	rig_commit(spool, &message, 40);
	now = end + ARRIVALS_SCAN;
	/* what came before it is told by the scan behind it */
	assert_string_equal(strstr(told(arrivals, now), "30 "), "30 40 ");
	assert_int_equal(arrivals_news(arrivals, text), ARRIVALS_BACK);
	assert_int_not_equal(arrivals_fd(arrivals), -1);
	rig_commit(spool, &message, 41);
	assert_string_equal(told(arrivals, now), "41 ");
	assert_int_equal(arrivals_when(arrivals), now + ARRIVALS_SCAN);
	arrivals_close(arrivals);
	spool_close(spool);
	buf_drop(&message);
	scratch_free(dir);
}

static void
test_no_instance(void **state)
{
	(void)state;
	init_error = EMFILE;
	no_inotify("Too many open files; fs.inotify.max_user_instances or the "
	    "limit of descriptors is too low");
}

static void
test_no_watch(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		watch_error = ENOSPC;
		watches = before;
		no_inotify("No space left on device; "
		    "fs.inotify.max_user_watches is too low");
	}
	watch_error = ENOMEM;
	no_inotify("Cannot allocate memory");
}

/* One that failed at the very start, and came before anybody was told. */
static void
test_no_news(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct arrivals *arrivals;
	char text[ARRIVALS_WHY];

	(void)state;
	init_error = ENFILE;
	arrivals = arrivals_open(spool);
	init_error = 0;
	assert_string_equal(told(arrivals, 1), "");
	assert_int_equal(arrivals_news(arrivals, text), ARRIVALS_NO_NEWS);
	assert_int_not_equal(arrivals_fd(arrivals), -1);
	arrivals_close(arrivals);
	spool_close(spool);
	scratch_free(dir);
}

/* ready/ that cannot be read is read again within a second. */
static void
test_not_readable_now(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct buf message = rig_message(100);
	struct arrivals *arrivals = arrivals_open(spool);
	struct spool_entry entry;
	struct err err;

	(void)state;
	rig_commit(spool, &message, 7);
	assert_string_equal(told(arrivals, 1000), "7 7 ");
	open_error = EMFILE;
	assert_int_equal(arrivals_next(arrivals, 1000 + ARRIVALS_SCAN, &entry,
	    &err), -1);
	open_error = 0;
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(arrivals_when(arrivals),
	    1000 + ARRIVALS_SCAN + ARRIVALS_LOOK);
	assert_string_equal(told(arrivals, arrivals_when(arrivals)), "7 ");
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
		cmocka_unit_test(test_no_instance),
		cmocka_unit_test(test_no_watch),
		cmocka_unit_test(test_no_news),
		cmocka_unit_test(test_not_readable_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
