/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp - notice that a file was replaced or written to
 *
 *	stamp_take(path, &now);
 *	if (!stamp_same(&before, &now))
 *		puts("changed");
 */
#ifndef POLICY_TABLE_STAMP_H
#define POLICY_TABLE_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stamp {
	dev_t	dev;
	ino_t	ino;
	off_t	size;		/* all fields 0: no file */
	int64_t	mtime, ctime;	/* ns since 1970 */
	bool	fresh;		/* just written to: another write may come in
				   the same tick of the file system's clock,
				   and not show */
};

/* stamp_take - path NULL: of no file, always the same. */
void	stamp_take(const char *path, struct stamp *out);
bool	stamp_same(const struct stamp *, const struct stamp *);

#endif
