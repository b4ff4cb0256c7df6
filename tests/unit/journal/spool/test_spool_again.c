/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signal comes while the kernel does what a spool asks of it, each call in turn: all
 * is as if there had been none
 *
 * WRAP: dup3 fcntl flock fsetxattr fstat fstatat fstatfs fstatvfs fsync ftruncate
 * WRAP: getrandom linkat mkdirat openat pread pwrite read renameat renameat2
 * WRAP: unlinkat writev
 */
#include <dirent.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "base/clock.h"
#include "journal/spool/spool_programs.h"
#include "journal/spool/spool_suspend.h"
#include "tests/unit/nth_files.h"
#include "tests/unit/opened.h"
#include "tests/unit/spool_rig.h"

NTH_CALL(int, dup3, (int fd, int to, int flags), (fd, to, flags), -1)
NTH_CALL(int, fstatfs, (int fd, struct statfs *fs), (fd, fs), -1)
NTH_CALL(int, fstatvfs, (int fd, struct statvfs *fs), (fd, fs), -1)
NTH_CALL(ssize_t, getrandom, (void *bytes, size_t n, unsigned flags),
    (bytes, n, flags), -1)
NTH_CALL(int, mkdirat, (int dir, const char *name, mode_t mode), (dir, name, mode), -1)
NTH_CALL(int, renameat2, (int from, const char *old, int to, const char *new,
    unsigned flags), (from, old, to, new, flags), -1)
NTH_CALL(ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n), -1)

/* done - that step is, or what was interrupted is told */
#define done(step, status) done_at(__LINE__, step, status, &err)

static void
done_at(int line, int got, int wanted, const struct err *err)
{
	if (got != wanted)
		fail_msg("line %d: %s was interrupted: %d, %s", line, nth->name, got,
		    got == -1 ? err->text : "");
}

static struct spool *
open_spool(const char *dir, bool sync)
{
	const struct spool_options options = { .directory = dir, .sync = sync,
		.min_free_space = 1 };
	struct spool *spool;
	struct err err;

	done(spool_open(&options, &spool, &err), 0);
	return spool;
}

/* entry_of - a copy that has to be there */
static struct spool_entry
entry_of(const struct spool *spool, uint64_t mid, enum spool_place wanted)
{
	struct spool_entry entry;
	enum spool_place place;
	struct err err;

	done(spool_find(spool, mid, &place, &entry, &err), 1);
	assert_int_equal(place, wanted);
	return entry;
}

/* whole - a copy in ready/ is that message, all of it */
static void
whole(const struct spool *spool, uint64_t mid, const struct buf *message)
{
	const struct spool_entry entry = entry_of(spool, mid, SPOOL_READY);
	own(buf) struct buf bytes = BUF;
	struct copy copy;
	struct err err;

	done(copy_open(spool, SPOOL_READY, &entry, &copy, &err), COPY_OPEN);
	assert_int_equal(copy.envelope.length, message->len);
	done(copy_read(&copy, 0, buf_room(&bytes, message->len), message->len, &err),
	    0);
	assert_memory_equal(bytes.data, message->data, message->len);
	done(copy_verify(&copy, &err), 0);
	copy_close(&copy);
}

/* ---- lives ---- */

