/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A database that another version or another program has made, one that is just
 * being made, and a history whose thread cannot begin or does not end
 *
 * NEEDS: HISTORY
 * WRAP: open pthread_create pthread_timedjoin_np rename write
 */
#include <semaphore.h>
#include <sqlite3.h>

#include "history/store.h"
#include "tests/unit/history/history_rig.h"
#include "tests/unit/no_threads.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"

NTH_CALL(int, rename, (const char *from, const char *to), (from, to), -1)

/* A disk at which the thread stands when it opens the pending file. */
static _Atomic bool stands;
static sem_t reached, released, went_on;

int	__real_open(const char *, int, ...);
int	__wrap_open(const char *, int, ...);
int
__wrap_open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int fd;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if (!stands || strstr(path, ".new") == NULL)
		return __real_open(path, flags, mode);
	sem_post(&reached);
	sem_wait(&released);
	stands = false;
	fd = __real_open(path, flags, mode);
	sem_post(&went_on);
	return fd;
}

static _Atomic bool full;		/* the disk */

ssize_t	__real_write(int, const void *, size_t);
ssize_t	__wrap_write(int, const void *, size_t);
ssize_t
__wrap_write(int fd, const void *bytes, size_t n)
{
	if (!full)
		return __real_write(fd, bytes, n);
	errno = ENOSPC;
	return -1;
}

static pthread_t late;
static int joins;

/* it is not waited for in fact, and the deadline is at most two seconds away */
int	__wrap_pthread_timedjoin_np(pthread_t, void **, const struct timespec *);
int	__real_pthread_timedjoin_np(pthread_t, void **, const struct timespec *);
int
__wrap_pthread_timedjoin_np(pthread_t thread, void **out,
    const struct timespec *until)
{
	struct timespec now;

	if (!stands)
		return __real_pthread_timedjoin_np(thread, out, until);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_in_range(until->tv_sec - now.tv_sec, 0, 2);
	joins++;
	late = thread;
	return ETIMEDOUT;
}

