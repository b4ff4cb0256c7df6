/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * variadic - calls whose last argument is not always there fail while a condition
 * holds, which may ask for the other arguments, and sets errno
 *
 *	WRAP_OPENAT(refuses(flags))	-- for "WRAP: openat": at, name, flags, mode
 *	WRAP_OPEN(refuses(name))	-- for "WRAP: open": name, flags, mode
 *	WRAP_FCNTL(refuses(command))	-- for "WRAP: fcntl": fd, command, argument
 */
#ifndef TESTS_VARIADIC_H
#define TESTS_VARIADIC_H

#include <stdarg.h>
#include <sys/types.h>

#define WRAP_OPENAT(fails)						\
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
	return (fails) ? -1 : __real_openat(at, name, flags, mode);	\
}

#define WRAP_OPEN(fails)						\
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
	return (fails) ? -1 : __real_open(name, flags, mode);		\
}

#define WRAP_FCNTL(fails)						\
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
	return (fails) ? -1 : __real_fcntl(fd, command, argument);	\
}

#endif
