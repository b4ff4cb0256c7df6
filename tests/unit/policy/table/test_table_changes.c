/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB LMDB CDB */
/*
 * table: files that change while they are read, that are the same or nearly so, and
 * each call that reads them fails
 *
 * WRAP: fstat pipe2 poll read stamp_take start_program
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "base/start/start.h"
#include "policy/table/stamp.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/policy/table/table_files.h"

NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, pipe2, (int *fds, int flags), (fds, flags), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(int, start_program, (const struct start *start, struct started *out),
    (start, out), nth->error)

static bool pinned;		/* is each file as it was, to look at? */
static const char *changing;	/* a file that is written to by each read */
static unsigned changes;	/* so many more */

void __real_stamp_take(const char *, struct stamp *);
void __wrap_stamp_take(const char *, struct stamp *);
void
__wrap_stamp_take(const char *path, struct stamp *out)
{
	if (pinned)
		*out = (struct stamp){ .size = 1 };
	else
		__real_stamp_take(path, out);
}

ssize_t __real_read(int, void *, size_t);
ssize_t __wrap_read(int, void *, size_t);
ssize_t
__wrap_read(int fd, void *bytes, size_t n)
{
	ssize_t got = nth_now("read") ? -1 : __real_read(fd, bytes, n);

	if (got == 0 && changes > 0) {
		FILE *file = fopen(changing, "a");

		assert_non_null(file);
		fprintf(file, "late%u@x NO\n", changes--);
		assert_int_equal(fclose(file), 0);
	}
	return got;
}

/* The table is what the file was at one moment: the last one. */
static void
test_changing(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "t", "a@x NO\n");
	own(str) char *name = mem_format("texthash:%s", path);
	struct table *table;
	uint32_t value;
	const char *key;
	struct err err;

	(void)state;
	changing = path;
	changes = 3;
	assert_int_equal(table_load(name, 1000, &table, &err), 0);
	assert_int_equal(table_entries(table), 4);
	assert_true(table_find(table, "late1@x", &value, &key));
	table_leave(table);
	changes = 1000;
	assert_int_equal(table_load(name, 1000, &table, &err), -1);
	assert_non_null(strstr(err.text, "changes faster than it can be read"));
	assert_int_equal(err.kind, ERR_LATER);
	assert_true(changes > 900);	/* and it gives up soon */
	changes = 0;
	scratch_free(dir);
}

/* same_as - are two tables the same, of files with these texts? */
static void
same_as(const char *type, const char *one, const char *other, bool wanted)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "t", one);
	own(str) char *name = mem_format("%s:%s", type, path);
	struct table *a, *b;
	struct err err;

	pinned = true;
	assert_int_equal(table_load(name, 1000, &a, &err), 0);
	free(scratch_file(dir, "t", other));
	assert_int_equal(table_load(name, 1000, &b, &err), 0);
	if (table_same(a, b) != wanted || table_same(b, a) != wanted)
		fail_msg("%s '%s' and '%s'", type, one, other);
	pinned = false;
	table_leave(a);
	table_leave(b);
	scratch_free(dir);
}

/* A file may be another one although it looks the same from outside. */
static void
test_same(void **state)
{
	(void)state;
	same_as("texthash", "a@x NO\nb@x NO\n", "b@x NO\na@x NO\n", true);
	same_as("texthash", "a@x NO\n", "a@x DUNNO\n", false);
	same_as("texthash", "a@x NO\n", "b@x NO\n", false);
	same_as("texthash", "a@x NO\n", "a@x NO\nb@x NO\n", false);
	same_as("regexp", "/a/ NO\n/b/ NO\n", "/a/ NO\n/b/ NO\n", true);
	same_as("regexp", "/a/ NO\n/b/ NO\n", "/b/ NO\n/a/ NO\n", false);
	same_as("regexp", "/a/ NO\n", "/a/ DUNNO\n", false);
	same_as("regexp", "/a/ NO\n", "# moved\n/a/ NO\n", false);
}

/* Names alone tell whether a table takes any text, also those of no table. */
static void
test_text(void **state)
{
	(void)state;
	assert_true(table_is_of_text("regexp:/t"));
	assert_true(table_is_of_text("pcre:/t"));
	assert_true(table_is_of_text("nothing:/t"));
	assert_false(table_is_of_text("cidr:/t"));
	assert_false(table_is_of_text("texthash:/t"));
}

/* An error is told, whichever it is; a signal (EINTR) is none. */
static void
test_failures(void **state)
{
	static const int errors[] = { EIO, EINTR };

	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);

		for (size_t e = 0; e < 2; e++)
			for (unsigned at = 1; nth_begin(at, errors[e]); at++) {
				struct err err = { .text = "" };
				struct table *table;
				int result;

				nth_arm();
				result = table_load(name, 1000, &table, &err);
				nth_disarm();
				if (result == 0)
					table_leave(table);
				if (nth->name[0] == '\0' ? result != 0 : errors[e] ==
				    EIO && result == 0)
					fail_msg("%s, %s (call %u): %d, %s", name,
					    nth->name, at, result, err.text);
				if (result == -1)
					assert_non_null(strstr(err.text,
					    strerror(errors[e])));
				if (errors[e] == EINTR &&
				    (strcmp(nth->name, "poll") == 0 ||
				    strcmp(nth->name, "read") == 0))
					assert_int_equal(result, 0);
			}
		free(path);
		free(name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changing),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_text),
		cmocka_unit_test_setup_teardown(test_failures, setup, teardown),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