static void
execute(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* ---- whose it is ---- */

static void
see_nothing(void *arg, const struct history_row *row)
{
	(void)arg;
	assert_int_equal(row->envelope.mid, 7);
	assert_string_equal(row->envelope.queue_id, "");
	assert_string_equal(row->envelope.sender, "");
	assert_string_equal(row->fate.header_sum, "");
	assert_string_equal(row->fate.verdict, "");
	assert_int_equal(row->envelope.recipient_count, 0);
}

static void
scan_nothing(void *arg, const struct history_brief *row)
{
	assert_int_equal(row->mid, 7);
	assert_string_equal(row->queue_id, "");
	assert_string_equal(row->reply, "");
	++*(int *)arg;
}

/* what somebody has put there by hand may lack values: nobody reads at NULL */
static void
test_nulls(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct err err;
	int scanned = 0;

	execute(path, "CREATE TABLE copies (id INTEGER PRIMARY KEY, mid, "
	    "queue_id, message_id, accepted, ended, sender, client_addr, "
	    "client_name, policy, intake, size, header_sum, fields_sum, "
	    "attempts, dcid, verdict, reply);"
	    "CREATE TABLE recipients (address, copy, at);"
	    "INSERT INTO copies (mid, accepted) VALUES (7, 1000);"
	    "PRAGMA user_version = 1");
	assert_int_equal(history_find(path, &(struct history_query){ 0 },
	    see_nothing, NULL, &err), 1);
	assert_int_equal(history_scan(path, 0, 2000, scan_nothing, &scanned,
	    &err), 0);
	assert_int_equal(scanned, 1);
}

static void
test_newer(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct store *store = NULL;
	struct err err;
	int before = opened();

	execute(path, "PRAGMA user_version = 2");
	assert_int_equal(store_open(path, &store, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "history.db: of version 2, made by a "
	    "newer program"));
	assert_null(store);
	assert_int_equal(opened(), before);
	assert_null(store_close(NULL));
}

/* a reader that comes while the first rows are on their way finds none */
static void
test_being_made(void **state)
{
	const char *path = ((struct world *)*state)->path;
	uint64_t n = 99;
	struct err err;
	int scanned = 0;

	execute(path, "");
	free(scratch_file(((struct world *)*state)->dir, "history.db", ""));
	assert_int_equal(history_scan(path, 0, 2000, scan_nothing, &scanned,
	    &err), 0);
	assert_int_equal(scanned, 0);
	assert_int_equal(history_count(path, 0, 2000, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(count(path, (struct history_query){ 0 }), 0);
}

static void
test_not_there(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct err err;
	int scanned = 0;

	assert_int_equal(history_scan(path, 0, 2000, scan_nothing, &scanned,
	    &err), -1);
	assert_non_null(strstr(err.text, "history.db: No such file"));
	/* a path may lead through a symbolic link nowhere */
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_int_equal(history_find(path, &(struct history_query){ 0 },
	    see_nothing, NULL, &err), -1);
	assert_non_null(strstr(err.text, "history.db: No such file"));
}

/* each of its three files goes aside, or it is said which does not */
static void
test_set_aside(void **state)
{
	const struct world *world = *state;
	own(str) char *aside = mem_format("%s.damaged-17", world->path);
	own(str) char *wal = mem_format("%s-wal", world->path);
	struct err err;

	/* none of them is there: that is aside */
	assert_int_equal(store_set_aside(world->path, 17000, &err), 0);
	free(scratch_file(world->dir, "history.db", "x"));
	free(scratch_file(world->dir, "history.db-wal", "y"));
	assert_true(nth_only(2, EACCES));
	nth_arm();
	assert_int_equal(store_set_aside(world->path, 17000, &err), -1);
	nth_disarm();
	assert_non_null(strstr(err.text, "history.db-wal: Permission denied"));
	assert_int_equal(access(aside, F_OK), 0);
	assert_int_equal(access(wal, F_OK), 0);
	assert_int_equal(store_set_aside(world->path, 17000, &err), 0);
	assert_int_equal(access(wal, F_OK), -1);
}

/* ---- its thread ---- */

static void
test_no_thread(void **state)
{
	const char *path = ((struct world *)*state)->path;
	const struct history_hooks hooks = { tell, NULL };
	struct history *history = NULL;
	struct err err;
	int before = opened();

	no_threads = FOR_GOOD;
	assert_int_equal(history_open(path, DAY, &hooks, &history, &err), -1);
	no_threads = 0;
	assert_non_null(strstr(err.text, "history: no thread: "));
	assert_null(history);
	assert_int_equal(opened(), before);
	assert_null(history_close(NULL));
}

/* more rows at once than a turn wants to sort: they are written first, and none is
 * lost */
static void
test_many(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history;

	stands = true;
	history = open_history(path);
	put(history, 0, 1);
	sem_wait(&reached);
	/* while it stands there, more than 128 KiB come */
	put(history, 1, 600);
	sem_post(&released);
	sem_wait(&went_on);
	wait_for(path, 600);
	assert_int_equal(history_lost(history), 0);
	history_close(history);
	assert_int_equal(told.count, 0);
}

/* a full disk is told of once, and what came meanwhile is there when it has room */
static void
test_full(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);

	put(history, 0, 1);
	wait_for(path, 1);
	full = true;
	put(history, 1, 2);
	wait_told(1);
	assert_non_null(strstr(told.last, "history.db.new: No space left"));
	put(history, 2, 3);
	full = false;
	wait_for(path, 3);
	history_close(history);
	assert_int_equal(told.count, 1);
}

/* its thread stands at the disk: the program ends all the same, and what the thread
 * uses is still there when it goes on */
static void
test_stands(void **state)
{
	const char *path = ((struct world *)*state)->path;
	static struct history *history;	/* nobody frees it: it is no leak */

	stands = true;
	joins = 0;
	history = open_history(path);
	put(history, 0, 1);
	sem_wait(&reached);
	assert_null(history_close(history));
	assert_int_equal(joins, 1);
	sem_post(&released);
	assert_int_equal(pthread_join(late, NULL), 0);
	/* it had time enough in the end */
	assert_int_equal(count(path, (struct history_query){ 0 }), 1);
	assert_int_equal(told.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nulls), TEST(test_newer), TEST(test_being_made),
		TEST(test_not_there), TEST(test_set_aside),
		TEST(test_no_thread), TEST(test_many), TEST(test_full),
		TEST(test_stands),
	};

	sem_init(&reached, 0, 0);
	sem_init(&released, 0, 0);
	sem_init(&went_on, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
