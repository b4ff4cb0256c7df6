/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * opened - how many descriptors the test has
 *
 *	int before = opened();
 *	...
 *	assert_int_equal(opened(), before);	-- nothing was left open
 */
#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include <dirent.h>

#include "tests/unit/scratch.h"

static inline int
opened(void)
{
	DIR *fds = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(fds);
	while (readdir(fds) != NULL)
		n++;
	closedir(fds);
	return n;
}

#endif
