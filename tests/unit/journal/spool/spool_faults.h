/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_faults - a system that fails at a chosen call, and writes down what
 * it was asked
 *
 *	fault = (struct fault){ FAULT_ERROR, EIO, 3 };
 *	faults_arm();			-- the third call from here fails
 *	... what is tried ...
 *	faults_disarm();
 *	if (!seen->reached) ...		-- there was no third call
 *
 * For a test whose WRAP lines name all the calls below.  What was seen lies in
 * memory that a child process shares with its parent.  fsync does nothing: a
 * process that dies does not take the system's memory with it.
 */
#ifndef TESTS_SPOOL_FAULTS_H
#define TESTS_SPOOL_FAULTS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/unit/variadic.h"

enum fault_mode {
	FAULT_NONE,
	FAULT_ERROR,		/* one call fails */
	FAULT_TWICE,		/* so does the one behind it */
	FAULT_DEAD,		/* so do all behind it */
	FAULT_SHORT,		/* a read or write does only a part */
	FAULT_DIE		/* the process ends in front of the call */
};

enum { FAULT_EXIT = 77 };	/* exit code of FAULT_DIE */

static struct fault {
	enum fault_mode	 mode;
	int		 error;
	unsigned	 at;	/* counted from 1 */
} fault;

static struct {
	bool	no_tmpfile;	/* of the file system */
	bool	no_copy_range;
	bool	log;		/* that has names with the files */
} lacks = { .log = true };

static struct seen {
	unsigned	 calls;
	bool		 reached;
	char		 trace[4096];	/* what changes a file or directory */
} *seen;

static bool faults_armed;

static inline void
faults_arm(void)
{
	memset(seen, 0, sizeof(*seen));
	faults_armed = true;
}

static inline void
faults_disarm(void)
{
	faults_armed = false;
}

static inline void
faults_begin(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* note - add a word to the trace */
static inline void
note(const char *word)
{
	size_t n = strlen(seen->trace);

	if (faults_armed)
		snprintf(seen->trace + n, sizeof(seen->trace) - n, "%s%s",
		    n > 0 ? " " : "", word);
}

/* hit - is it this call's turn to fail? */
static inline bool
hit(void)
{
	bool now;

	if (!faults_armed || fault.mode == FAULT_SHORT)
		return false;
	seen->calls++;
	now = seen->calls == fault.at ||
	    (fault.mode == FAULT_TWICE && seen->calls == fault.at + 1) ||
	    (fault.mode == FAULT_DEAD && seen->calls > fault.at);
	if (!now || fault.mode == FAULT_NONE)
		return false;
	seen->reached = true;
	if (fault.mode == FAULT_DIE)
		_exit(FAULT_EXIT);
	errno = fault.error;
	return true;
}

/* part - of n bytes; all of them unless it is the turn of this call */
static inline size_t
part(size_t n)
{
	if (!faults_armed || fault.mode != FAULT_SHORT ||
	    ++seen->calls != fault.at)
		return n;
	seen->reached = true;
	return (n + 1) / 2;
}

/* The calls that are only counted: type, name, parameters, arguments. */
#define COUNTED(type, name, parameters, arguments, failure)		\
type __real_##name parameters;						\
type __wrap_##name parameters;						\
type __wrap_##name parameters						\
{									\
	return hit() ? failure : __real_##name arguments;		\
}

/* Those that are written down as well. */
#define NOTED(name, parameters, arguments)				\
int __real_##name parameters;						\
int __wrap_##name parameters;						\
int __wrap_##name parameters						\
{									\
	note(#name);							\
	return hit() ? -1 : __real_##name arguments;			\
}

COUNTED(int, access, (const char *path, int mode), (path, mode), -1)
COUNTED(int, flock, (int fd, int how), (fd, how), -1)
COUNTED(int, fstat, (int fd, struct stat *st), (fd, st), -1)
COUNTED(int, fstatvfs, (int fd, struct statvfs *fs), (fd, fs), -1)
COUNTED(DIR *, fdopendir, (int fd), (fd), NULL)
COUNTED(struct dirent *, readdir, (DIR *dir), (dir), NULL)
COUNTED(ssize_t, getrandom, (void *bytes, size_t n, unsigned flags),
    (bytes, n, flags), -1)
COUNTED(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, part(n), at), -1)
COUNTED(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, part(n)),
    -1)
COUNTED(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NOTED(ftruncate, (int fd, off_t n), (fd, n))
NOTED(linkat, (int from, const char *old, int to, const char *new, int flags),
    (from, old, to, new, flags))
NOTED(mkdirat, (int dir, const char *name, mode_t mode), (dir, name, mode))
NOTED(renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new))
NOTED(renameat2, (int from, const char *old, int to, const char *new,
    unsigned flags), (from, old, to, new, flags))
NOTED(unlinkat, (int dir, const char *name, int flags), (dir, name, flags))

int __real_fstatfs(int, struct statfs *);
int __wrap_fstatfs(int, struct statfs *);

int
__wrap_fstatfs(int fd, struct statfs *fs)
{
	if (hit() || __real_fstatfs(fd, fs) == -1)
		return -1;
	fs->f_type = lacks.log ? NFS_SUPER_MAGIC : XFS_SUPER_MAGIC;
	return 0;
}

int __wrap_fsync(int);

int
__wrap_fsync(int fd)
{
	struct stat st;

	note(__real_fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? "fsync(dir)" :
	    "fsync(file)");
	return hit() ? -1 : 0;
}

int __real_close(int);
int __wrap_close(int);

int
__wrap_close(int fd)
{
	bool fails = hit();
	int status = __real_close(fd);	/* it is closed, whatever it says */

	return fails ? -1 : status;
}

static inline bool
open_fails(int flags)
{
	if (hit())
		return true;
	if (!lacks.no_tmpfile || (flags & O_TMPFILE) != O_TMPFILE)
		return false;
	errno = EOPNOTSUPP;
	return true;
}

WRAP_OPENAT(open_fails(flags))
WRAP_FCNTL(hit())

ssize_t __real_writev(int, const struct iovec *, int);
ssize_t __wrap_writev(int, const struct iovec *, int);

ssize_t
__wrap_writev(int fd, const struct iovec *pieces, int count)
{
	size_t size = 0, short_size;

	note("writev");
	if (hit())
		return -1;
	for (int i = 0; i < count; i++)
		size += pieces[i].iov_len;
	short_size = part(size);
	if (short_size == size)
		return __real_writev(fd, pieces, count);
	/* the first piece that has anything, or a part of it */
	while (pieces->iov_len == 0)
		pieces++;
	return write(fd, pieces->iov_base, short_size < pieces->iov_len ?
	    short_size : pieces->iov_len);
}

ssize_t __real_copy_file_range(int, off_t *, int, off_t *, size_t, unsigned);
ssize_t __wrap_copy_file_range(int, off_t *, int, off_t *, size_t, unsigned);

ssize_t
__wrap_copy_file_range(int from, off_t *from_at, int to, off_t *to_at,
    size_t n, unsigned flags)
{
	note("copy_file_range");
	if (hit())
		return -1;
	if (lacks.no_copy_range) {
		errno = EXDEV;
		return -1;
	}
	return __real_copy_file_range(from, from_at, to, to_at, part(n),
	    flags);
}

#endif
