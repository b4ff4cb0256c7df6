/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failing - one function fails whenever it is called, as long as the test says so
 *
 *	FAILS(int, fsync, (int fd), (fd), -1)		-- for "WRAP: fsync"
 *
 *	failing = "fsync";
 *	failing_with = EIO;				-- its errno
 *	...
 *	failing = NULL;
 */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *failing;		/* NULL: none */
static int failing_with;

/* fails - is it this one? */
static inline bool
fails(const char *call)
{
	if (failing == NULL || strcmp(failing, call) != 0)
		return false;
	errno = failing_with;
	return true;
}

/* Type, name, parameters, arguments, what it returns when it fails. */
#define FAILS(type, name, parameters, arguments, failure)		\
type __real_##name parameters;						\
type __wrap_##name parameters;						\
type __wrap_##name parameters						\
{									\
	return fails(#name) ? failure : __real_##name arguments;	\
}

#endif
