/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox: what a daemon can still do in it, and what nobody can, whoever has
 * taken it over; tried for real, in a child, since there is no way back
 *
 * NEEDS: SECCOMP
 */
#include "base/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/again.h"
#include "base/alert/alert_run.h"
#include "base/own.h"
#include "base/start/postfix.h"
#include "base/start/start.h"
#include "tests/unit/scratch.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

static char *world;		/* here/ is configured, there/ is not */

static char *
in_world(const char *name)
{
	return mem_format("%s/%s", world, name);
}

static int
set_up(void **state)
{
	static const char *const names[] = { "here", "there", "here/spool",
		"here/spool/ready", "here/spool/failed" };

	(void)state;
	world = scratch_new();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = in_world(names[i]);

		assert_int_equal(mkdir(path, 0700), 0);
	}
	free(scratch_file(world, "there/file", "secret\n"));
	free(scratch_file(world, "here/file", "table\n"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(world);
	return 0;
}

/* ---- in the child ---- */

static struct err complaint;

/* say - to the test; a child has no asserts */
static void
say(int fd, const char *text)
{
	struct err err = { .kind = ERR_LATER };

	snprintf(err.text, sizeof(err.text), "%s", text);
	(void)!write(fd, &err, sizeof(err));
	_exit(1);
}

/* A trial: NULL, or what went wrong. */
typedef const char *trial(void);

/* within - in a child in the sandbox of the milter; "", or what went wrong */
static const char *
within(trial *try, const char *lines)
{
	own(str) char *text = mem_format("spool_directory = %s/here/spool\n"
	    "history_database =\nmilter_socket = unix:%s/here/sock\n"
	    "policy_maps = texthash:%s/here/file\n"
	    "maillog_file = %s/here/log\nuser =\n%s", world, world, world,
	    world, lines);
	own(str) char *path = scratch_file(world, "here/tdc.cf", text);
	int fds[2], status;
	struct conf conf;
	ssize_t n;
	pid_t pid;

	assert_int_equal(conf_load(path, &conf, &complaint), 0);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const struct sandbox sandbox = { .program = SANDBOX_MILTER,
			.conf_file = path, .conf = &conf };
		const char *wrong;

		if (sandbox_enter(&sandbox, &complaint) == -1)
			say(fds[1], complaint.text);
		wrong = try();
		if (wrong != NULL)
			say(fds[1], wrong);
		_exit(0);
	}
	(void)close(fds[1]);
	n = AGAIN(read(fds[0], &complaint, sizeof(complaint)));
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	conf_drop(&conf);
	if (n == (ssize_t)sizeof(complaint))
		return complaint.text;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" :
	    "the child did not end well";
}

static const char *
unlike(const char *what, const char *wanted)
{
	static char text[300];

	snprintf(text, sizeof(text), "%s: %s, and not %s", what,
	    strerror(errno), wanted);
	return text;
}

/* ---- system calls ---- */

#define REFUSE(call) do {						\
	errno = 0;							\
	if ((long)(call) != -1 || errno != EPERM)			\
		return unlike(#call, "refused");			\
} while (0)

