/* SPDX-License-Identifier: BSD-2-Clause */
/* Which system calls there are: seccomp-bpf. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sandbox/sandbox_private.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41		/* glibc names its memory */
#endif

/* The first argument of clone(2) that has flags. */
#if defined(__s390__) || defined(__s390x__)
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

/* Whatever their arguments are.  Those of all architectures, of which each has
 * some, and those that a library of today or of tomorrow takes in the place of
 * others. */
static const char *const calls[] = {
	/* files */
	"access", "faccessat", "faccessat2", "chdir", "fchdir", "chmod",
	"fchmod", "fchmodat", "fchmodat2", "chown", "chown32", "fchown",
	"fchown32", "fchownat", "lchown", "lchown32", "close", "close_range",
	"copy_file_range", "creat", "dup", "dup2", "dup3", "fadvise64",
	"fadvise64_64", "arm_fadvise64_64", "fallocate", "fcntl", "fcntl64",
	"fgetxattr", "fsetxattr", "fremovexattr",
	"fdatasync", "flock", "fstat", "fstat64", "fstatat64", "newfstatat",
	"fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64", "getcwd",
	"getdents", "getdents64", "link", "linkat", "lseek", "_llseek",
	"lstat", "lstat64", "mkdir", "mkdirat", "open", "openat", "openat2",
	"pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2",
	"read", "readahead", "readlink", "readlinkat", "readv", "rename",
	"renameat", "renameat2", "rmdir", "sendfile", "sendfile64", "splice",
	"stat", "stat64", "statfs", "statfs64", "statx", "sync_file_range",
	"sync_file_range2", "syncfs", "truncate", "truncate64", "umask",
	"unlink", "unlinkat", "utime", "utimensat", "utimensat_time64",
	"utimes", "write", "writev",
	/* what is waited for */
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait",
	"epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "inotify_add_watch",
	"inotify_init", "inotify_init1", "inotify_rm_watch", "pipe", "pipe2",
	"poll", "ppoll", "ppoll_time64", "pselect6", "pselect6_time64",
	"select", "_newselect", "signalfd", "signalfd4", "timerfd_create",
	"timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
	"timerfd_settime64",
	/* sockets that are there */
	"accept", "accept4", "bind", "connect", "getpeername", "getsockname",
	"getsockopt", "listen", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto",
	"setsockopt", "shutdown",
	/* memory */
	"brk", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mremap",
	"msync", "munlock", "munmap",
	/* threads, and waiting for one another */
	"exit", "exit_group", "futex", "futex_time64", "futex_waitv",
	"get_robust_list", "getcpu", "gettid", "restart_syscall", "rseq",
	"sched_get_priority_max", "sched_get_priority_min",
	"sched_getaffinity", "sched_getparam", "sched_getscheduler",
	"sched_setaffinity", "sched_yield", "set_robust_list",
	"set_thread_area", "set_tid_address", "set_tls", "arch_prctl",
	"riscv_flush_icache", "cacheflush",
	/* signals */
	"alarm", "pause", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
	"rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "sigaction", "sigaltstack", "signal",
	"sigprocmask", "sigreturn", "sigsuspend", "wait4", "waitid", "waitpid",
	/* clocks */
	"clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
	"getitimer", "gettimeofday", "nanosleep", "setitimer", "time", "times",
	/* who and where we are */
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getgroups", "getgroups32", "getpgid", "getpgrp", "getpid", "getppid",
	"getpriority", "getrandom", "getresgid", "getresgid32", "getresuid",
	"getresuid32", "getrlimit", "getrusage", "getsid", "getuid",
	"getuid32", "sysinfo", "ugetrlimit", "uname",
	NULL
};

/* Of what reads one file, and writes to a pipe. */
static const char *const calls_of_reader[] = {
	"access", "close", "faccessat", "faccessat2", "fadvise64",
	"fadvise64_64", "arm_fadvise64_64", "flock", "fstat", "fstat64",
	"fstatat64", "newfstatat", "fstatfs", "fstatfs64", "getcwd", "lseek",
	"_llseek", "lstat", "lstat64", "pread64", "preadv", "read", "readv",
	"stat", "stat64", "statx", "write", "writev",
	"brk", "madvise", "mremap", "munmap",
	"exit", "exit_group", "futex", "futex_time64", "gettid",
	"restart_syscall", "sched_getaffinity", "sched_yield",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaction",
	"sigprocmask", "sigreturn",
	"clock_gettime", "clock_gettime64", "clock_nanosleep",
	"clock_nanosleep_time64", "gettimeofday", "nanosleep", "pselect6",
	"pselect6_time64", "select", "_newselect", "time",
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getpid", "getppid", "getrandom", "getrlimit", "getuid", "getuid32",
	"sysinfo", "ugetrlimit", "uname",
	NULL
};

/* allow - a call by its number, with at most one condition; one that this
 * architecture does not have is none */
static int
allow(scmp_filter_ctx filter, int call, const struct scmp_arg_cmp *condition)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call,
	    condition != NULL, condition);
}

static int
allow_all(scmp_filter_ctx filter, const char *const *names)
{
	int error = 0;

	for (size_t i = 0; error == 0 && names[i] != NULL; i++) {
		int call = seccomp_syscall_resolve_name(names[i]);

		/* an older library does not know each of them */
		if (call != __NR_SCMP_ERROR)
			error = allow(filter, call, NULL);
	}
	return error;
}

