/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_pending - whatever the system is asked of the pending file fails once, as in
 * nth_call.h
 *
 *	WRAP: flock fstat ftruncate open pread write
 */
#ifndef TESTS_NTH_PENDING_H
#define TESTS_NTH_PENDING_H

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/nth_call.h"

NTH_OPEN
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, ftruncate, (int fd, off_t n), (fd, n), -1)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

#endif
