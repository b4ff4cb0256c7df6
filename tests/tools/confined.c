/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confined - what may a program do here that a mail daemon should not?
 *
 *	confined [DIRECTORY...]
 *
 * Started in the place of a daemon, in its unit, it tries what an intruder
 * would, and prints a line for each: "NAME refused: reason", or "NAME
 * allowed".  Of each DIRECTORY it tells whether a file can be written there, and
 * then whether it can be executed.  Nothing that it does outlives it: what would
 * change the machine is asked for so that it cannot be done, and whoever may do
 * it hears that and not EPERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

/* tell - whether that went wrong, as it should */
static void
tell(const char *name, bool refused)
{
	if (refused)
		printf("%s refused: %s\n", name, strerror(errno));
	else
		printf("%s allowed\n", name);
}

/* forbidden - of a call that could not have been a success */
static bool
forbidden(long result)
{
	return result == -1 && errno == EPERM;
}

static bool
no_socket(int family, int type, int protocol)
{
	own(fd) int fd = socket(family, type, protocol);

	return fd == -1;
}

static bool
no_write(const char *path)
{
	own(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd == -1;
}

/* no_trace - of a child, which only waits */
static bool
no_trace(void)
{
	pid_t pid = fork();
	bool refused;
	int error;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	refused = ptrace(PTRACE_ATTACH, pid, NULL, NULL) == -1;
	error = errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	errno = error;
	return refused;
}

static bool
no_writable_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page != MAP_FAILED)
		munmap(page, 4096);
	return page == MAP_FAILED;
}

/* no_later_code - of memory that was written to before */
static bool
no_later_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool refused = page == MAP_FAILED ||
	    mprotect(page, 4096, PROT_READ | PROT_EXEC) == -1;
	int error = errno;

	if (page != MAP_FAILED)
		munmap(page, 4096);
	errno = error;
	return refused;
}

static bool
no_namespace(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) == -1 ? errno : 0);
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	return errno != 0;
}

/* no_set_id - no file of ours becomes a way to be us */
static bool
no_set_id(const char *directory)
{
	own(str) char *path = mem_format("%s/confined.%ld", directory,
	    (long)getpid());
	own(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	bool refused = fd == -1 || fchmod(fd, 04700) == -1;
	int error = errno;

	unlink(path);
	errno = error;
	return refused;
}

/* runs - whether the file can be executed; it is one that only ends */
static bool
runs(const char *path)
{
	char *const argv[] = { (char *)"true", NULL };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv(path, argv);
		_exit(errno == EACCES ? 126 : 127);
	}
	waitpid(pid, &status, 0);
	errno = EACCES;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* look_at - can a file be written in this directory, and executed then? */
static void
look_at(const char *directory)
{
	own(str) char *path = mem_format("%s/confined.%ld", directory,
	    (long)getpid());
	own(str) char *writing = mem_format("write %s", directory);
	own(str) char *running = mem_format("exec %s", directory);
	own(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	tell(writing, fd == -1);
	if (fd == -1)
		return;
	(void)!write(fd, "#!/bin/true\n", 12);
	close(fd_give(&fd));
	tell(running, !runs(path));
	unlink(path);
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	tell("socket netlink", no_socket(AF_NETLINK, SOCK_RAW, 0));
	tell("socket packet", no_socket(AF_PACKET, SOCK_RAW, 0));
	tell("socket raw", no_socket(AF_INET, SOCK_RAW, 1));
	tell("socket vsock", no_socket(AF_VSOCK, SOCK_STREAM, 0));
	tell("socket alg", no_socket(AF_ALG, SOCK_SEQPACKET, 0));
	tell("ptrace", no_trace());
	tell("writable code", no_writable_code());
	tell("code made later", no_later_code());
	tell("namespace", no_namespace());
	tell("mount", forbidden(mount("none", "/none/there", "tmpfs", 0, NULL)));
	tell("become root", setuid(0) == -1);
	tell("set-user-id file", argc > 1 ? no_set_id(argv[1]) : true);
	tell("clock", forbidden(syscall(SYS_clock_settime, 0, NULL)));
	tell("host name", forbidden(syscall(SYS_sethostname, "", -1)));
	tell("kernel log", forbidden(syscall(SYS_syslog, 3, NULL, 0)));
	tell("module", forbidden(syscall(SYS_init_module, NULL, 0UL, "")));
	tell("keyring", forbidden(syscall(SYS_keyctl, -1, 0, 0)));
	tell("personality", personality(ADDR_NO_RANDOMIZE) == -1);
	tell("reboot", forbidden(syscall(SYS_reboot, 0, 0, 0, NULL)));
	tell("bpf", forbidden(syscall(SYS_bpf, -1, NULL, 0)));
	tell("kernel tunable", no_write("/proc/sys/kernel/hostname"));
	tell("cgroup", no_write("/sys/fs/cgroup/cgroup.procs"));
	tell("shadow", access("/etc/shadow", R_OK) == -1);
	tell("kernel memory", access("/proc/kcore", R_OK) == -1);
	for (int i = 1; i < argc; i++)
		look_at(argv[i]);
	return 0;
}