/* A call, if its argument, masked, has that value. */
struct condition {
	int		call;
	unsigned	argument;
	uint64_t	mask, value;
};

#define ANY UINT64_MAX
#define WORD UINT64_C(0xffffffff)	/* what an int is to the kernel */

/* allow_each - nothing else of these calls */
static int
allow_each(scmp_filter_ctx filter, const struct condition *conditions,
    size_t count)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < count; i++) {
		const struct condition *one = &conditions[i];
		const struct scmp_arg_cmp compare = { one->argument,
			SCMP_CMP_MASKED_EQ, one->mask, one->value };

		error = allow(filter, one->call, &compare);
	}
	return error;
}

/* allow_some - of a daemon */
static int
allow_some(scmp_filter_ctx filter)
{
	const uint64_t us = (uint64_t)getpid();
	const struct condition conditions[] = {
		/* threads, and no processes */
		{ SCMP_SYS(clone), CLONE_FLAGS, CLONE_THREAD, CLONE_THREAD },
		/* of what is executed nothing can be written */
		{ SCMP_SYS(mmap), 2, PROT_WRITE, 0 },
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mmap2), 2, PROT_WRITE, 0 },
		{ SCMP_SYS(mmap2), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_WRITE, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(socket), 0, WORD, AF_UNIX },
		{ SCMP_SYS(socket), 0, WORD, AF_INET },
		{ SCMP_SYS(socket), 0, WORD, AF_INET6 },
		{ SCMP_SYS(socketpair), 0, WORD, AF_UNIX },
		{ SCMP_SYS(ioctl), 1, WORD, FIONREAD },
		{ SCMP_SYS(ioctl), 1, WORD, FIONBIO },
		{ SCMP_SYS(ioctl), 1, WORD, SIOCGIFINDEX },
		{ SCMP_SYS(ioctl), 1, WORD, TCGETS },
		{ SCMP_SYS(prctl), 0, WORD, PR_SET_NAME },
		{ SCMP_SYS(prctl), 0, WORD, PR_GET_NAME },
		{ SCMP_SYS(prctl), 0, WORD, PR_SET_VMA },
		{ SCMP_SYS(prctl), 0, WORD, PR_GET_DUMPABLE },
		/* ourselves; and whether somebody is there */
		{ SCMP_SYS(kill), 0, WORD, us },
		{ SCMP_SYS(kill), 1, WORD, 0 },
		{ SCMP_SYS(tgkill), 0, WORD, us },
		{ SCMP_SYS(prlimit64), 2, ANY, 0 },
	};

	return allow_each(filter, conditions,
	    sizeof(conditions) / sizeof(*conditions));
}

/* allow_some_of_reader - files to be read; locks; none of fcntl(2) that sends
 * signals */
static int
allow_some_of_reader(scmp_filter_ctx filter)
{
	const uint64_t us = (uint64_t)getpid();
	const uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
	static const int commands[] = { F_GETFD, F_SETFD, F_GETFL,
		F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW };
	const struct condition conditions[] = {
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mmap2), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(open), 1, changes, O_RDONLY },
		{ SCMP_SYS(openat), 2, changes, O_RDONLY },
		{ SCMP_SYS(prctl), 0, WORD, PR_SET_VMA },
		/* a crash is to be seen as one */
		{ SCMP_SYS(tgkill), 0, WORD, us },
		{ SCMP_SYS(prlimit64), 2, ANY, 0 },
	};
	int error = allow_each(filter, conditions,
	    sizeof(conditions) / sizeof(*conditions));

	for (size_t i = 0; error == 0 &&
	    i < sizeof(commands) / sizeof(*commands); i++) {
		const struct condition both[] = {
			{ SCMP_SYS(fcntl), 1, WORD, (uint64_t)commands[i] },
			{ SCMP_SYS(fcntl64), 1, WORD, (uint64_t)commands[i] },
		};

		error = allow_each(filter, both, 2);
	}
	return error;
}

/* fill - the rules, and how they come into force */
static int
fill(scmp_filter_ctx filter, bool of_reader)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_ERRNO(EPERM));

	/* in threads, too, should there be any: not where a unit's own filter
	 * leaves prctl(2) alone to set another */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	/* a tree, where the library can; the order does not matter */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (error == 0)
		error = allow_all(filter, of_reader ? calls_of_reader : calls);
	if (error == 0)
		error = of_reader ? allow_some_of_reader(filter) :
		    allow_some(filter);
	/* its flags are out of sight: libc takes clone(2) then */
	if (error == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	return error != 0 ? error : seccomp_load(filter);
}

/* restrict_to - in all threads */
static int
restrict_to(bool of_reader, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error = filter != NULL ? fill(filter, of_reader) : -ENOMEM;

	seccomp_release(filter);
	errno = -error;
	return error == 0 ? 0 : err_sys(err, "seccomp");
}

/* sandbox_calls - those of a daemon */
int
sandbox_calls(struct err *err)
{
	return restrict_to(false, err);
}

/* sandbox_calls_of_reader - those of a reader */
int
sandbox_calls_of_reader(struct err *err)
{
	return restrict_to(true, err);
}
