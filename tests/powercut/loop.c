/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/own.h"

/* take_free - set up a loop device that nobody has; its descriptor.  It lasts
 * until it is closed and unmounted. */
static int
take_free(int file, bool direct, char path[40], struct err *err)
{
	struct loop_config config = { .fd = (unsigned)file, .info.lo_flags =
	    LO_FLAGS_AUTOCLEAR | (direct ? LO_FLAGS_DIRECT_IO : 0U) };
	own(fd) int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	if (control == -1)
		return err_sys(err, "/dev/loop-control");
	for (int tries = 0; tries < 100; tries++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);
		own(fd) int fd = -1;

		if (number == -1)
			return err_sys(err, "LOOP_CTL_GET_FREE");
		snprintf(path, 40, "/dev/loop%d", number);
		if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
			return err_sys(err, "%s", path);
		if (ioctl(fd, LOOP_CONFIGURE, &config) == 0)
			return fd_give(&fd);
		if (errno != EBUSY)		/* another was faster */
			return err_sys(err, "LOOP_CONFIGURE");
		usleep(1000);
	}
	return err_set(err, ERR_LATER, "no free loop device");
}

/* loop_mount - through a loop device */
int
loop_mount(const struct loop *loop, struct err *err)
{
	own(fd) int fd = open(loop->file, O_RDWR | O_CLOEXEC);
	own(fd) int device = -1;
	char path[40];

	if (fd == -1)
		return err_sys(err, "%s", loop->file);
	if ((device = take_free(fd, loop->direct, path, err)) == -1)
		return -1;
	if (mount(path, loop->directory, loop->type, MS_NOSUID | MS_NODEV,
	    loop->options) == -1)
		return err_sys(err, "mount %s", loop->type);
	return 0;
}
