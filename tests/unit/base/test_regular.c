/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regular: what is read, and what is refused without waiting for anybody
 *
 * WRAP: fdopen fstat open
 */
#include "base/regular.h"

#include <sys/wait.h>

#include "base/mem.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(FILE *, fdopen, (int fd, const char *how), (fd, how), NULL)

/* refused - by each of the functions */
static void
refused(const char *path, enum err_kind kind, const char *why)
{
	struct stat status = { .st_size = 7 };
	struct err err;

	assert_int_equal(regular_stat(path, &status, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(err.kind, kind);
	assert_int_equal(regular_open(path, &err), -1);
	assert_string_equal(err.text, why);
	assert_null(regular_fopen(path, &err));
	assert_string_equal(err.text, why);
	assert_int_equal(regular_check(path, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(regular_named(path, &err), kind == ERR_NEVER ? -1 : 0);
	assert_string_equal(err.text, why);
}

static void
what_is_none(void **state)
{
	char *dir = scratch_new();
	own(str) char *fifo = mem_format("%s/fifo", dir);
	own(str) char *link = mem_format("%s/link", dir);
	own(str) char *none = mem_format("%s/none", dir);

	(void)state;
	alarm(20);			/* which ends who waits */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink(fifo, link), 0);
	refused(fifo, ERR_NEVER, "not a regular file");
	refused(link, ERR_NEVER, "not a regular file");
	refused(dir, ERR_NEVER, "not a regular file");
	refused("/dev/zero", ERR_NEVER, "not a regular file");
	refused(none, ERR_LATER, "No such file or directory");
	alarm(0);
	scratch_free(dir);
}

static void
what_is_one(void **state)
{
	char *dir = scratch_new(), line[16];
	own(str) char *path = scratch_file(dir, "file", "words\n");
	own(str) char *link = mem_format("%s/link", dir);
	struct stat status;
	struct err err;
	FILE *file;
	int fd;

	(void)state;
	assert_int_equal(symlink(path, link), 0);
	fd = regular_stat(link, &status, &err);
	assert_int_equal(status.st_size, 6);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(close(fd), 0);
	file = regular_fopen(path, &err);
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_string_equal(line, "words\n");
	assert_int_equal(fclose(file), 0);
	assert_int_equal(regular_check(path, &err), 0);
	assert_int_equal(regular_named(path, &err), 0);
	scratch_free(dir);
}

/* Each call fails once: another try may do. */
static void
each_call(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "file", "words\n");
	struct err err;
	unsigned at;

	(void)state;
	for (at = 1; nth_begin(at, EIO); at++) {
		FILE *file;

		nth_arm();
		file = regular_fopen(path, &err);
		nth_disarm();
		assert_int_equal(file == NULL, nth->name[0] != '\0');
		if (file != NULL) {
			assert_int_equal(fclose(file), 0);
			continue;
		}
		assert_string_equal(err.text, strerror(EIO));
		assert_int_equal(err.kind, ERR_LATER);
		assert_int_equal(err.sys, EIO);
	}
	assert_int_equal(at, 5);
	scratch_free(dir);
}

/* What locks a file goes on to lock it while somebody looks at its name. */
static void
locks_stay(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "file", "words\n");
	own(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct err err;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(fcntl(fd, F_SETLK, &lock), 0);
	assert_int_equal(regular_named(path, &err), 0);
	pid = fork();
	if (pid == 0)
		_exit(fcntl(fd, F_SETLK, &lock) == 0 ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(what_is_one),
		cmocka_unit_test(each_call),
		cmocka_unit_test(locks_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
