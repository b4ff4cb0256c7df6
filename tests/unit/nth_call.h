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
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/unit/variadic.h"

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

#define NTH_OPENAT	WRAP_OPENAT(nth_now("openat"))
#define NTH_OPEN	WRAP_OPEN(nth_now("open"))
#define NTH_FCNTL	WRAP_FCNTL(nth_now("fcntl"))

#endif
