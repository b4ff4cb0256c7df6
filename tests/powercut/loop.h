/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop - a file system in a file, by a loop device that is gone when nobody
 * uses it any more, also when its program was killed
 */
#ifndef TESTS_POWERCUT_LOOP_H
#define TESTS_POWERCUT_LOOP_H

#include <stdbool.h>

#include "base/err.h"

struct loop {
	const char	*file, *directory;
	const char	*type, *options;	/* the file system's own, or NULL */
	bool		 direct;		/* each flush becomes an fsync */
};

int	loop_mount(const struct loop *, struct err *);

#endif
