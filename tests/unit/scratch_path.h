/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scratch_path - a directory for each test of a program, and the path of what the
 * program makes in it
 *
 *	scratch_begin("state.db");		-- dir, path
 *	...
 *	scratch_end();
 */
#ifndef TESTS_SCRATCH_PATH_H
#define TESTS_SCRATCH_PATH_H

#include "tests/unit/scratch.h"

static char *dir, *path;

static inline void
scratch_begin(const char *name)
{
	dir = scratch_new();
	path = mem_format("%s/%s", dir, name);
}

static inline void
scratch_end(void)
{
	free(path);
	scratch_free(dir);
}

/* scratch_tear_down - for cmocka */
static inline int
scratch_tear_down(void **state)
{
	(void)state;
	scratch_end();
	return 0;
}

#endif
