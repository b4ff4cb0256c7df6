/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_call - whatever the system is asked fails once, each call in turn
 *
 *	NTH_CALL(int, fsync, (int fd), (fd), -1)	-- for "WRAP: fsync"
 *
 *	for (unsigned at = 1; nth_begin(at, EIO); at++)
 *		... fork(); what is tried, between nth_arm() and nth_disarm();
 *		waitpid() ...
 *
 * nth_begin() says no once the last try made fewer calls.  nth_only() is for one try,
 * of which that call fails; 0: none does.  What was seen lies in memory that children
 * share.
 */
#ifndef TESTS_NTH_CALL_H
#define TESTS_NTH_CALL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static struct nth {
	_Atomic unsigned calls;
	unsigned	 at;
	int		 error;
	bool		 armed;
	char		 name[48];	/* of what failed */
} *nth;

static inline void
nth_disarm(void)
{
	nth->armed = false;
}

static inline void
nth_arm(void)
{
	nth->calls = 0;
	nth->armed = true;
}

/* nth_only - this try alone; false: there is no memory for it */
static inline bool
nth_only(unsigned at, int error)
{
	if (nth == NULL) {
		nth = mmap(NULL, sizeof(*nth), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (nth == MAP_FAILED)
			return false;
	}
	nth->at = at;
	nth->error = error;
	nth->name[0] = '\0';
	nth_disarm();
	return true;
}

/* nth_begin - the next try; false: there is nothing left that could fail */
static inline bool
nth_begin(unsigned at, int error)
{
	return (at == 1 || nth == NULL || nth->calls >= nth->at) && nth_only(at, error);
}

/* nth_now - is it this call's turn? */
static inline bool
nth_now(const char *name)
{
	if (nth == NULL || !nth->armed || ++nth->calls != nth->at)
		return false;
	snprintf(nth->name, sizeof(nth->name), "%s", name);
	errno = nth->error;
	return true;
}

/* Type, name, parameters, arguments, what it returns when it fails. */
#define NTH_CALL(type, name, parameters, arguments, failure)		\
type __real_##name parameters;						\
type __wrap_##name parameters;						\
type __wrap_##name parameters						\
{									\
	return nth_now(#name) ? failure : __real_##name arguments;	\
}

/* openat(2), whose mode is not always there */
#define NTH_OPENAT							\
int __real_openat(int, const char *, int, ...);				\
int __wrap_openat(int, const char *, int, ...);				\
int __wrap_openat(int at, const char *name, int flags, ...)		\
{									\
	va_list args;							\
	mode_t mode;							\
									\
	va_start(args, flags);						\
	mode = va_arg(args, mode_t);					\
	va_end(args);							\
	return nth_now("openat") ? -1 :					\
	    __real_openat(at, name, flags, mode);			\
}

#define NTH_OPEN							\
int __real_open(const char *, int, ...);				\
int __wrap_open(const char *, int, ...);				\
int __wrap_open(const char *name, int flags, ...)			\
{									\
	va_list args;							\
	mode_t mode;							\
									\
	va_start(args, flags);						\
	mode = va_arg(args, mode_t);					\
	va_end(args);							\
	return nth_now("open") ? -1 : __real_open(name, flags, mode);	\
}

#define NTH_FCNTL							\
int __real_fcntl(int, int, long);					\
int __wrap_fcntl(int, int, ...);					\
int __wrap_fcntl(int fd, int command, ...)				\
{									\
	va_list args;							\
	long argument;							\
									\
	va_start(args, command);					\
	argument = va_arg(args, long);					\
	va_end(args);							\
	return nth_now("fcntl") ? -1 :					\
	    __real_fcntl(fd, command, argument);			\
}

#endif
