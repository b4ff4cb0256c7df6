/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_rig - a history in a directory of its own, rows and questions
 */
#ifndef TESTS_HISTORY_RIG_H
#define TESTS_HISTORY_RIG_H

#include "history/history.h"

#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "history/find.h"
#include "history/scan.h"
#include "tests/unit/scratch.h"

#define DAY INT64_C(86400000)

static struct { _Atomic unsigned count; char last[600]; } told;

static inline void
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
static inline void
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
	    "delivered", .reply = "2.0.0 ok\n\"yes\" \\ \xff", .attempts = 1,
	    .dcid = 7, .ended = ended };

	snprintf(queue_id, sizeof(queue_id), "4Q%04u", (unsigned)n);
	snprintf(message_id, sizeof(message_id), "<%u@x.example>", (unsigned)n);
	snprintf(to, sizeof(to), "user%u@b.example", (unsigned)n);
	memset(fate.header_sum, 'a', HISTORY_SUM - 1);
	envelope_format(&envelope, &json);
	history_put(history, json.data, &fate);
}

static inline void
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

static inline void
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
	assert_string_equal(row->fate.reply, "2.0.0 ok\n\"yes\" \\ \xff");
	assert_int_equal(strlen(row->fate.header_sum), HISTORY_SUM - 1);
	assert_string_equal(row->fate.fields_sum, "");
	assert_int_equal(row->fate.dcid, 7);
	assert_int_equal(row->fate.ended - row->envelope.accepted, 1500);
}

/* count - the rows that fit, in order */
static inline int
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
static inline void
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

static inline void
wait_told(unsigned n)
{
	for (int i = 0; i < 500 && told.count < n; i++)
		usleep(20000);
	assert_int_equal(told.count, n);
}

struct world { char *dir, *path; };

static inline int
begin(void **state)
{
	struct world *world = mem_new(sizeof(*world));

	world->dir = scratch_new();
	world->path = mem_format("%s/history.db", world->dir);
	told.count = 0;
	*state = world;
	return 0;
}

static inline int
end(void **state)
{
	struct world *world = *state;

	free(world->path);
	scratch_free(world->dir);
	free(world);
	return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
