/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: HISTORY */
/* what became of every copy: rows that come, whatever happens to the database */
#include "history/history.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/own.h"
#include "history/find.h"
#include "tests/unit/scratch.h"

#define DAY INT64_C(86400000)

static struct { _Atomic unsigned count; char last[600]; } told;

static void
tell(void *arg, const char *text)
{
	(void)arg;
	snprintf(told.last, sizeof(told.last), "%s", text);
	told.count++;
}

static struct history *
open_history(const char *path)
{
	const struct history_hooks hooks = { tell, NULL };
	struct history *history;
	struct err err;

	if (history_open(path, 90 * DAY, &hooks, &history, &err) == -1)
		fail_msg("%s", err.text);
	return history;
}

/* put_at - the row of MID n, which ended then */
static void
put_at(struct history *history, uint64_t n, int64_t ended)
{
	own(buf) struct buf json = BUF;
	char queue_id[32], message_id[64], to[64];
	const char *recipients[] = { "Zoe@b.example", to, "\"a b\"@b.example" };
	struct envelope envelope = { .mid = n, .intake = "in@take.example",
	    .sender = n % 2 == 0 ? "s@x.example" : "", .recipients = recipients,
	    .recipient_count = 3, .queue_id = queue_id,
	    .message_id = message_id, .client_addr = "192.0.2.1",
	    .client_name = "mx.x.example", .helo = "x", .protocol = "ESMTP",
	    .gateway = "gw.example", .policy = "EM\"EA\xff", .length = 1000 + n,
	    .header_length = 10, .accepted = ended - 1500 };
	struct history_fate fate = { .verdict = n % 5 == 0 ? "expired" :
	    "delivered", .reply = "2.0.0 ok\n\"yes\"", .attempts = 1,
	    .dcid = 7, .ended = ended };

	snprintf(queue_id, sizeof(queue_id), "4Q%04u", (unsigned)n);
	snprintf(message_id, sizeof(message_id), "<%u@x.example>", (unsigned)n);
	snprintf(to, sizeof(to), "user%u@b.example", (unsigned)n);
	memset(fate.header_sum, 'a', HISTORY_SUM - 1);
	envelope_format(&envelope, &json);
	history_put(history, json.data, &fate);
}

static void
put(struct history *history, uint64_t from, uint64_t to)
{
	while (from < to)
		put_at(history, from++, clock_wall());
}

/* What a query found. */
static struct found {
	int		 count;
	uint64_t	 first, last;
	bool		 sorted;
} found;

static void
look(void *arg, const struct history_row *row)
{
	(void)arg;
	if (found.count++ == 0)
		found.first = row->envelope.mid;
	else
		found.sorted &= row->envelope.mid >= found.last;
	found.last = row->envelope.mid;
	assert_int_equal(row->envelope.recipient_count, 3);
	assert_string_equal(row->envelope.recipients[0], "Zoe@b.example");
	assert_string_equal(row->envelope.recipients[2], "\"a b\"@b.example");
	assert_string_equal(row->envelope.policy, "EM\"EA\xff");
	assert_int_equal(row->envelope.length, 1000 + row->envelope.mid);
	assert_string_equal(row->fate.reply, "2.0.0 ok\n\"yes\"");
	assert_int_equal(strlen(row->fate.header_sum), HISTORY_SUM - 1);
	assert_string_equal(row->fate.fields_sum, "");
	assert_int_equal(row->fate.dcid, 7);
	assert_int_equal(row->fate.ended - row->envelope.accepted, 1500);
}

/* count - the rows that fit, in order */
static int
count(const char *path, struct history_query query)
{
	struct err err;
	int n;

	found = (struct found){ .sorted = true };
	n = history_find(path, &query, look, NULL, &err);
	if (n == -1)
		fail_msg("%s", err.text);
	assert_int_equal(n, found.count);
	assert_true(found.sorted);
	return n;
}

/* wait_for - until so many rows are there */
static void
wait_for(const char *path, int rows)
{
	for (int i = 0; i < 500; i++) {
		if (access(path, F_OK) == 0 &&
		    count(path, (struct history_query){ 0 }) == rows)
			return;
		usleep(20000);
	}
	fail_msg("%d rows, not %d", found.count, rows);
}

