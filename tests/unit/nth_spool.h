/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_spool - whatever the kernel is asked of a spool fails once, as in nth_call.h
 *
 *	WRAP: fcntl fdopendir flock fsetxattr fgetxattr fstat fstatat fsync ftruncate
 *	WRAP: linkat openat pread pwrite read readdir renameat unlinkat
 */
#ifndef TESTS_NTH_SPOOL_H
#define TESTS_NTH_SPOOL_H

#include <dirent.h>
#include <sys/xattr.h>

#include "tests/unit/nth_files.h"

NTH_CALL(DIR *, fdopendir, (int fd), (fd), NULL)
NTH_CALL(ssize_t, fgetxattr, (int fd, const char *name, void *out, size_t n),
    (fd, name, out, n), -1)
NTH_CALL(struct dirent *, readdir, (DIR *dir), (dir), NULL)

#endif
