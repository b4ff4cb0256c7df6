/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recall - make a history with many rows, and ask it
 *
 *	recall fill DATABASE ROWS	copies of the last 90 days
 *	recall ask DATABASE ROWS	how many ms each kind of question takes:
 *					the slowest of twenty, one a line
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/own.h"
#include "history/find.h"
#include "history/store.h"

#define DAYS_90 (INT64_C(90) * 86400000)

static int64_t now;

static void
fail(const struct err *err)
{
	fprintf(stderr, "recall: %s\n", err->text);
	exit(1);
}

/* add - the row of MID n of so many */
static void
add(struct store *store, uint64_t n, uint64_t rows)
{
	char queue_id[32], message_id[64], to[64], from[64];
	const char *recipients[] = { to, "everyone@corp.example" };
	int64_t at = now - DAYS_90 + (int64_t)(n * (uint64_t)DAYS_90 / rows);
	struct history_row row = { .envelope = { .mid = n, .accepted = at,
	    .intake = "journal@intake.example", .sender = from,
	    .recipients = recipients, .recipient_count = n % 50 == 0 ? 2 : 1,
	    .queue_id = queue_id, .message_id = message_id,
	    .client_addr = "192.0.2.1", .client_name = "mx.client.example",
	    .policy = "corp.example", .length = 20000 + n % 1000 },
	    .fate = { .verdict = n % 1000 == 0 ? "expired" : "delivered",
	    .reply = "2.0.0 Ok: queued as 4QdTlV3pQ9z1XyZ", .attempts = 1,
	    .dcid = n / 10, .ended = at + 300 } };
	struct err err;

	snprintf(queue_id, sizeof(queue_id), "4Q%014" PRIx64, n * 40503);
	snprintf(message_id, sizeof(message_id), "<%016" PRIx64
	    ".%" PRIu64 "@mail.client.example>", n * 2654435761, n);
	snprintf(to, sizeof(to), "user%" PRIu64 "@corp.example", n % 20000);
	snprintf(from, sizeof(from), "sender%" PRIu64 "@client.example",
	    n * 31 % 50000);
	memset(row.fate.header_sum, "0123456789abcdef"[n % 16],
	    HISTORY_SUM - 1);
	memset(row.fate.fields_sum, "0123456789abcdef"[n / 16 % 16],
	    HISTORY_SUM - 1);
	if (store_add(store, &row, &err) == -1)
		fail(&err);
}

static void
fill(const char *path, uint64_t rows)
{
	struct store *store;
	struct err err;

	if (store_open(path, &store, &err) == -1)
		fail(&err);
	for (uint64_t n = 0; n < rows; ) {
		uint64_t end = n + 10000 < rows ? n + 10000 : rows;

		if (store_begin(store, &err) == -1)
			fail(&err);
		while (n < end)
			add(store, n++, rows);
		if (store_commit(store, 1, 1, &err) == -1)
			fail(&err);
	}
	store_close(store);
}

static void
nothing(void *arg, const struct history_row *row)
{
	(void)arg, (void)row;
}

/* time_of - a question, in ms */
static int64_t
time_of(const char *path, const struct history_query *query, int *out_rows)
{
	struct timespec begin, end;
	struct err err;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	*out_rows = history_find(path, query, nothing, NULL, &err);
	if (*out_rows == -1)
		fail(&err);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (end.tv_sec - begin.tv_sec) * 1000 +
	    (end.tv_nsec - begin.tv_nsec) / 1000000;
}

enum kind { MID, QUEUE_ID, MESSAGE_ID, ADDRESS, TIME, VERDICT, KINDS };
static const char *const kinds[KINDS] = { "mid", "queue-id", "message-id",
	"address", "time", "verdict" };

static void
ask(const char *path, uint64_t rows)
{
	for (int kind = 0; kind < KINDS; kind++) {
		int64_t slowest = 0;
		int found = 0;

		for (uint64_t i = 0; i < 20; i++) {
			uint64_t n = (i * 7919 + 17) * 104729 % rows;
			char text[64];
			struct history_query query = { .limit = 100 };
			int64_t ms;

			if (kind == MID)
				query.mid = n + 1;
			snprintf(text, sizeof(text), kind == QUEUE_ID ?
			    "4Q%014" PRIx64 : kind == MESSAGE_ID ?
			    "<%016" PRIx64 : "user%" PRIu64 "@corp.example",
			    kind == QUEUE_ID ? n * 40503 : kind == MESSAGE_ID ?
			    n * 2654435761 : n % 20000);
			if (kind == QUEUE_ID)
				query.queue_id = text;
			if (kind == MESSAGE_ID) {
				size_t length = strlen(text);

				snprintf(text + length, sizeof(text) - length,
				    ".%" PRIu64 "@mail.client.example>", n);
				query.message_id = text;
			}
			if (kind == ADDRESS)
				query.address = text;
			if (kind == TIME || kind == VERDICT) {
				query.since = now - DAYS_90 + (int64_t)(n *
				    (uint64_t)DAYS_90 / rows);
				query.until = query.since + 600000;
			}
			if (kind == VERDICT) {
				query.since = query.until = 0;
				query.verdict = "expired";
			}
			ms = time_of(path, &query, &found);
			if (ms > slowest)
				slowest = ms;
		}
		printf("%s %" PRId64 " ms, %d rows\n", kinds[kind], slowest,
		    found);
	}
}

int
main(int argc, char **argv)
{
	now = clock_wall();
	if (argc == 4 && strcmp(argv[1], "fill") == 0) {
		fill(argv[2], strtoull(argv[3], NULL, 10));
	} else if (argc == 4 && strcmp(argv[1], "ask") == 0) {
		ask(argv[2], strtoull(argv[3], NULL, 10));
	} else {
		fprintf(stderr, "usage: recall fill | ask DATABASE ROWS\n");
		return 64;
	}
	return 0;
}