/* copies - accepted, read, tried, kept, sent again, diverted, deleted and set aside */
static void
copies(const char *dir)
{
	own(buf) struct buf message = rig_message(20000);
	struct spool *spool = open_spool(dir, true);
	struct spool_entry entry;
	enum spool_place place;
	struct err err;

	rig_commit(spool, &message, 1);
	spool_tune(spool, &(struct spool_options){ .min_free_space = 1 });
	for (uint64_t mid = 2; mid <= 5; mid++)
		rig_commit(spool, &message, mid);
	whole(spool, 1, &message);
	entry = entry_of(spool, 1, SPOOL_READY);
	done(spool_failed_attempt(spool, &entry, &err), 1);
	assert_int_equal(entry.attempts, 1);
	done(spool_keep(spool, &entry, 2, &err), 1);
	entry = entry_of(spool, 1, SPOOL_FAILED);
	done(spool_requeue(spool, &entry, &err), 1);
	whole(spool, 1, &message);
	entry = entry_of(spool, 2, SPOOL_READY);
	done(spool_divert(spool, &entry, SPOOL_WHY_5XX, &err), 1);
	done(spool_delete(spool, 2, &place, &err), 1);
	done(spool_delete(spool, 2, &place, &err), 0);
	entry = entry_of(spool, 3, SPOOL_READY);
	done(spool_plain(spool, &entry, &err), 1);
	entry = entry_of(spool, 4, SPOOL_READY);
	done(spool_remove(spool, SPOOL_READY, &entry, &err), 1);
	entry = entry_of(spool, 5, SPOOL_READY);
	done(spool_damaged(spool, &entry, &err), 1);
	assert_int_equal(rig_count(spool, SPOOL_READY), 2);
	done(spool_purge(spool, clock_wall() + 1000000, &err), 0);
	assert_int_equal(rig_files(dir, "failed"), 0);
	assert_int_equal(rig_files(dir, "ready"), 2);
	spool_close(spool);
}

/* programs - what they tell of themselves, and who has which lock */
static void
programs(const char *dir)
{
	struct spool *spool = open_spool(dir, false), *milter = open_spool(dir, false);
	struct spool *other = open_spool(dir, false);
	struct spool_state state = { .loaded = 1234, .stale = 2 };
	struct spool_program program, milters[SPOOL_MILTERS];
	struct err err;

	done(spool_lock(spool, &err), 0);
	spool_tell(spool, &state);
	done(spool_forwarder(other, &program), true);
	done(program.state.loaded == 1234 && program.state.stale == 2, true);
	done(spool_holder(other) == (long)getpid(), true);
	done(spool_lock(other, &err), -1);
	assert_non_null(strstr(err.text, "pid"));
	spool_attend(milter);
	done((int)spool_milters(other, milters), 1);
	done(milters[0].pid == (long)getpid(), true);
	done(spool_attendant(other) == (long)getpid(), true);
	spool_close(milter);
	spool_close(spool);
	done(spool_forwarder(other, &program), false);
	spool_close(other);
}

/* replaced - directories that are others now */
static void
replaced(const char *dir)
{
	own(str) char *ready = mem_format("%s/ready", dir);
	own(str) char *failed = mem_format("%s/failed", dir);
	own(buf) struct buf message = rig_message(1000);
	struct spool *spool = open_spool(dir, false);
	struct spool_stamp before, after;
	struct suspension one = { .intake = (char *)"a.example",
		.reason = (char *)"" };
	struct err err;

	assert_int_equal(rmdir(ready), 0);
	assert_int_equal(rmdir(failed), 0);
	assert_int_equal(mkdir(failed, 0700), 0);
	done(spool_look(spool, &err), 1);
	done(spool_look(spool, &err), 0);
	rig_commit(spool, &message, 1);
	whole(spool, 1, &message);
	spool_suspensions_stamp(spool, &before);
	nth->armed = false;		/* test_spool_wishes.c does that */
	done(spool_suspend(spool, &one, 1000, &err), 0);
	nth->armed = true;
	spool_suspensions_stamp(spool, &after);
	done(spool_stamp_same(&before, &after), false);
	spool_suspensions_stamp(spool, &before);
	done(spool_stamp_same(&before, &after), true);
	spool_close(spool);
}

/* walk - each call of a life is interrupted once */
static void
walk(void (*life)(const char *))
{
	for (unsigned at = 1; nth_begin(at, EINTR); at++) {
		char *dir = scratch_new();
		int before = opened();

		assert_in_range(at, 1, 500);
		nth_arm();
		life(dir);
		nth_disarm();
		assert_int_equal(opened(), before);
		scratch_free(dir);
	}
}

static void
test_copies(void **state)
{
	(void)state;
	walk(copies);
}

static void
test_programs(void **state)
{
	(void)state;
	walk(programs);
}

static void
test_replaced(void **state)
{
	(void)state;
	walk(replaced);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
