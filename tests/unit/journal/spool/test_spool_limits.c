/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the spool takes from the system, and what it leaves.
 *
 * WRAP: openat fsync fstatvfs
 */
#include "journal/spool/spool_private.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include "tests/unit/journal/spool/no_tmpfile.h"
#include "tests/unit/spool_rig.h"

static unsigned fsyncs;
static uint64_t free_space;		/* what statvfs tells, if not 0 */

int __real_fsync(int);
int __wrap_fsync(int);
int __real_fstatvfs(int, struct statvfs *);
int __wrap_fstatvfs(int, struct statvfs *);

int
__wrap_fsync(int fd)
{
	fsyncs++;
	return __real_fsync(fd);
}

int
__wrap_fstatvfs(int fd, struct statvfs *out)
{
	int status = __real_fstatvfs(fd, out);

	if (free_space != 0) {
		out->f_frsize = 1;
		out->f_bavail = free_space;
	}
	return status;
}

static int
tear_down(void **state)
{
	free_space = 0;
	return tear_down_tmpfile(state);
}

/* An envelope of more than a few recipients, up to its limit. */
static void
test_large_envelope(void **state)
{
	struct fixture *fixture = *state;
	enum { MANY = 900000 };
	own(buf) struct buf message = rig_message(100);
	struct envelope envelope = rig_envelope(1, &message);
	const char **recipients = mem_grow(NULL, MANY, sizeof(char *));
	struct spool_entry entry = RIG_ENTRY(1);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct copy copy;
	struct err err;

	for (size_t i = 0; i < MANY; i++)
		recipients[i] = "recipient@b.example";
	envelope.recipients = recipients;
	envelope.recipient_count = MANY;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	envelope.recipient_count = 10000;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	assert_int_equal(copy_open(fixture->spool, SPOOL_READY, &entry, &copy,
	    &err), COPY_OPEN);
	assert_int_equal(copy.envelope.recipient_count, 10000);
	copy_close(&copy);
	free(recipients);
}

static void
test_modes(void **state)
{
	struct fixture *fixture = *state;
	static const struct { const char *path; mode_t mode; } modes[] = {
		{ "ready", S_IFDIR | 0700 },
		{ "failed", S_IFDIR | 0700 },
		{ "ready/0000000000000007.0" RIG_HINT, S_IFREG | 0600 },
		{ "lock", S_IFREG | 0600 },
	};
	own(buf) struct buf message = rig_message(100);
	struct stat st;
	struct err err;

	rig_commit(fixture->spool, &message, 7);
	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		own(str) char *path = mem_format("%s/%s", fixture->dir,
		    modes[i].path);

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode, modes[i].mode);
	}
}

static void
test_free_space(void **state)
{
	struct fixture *fixture = *state;
	struct spool_options options = { .directory = fixture->dir,
	    .sync = true, .min_free_space = 5000000 };
	own(buf) struct buf message = rig_message(3000000);
	struct envelope envelope = rig_envelope(1, &message);
	struct spool *spool;
	struct draft *draft;
	struct err err;

	assert_int_equal(spool_open(&options, &spool, &err), 0);
	free_space = 5000000;
	draft = rig_draft(spool, &message);
	free_space = 4999999;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "spool: less than 5000000 bytes free");
	free_space = 5000000;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);

	/* While it streams, at the begin and after each MB. */
	draft = draft_new(spool);
	free_space = 4999999;
	assert_int_equal(draft_write(draft, message.data, 60000, &err), 0);
	assert_int_equal(draft_write(draft, message.data, 60000, &err), -1);
	assert_string_equal(err.text, "spool: less than 5000000 bytes free");
	draft_free(draft);
	free_space = 5000000;
	draft = rig_draft(spool, &message);
	free_space = 4999999;
	assert_int_equal(draft_write(draft, message.data, 1200000, &err), -1);
	/* Bytes are missing now, so nothing can be made of it any more. */
	free_space = 0;
	assert_int_equal(draft_write(draft, "x", 1, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	draft_free(draft);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
	spool_close(spool);
}

static void
test_no_sync(void **state)
{
	struct fixture *fixture = *state;
	struct spool_options options = { .directory = fixture->dir };
	own(buf) struct buf message = rig_message(100);
	struct spool *spool;
	struct err err;

	fsyncs = 0;
	assert_int_equal(spool_open(&options, &spool, &err), 0);
	rig_commit(spool, &message, 1);
	rig_whole(spool, SPOOL_READY, 1, &message);
	spool_close(spool);
	assert_int_equal(fsyncs, 0);
	rig_commit(fixture->spool, &message, 2);
	assert_int_equal(fsyncs, 2);
}

/* use_descriptors - so many that low ones get scarce; give_back() ends it */
static int
use_descriptors(int used[SPOOL_PLENTY_FD])
{
	int n = 0;

	do {
		used[n] = dup(STDERR_FILENO);
		assert_int_not_equal(used[n], -1);
	} while (used[n++] < SPOOL_PLENTY_FD);
	return n;
}

static void
give_back(const int used[SPOOL_PLENTY_FD], int n)
{
	while (n-- > 0)
		close(used[n]);
}

/* Low descriptors are libmilter's. */
static void
test_high_descriptors(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(200000);
	struct envelope envelope = rig_envelope(1, &message);
	struct rlimit limit, low;
	struct draft *draft;
	struct err err;
	int used[SPOOL_PLENTY_FD], count, free_fd, next;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur <= 1100) {
		limit.rlim_cur = 1100;
		if (limit.rlim_max < limit.rlim_cur ||
		    setrlimit(RLIMIT_NOFILE, &limit) == -1)
			skip();
	}
	count = use_descriptors(used);
	free_fd = dup(STDERR_FILENO);
	close(free_fd);
	draft = rig_draft(fixture->spool, &message);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	envelope.mid = 2;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	next = dup(STDERR_FILENO);
	assert_int_equal(next, free_fd);
	close(next);
	draft_free(draft);
	give_back(used, count);

	/* Where there are no high ones, low ones do. */
	low = limit;
	low.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	rig_commit(fixture->spool, &message, 3);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	rig_whole(fixture->spool, SPOOL_READY, 3, &message);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, tear_down)
#define TEST_WITHOUT(f) { #f "_without_tmpfile", f, \
    set_up_without_tmpfile, tear_down, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_large_envelope),
		TEST(test_modes),
		TEST(test_free_space),
		TEST(test_no_sync),
		TEST(test_high_descriptors),
		TEST_WITHOUT(test_modes),
		TEST_WITHOUT(test_free_space),
		TEST_WITHOUT(test_no_sync),
		TEST_WITHOUT(test_high_descriptors),
	};

	return cmocka_run_group_tests_name("spool_limits", tests, NULL, NULL);
}
