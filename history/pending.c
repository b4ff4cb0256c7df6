/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/pending.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/digits.h"
#include "base/mem.h"
#include "base/own.h"

enum { HEAD = 64 };		/* the first line is shorter */

/* begin - the first line of an empty file; without one its begin is 0 */
static int
begin(struct pending *pending, struct err *err)
{
	uint64_t series = (uint64_t)clock_wall();
	char line[HEAD];
	size_t n;

	if (series <= pending->series)		/* the clock was set back */
		series = pending->series + 1;
	n = (size_t)snprintf(line, sizeof(line), "{\"series\":%" PRIu64 "}\n",
	    series);
	if (AGAIN(ftruncate(pending->fd, 0)) == -1)
		return err_sys(err, "%s", pending->path);
	/* when this fails nothing is there, and pending_append() begins again */
	pending->begin = pending->size = 0;
	if (again_write(pending->fd, line, n) == -1)
		return err_sys(err, "%s", pending->path);
	pending->series = series;
	pending->begin = pending->size = n;
	return 0;
}

/* whole - where the last line ends that is whole: one that was being written
 * when the machine stopped is not */
static int
whole(struct pending *pending, struct err *err)
{
	char bytes[4096];
	uint64_t end = pending->size;

	while (end > pending->begin) {
		size_t n = end - pending->begin < sizeof(bytes) ?
		    (size_t)(end - pending->begin) : sizeof(bytes);
		ssize_t got = AGAIN(pread(pending->fd, bytes, n,
		    (off_t)(end - n)));
		const char *last;

		if (got != (ssize_t)n)
			return err_sys(err, "%s", pending->path);
		last = memrchr(bytes, '\n', n);
		if (last != NULL) {
			end = end - n + (size_t)(last + 1 - bytes);
			break;
		}
		end -= n;
	}
	if (end < pending->size &&
	    AGAIN(ftruncate(pending->fd, (off_t)end)) == -1)
		return err_sys(err, "%s", pending->path);
	pending->size = end;
	return 0;
}

/* look - at what is there already */
static int
look(struct pending *pending, struct err *err)
{
	static const char start[] = "{\"series\":";
	enum { START = sizeof(start) - 1 };
	char head[HEAD + 1] = "";
	struct stat st;
	const char *end;

	if (fstat(pending->fd, &st) == -1 ||
	    AGAIN(pread(pending->fd, head, HEAD, 0)) == -1)
		return err_sys(err, "%s", pending->path);
	end = strchr(head, '\n');
	if (end == NULL || strncmp(head, start, START) != 0 || end[-1] != '}' ||
	    !digits_parse(head + START, (size_t)(end - head) - START - 1,
	    INT64_MAX, &pending->series))
		return begin(pending, err);
	pending->begin = (uint64_t)(end + 1 - head);
	pending->size = (uint64_t)st.st_size;
	return whole(pending, err);
}

/* pending_open - the file of that database */
int
pending_open(const char *path, struct pending *out, struct err *err)
{
	struct pending pending = PENDING;
	struct stat st;

	pending.path = mem_format("%s.new", path);
	pending.fd = open(pending.path, O_RDWR | O_CREAT | O_APPEND |
	    O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (pending.fd == -1 || fstat(pending.fd, &st) == -1)
		err_sys(err, "%s", pending.path);
	else if (!S_ISREG(st.st_mode))
		(void)err_set(err, ERR_NEVER, "%s: not a file", pending.path);
	else if (flock(pending.fd, LOCK_EX | LOCK_NB) == -1)
		(void)err_set(err, ERR_LATER, "%s: another program writes it",
		    pending.path);
	else if (look(&pending, err) == 0) {
		*out = pending;
		return 0;
	}
	pending_close(&pending);
	return -1;
}

/* pending_append - at its end */
int
pending_append(struct pending *pending, const char *bytes, size_t n,
    struct err *err)
{
	if (pending->begin == 0 && begin(pending, err) == -1)
		return -1;
	if (again_write(pending->fd, bytes, n) == -1) {
		err_sys(err, "%s", pending->path);
		/* a part of a line must not have another behind it */
		(void)AGAIN(ftruncate(pending->fd, (off_t)pending->size));
		return -1;
	}
	pending->size += n;
	return 0;
}

/* pending_read - from there on */
ssize_t
pending_read(const struct pending *pending, uint64_t at, char *to, size_t size,
    struct err *err)
{
	uint64_t left = pending->size > at ? pending->size - at : 0;
	ssize_t got = AGAIN(pread(pending->fd, to,
	    left < size ? (size_t)left : size, (off_t)at));

	if (got == -1)
		return err_sys(err, "%s", pending->path);
	return got;
}

/* pending_restart - nothing of it is wanted any more */
int
pending_restart(struct pending *pending, struct err *err)
{
	return begin(pending, err);
}

/* pending_close - as after PENDING */
void
pending_close(struct pending *pending)
{
	if (pending->fd != -1)
		(void)close(pending->fd);
	free(pending->path);
	*pending = (struct pending)PENDING;
}
