/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/atomic_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/mem.h"

/* What a file is to become. */
struct content {
	const void	*bytes;
	size_t		 n;
	mode_t		 mode;
	const struct stat *like;	/* in place of mode; NULL */
};

/* dress - as the other is; 0, or -1 with errno.  Its owner first: that takes
 * bits of the mode away. */
static int
dress(int fd, const struct stat *like)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		like->st_mtim };

	return fchown(fd, like->st_uid, like->st_gid) == 0 &&
	    fchmod(fd, like->st_mode & 07777) == 0 ? futimens(fd, times) : -1;
}

/* create - a file that is new: what a crash has left there, or somebody who may
 * write to the directory, may be a fifo, or have another name or a writer */
static int
create(int directory, const char *hidden)
{
	(void)unlinkat(directory, hidden, 0);
	return openat(directory, hidden, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* replace - by way of a hidden file, which has no ending that somebody else
 * looks for */
static int
replace(int directory, const char *hidden, const char *name,
    const struct content *content)
{
	own(fd) int fd = create(directory, hidden);
	int number;

	if (fd == -1)
		return -1;
	if (again_write(fd, content->bytes, content->n) == 0 &&
	    (content->like != NULL ? dress(fd, content->like) :
	    fchmod(fd, content->mode)) == 0 && fsync(fd) == 0 &&
	    renameat(directory, hidden, directory, name) == 0)
		return 0;
	number = errno;
	(void)unlinkat(directory, hidden, 0);
	errno = number;
	return -1;
}

/* save - one at a time: the hidden file has but one name, so that a crash
 * leaves no more than one */
static int
save(int directory, const char *name, const struct content *content,
    struct err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	own(str) char *hidden = mem_format(".%s%s", name,
	    content->like != NULL ? ATOMIC_FILE_CHANGED : ".new");
	int result;

	pthread_mutex_lock(&lock);
	result = replace(directory, hidden, name, content);
	if (result == -1)
		err_sys(err, "write '%s'", name);
	pthread_mutex_unlock(&lock);
	return result;
}

/* atomic_file_save - for its owner */
int
atomic_file_save(int directory, const char *name, const void *bytes, size_t n,
    struct err *err)
{
	const struct content content = { bytes, n, 0600, NULL };

	return save(directory, name, &content, err);
}

/* atomic_file_publish - for everybody */
int
atomic_file_publish(int directory, const char *name, const void *bytes,
    size_t n, struct err *err)
{
	const struct content content = { bytes, n, 0644, NULL };

	return save(directory, name, &content, err);
}

/* atomic_file_change - in somebody else's directory */
int
atomic_file_change(int directory, const char *name, const struct buf *bytes,
    const struct stat *like, struct err *err)
{
	const struct content content = { bytes->data, bytes->len, 0, like };

	return save(directory, name, &content, err);
}

/* atomic_file_load - all of it */
int
atomic_file_load(int directory, const char *name, size_t max, struct buf *out,
    struct err *err)
{
	own(fd) int fd = openat(directory, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	size_t before = out->len;
	struct stat st;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return err_sys(err, "open '%s'", name);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_NEVER, "'%s' is no file", name);
	for (;;) {
		ssize_t n = AGAIN(read(fd, buf_room(out, 4096), 4096));

		if (n == -1)
			return err_sys(err, "read '%s'", name);
		if (n == 0)
			return 1;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - before > max)
			return err_set(err, ERR_NEVER,
			    "'%s' has more than %zu bytes", name, max);
	}
}
