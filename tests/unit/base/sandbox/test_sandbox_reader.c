/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_reader: what a process that reads one file cannot do any more */
#include "base/sandbox/sandbox_reader.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/parts.h"
#include "tests/unit/base/sandbox/sandbox_rig.h"

/* as_reader - in a child that reads here/file; "", or what went wrong */
static int
enter_reader(const void *path)
{
	sandbox_reader(path);
	return 0;
}

static const char *
as_reader(trial *try)
{
	own(str) char *path = in_world("here/file");

	return in_child(enter_reader, path, try);
}

static void
well(trial *try)
{
	const char *missing = sandbox_missing(), *wrong;

	if (missing != NULL) {
		print_message("# SKIP %s\n", missing);
		skip();
	}
	wrong = as_reader(try);
	if (*wrong != '\0')
		fail_msg("%s", wrong);
}

static const char *
try_files(void)
{
	GET(0, tried("here/file", O_RDONLY));
	GET(EACCES, tried("there/file", O_RDONLY));
	GET(EACCES, tried("here", O_RDONLY | O_DIRECTORY));
	GET(EACCES, tried("/etc/passwd", O_RDONLY));
	GET(EACCES, tried("/proc/self/mem", O_RDONLY));
	GET(EACCES, tried("/dev/null", O_RDONLY));
#if WITH_SECCOMP
	GET(EPERM, tried("here/file", O_RDWR));
	GET(EPERM, tried("here/new", O_WRONLY | O_CREAT));
#else
	GET(EACCES, tried("here/file", O_RDWR));
#endif
	return NULL;
}

static void
test_files(void **state)
{
	(void)state;
	well(try_files);
}

static int
failed(long result)
{
	return result == -1 ? errno : 0;
}

static const char *
try_calls(void)
{
	char *const argv[] = { (char *)"true", NULL };
	struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };

	GET(EPERM, failed(socket(AF_UNIX, SOCK_STREAM, 0)));
	GET(EPERM, failed(socket(AF_INET, SOCK_STREAM, 0)));
	GET(EPERM, failed(socket(AF_INET6, SOCK_DGRAM, 0)));
	GET(EPERM, failed(socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0 })));
	GET(EPERM, failed(listen(0, 1)));
	GET(EPERM, failed(execve("/bin/true", argv, argv)));
	GET(EPERM, failed(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv,
	    0)));
	GET(EPERM, failed(fork()));
	GET(EPERM, failed(kill(getppid(), 0)));
	GET(EPERM, failed(kill(getppid(), SIGTERM)));
	GET(EPERM, failed(syscall(SYS_tgkill, getppid(), getppid(), SIGTERM)));
	GET(EPERM, failed(fcntl(2, F_SETOWN, getppid())));
	GET(EPERM, failed(syscall(SYS_ptrace, 0, 0, 0, 0)));
	GET(EPERM, failed(setrlimit(RLIMIT_CPU, &most)));
	GET(EPERM, failed(unlink("/none")));
	GET(EPERM, failed((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	return NULL;
}

static void
test_calls(void **state)
{
	(void)state;
#if WITH_SECCOMP
	well(try_calls);
#else
	(void)try_calls;
	skip();
#endif
}

/* A file of a few bytes: no more addresses than any has. */
static const char *
try_memory(void)
{
	void *some = mmap(NULL, 512UL << 20, PROT_READ, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	if (some == MAP_FAILED)
		return "no 512 MB";
	GET(ENOMEM, failed((long)mmap(NULL, READER_SPACE, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	return NULL;
}

static const char *
try_time(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CPU, &limit) == -1 ||
	    limit.rlim_cur > READER_SECONDS)
		return "any time";
	return NULL;
}

static void
test_limits(void **state)
{
	(void)state;
	well(try_memory);
	well(try_time);
}

/* What it asserts is seen as a crash, by the signal. */
static const char *
try_crash(void)
{
	abort();
}

static void
test_crash(void **state)
{
	(void)state;
	assert_string_equal(as_reader(try_crash), strsignal(SIGABRT));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_calls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crash, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
