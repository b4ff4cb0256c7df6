/* SPDX-License-Identifier: BSD-2-Clause */
/* group_readable: who may read a file of numbers, and who may write it */
#include "base/group_readable.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

enum { WATCHERS = 4711, WRITERS = 4712 };

static char *dir;
static int dirfd_, fd;

/* set_up - a directory of group WATCHERS, and an empty file of ours in it */
static void
set_up(mode_t mode)
{
	if (geteuid() != 0)
		skip();			/* nobody else may give files away */
	dir = scratch_new();
	assert_int_equal(chown(dir, 0, WATCHERS), 0);
	assert_int_equal(chmod(dir, mode), 0);
	dirfd_ = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = openat(dirfd_, "numbers", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
}

static void
tear_down(void)
{
	close(fd);
	close(dirfd_);
	scratch_free(dir);
}

static void
writers_may(mode_t mode)
{
	assert_int_equal(mkdirat(dirfd_, GROUP_WRITERS, 0700), 0);
	assert_int_equal(fchownat(dirfd_, GROUP_WRITERS, 0, WRITERS, 0), 0);
	assert_int_equal(fchmodat(dirfd_, GROUP_WRITERS, mode, 0), 0);
}

static void
assert_file(gid_t group, mode_t mode)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_gid, group);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void
test_readable(void **state)
{
	static const struct {
		mode_t	 dir, file;
		bool	 given;		/* to the directory's group */
	} rows[] = {
		{ 0710, 0640, true }, { 0750, 0640, true },
		{ 0700, 0600, false }, { 0711, 0600, false },
		{ 0755, 0600, false }, { 0740, 0600, false },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		set_up(rows[i].dir);
		assert_int_equal(group_readable(dirfd_, fd, "numbers", &err), 0);
		assert_file(rows[i].given ? WATCHERS : 0, rows[i].file);
		tear_down();
	}
}

/* A mode that was wider is made narrow again. */
static void
test_narrowed(void **state)
{
	struct err err;

	(void)state;
	set_up(0700);
	assert_int_equal(fchmod(fd, 0666), 0);
	assert_int_equal(group_readable(dirfd_, fd, "numbers", &err), 0);
	assert_file(0, 0600);
	tear_down();
}

static void
test_writers(void **state)
{
	gid_t group = 1;

	(void)state;
	set_up(0710);
	assert_false(group_writers(dirfd_, &group));
	writers_may(0700);
	assert_false(group_writers(dirfd_, &group));
	assert_int_equal(group, 1);
	assert_int_equal(fchmodat(dirfd_, GROUP_WRITERS, 01770, 0), 0);
	assert_true(group_writers(dirfd_, &group));
	assert_int_equal(group, WRITERS);
	assert_int_equal(unlinkat(dirfd_, GROUP_WRITERS, AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("/tmp", dirfd_, GROUP_WRITERS), 0);
	assert_false(group_writers(dirfd_, &group));
	tear_down();
}

static void
test_writable(void **state)
{
	static const struct {
		mode_t	 dir, writers, file;
		gid_t	 group;
	} rows[] = {
		{ 0710, 01770, 0664, WRITERS },	/* watchers read it as others */
		{ 0700, 01770, 0660, WRITERS },
		{ 0710, 0700, 0640, WATCHERS },
		{ 0700, 0700, 0600, 0 },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		set_up(rows[i].dir);
		writers_may(rows[i].writers);
		assert_int_equal(group_writable(dirfd_, fd, "numbers", &err), 0);
		assert_file(rows[i].group, rows[i].file);
		tear_down();
	}
}

/* Whose file it is sees to it; the others leave it. */
static void
test_of_another(void **state)
{
	struct err err;

	(void)state;
	set_up(0710);
	writers_may(01770);
	assert_int_equal(fchown(fd, 4713, 4713), 0);
	assert_int_equal(group_writable(dirfd_, fd, "numbers", &err), 0);
	assert_file(4713, 0600);
	tear_down();
}

/* Without the right to give it away it is its owner's alone, and that is said. */
static void
test_refused(void **state)
{
	struct err err;

	(void)state;
	set_up(0711);
	writers_may(01770);
	assert_int_equal(fchown(fd, 4713, 4713), 0);
	assert_int_equal(fchmod(fd, 0666), 0);
	assert_int_equal(setegid(4713), 0);
	assert_int_equal(seteuid(4713), 0);
	assert_int_equal(group_writable(dirfd_, fd, "numbers", &err), -1);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(0), 0);
	assert_non_null(strstr(err.text, "give numbers to group 4712, which may "
	    "write to it"));
	assert_file(4713, 0600);
	tear_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readable), cmocka_unit_test(test_narrowed),
		cmocka_unit_test(test_writers), cmocka_unit_test(test_writable),
		cmocka_unit_test(test_of_another), cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
