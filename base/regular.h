/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regular - a file to be read, whatever somebody has put in its place
 *
 *	own(fd) int fd = regular_open("/etc/tdc/key.pem", &err);
 *
 *	if (fd == -1)
 *		return err_wrap(&err, "/etc/tdc/key.pem");
 *
 * open(2) waits for the writer of a fifo, for ever, and a device may have no
 * end.  Whatever tdc.cf names, or a file that it names, is opened by this; a
 * library that opens by name what it is told gets the name when
 * regular_check() or regular_named() has passed it.
 *
 * What is no regular file, with links followed, is ERR_NEVER; what cannot be
 * opened is ERR_LATER.  The err has but the reason: the caller names the file.
 */
#ifndef BASE_REGULAR_H
#define BASE_REGULAR_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/err.h"
#include "base/own.h"

/* regular_refused - what the system says; -1 */
static inline int
regular_refused(struct err *err)
{
	int saved = errno;

	(void)err_set(err, ERR_LATER, "%s", strerror(saved));
	err->sys = saved;
	return -1;
}

/* regular_stat - a descriptor to read from, and its status; -1: none */
static inline int
regular_stat(const char *path, struct stat *out, struct err *err)
{
	own(fd) int fd = AGAIN(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK));

	if (fd == -1 || AGAIN(fstat(fd, out)) == -1)
		return regular_refused(err);
	if (!S_ISREG(out->st_mode))
		return err_set(err, ERR_NEVER, "not a regular file");
	return fd_give(&fd);
}

/* regular_open - the same without its status */
static inline int
regular_open(const char *path, struct err *err)
{
	struct stat ignored;

	return regular_stat(path, &ignored, err);
}

/* regular_fopen - the same as a stream; NULL: none */
static inline FILE *
regular_fopen(const char *path, struct err *err)
{
	own(fd) int fd = regular_open(path, err);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "re");

	if (file != NULL)
		(void)fd_give(&fd);
	else if (fd != -1)
		(void)regular_refused(err);
	return file;
}

/* regular_named - that nothing else has that name, which is not opened: closing any
 * descriptor of a file releases all locks that the process has on it (fcntl(2)), and
 * those of a database are SQLite's.  That there is none, or that nobody lets us look,
 * is for whoever opens it to report; 0 or -1 */
static inline int
regular_named(const char *path, struct err *err)
{
	struct stat status;

	return AGAIN(stat(path, &status)) == -1 || S_ISREG(status.st_mode) ? 0 :
	    err_set(err, ERR_NEVER, "not a regular file");
}

/* regular_readable - the same, and it is there to be read; as who started us */
static inline int
regular_readable(const char *path, struct err *err)
{
	return AGAIN(access(path, R_OK)) == -1 ? regular_refused(err) :
	    regular_named(path, err);
}

/* regular_make - an empty one, if there is nothing of that name: a database for its
 * owner and its group, as SQLite then has all that it puts beside it, while alone it
 * would let everyone read whom the umask lets.  An error is for who opens it. */
static inline void
regular_make(const char *path)
{
	own(fd) int fd = AGAIN(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0640));

	(void)fd;
}

/* regular_check - that it can be opened; 0 or -1 */
static inline int
regular_check(const char *path, struct err *err)
{
	own(fd) int fd = regular_open(path, err);

	return fd == -1 ? -1 : 0;
}

#endif
