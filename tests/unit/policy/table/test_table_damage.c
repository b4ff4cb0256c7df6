/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB LMDB CDB */
/* table: files that something has happened to */
#include <fcntl.h>

#include "tests/unit/policy/table/table_files.h"

/* QUICKLY: some damage might make a reader hang, until its parent has no
 * patience left. */
enum { DAMAGES = 300, QUICKLY = 300 };

/* A small generator of our own: the same damages in each run. */
static unsigned
some(unsigned below)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(seed >> 33) % below;
}

/* damage - flip bytes, clear a stretch, shorten: in one of these ways */
static size_t
damage(unsigned char *bytes, size_t size)
{
	unsigned way = some(4), at = some((unsigned)size);

	switch (way) {
	case 0:
		return at;
	case 1:
		memset(bytes + at, 0, some((unsigned)(size - at)) % 5000);
		return size;
	case 2:
		for (unsigned i = 0; i < 50; i++)
			bytes[some((unsigned)size)] = (unsigned char)some(256);
		return size;
	default:	/* in the header of a page: where it hurts */
		bytes[(at & ~4095U) + some(40)] = (unsigned char)some(256);
		return size;
	}
}

static size_t
read_file(const char *path, unsigned char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, size);

	assert_true(n > 0 && (size_t)n < size);
	close(fd);
	return (size_t)n;
}

/* Each gives one error or a table, in the end; the file stays as it is. */
static void
test_damaged(void **state)
{
	enum { LARGEST = 1 << 20 };
	unsigned char *whole = mem_new(LARGEST), *bytes = mem_new(LARGEST);

	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		size_t size = read_file(path, whole, LARGEST);
		unsigned refused = 0;

		for (unsigned n = 0; n < DAMAGES; n++) {
			FILE *file = fopen(path, "w");
			struct table *table;
			struct stat status;
			struct err err;
			size_t left;

			memcpy(bytes, whole, size);
			left = damage(bytes, size);
			fwrite(bytes, 1, left, file);
			fclose(file);
			if (table_load(name, QUICKLY, &table, &err) == 0) {
				table_leave(table);
			} else {
				refused++;
				assert_true(strlen(err.text) > 0);
				assert_null(strchr(err.text, '\n'));
			}
			assert_int_equal(stat(path, &status), 0);
			assert_int_equal(status.st_size, left);
		}
		assert_true(refused > DAMAGES / 4);
		free(path);
		free(name);
	}
	free(whole);
	free(bytes);
}

/* Cut off at the end of a page: looks whole, and is not. */
static void
test_cut_off(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		struct stat status;

		assert_int_equal(stat(path, &status), 0);
		for (off_t size = status.st_size - 4096; size > 8192;
		    size -= 4096) {
			assert_int_equal(truncate(path, size), 0);
			refuse(name, "damaged (cut off)");
		}
		free(path);
		free(name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
