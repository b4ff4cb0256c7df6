/* SPDX-License-Identifier: BSD-2-Clause */
/* atomic_file: old or new, whatever fails.  WRAP: write fsync renameat */
#include "base/atomic_file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

/* ---- system calls that fail when told to ---- */

static const char *failing = "";
static char order[64];

int	__real_fsync(int);
int	__wrap_fsync(int);
ssize_t	__real_write(int, const void *, size_t);
ssize_t	__wrap_write(int, const void *, size_t);
int	__real_renameat(int, const char *, int, const char *);
int	__wrap_renameat(int, const char *, int, const char *);

static bool
fails(const char *call)
{
	snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s ",
	    call);
	if (strcmp(call, failing) != 0)
		return false;
	errno = ENOSPC;
	return true;
}

int
__wrap_fsync(int fd)
{
	return fails("fsync") ? -1 : __real_fsync(fd);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t n)
{
	if (fd > 2 && fails("write"))
		return -1;
	return __real_write(fd, bytes, n);
}

int
__wrap_renameat(int from, const char *a, int to, const char *b)
{
	return fails("rename") ? -1 : __real_renameat(from, a, to, b);
}

/* ---- tests ---- */

static int directory;

static void
expect(const char *name, const char *want)
{
	own(buf) struct buf out = BUF;
	struct err err;

	assert_int_equal(atomic_file_load(directory, name, 100, &out, &err), 1);
	assert_string_equal(out.data, want);
}

static void
test_replace(void **state)
{
	own(buf) struct buf out = BUF;
	struct err err;

	(void)state;
	assert_int_equal(atomic_file_load(directory, "one", 100, &out, &err), 0);
	order[0] = '\0';
	assert_int_equal(atomic_file_save(directory, "one", "first", 5, &err), 0);
	assert_string_equal(order, "write fsync rename ");
	expect("one", "first");
	assert_int_equal(atomic_file_save(directory, "one", "2nd", 3, &err), 0);
	expect("one", "2nd");
	assert_int_equal(atomic_file_save(directory, "one", "", 0, &err), 0);
	expect("one", "");
}

static void
test_failures(void **state)
{
	static const char *const calls[] = { "write", "fsync", "rename" };
	struct err err;

	(void)state;
	order[0] = '\0';
	assert_int_equal(atomic_file_save(directory, "two", "old", 3, &err), 0);
	for (size_t i = 0; i < 3; i++) {
		failing = calls[i];
		order[0] = '\0';
		assert_int_equal(atomic_file_save(directory, "two", "new", 3, &err),
		    -1);
		failing = "";
		assert_int_equal(err.sys, ENOSPC);
		expect("two", "old");
		assert_int_equal(faccessat(directory, ".two.new", F_OK,
		    0), -1);
	}
}

/* Who may read it is decided before it is there, whatever the umask. */
static void
test_modes(void **state)
{
	mode_t old = umask(077);
	struct stat st;
	struct err err;

	(void)state;
	assert_int_equal(atomic_file_publish(directory, "all", "x", 1, &err), 0);
	assert_int_equal(fstatat(directory, "all", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(atomic_file_save(directory, "all", "y", 1, &err), 0);
	assert_int_equal(fstatat(directory, "all", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	umask(old);
}

/* What stands where the hidden file is to be is neither written to nor waited
 * for. */
static void
test_planted(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(atomic_file_save(directory, "other", "kept", 4, &err),
	    0);
	assert_int_equal(linkat(directory, "other", directory, ".all.new", 0),
	    0);
	assert_int_equal(atomic_file_save(directory, "all", "z", 1, &err), 0);
	expect("all", "z");
	expect("other", "kept");
	assert_int_equal(mkfifoat(directory, ".all.new", 0600), 0);
	alarm(10);
	assert_int_equal(atomic_file_save(directory, "all", "a", 1, &err), 0);
	alarm(0);
	expect("all", "a");
}

static void
test_limit(void **state)
{
	own(buf) struct buf out = BUF;
	struct err err;

	(void)state;
	assert_int_equal(atomic_file_save(directory, "big", "0123456789", 10, &err),
	    0);
	assert_int_equal(atomic_file_load(directory, "big", 9, &out, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	buf_cut(&out, 0);
	assert_int_equal(atomic_file_load(directory, "big", 10, &out, &err), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_limit),
	};
	char *dir = scratch_new();
	int failed;

	directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	close(directory);
	scratch_free(dir);
	return failed;
}
