/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stuck_disk - one that stands at a kind of call until it is told to go on, or
 * takes its time for each
 *
 *	freeze("fsync", 1);		-- from the second one on
 *	... now_standing() calls do not come back ...
 *	thaw();
 *	slow_down("fsync", 120);	-- ms, until thaw()
 *
 * For a test whose WRAP line names openat writev fstatvfs linkat fsync close
 * unlinkat.
 */
#ifndef TESTS_STUCK_DISK_H
#define TESTS_STUCK_DISK_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t disk_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t disk_changed = PTHREAD_COND_INITIALIZER;
static const char *stands_at;		/* NULL: it does not */
static unsigned slow_ms;		/* it comes back by itself; 0: it does not */
static unsigned standing;		/* calls, now */
static unsigned passing;		/* calls that it lets through before */

static inline void
stand(const char *call)
{
	unsigned ms = 0;

	pthread_mutex_lock(&disk_lock);
	if (stands_at == NULL || strcmp(stands_at, call) != 0) {
		;
	} else if (slow_ms > 0) {
		ms = slow_ms;
	} else if (passing == 0 || passing-- == 0) {
		standing++;
		while (stands_at != NULL)
			pthread_cond_wait(&disk_changed, &disk_lock);
		standing--;
	}
	pthread_mutex_unlock(&disk_lock);
	if (ms > 0)
		usleep(ms * 1000);
}

static inline void
freeze(const char *call, unsigned pass)
{
	pthread_mutex_lock(&disk_lock);
	stands_at = call;
	passing = pass;
	pthread_mutex_unlock(&disk_lock);
}

static inline void
thaw(void)
{
	pthread_mutex_lock(&disk_lock);
	stands_at = NULL;
	slow_ms = 0;
	pthread_cond_broadcast(&disk_changed);
	pthread_mutex_unlock(&disk_lock);
}

static inline void
slow_down(const char *call, unsigned ms)
{
	pthread_mutex_lock(&disk_lock);
	stands_at = call;
	slow_ms = ms;
	pthread_mutex_unlock(&disk_lock);
}

#define STANDS(type, name, parameters, arguments)			\
type __real_##name parameters;						\
type __wrap_##name parameters;						\
type __wrap_##name parameters						\
{									\
	stand(#name);							\
	return __real_##name arguments;					\
}

STANDS(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
STANDS(int, fstatvfs, (int fd, struct statvfs *fs), (fd, fs))
STANDS(int, linkat, (int from, const char *old, int to, const char *new,
    int flags), (from, old, to, new, flags))
STANDS(int, fsync, (int fd), (fd))
STANDS(int, close, (int fd), (fd))
STANDS(int, unlinkat, (int dir, const char *name, int flags),
    (dir, name, flags))

int __real_openat(int, const char *, int, mode_t);
int __wrap_openat(int, const char *, int, ...);

int
__wrap_openat(int dirfd, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if ((flags & O_ACCMODE) != O_RDONLY)
		stand("openat");
	return __real_openat(dirfd, path, flags, mode);
}

static inline unsigned
now_standing(void)
{
	unsigned n;

	pthread_mutex_lock(&disk_lock);
	n = standing;
	pthread_mutex_unlock(&disk_lock);
	return n;
}

#endif
