/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapped: files that cannot be mapped, and those that are taken away
 *
 * WRAP: fstat mmap mremap pread
 */
#include "base/mapped.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(void *, mmap, (void *at, size_t size, int how, int flags, int fd, off_t from),
    (at, size, how, flags, fd, from), MAP_FAILED)
NTH_CALL(ssize_t, pread, (int fd, void *out, size_t size, off_t at), (fd, out, size, at),
    -1)

void *__real_mremap(void *, size_t, size_t, int, ...);
void *__wrap_mremap(void *, size_t, size_t, int, ...);
void *
__wrap_mremap(void *old, size_t old_size, size_t size, int flags, ...)
{
	va_list args;
	void *at;

	va_start(args, flags);
	at = va_arg(args, void *);
	va_end(args);
	return nth_now("mremap") ? MAP_FAILED :
	    __real_mremap(old, old_size, size, flags, at);
}

enum { SIZE = 4096 };

static bool
is_sound(const void *bytes)
{
	return memcmp(bytes, "sound", 5) == 0;
}

static const struct mapped_kind kind = { .name = "numbers", .size = SIZE,
	.sound = is_sound };

static char *dir, *path;
static struct mapped *mapped;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	path = mem_format("%s/numbers", dir);
	mapped = mapped_new(&kind);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	mapped = mapped_free(mapped);
	assert_null(mapped_free(NULL));
	free(path);
	scratch_free(dir);
	return 0;
}

/* file_of - a new one; open for both */
static int
file_of(const char *begin, off_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, begin, strlen(begin), 0), (ssize_t)strlen(begin));
	assert_int_equal(ftruncate(fd, size), 0);
	return fd;
}

static void
assert_refused(int fd, const char *why)
{
	struct err err = { .text = "" };

	assert_int_equal(mapped_attach(mapped, fd, true, &err), -1);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s", err.text);
	/* and the memory is as it was */
	assert_int_equal(((char *)mapped_bytes(mapped))[0], 0);
	assert_true(mapped_lost(mapped));
	close(fd);
}

static void
test_unfit(void **state)
{
	(void)state;
	assert_refused(file_of("sound", SIZE - 1), "numbers: damaged (4095 bytes)");
	assert_refused(file_of("sound", 0), "numbers: damaged (0 bytes)");
	assert_refused(file_of("other", SIZE), "numbers: damaged, or of another version");
	assert_refused(open(dir, O_RDONLY | O_CLOEXEC), "numbers: no regular file");
	close(file_of("sound", SIZE));
	assert_refused(open(path, O_WRONLY | O_CLOEXEC), "read numbers: Bad file descriptor");
}

/* Each call fails once. */
static void
test_each_call(void **state)
{
	static const char *const why[] = { "stat numbers: Input/output error",
		"read numbers: Input/output error", "map numbers: Input/output error" };
	struct err err;

	(void)state;
	for (unsigned at = 1; nth_begin(at, EIO); at++) {
		int fd = file_of("sound", SIZE), status;

		nth_arm();
		status = mapped_attach(mapped, fd, true, &err);
		nth_disarm();
		if (nth->name[0] == '\0') {
			assert_int_equal(status, 0);
			assert_int_equal(at, 4);
			continue;
		}
		assert_int_equal(status, -1);
		assert_in_range(at, 1, 3);
		assert_string_equal(err.text, why[at - 1]);
		assert_true(mapped_lost(mapped));
		close(fd);
	}
	assert_false(mapped_lost(mapped));
}

/* What cannot be mapped anew leaves the file that is there. */
static void
test_second(void **state)
{
	int fd = file_of("sound 1", SIZE);
	struct err err;

	(void)state;
	assert_int_equal(mapped_attach(mapped, fd, true, &err), 0);
	assert_true(nth_only(3, ENOMEM));
	fd = open(path, O_RDWR | O_CLOEXEC);
	nth_arm();
	assert_int_equal(mapped_attach(mapped, fd, true, &err), -1);
	nth_disarm();
	assert_string_equal(err.text, "map numbers: Cannot allocate memory");
	close(fd);
	assert_string_equal((char *)mapped_bytes(mapped), "sound 1");
	assert_int_equal(mapped_keep(mapped, &err), 0);
}

static void
test_keep(void **state)
{
	int fd = file_of("sound 2", SIZE);
	struct err err;

	(void)state;
	assert_int_equal(mapped_keep(mapped, &err), 0);	/* of memory there is no file */
	assert_int_equal(mapped_attach(mapped, fd, true, &err), 0);
	assert_int_equal(mapped_keep(mapped, &err), 0);
	strcpy(mapped_bytes(mapped), "no");
	assert_int_equal(mapped_keep(mapped, &err), -1);
	assert_string_equal(err.text, "numbers was damaged");
	strcpy(mapped_bytes(mapped), "sound 3");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mapped_keep(mapped, &err), -1);
	assert_string_equal(err.text, "numbers was removed or replaced");
	assert_int_equal(err.kind, ERR_LATER);
}

/* Cut short, it is memory with what was kept. */
static void
test_cut(void **state)
{
	int fd = file_of("sound 4", SIZE);
	struct err err;

	(void)state;
	/* once more: cmocka has put its own handler in the place of ours */
	mapped_free(mapped);
	mapped = mapped_new(&kind);
	assert_int_equal(mapped_attach(mapped, fd, true, &err), 0);
	assert_int_equal(mapped_keep(mapped, &err), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_string_equal((char *)mapped_bytes(mapped), "sound 4");
	assert_true(mapped_lost(mapped));
	strcpy((char *)mapped_bytes(mapped) + 100, "goes on");
	assert_string_equal((char *)mapped_bytes(mapped) + 100, "goes on");
	assert_int_equal(mapped_keep(mapped, &err), 0);
}

/* end_of - a child that does so; its wait status */
static int
end_of(void (*what)(void))
{
	const struct rlimit none = { 0, 0 };
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGBUS, SIG_DFL);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* foreign_bus - a page of ours, and one of somebody else, both behind the end */
static void
foreign_bus(void)
{
	struct mapped *ours = mapped_new(&kind);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	volatile char *theirs = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	if (ours != NULL && theirs != MAP_FAILED)
		_exit(*theirs);
}

static void
no_memory(void)
{
	nth_begin(1, ENOMEM);
	nth_arm();
	(void)mapped_new(&kind);
}

static void
no_second_address(void)
{
	(void)nth_only(2, ENOMEM);
	nth_arm();
	(void)mapped_new(&kind);
}

/* cannot_help - the memory cannot be put in the place of the file */
static void
cannot_help(void)
{
	struct mapped *ours = mapped_new(&kind);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct err err;

	if (pwrite(fd, "sound", 5, 0) != 5 || ftruncate(fd, SIZE) == -1 ||
	    mapped_attach(ours, fd, true, &err) == -1 || ftruncate(fd, 0) == -1)
		_exit(1);
	(void)nth_only(2, ENOMEM);	/* pread(), then mremap() */
	nth_arm();
	_exit(*(volatile char *)mapped_bytes(ours));
}

static void
test_ends(void **state)
{
	int status;

	(void)state;
	assert_true(nth_begin(1, 0));
	nth_disarm();
	status = end_of(foreign_bus);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = end_of(cannot_help);
	nth_disarm();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = end_of(no_memory);
	nth_disarm();
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EX_OSERR);
	status = end_of(no_second_address);
	nth_disarm();
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EX_OSERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unfit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_each_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_second, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
