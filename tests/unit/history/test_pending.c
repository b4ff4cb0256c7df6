/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of rows on their way, after a crash of the machine, after somebody else
 * has written it, and while each call to the system fails: what is whole stays, and
 * who asks is told which file it is
 *
 * NEEDS: HISTORY
 * WRAP: flock fstat ftruncate open pread write
 */
#include "history/pending.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/unit/history/nth_pending.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch_path.h"

#define HEAD "{\"series\":77}\n"
#define ROWS "one row\nanother row\n"

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("history.db");
	return nth_only(0, 0) ? 0 : -1;
}

static void
there_is(const char *text)
{
	free(scratch_file(dir, "history.db.new", text));
}

static void
must_be(const char *text)
{
	own(str) char *file = mem_format("%s.new", path);
	own(str) char *found = scratch_read(file);

	assert_string_equal(found, text);
}

static struct pending
open_it(void)
{
	struct pending pending = PENDING;
	struct err err;

	if (pending_open(path, &pending, &err) == -1)
		fail_msg("%s", err.text);
	return pending;
}

/* torn - whole rows, and more than one read of a line that is none */
static void
torn(void)
{
	own(buf) struct buf text = BUF;

	buf_text(&text, HEAD ROWS);
	for (int i = 0; i < 5000; i++)
		buf_byte(&text, 'x');
	there_is(text.data);
}

/* try_torn - false: none of its calls had to fail */
static bool
try_torn(unsigned at, int error)
{
	struct pending pending = PENDING;
	struct err err = { .text = "" };
	int result, before = opened();

	torn();
	assert_true(nth_only(at, error));
	nth_arm();
	result = pending_open(path, &pending, &err);
	nth_disarm();
	if (result == -1) {
		assert_true(nth->name[0] != '\0');
		assert_non_null(strstr(err.text, "history.db.new"));
		assert_int_equal(pending.fd, -1);
		assert_int_equal(opened(), before);
		/* and nothing of it is lost by that */
		pending = open_it();
	} else {
		assert_true(error == EINTR || nth->name[0] == '\0');
	}
	must_be(HEAD ROWS);
	assert_int_equal(pending.series, 77);
	assert_int_equal(pending.begin, sizeof(HEAD) - 1);
	assert_int_equal(pending.size, sizeof(HEAD ROWS) - 1);
	pending_close(&pending);
	assert_int_equal(opened(), before);
	return nth->name[0] != '\0';
}

static void
test_torn(void **state)
{
	static const int errors[] = { EIO, EINTR };

	(void)state;
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		while (try_torn(at, errors[e]))
			at++;
		/* open, fstat, flock, fstat, three reads, and it is cut */
		assert_int_equal(at, 9);
	}
}

/* what does not begin as we begin it is begun by us */
static void
test_heads(void **state)
{
	static const char *const heads[] = { "", "{\"series\":7}", "\n",
		"{\"series\":\n", "{\"series\":}\n", "{\"series\":7\n",
		"{\"series\":7x}\n", "{\"serie\":7}\nx\n", "who knows\nx\n",
		"{\"series\":99999999999999999999}\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		own(str) char *begun = NULL;
		struct pending pending;

		there_is(heads[i]);
		pending = open_it();
		assert_true(pending.series > 1000000000000);
		assert_int_equal(pending.begin, pending.size);
		begun = mem_format("{\"series\":%llu}\n",
		    (unsigned long long)pending.series);
		must_be(begun);
		pending_close(&pending);
	}
}

/* what cannot be begun again when all is sorted in is begun before the next row,
 * and no row gets into a file without a head */
static void
test_begin_again(void **state)
{
	struct pending pending = open_it();
	uint64_t series = pending.series;
	struct err err;
	char room[64];

	(void)state;
	assert_int_equal(pending_append(&pending, "row\n", 4, &err), 0);
	for (int i = 0; i < 2; i++) {
		own(str) char *named = mem_format("%s.new: ", path);

		/* it is cut, and then its first line cannot be written */
		assert_true(nth_only(2, ENOSPC));
		nth_arm();
		assert_int_equal(i == 0 ? pending_restart(&pending, &err) :
		    pending_append(&pending, "row\n", 4, &err), -1);
		nth_disarm();
		assert_string_equal(nth->name, "write");
		assert_non_null(strstr(err.text, named));
		must_be("");
		assert_int_equal(pending.size, 0);
	}
	assert_int_equal(pending_append(&pending, "next\n", 5, &err), 0);
	assert_true(pending.series > series);
	assert_int_equal(pending.size, pending.begin + 5);
	assert_int_equal(pending_read(&pending, pending.begin, room,
	    sizeof(room), &err), 5);
	assert_memory_equal(room, "next\n", 5);
	/* there is nothing after its end */
	assert_int_equal(pending_read(&pending, pending.size + 9, room,
	    sizeof(room), &err), 0);
	pending_close(&pending);
}

/* some of a row was written when the disk was full: it is taken away again, also
 * when a signal comes */
static void
test_part(void **state)
{
	struct pending pending;
	struct err err;

	(void)state;
	there_is(HEAD ROWS);
	pending = open_it();
	assert_true(nth_only(1, ENOSPC));
	nth_arm();
	assert_int_equal(pending_append(&pending, "next\n", 5, &err), -1);
	nth_disarm();
	assert_non_null(strstr(err.text, strerror(ENOSPC)));
	must_be(HEAD ROWS);
	assert_int_equal(pending.size, sizeof(HEAD ROWS) - 1);
	assert_int_equal(pending_append(&pending, "next\n", 5, &err), 0);
	must_be(HEAD ROWS "next\n");
	pending_close(&pending);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_torn), TEST(test_heads), TEST(test_begin_again),
		TEST(test_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