static const char *
calls(void)
{
	static char *const argv[] = { (char *)"true", NULL };
	struct rlimit limit = { 1, 1 };
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REFUSE(execv("/bin/true", argv));
	REFUSE(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
	REFUSE(fork());
	REFUSE(socket(AF_PACKET, SOCK_RAW, 0));
	REFUSE(socket(AF_NETLINK, SOCK_RAW, 0));
	REFUSE(socket(AF_ALG, SOCK_SEQPACKET, 0));
	REFUSE(socket(AF_VSOCK, SOCK_STREAM, 0));
	REFUSE(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	REFUSE(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	REFUSE(syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0));
	REFUSE(mount("none", "/none/there", "tmpfs", 0, NULL));
	REFUSE(syscall(SYS_bpf, -1, NULL, 0));
	REFUSE(syscall(SYS_io_uring_setup, 0, NULL));
	REFUSE(syscall(SYS_keyctl, -1, 0, 0));
	REFUSE(syscall(SYS_init_module, NULL, 0UL, ""));
	REFUSE(syscall(SYS_finit_module, -1, "", 0));
	REFUSE(syscall(SYS_kexec_load, 0, 0, NULL, -1L));
	REFUSE(syscall(SYS_perf_event_open, NULL, 0, 0, -1, 0));
	REFUSE(syscall(SYS_userfaultfd, -1));
	REFUSE(syscall(SYS_open_by_handle_at, -1, NULL, 0));
	REFUSE(syscall(SYS_pidfd_getfd, -1, 0, 0));
	REFUSE(syscall(SYS_memfd_create, "x", 0));
	REFUSE(syscall(SYS_setns, -1, 0));
	REFUSE(syscall(SYS_personality, 0));
	REFUSE(unshare(CLONE_NEWUSER));
	REFUSE(chroot("/none/there"));
	REFUSE(setuid(0));
	REFUSE(setrlimit(RLIMIT_CORE, &limit));
	REFUSE(prctl(PR_SET_DUMPABLE, 1));
	REFUSE(ioctl(0, TIOCSTI, ""));
	REFUSE(kill(getppid(), SIGCONT));
	REFUSE(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	REFUSE(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
	return NULL;
}

static void
what_no_call_does(void **state)
{
	(void)state;
	assert_string_equal("", within(calls, ""));
}

/* ---- files ---- */

/* tried - that it opens so; 0, or an errno */
static int
tried(const char *name, int flags)
{
	own(str) char *path = *name == '/' ? mem_text(name) : in_world(name);
	own(fd) int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd != -1 ? 0 : errno;
}

/* renamed - the same, of a file that gets another name */
static int
renamed(const char *from, const char *to)
{
	own(str) char *old = in_world(from);
	own(str) char *new = in_world(to);

	return rename(old, new) == 0 ? 0 : errno;
}

/* linked - as a copy is: a file without a name, which gets one */
static int
linked(void)
{
	own(str) char *dir = in_world("here/spool/ready");
	own(str) char *path = in_world("here/spool/ready/copy");
	own(str) char *self = NULL;
	own(fd) int fd = open(dir, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);

	if (fd == -1)
		return errno == EOPNOTSUPP ? 0 : errno;
	self = mem_format("/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 &&
	    unlink(path) == 0 ? 0 : errno;
}

#define GET(wanted, call) do {						\
	errno = (call);							\
	if (errno != (wanted))						\
		return unlike(#call, #wanted);				\
} while (0)

static const char *
files(void)
{
	GET(0, tried("here/file", O_RDONLY));
	GET(0, tried("here/tdc.cf", O_RDONLY));
	GET(0, tried("/etc/passwd", O_RDONLY));
	GET(0, tried("/proc/self/status", O_RDONLY));
	GET(0, tried("/dev/null", O_RDWR));
	GET(0, tried("here/log", O_WRONLY | O_CREAT | O_APPEND));
	GET(0, tried("here/spool/ready/one", O_WRONLY | O_CREAT));
	GET(0, tried("here/spool/ready/one", O_WRONLY | O_TRUNC));
	GET(0, renamed("here/spool/ready/one", "here/spool/failed/one"));
	GET(0, linked());
	GET(EACCES, tried("there/file", O_RDONLY));
	GET(EACCES, tried("there/file", O_WRONLY));
	GET(EACCES, tried("there/new", O_WRONLY | O_CREAT));
	GET(EACCES, tried("/etc/tdc.test", O_WRONLY | O_CREAT));
	GET(EACCES, tried("/etc/passwd", O_WRONLY));
	GET(EACCES, tried("/", O_RDONLY));
	GET(EACCES, tried("/dev/zero", O_RDONLY));
	if (renamed("there/file", "here/spool/ready/two") == 0)
		return "a file came in from outside";
	if (renamed("here/spool/failed/one", "there/one") == 0)
		return "a file went out";
	return NULL;
}

static void *
in_thread(void *out)
{
	*(const char **)out = files();
	if (*(const char **)out == NULL)
		*(const char **)out = calls();
	return NULL;
}

/* files_twice - here, and in a thread, which there still may be */
static const char *
files_twice(void)
{
	const char *wrong = files();
	pthread_t thread;

	if (wrong != NULL)
		return wrong;
	if (pthread_create(&thread, NULL, in_thread, &wrong) != 0)
		return "no thread";
	pthread_join(thread, NULL);
	return wrong;
}

static void
what_is_out_of_reach(void **state)
{
	(void)state;
	assert_string_equal("", within(files_twice, ""));
}

/* ---- programs ---- */

/* ran - that program, as alerts do; what came of it */
static const char *
ran(const char *program, const char *word)
{
	static char text[ALERT_END_TEXT];
	static const _Atomic int64_t never;
	char *argv[] = { (char *)program, (char *)word, NULL };
	char *environment[] = { (char *)START_ALERT_PATH,
		(char *)"TDC_TEXT=a b", NULL };
	struct alert_end end;

	alert_run(argv, environment, &never, &end);
	return alert_end_text(&end, text);
}

#define SAYS(wanted, call) do {						\
	const char *said = (call);					\
	if (strcmp(said, wanted) != 0)					\
		return said;						\
} while (0)

static const char *
programs(void)
{
	char value[256];

	SAYS("exit status 0: a b", ran("/usr/bin/printenv", "TDC_TEXT"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/usr/bin/printenv", "PATH"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/bin/true", NULL));
	/* which is there, or is not: in time, and without harm */
	(void)postfix_value("myhostname", value, sizeof(value));
	return NULL;
}

static void
what_is_executed(void **state)
{
	(void)state;
	assert_string_equal("", within(programs,
	    "alert_command = /usr/bin/printenv TDC_TEXT\n"));
}

/* rewritten - the configuration has another command, and is heeded when it is
 * looked at; then it may change again */
static const char *
rewritten(void)
{
	free(scratch_file(world, "here/tdc.cf",
	    "user =\nalert_command = /bin/false\n"));
	start_look();
	free(scratch_file(world, "here/tdc.cf", "user =\n"));
	SAYS("exit status 1", ran("/bin/false", NULL));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/usr/bin/printenv", "TDC_TEXT"));
	SAYS("it cannot be run: Operation not permitted",
	    ran("/bin/false", NULL));
	return NULL;
}

static void
what_another_configuration_allows(void **state)
{
	(void)state;
	assert_string_equal("", within(rewritten,
	    "alert_command = /usr/bin/printenv TDC_TEXT\n"));
}

/* ---- what it says ---- */

static const char *
explained(void)
{
	static char text[600];
	struct err err;

	err_set(&err, ERR_NEVER, "it is so");
	sandbox_explain(&err);
	if (strcmp(err.text, "it is so") != 0)
		return "explained what is in reach";
	snprintf(text, sizeof(text), "user =\nspool_directory = %s/here/spool\n"
	    "tls_ca_file = %s/there/file\n", world, world);
	free(scratch_file(world, "here/tdc.cf", text));
	sandbox_explain(&err);
	snprintf(text, sizeof(text), "it is so; %s/there is out of reach until "
	    "a restart (sandbox)", world);
	return strcmp(err.text, text) == 0 ? NULL : mem_text(err.text);
}

static void
what_takes_a_restart(void **state)
{
	(void)state;
	assert_string_equal("", within(explained, ""));
}

/* as_ever - with sandbox = no */
static const char *
as_ever(void)
{
	GET(0, tried("there/file", O_RDONLY));
	SAYS("exit status 0", ran("/bin/true", NULL));
	return prctl(PR_GET_SECCOMP) == 0 ? NULL : "there is a filter";
}

static void
without(void **state)
{
	(void)state;
	assert_string_equal("", within(as_ever, "sandbox = no\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_call_does),
		cmocka_unit_test(what_is_out_of_reach),
		cmocka_unit_test(what_is_executed),
		cmocka_unit_test(what_another_configuration_allows),
		cmocka_unit_test(what_takes_a_restart),
		cmocka_unit_test(without),
	};

	if (SANITIZED) {
		puts("1..0 # SKIP no sandbox with sanitizers");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
