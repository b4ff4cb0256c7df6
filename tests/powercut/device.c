/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's side of the protocol is in linux/fuse.h.  All requests that
 * have come are taken before the first of them is answered: so what is written
 * in the same round as a flush was not answered when the flush came.
 */
#include "tests/powercut/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define PIECE		(1 << 20)	/* bytes of a request, at most */
#define DISK_NODE	2
#define FOR_EVER	1000000

struct answer {
	struct answer	*next;
	struct fuse_out_header head;
	struct buf	 bytes;
};

/* device_mount - the kernel's part; it is answered by device_serve() */
int
device_mount(struct device *device, struct err *err)
{
	char options[100];

	device->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (device->fd == -1)
		return err_sys(err, "/dev/fuse");
	snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=0,group_id=0", device->fd);
	if (mount("powercut", device->directory, "fuse", MS_NOSUID | MS_NODEV,
	    options) == -1)
		return err_sys(err, "mount '%s'", device->directory);
	return 0;
}

static struct fuse_attr
attributes(const struct device *device, uint64_t node)
{
	return node == DISK_NODE ?
	    (struct fuse_attr){ .ino = node, .size = device->size,
		.mode = S_IFREG | 0600, .nlink = 1, .blksize = 4096 } :
	    (struct fuse_attr){ .ino = node, .mode = S_IFDIR | 0700,
		.nlink = 2, .blksize = 4096 };
}

static int
answer_init(const struct fuse_init_in *in, struct buf *out)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.flags = in->flags & (FUSE_ASYNC_READ | FUSE_BIG_WRITES |
		    FUSE_ASYNC_DIO | FUSE_MAX_PAGES),
		.max_background = 64, .congestion_threshold = 64,
		.max_write = PIECE, .max_pages = PIECE / 4096, .time_gran = 1,
	};

	buf_bytes(out, &init, sizeof(init));
	return 0;
}

static int
answer_lookup(const struct device *device, const char *name, struct buf *out)
{
	struct fuse_entry_out entry = { .nodeid = DISK_NODE,
		.entry_valid = FOR_EVER, .attr_valid = FOR_EVER,
		.attr = attributes(device, DISK_NODE) };

	if (strcmp(name, "disk") != 0)
		return ENOENT;
	buf_bytes(out, &entry, sizeof(entry));
	return 0;
}

static int
answer_getattr(const struct device *device, uint64_t node, struct buf *out)
{
	struct fuse_attr_out attr = { .attr_valid = FOR_EVER,
		.attr = attributes(device, node) };

	buf_bytes(out, &attr, sizeof(attr));
	return 0;
}

static int
answer_open(struct buf *out)
{
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };

	buf_bytes(out, &opened, sizeof(opened));
	return 0;
}

static int
answer_read(const struct device *device, const struct fuse_read_in *in,
    struct buf *out)
{
	int error;

	if (in->offset > device->size || in->size > device->size - in->offset)
		return EINVAL;
	error = device->read(in->offset, buf_room(out, in->size), in->size);
	if (error == 0)
		out->len = in->size;
	return error;
}

static int
answer_write(const struct device *device, const struct fuse_write_in *in,
    struct buf *out)
{
	struct fuse_write_out written = { .size = in->size };
	int error;

	if (in->offset > device->size || in->size > device->size - in->offset)
		return EINVAL;
	error = device->write(in->offset, (const char *)(in + 1), in->size,
	    device->round);
	buf_bytes(out, &written, sizeof(written));
	return error;
}

/* answer_to - 0 or an errno; -1: no answer is wanted */
static int
answer_to(const struct device *device, const struct fuse_in_header *head,
    struct buf *out)
{
	const void *body = head + 1;

	switch (head->opcode) {
	case FUSE_INIT: return answer_init(body, out);
	case FUSE_LOOKUP: return answer_lookup(device, body, out);
	case FUSE_GETATTR: return answer_getattr(device, head->nodeid, out);
	case FUSE_OPEN: return answer_open(out);
	case FUSE_READ: return answer_read(device, body, out);
	case FUSE_WRITE: return answer_write(device, body, out);
	case FUSE_FSYNC: return device->flush(device->round);
	case FUSE_FLUSH: case FUSE_RELEASE: case FUSE_DESTROY: return 0;
	case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: return -1;
	default: return ENOSYS;
	}
}

/* take - one request; its answer to the end of the list */
static struct answer **
take(const struct device *device, const struct fuse_in_header *head,
    struct answer **last)
{
	struct answer *answer = mem_new(sizeof(*answer));
	int error;

	answer->bytes = (struct buf)BUF;
	error = answer_to(device, head, &answer->bytes);
	if (error == -1) {
		buf_drop(&answer->bytes);
		free(answer);
		return last;
	}
	if (error != 0)
		buf_cut(&answer->bytes, 0);
	answer->head = (struct fuse_out_header){ .error = -error,
		.unique = head->unique,
		.len = (uint32_t)(sizeof(answer->head) + answer->bytes.len) };
	*last = answer;
	return &answer->next;
}

static void
give(int fd, struct answer *answer)
{
	while (answer != NULL) {
		struct answer *next = answer->next;
		struct iovec pieces[2] = {
			{ &answer->head, sizeof(answer->head) },
			{ answer->bytes.data, answer->bytes.len } };

		/* who asked may be gone by now */
		(void)!writev(fd, pieces, answer->bytes.len > 0 ? 2 : 1);
		buf_drop(&answer->bytes);
		free(answer);
		answer = next;
	}
}

/* device_serve - round after round, until it is unmounted */
void
device_serve(struct device *device)
{
	static char request[PIECE + 4096];
	struct answer *first, **last;
	ssize_t n;

	do {
		struct pollfd wait = { .fd = device->fd, .events = POLLIN };

		(void)poll(&wait, 1, -1);
		device->round++;
		first = NULL;
		last = &first;
		while ((n = read(device->fd, request, sizeof(request))) > 0 ||
		    (n == -1 && (errno == EINTR || errno == ENOENT)))
			if (n > 0)
				last = take(device, (void *)request, last);
		n = n == -1 && errno == EAGAIN ? 0 : -1;
		give(device->fd, first);
	} while (n == 0);
	(void)close(device->fd);
}
