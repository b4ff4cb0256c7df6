/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * device - a directory with one file, "disk", each read, write and fsync of
 * which is a call of ours (FUSE)
 *
 *	device = (struct device){ .directory = "x", .size = 64 << 20, ... };
 *	if (device_mount(&device, &err) == -1) ...
 *	device_serve(&device);			-- until it is unmounted
 *
 * A loop device on top of it gives it to a file system: with direct I/O its
 * flushes come as fsync.  Needs root.
 */
#ifndef TESTS_POWERCUT_DEVICE_H
#define TESTS_POWERCUT_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct device {
	const char	*directory;
	uint64_t	 size;
	int		 fd;
	uint32_t	 round;		/* see journal.h */

	/* one thread calls them; 0 or an errno */
	int		(*read)(uint64_t at, char *to, size_t n);
	int		(*write)(uint64_t at, const char *, size_t n,
			    uint32_t round);
	int		(*flush)(uint32_t round);
};

int	device_mount(struct device *, struct err *);
void	device_serve(struct device *);

#endif
