/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each call to the system and to SQLite fails, one after the other: each row
 * that was written gets into the database, and once
 *
 * NEEDS: HISTORY
 * WRAP: flock fstat ftruncate open pread rename write
 * WRAP: sqlite3_errcode sqlite3_errmsg sqlite3_exec sqlite3_open_v2
 * WRAP: sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "tests/unit/history/fails_rig.h"

#include "history/importer.h"

/* ---- what the forwarder does ---- */

struct writing {
	struct importer	 importer;
	struct pending	 pending;
	uint64_t	 written;	/* MIDs up to that */
	bool		 aside;		/* a damaged database was */
	unsigned	 failures;
};

/* do_turn - as the thread of a history does */
static void
do_turn(struct writing *writing)
{
	own(buf) struct buf line = BUF;
	struct err err = { .text = "" };
	int result = 0;

	if (writing->pending.fd == -1)
		result = pending_open(path, &writing->pending, &err);
	if (result == 0 && writing->written < MOST) {
		line_of(writing->written + 1, &line);
		result = pending_append(&writing->pending, line.data,
		    line.len, &err);
		writing->written += result == 0;
	}
	if (result == 0) {
		writing->importer.next_try = writing->importer.next_purge = 0;
		result = importer_turn(&writing->importer, &writing->pending,
		    &err);
	}
	writing->failures += result == -1;
	MUST(result == 0 || strstr(err.text, "history.db") != NULL);
	if (strstr(err.text, "set aside") != NULL)
		writing->aside = true;
}

static bool
write_all(unsigned at, int error)
{
	struct writing writing = { .pending = PENDING };
	bool reached;

	begin(at, error);
	importer_init(&writing.importer, path, INT64_C(1) << 60);
	snprintf(about, sizeof(about), "writing, call %u, %d", at, error);
	nth_arm();
	for (int i = 0; i < 3; i++)
		do_turn(&writing);
	nth_disarm();
	nth_sqlite_failed = false;
	reached = nth->name[0] != '\0';
	snprintf(about, sizeof(about), "writing, %s (call %u), %d", nth->name,
	    at, error);
	MUST(writing.failures <= reached);
	for (int i = 0; i < 2 * MOST && writing.written < MOST; i++)
		do_turn(&writing);
	do_turn(&writing);
	MUST(writing.failures <= reached && writing.written == MOST);
	MUST(are_there(MOST) || writing.aside);
	importer_drop(&writing.importer);
	pending_close(&writing.pending);
	end();
	return reached;
}

static void
test_writing(void **state)
{
	static const int errors[] = { SQLITE_BUSY, SQLITE_CORRUPT, EINTR };

	(void)state;
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		while (write_all(at, errors[e]))
			at++;
		assert_in_range(at, 40, 400);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
