/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_files - whatever the kernel is asked of files in a spool fails once, as in
 * nth_call.h
 *
 *	WRAP: fcntl flock fsetxattr fstat fstatat fsync ftruncate linkat openat pread
 *	WRAP: pwrite read renameat unlinkat
 */
#ifndef TESTS_NTH_FILES_H
#define TESTS_NTH_FILES_H

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/unit/nth_call.h"

NTH_OPENAT
NTH_FCNTL
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(int, fsetxattr, (int fd, const char *name, const void *value, size_t n,
    int flags), (fd, name, value, n, flags), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fstatat, (int dir, const char *path, struct stat *st, int flags),
    (dir, path, st, flags), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(int, ftruncate, (int fd, off_t n), (fd, n), -1)
NTH_CALL(int, linkat, (int from, const char *old, int to, const char *new,
    int flags), (from, old, to, new, flags), -1)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, unlinkat, (int dir, const char *name, int flags),
    (dir, name, flags), -1)

#endif
