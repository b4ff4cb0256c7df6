/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libc - what glibc has and another C library may not have
 *
 *	#include "base/libc.h"
 *
 *	sem_clockwait(&sem, CLOCK_MONOTONIC, &end);
 *
 * With glibc that is its own.  Elsewhere, as with musl, the name means a function
 * of this file that does the same by what the kernel has, or as near to it as can
 * be; each says how near.  What a program is merely more frugal by stands where it
 * is used, in an #ifdef of its own.  strerror(3) needs no care: it is safe in
 * threads in musl, and in glibc since 2.32.
 */
#ifndef BASE_LIBC_H
#define BASE_LIBC_H

#ifndef __GLIBC__

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <search.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define __SOCKADDR_ARG				struct sockaddr *restrict
#define __CONST_SOCKADDR_ARG			const struct sockaddr *
#define close_range				libc_close_range
#define posix_spawn_file_actions_addclosefrom_np libc_addclosefrom
#define pthread_cond_clockwait			libc_cond_clockwait
#define renameat2				libc_renameat2
#define sem_clockwait				libc_sem_clockwait
#define twalk_r					libc_twalk_r

static inline int
libc_close_range(unsigned first, unsigned last, int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

static inline int
libc_renameat2(int from, const char *old, int to, const char *new,
    unsigned flags)
{
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

/* What is open now: what another thread opens meanwhile has to be O_CLOEXEC, as
 * all that is ours.  To close one that is gone by then is no error with musl. */
static inline int
libc_addclosefrom(posix_spawn_file_actions_t *files, int first)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int error = dir == NULL ? errno : 0;

	while (error == 0 && (entry = readdir(dir)) != NULL) {
		int fd = *entry->d_name == '.' ? -1 : atoi(entry->d_name);

		if (fd >= first && fd != dirfd(dir))
			error = posix_spawn_file_actions_addclose(files, fd);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return error;
}

/* libc_on_the_wall - when a clock will say that, by the one that is on the wall: as
 * it goes now, and not when it is set meanwhile. */
static inline struct timespec
libc_on_the_wall(clockid_t clock, const struct timespec *until)
{
	struct timespec now, end;
	long ns;

	clock_gettime(clock, &now);
	clock_gettime(CLOCK_REALTIME, &end);
	ns = end.tv_nsec + until->tv_nsec - now.tv_nsec + 1000000000;
	end.tv_sec += until->tv_sec - now.tv_sec + ns / 1000000000 - 1;
	end.tv_nsec = ns % 1000000000;
	return end;
}

static inline int
libc_sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until)
{
	struct timespec end = libc_on_the_wall(clock, until);

	return sem_timedwait(sem, &end);
}

static inline int
libc_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *lock,
    clockid_t clock, const struct timespec *until)
{
	struct timespec end = libc_on_the_wall(clock, until);

	return pthread_cond_timedwait(cond, lock, &end);
}

static _Thread_local struct libc_walk {
	void	(*visit)(const void *, VISIT, void *);
	void	*closure;
} libc_walk __attribute__((unused));

static inline void
libc_walk_on(const void *node, VISIT which, int depth)
{
	(void)depth;
	libc_walk.visit(node, which, libc_walk.closure);
}

/* Not within a walk of the same file. */
static inline void
libc_twalk_r(const void *root, void (*visit)(const void *, VISIT, void *),
    void *closure)
{
	libc_walk = (struct libc_walk){ visit, closure };
	twalk(root, libc_walk_on);
}

#endif
#endif
