/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp - by what one sees that a file is another one, or was written to
 */
#ifndef POLICY_TABLE_STAMP_H
#define POLICY_TABLE_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stamp {
	dev_t	dev;
	ino_t	ino;
	off_t	size;		/* all fields 0: there is no file */
	int64_t	mtime, ctime;	/* ns since 1970 */
	bool	fresh;		/* written to just before: the next write may
				   come in the same tick of the file system's
				   clock, and not show */
};

/* stamp_take - path NULL: of nothing, always the same. */
void	stamp_take(const char *path, struct stamp *out);
bool	stamp_same(const struct stamp *, const struct stamp *);

#endif
