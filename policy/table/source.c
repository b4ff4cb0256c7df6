/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/source.h"

#include <sys/stat.h>

#include "base/again.h"
#include "base/own.h"
#include "base/regular.h"

/* source_open - a descriptor of a regular file, and its size */
int
source_open(const struct source *source, int *out_fd, size_t *out_size,
    struct err *err)
{
	struct stat status;
	int fd = regular_stat(source->path, &status, err);

	if (fd == -1)
		return err_wrap(err, "open database %s", source->path);
	*out_size = (size_t)status.st_size;
	*out_fd = fd;
	return 0;
}

/* source_text - append the whole file to out */
int
source_text(const struct source *source, struct buf *out, struct err *err)
{
	own(fd) int fd = -1;
	size_t size, room;
	ssize_t n;

	if (source_open(source, &fd, &size, err) == -1)
		return -1;
	do {
		/* One byte more than there should be, to see the end. */
		room = out->len < size ? size - out->len + 1 : 4096;
		n = AGAIN(read(fd, buf_room(out, room), room));
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0);
	if (n == -1)
		return err_sys(err, "read %s", source->path);
	out->data[out->len] = '\0';
	return 0;
}

/* source_is_held - another program is writing to the file */
int
source_is_held(const struct source *source, struct err *err)
{
	err_set(err, ERR_LATER, "%s: locked by another program", source->path);
	err->sys = EWOULDBLOCK;
	return -1;
}

/* source_locked - nothing is writing to the file any more */
int
source_locked(struct source *source, int fd, size_t *out_size,
    struct err *err)
{
	struct stat status;

	if (source->locked != NULL)
		source->locked(source);
	if (fstat(fd, &status) == -1)
		return err_sys(err, "open database %s", source->path);
	if (status.st_size == 0)
		return err_set(err, ERR_NEVER, "open database %s: empty file",
		    source->path);
	*out_size = (size_t)status.st_size;
	return 0;
}