static void
wait_told(unsigned n)
{
	for (int i = 0; i < 500 && told.count < n; i++)
		usleep(20000);
	assert_int_equal(told.count, n);
}

struct world { char *dir, *path; };

static int
begin(void **state)
{
	struct world *world = mem_new(sizeof(*world));

	world->dir = scratch_new();
	world->path = mem_format("%s/history.db", world->dir);
	told.count = 0;
	*state = world;
	return 0;
}

static int
end(void **state)
{
	struct world *world = *state;

	free(world->path);
	scratch_free(world->dir);
	free(world);
	return 0;
}

static void
test_queries(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	int64_t now = clock_wall();
	struct err err;

	put(history, 1, 21);
	put_at(history, 21, now - DAY);
	wait_for(path, 21);
	assert_int_equal(count(path, (struct history_query){ .mid = 7 }), 1);
	assert_int_equal(found.first, 7);
	assert_int_equal(count(path, (struct history_query){
	    .queue_id = "4Q0008" }), 1);
	assert_int_equal(found.first, 8);
	assert_int_equal(count(path, (struct history_query){
	    .message_id = "<9@x.example>" }), 1);
	assert_int_equal(count(path, (struct history_query){
	    .message_id = "9@x.example" }), 1);
	assert_int_equal(count(path, (struct history_query){
	    .address = "USER3@B.example" }), 1);
	assert_int_equal(count(path, (struct history_query){
	    .address = "S@x.example" }), 10);
	assert_int_equal(count(path, (struct history_query){
	    .sender = "<>" }), 11);
	assert_int_equal(count(path, (struct history_query){
	    .recipient = "s@x.example" }), 0);
	assert_int_equal(count(path, (struct history_query){
	    .verdict = "expired" }), 4);
	assert_int_equal(count(path, (struct history_query){
	    .verdict = "expired", .sender = "s@x.example" }), 2);
	assert_int_equal(count(path, (struct history_query){
	    .until = now - DAY / 2 }), 1);
	assert_int_equal(count(path, (struct history_query){
	    .since = now - DAY / 2, .intake = "IN@take.example" }), 20);
	/* the last ones, in order */
	assert_int_equal(count(path, (struct history_query){
	    .since = now - DAY / 2, .limit = 5 }), 5);
	assert_int_equal(found.first, 16);
	assert_int_equal(found.last, 20);
	assert_null(history_close(history));
	assert_int_equal(told.count, 0);
	assert_int_equal(history_find("/nowhere/history.db",
	    &(struct history_query){ 0 }, look, NULL, &err), -1);
	assert_string_equal(err.text,
	    "/nowhere/history.db: No such file or directory");
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : 0;
}

/* written - whether a hundred rows have come to the one file, or all are in the
 * other */
static bool
written(const char *path, const char *pending, off_t before, int rows)
{
	return size_of(pending) > before + 100 * 300 ||
	    (access(path, F_OK) == 0 &&
	    count(path, (struct history_query){ 0 }) == rows);
}

