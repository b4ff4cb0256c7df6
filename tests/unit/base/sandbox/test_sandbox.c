/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox: what a daemon can still do in it, and what nobody can, whoever has
 * taken it over; tried for real, in a child, since there is no way back
 *
 * NEEDS: SECCOMP
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "tests/unit/base/sandbox/sandbox_rig.h"

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

/* ---- secrets ---- */

static const struct {
	const char	*name, *file;
	enum sandbox_program owner;
} secrets[] = {
	{ "tls_key_file", "keys/key", SANDBOX_FORWARDER },
	{ "intake_login_file", "logins/login", SANDBOX_FORWARDER },
	{ "api_credentials_file", "api/token", SANDBOX_REMEDIATOR },
	{ "remediation_profiles", "profiles/list", SANDBOX_REMEDIATOR },
	{ "cluster_credentials_file", "cluster/password", SANDBOX_REMEDIATOR },
};

static const char *
others_secrets(void)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		errno = tried(secrets[i].file, O_RDONLY);
		if (errno != (secrets[i].owner == whose ? 0 : EACCES))
			return unlike(secrets[i].name, "what it should be");
	}
	return NULL;
}

/* shares - does that program reach all of this world, since it stands where SQLite
 * puts what it has no memory for? */
static bool
shares(enum sandbox_program program)
{
	return program != SANDBOX_MILTER && world != NULL &&
	    (strncmp(world, "/tmp/", 5) == 0 ||
	    strncmp(world, "/var/tmp/", 9) == 0);
}

/* Whoever has taken over a program has no secret of another one, even where their
 * users are the same. */
static void
what_is_secret(void **state)
{
	own(buf) struct buf lines = BUF;

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		free(scratch_file(world, secrets[i].file, "[secret]\n"));
		buf_format(&lines, "%s = %s/%s\n", secrets[i].name, world,
		    secrets[i].file);
	}
	buf_format(&lines, "tls_cert_file = %s/here/file\n"
	    "remediation_database = %s/here/state.db\n", world, world);
	for (whose = SANDBOX_MILTER; whose <= SANDBOX_REMEDIATOR; whose++)
		if (!shares(whose) &&
		    *within(others_secrets, lines.data) != '\0')
			fail_msg("program %d: %s", whose, complaint.text);
	whose = SANDBOX_MILTER;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_call_does),
		cmocka_unit_test(what_is_out_of_reach),
		cmocka_unit_test(what_is_secret),
	};

	if (sandbox_missing() != NULL) {
		printf("1..0 # SKIP %s\n", sandbox_missing());
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
