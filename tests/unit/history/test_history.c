/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: HISTORY */
/* what became of every copy: rows, and who asks for them */
#include "tests/unit/history/history_rig.h"

static void
test_queries(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	int64_t now = clock_wall();
	struct stat st;
	struct err err;

	umask(0);
	put(history, 1, 21);
	put_at(history, 21, now - DAY);
	wait_for(path, 21);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
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

/* add_up - the sum of the MIDs; each text is there */
static void
add_up(void *arg, const struct history_brief *row)
{
	uint64_t *sum = arg;

	*sum += row->mid;
	assert_int_equal(row->size, 1000 + row->mid);
	assert_int_equal(row->ended - row->accepted, 1500);
	assert_int_equal(row->attempts, 1);
	assert_string_equal(row->intake, "in@take.example");
	assert_string_equal(row->sender, row->mid % 2 == 0 ?
	    "s@x.example" : "");
	assert_string_equal(row->verdict, row->mid % 5 == 0 ? "expired" :
	    "delivered");
	assert_int_equal(strncmp(row->reply, "2.0.0 ok", 8), 0);
	assert_int_equal(strncmp(row->queue_id, "4Q", 2), 0);
	assert_int_equal(strncmp(row->policy, "EM", 2), 0);
}

static uint64_t
sum_of(const char *path, int64_t since, int64_t until)
{
	uint64_t sum = 0;
	struct err err;

	assert_int_equal(history_scan(path, since, until, add_up, &sum, &err),
	    0);
	return sum;
}

/* All rows accepted from a time on, and before another one. */
static void
test_scan(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	int64_t now = clock_wall();
	uint64_t sum = 0;
	struct err err;

	for (uint64_t i = 1; i <= 8; i++)
		put_at(history, i, now - (int64_t)i * 1000 + 1500);
	wait_for(path, 8);
	assert_int_equal(sum_of(path, 0, INT64_MAX), 36);
	assert_int_equal(sum_of(path, now - 3000, now), 6);
	assert_int_equal(sum_of(path, now - 3000, now - 1000), 5);
	assert_int_equal(sum_of(path, now - 2999, now - 1999), 2);
	assert_int_equal(sum_of(path, now, INT64_MAX), 0);
	assert_null(history_close(history));
	assert_int_equal(history_scan("/nowhere/history.db", 0, 1, add_up,
	    &sum, &err), -1);
	assert_int_equal(err.sys, ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_queries),
		TEST(test_purge),
		TEST(test_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
