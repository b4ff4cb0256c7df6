/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_tmpfile - a file system without O_TMPFILE
 *
 *	no_tmpfile = EOPNOTSUPP;	-- or what else openat(2) shall say
 *
 * For tests of the spool that have openat in their WRAP line.
 */
#ifndef TESTS_NO_TMPFILE_H
#define TESTS_NO_TMPFILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include "tests/unit/spool_rig.h"

static int no_tmpfile;
static unsigned no_tmpfile_tries;

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
	if ((flags & O_TMPFILE) == O_TMPFILE && no_tmpfile != 0) {
		no_tmpfile_tries++;
		errno = no_tmpfile;
		return -1;
	}
	return __real_openat(dirfd, path, flags, mode);
}

static inline int
set_up_without_tmpfile(void **state)
{
	rig_set_up(state);
	no_tmpfile = EOPNOTSUPP;
	return 0;
}

static inline int
tear_down_tmpfile(void **state)
{
	no_tmpfile = 0;
	return rig_tear_down(state);
}

#endif
