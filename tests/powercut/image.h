/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * image - a disk in memory, with a way back
 *
 *	image_open(path, &err);
 *	image_write(at, bytes, n);		-- for good
 *	image_try(at, bytes, n);
 *	... image_path() is mounted, and written to ...
 *	image_back();				-- as before the first try
 *
 * The file that it begins as is not changed.
 */
#ifndef TESTS_POWERCUT_IMAGE_H
#define TESTS_POWERCUT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int	 image_open(const char *path, struct err *);
const char *image_path(void);
void	 image_write(uint64_t at, const char *, size_t n);
void	 image_try(uint64_t at, const char *, size_t n);
void	 image_back(void);

#endif
