/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each call to the system and to SQLite fails, one after the other: what is asked
 * of a history is answered rightly or not at all, and what is added is there once
 *
 * NEEDS: HISTORY
 * WRAP: flock fstat ftruncate open pread rename write
 * WRAP: sqlite3_errcode sqlite3_errmsg sqlite3_exec sqlite3_open_v2
 * WRAP: sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "tests/unit/history/fails_rig.h"

#include "history/refill.h"
#include "history/scan.h"
#include "history/store.h"

/* ---- what was there ---- */

static void
three(void)
{
	struct store *store;
	struct err err;

	assert_int_equal(store_open(path, &store, &err), 0);
	assert_int_equal(store_begin(store, &err), 0);
	for (uint64_t mid = 1; mid <= 3; mid++) {
		const struct history_row row = row_of(mid);

		assert_int_equal(store_add(store, &row, &err), 0);
	}
	assert_int_equal(store_commit(store, 1, 1, &err), 0);
	store_close(store);
}

/* one_waits - three rows, one that is not sorted in, and one in the making */
static void
one_waits(void)
{
	own(buf) struct buf text = BUF;

	three();
	buf_text(&text, "{\"series\":77}\n");
	line_of(4, &text);
	buf_text(&text, "{\"verdict\":\"del");
	free(scratch_file(dir, "history.db.new", text.data));
}

/* refilled - MIDs 3 to 5 first, and 1 and 2 later, so their ids are lower ones */
static void
refilled(void)
{
	struct refill *refill;
	struct history_row rows[5];
	uint64_t added;
	struct err err;

	for (uint64_t i = 0; i < 5; i++)
		rows[i] = row_of(i < 3 ? i + 3 : i - 2);
	assert_int_equal(refill_open(path, NULL, &refill, &err), 0);
	assert_int_equal(refill_add(refill, rows, 5, &added, &err), 0);
	refill_close(refill);
}

/* ---- what is done; 0, or -1 ---- */

static int
refill(struct err *err)
{
	struct history_row rows[MOST];
	struct refill *refill = NULL;
	uint64_t added = 0;
	int result;

	for (uint64_t i = 0; i < MOST; i++)
		rows[i] = row_of(i + 1);
	if (refill_open(path, NULL, &refill, err) == -1)
		return -1;
	result = refill_add(refill, rows, MOST, &added, err);
	refill_close(refill);
	MUST(result == -1 || added == 4);
	return result;
}

static int
look_first(struct err *err)
{
	struct history_row rows[MOST];
	struct refill *refill = NULL;
	uint64_t added = 0;
	int result;

	for (uint64_t i = 0; i < MOST; i++)
		rows[i] = row_of(i + 1);
	if (refill_look(path, &refill, err) == -1)
		return -1;
	result = refill_add(refill, rows, MOST, &added, err);
	refill_close(refill);
	/* who may not read what waits counts it, too */
	MUST(result == -1 || added == 4 ||
	    (added == 5 && strcmp(nth->name, "open") == 0));
	return result;
}

static int
add_one(struct err *err)
{
	const struct history_row row = row_of(4);

	return store_add_one(path, &row, err);
}

static int
purge(struct err *err)
{
	struct store *store = NULL;
	int count;

	if (store_open(path, &store, err) == -1)
		return -1;
	count = store_purge(store, 2000, 100, err);
	store_close(store);
	MUST(count == -1 || count == 1);
	return count == -1 ? -1 : 0;
}

/* last_two - of a history whose ids are not in the order of the ends */
static int
last_two(struct err *err)
{
	int n;

	found = 0;
	n = history_find(path, &(struct history_query){ .limit = 2 }, see,
	    NULL, err);
	MUST(n == -1 || (n == 2 && found == 2 && order[0] == 4 &&
	    order[1] == 5));
	return n == -1 ? -1 : 0;
}

static int
count(struct err *err)
{
	uint64_t n = 99;
	int result = history_count(path, 0, 100000, &n, err);

	MUST(n == (result == -1 ? 99 : 1));	/* one queue id */
	return result;
}

static void
add_up(void *arg, const struct history_brief *row)
{
	*(uint64_t *)arg += row->mid;
}

static int
scan(struct err *err)
{
	uint64_t sum = 0;
	int result = history_scan(path, 0, 100000, add_up, &sum, err);

	MUST(result == -1 || sum == 15);
	return result;
}

/* ---- what is there then ---- */

static void
all_but_the_waiting(bool done)
{
	MUST(are_there(3) || done);
	MUST(!done || (found == 7 && seen[3] == 1 && seen[4] == 0 &&
	    seen[5] == 1 && seen[8] == 1));
}

static void
no_more(bool done)
{
	(void)done;
	MUST(are_there(3));
}

static void
one_more(bool done)
{
	MUST(are_there(done ? 4 : 3));
}

static void
one_less(bool done)
{
	MUST(done ? !are_there(3) && seen[1] == 0 && found == 2 :
	    are_there(3));
}

static void
as_before(bool done)
{
	(void)done;
	MUST(are_there(5));
}

static const struct step {
	const char	*name;
	void		(*prepare)(void);
	int		(*take)(struct err *);
	void		(*check)(bool done);
} steps[] = {
	{ "refill", one_waits, refill, all_but_the_waiting },
	{ "look before", one_waits, look_first, no_more },
	{ "add one", three, add_one, one_more },
	{ "purge", three, purge, one_less },
	{ "find", refilled, last_two, as_before },
	{ "count", refilled, count, as_before },
	{ "scan", refilled, scan, as_before },
};

/* try - false: none of its calls had to fail */
static bool
try(const struct step *step, unsigned at, int error)
{
	struct err err = { .text = "" };
	bool reached;
	int result;

	begin(at, error);
	step->prepare();
	snprintf(about, sizeof(about), "%s, call %u, %d", step->name, at,
	    error);
	nth_arm();
	result = step->take(&err);
	nth_disarm();
	nth_sqlite_failed = false;
	reached = nth->name[0] != '\0';
	snprintf(about, sizeof(about), "%s, %s (call %u), %d: %d, %.99s",
	    step->name, nth->name, at, error, result, err.text);
	MUST(result == 0 || (reached && result == -1));
	MUST(result == 0 || strstr(err.text, "history.db") != NULL);
	step->check(result == 0);
	end();
	return reached;
}

static void
test_steps(void **state)
{
	static const int errors[] = { SQLITE_BUSY, SQLITE_CORRUPT };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
			unsigned at = 1;

			while (try(&steps[i], at, errors[e]))
				at++;
			assert_in_range(at, 5, 200);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
