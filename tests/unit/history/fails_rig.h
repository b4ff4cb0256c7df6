/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fails_rig - a history of few rows, of which each call can fail (nth_call.h)
 *
 *	begin(at, SQLITE_BUSY);
 *	nth_arm();
 *	...
 *	nth_disarm();
 *	MUST(are_there(8));
 *	end();
 *
 *	WRAP: flock fstat ftruncate open pread rename write
 *	WRAP: and those of nth_sqlite.h
 */
#ifndef TESTS_HISTORY_FAILS_RIG_H
#define TESTS_HISTORY_FAILS_RIG_H

#include "base/own.h"
#include "history/find.h"
#include "tests/unit/history/nth_pending.h"
#include "tests/unit/nth_sqlite.h"
#include "tests/unit/scratch_path.h"

NTH_CALL(int, rename, (const char *from, const char *to), (from, to), -1)

enum { MOST = 8 };

static char about[400];
static unsigned seen[MOST + 1];	/* how often a MID was found */
static uint64_t order[4 * MOST];
static unsigned found;

#define MUST(condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", about, #condition); \
	} while (0)

/* ---- rows ---- */

static const char *const both[] = { "a@x.example", "b@x.example" };

/* row_of - the MID tells when it ended */
static inline struct history_row
row_of(uint64_t mid)
{
	return (struct history_row){ .envelope = { .mid = mid,
	    .intake = "in@take.example", .sender = "", .recipients =
	    (const char **)both, .recipient_count = 2, .queue_id = "4Q",
	    .message_id = "<1@x>", .client_addr = "", .client_name = "",
	    .helo = "", .protocol = "", .gateway = "", .policy = "",
	    .accepted = (int64_t)mid * 1000 },
	    .fate = { .verdict = "delivered", .reply = "",
	    .ended = (int64_t)mid * 1000 + 500 } };
}

static inline void
line_of(uint64_t mid, struct buf *out)
{
	const struct history_row row = row_of(mid);
	own(buf) struct buf json = BUF;

	envelope_format(&row.envelope, &json);
	row_format(json.data, &row.fate, out);
}

static inline void
see(void *arg, const struct history_row *row)
{
	(void)arg;
	assert_in_range(row->envelope.mid, 1, MOST);
	MUST(row->envelope.recipient_count == 2);
	MUST(strcmp(row->envelope.recipients[1], "b@x.example") == 0);
	seen[row->envelope.mid]++;
	order[found++] = row->envelope.mid;
}

/* are_there - the rows of MIDs up to that, each once */
static inline bool
are_there(uint64_t last)
{
	struct err err;

	memset(seen, 0, sizeof(seen));
	found = 0;
	if (history_find(path, &(struct history_query){ 0 }, see, NULL,
	    &err) == -1)
		fail_msg("%s: %s", about, err.text);
	for (uint64_t mid = 1; mid <= MOST; mid++)
		if (seen[mid] != (mid <= last))
			return false;
	return true;
}

static inline void
begin(unsigned at, int error)
{
	scratch_begin("history.db");
	assert_true(nth_only(at, error));
}

static inline void
end(void)
{
	scratch_end();
}

#endif
