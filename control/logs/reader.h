/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader - a program whose standard output is read
 *
 *	const char *const argv[] = { "gzip", "-dc", NULL };
 *
 *	if (reader_start(argv, packed, &fd, &said, &pid, &err) == -1)
 *		...
 *	... read fd to its end ...
 *	if (reader_end(pid, said, true, "mail.log.2.gz", &err) == -1)
 *		...
 */
#ifndef CONTROL_READER_H
#define CONTROL_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* reader_start - a program of the system's directories, with this standard
 * input (-1: none).  Its output and what it says on standard error are the
 * caller's to close. */
int	reader_start(const char *const *argv, int input, int *out_fd,
	    int *out_said, pid_t *out_pid, struct err *);

/* reader_end - wait for it; -1 when it failed or said something, which the err
 * has after the name.  ended: it wrote all that it has; otherwise it is told to
 * go, and that it went is no error. */
int	reader_end(pid_t, int said, bool ended, const char *name, struct err *);

#endif