/* What is written is not lost by a crash, nor taken twice. */
static void
test_crash(void **state)
{
	const char *path = ((struct world *)*state)->path;
	own(str) char *pending = mem_format("%s.new", path);
	struct history *history;

	for (unsigned round = 0; round < 5; round++) {
		off_t before = size_of(pending);
		pid_t child = fork();

		if (child == 0) {
			history = open_history(path);
			put(history, 100 * round, 100 * round + 100);
			while (!written(path, pending, before,
			    100 * (int)round + 100))
				usleep(1000);
			usleep(round * 2000);	/* in the midst of sorting */
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	history = open_history(path);
	wait_for(path, 500);
	history_close(history);
	assert_int_equal(count(path, (struct history_query){ 0 }), 500);
	assert_int_equal(told.count, 0);
}

/* A line that a crash of the machine has cut, and one of somebody else. */
static void
test_torn(void **state)
{
	const char *path = ((struct world *)*state)->path;
	own(str) char *pending = mem_format("%s.new", path);
	struct history *history = open_history(path);
	FILE *file;

	put(history, 0, 10);
	wait_for(path, 10);
	history_close(history);
	file = fopen(pending, "a");
	fputs("{\"verdict\":\"x\"}\nwho knows\n{\"verdict\":\"delivered\",", file);
	fclose(file);
	history = open_history(path);
	put(history, 10, 20);
	wait_for(path, 20);
	history_close(history);
	assert_int_equal(told.count, 0);
}

static sqlite3 *
open_other(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void
test_locked(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	sqlite3 *other;

	put(history, 0, 10);
	wait_for(path, 10);
	other = open_other(path, "BEGIN IMMEDIATE");
	put(history, 10, 20);
	wait_told(1);
	assert_non_null(strstr(told.last, "history.db: database is locked"));
	put(history, 20, 30);
	/* it ends while the database is locked, and begins again */
	history_close(history);
	history = open_history(path);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	wait_for(path, 30);
	history_close(history);
}

static void
test_damaged(void **state)
{
	const struct world *world = *state;
	struct history *history = open_history(world->path);
	FILE *file;
	own(str) char *aside = NULL;

	put(history, 0, 10);
	wait_for(world->path, 10);
	history_close(history);
	file = fopen(world->path, "r+");
	for (int i = 0; i < 4096; i++)
		fputc('x', file);
	fclose(file);
	history = open_history(world->path);
	put(history, 10, 20);
	wait_told(1);
	assert_non_null(strstr(told.last, "set aside, and a new one begun: "));
	wait_for(world->path, 10);
	assert_int_equal(found.first, 10);
	history_close(history);
	aside = mem_format("ls %s/history.db.damaged-* >/dev/null", world->dir);
	assert_int_equal(system(aside), 0);
}

/* Somebody else's database is left alone. */
static void
test_foreign(void **state)
{
	const char *path = ((struct world *)*state)->path;
	sqlite3 *other = open_other(path, "CREATE TABLE copies (x)");
	struct history *history;

	sqlite3_close(other);
	history = open_history(path);
	put(history, 0, 10);
	wait_told(1);
	assert_non_null(strstr(told.last, "a database of something else"));
	history_close(history);
	assert_int_equal(unlink(path), 0);
	history = open_history(path);
	wait_for(path, 10);
	history_close(history);
}

/* No directory: told once, and the rows are there when it is. */
static void
test_nowhere(void **state)
{
	const struct world *world = *state;
	own(str) char *dir = mem_format("%s/none", world->dir);
	own(str) char *path = mem_format("%s/history.db", dir);
	struct history *history = open_history(path);

	put(history, 0, 10);
	wait_told(1);
	assert_non_null(strstr(told.last, "No such file or directory"));
	assert_int_equal(mkdir(dir, 0700), 0);
	put(history, 10, 20);
	wait_for(path, 20);
	assert_int_equal(told.count, 1);
	assert_int_equal(history_lost(history), 0);
	history_close(history);
}

/* Two programs with one file: the second one says so. */
static void
test_shared(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	pid_t child;
	int status;

	put(history, 0, 1);
	wait_for(path, 1);
	child = fork();
	if (child == 0) {
		struct history *second = open_history(path);

		put(second, 1, 2);
		wait_told(1);
		_exit(strstr(told.last, "another program") == NULL);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	history_close(history);
}

static void
test_memory(void **state)
{
	const struct world *world = *state;
	own(str) char *path = mem_format("%s/none/history.db", world->dir);
	struct history *history = open_history(path);
	uint64_t lost;

	for (uint64_t i = 0; i < 60000; i++)
		put_at(history, 1, 1600000000000);
	lost = history_lost(history);
	assert_in_range(lost, 1, 59999);
	assert_int_equal(history_lost(history), 0);
	history_close(history);
}

static void
test_purge(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	int64_t now = clock_wall();

	for (uint64_t i = 0; i < 100; i++)
		put_at(history, i, now - 90 * DAY - (i < 60 ? DAY : -DAY));
	wait_for(path, 40);
	assert_int_equal(found.first, 60);
	history_close(history);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_queries),
		TEST(test_crash),
		TEST(test_torn),
		TEST(test_locked),
		TEST(test_damaged),
		TEST(test_foreign),
		TEST(test_nowhere),
		TEST(test_shared),
		TEST(test_memory),
		TEST(test_purge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
