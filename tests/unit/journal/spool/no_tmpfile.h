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

#include "tests/unit/spool_rig.h"
#include "tests/unit/variadic.h"

static int no_tmpfile;
static unsigned no_tmpfile_tries;

static inline bool
no_tmpfile_now(int flags)
{
	if ((flags & O_TMPFILE) != O_TMPFILE || no_tmpfile == 0)
		return false;
	no_tmpfile_tries++;
	errno = no_tmpfile;
	return true;
}

WRAP_OPENAT(no_tmpfile_now(flags))

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
