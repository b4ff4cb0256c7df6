/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * again - a system call, repeated while a signal interrupts it
 *
 *	... n = AGAIN(read(fd, bytes, sizeof(bytes))) ...
 *
 * For calls that return -1 and leave EINTR in errno; the call's arguments are
 * evaluated each time.  Not for close(2), which has closed, nor for waits
 * with a deadline, which must look at the clock again.
 */
#ifndef BASE_AGAIN_H
#define BASE_AGAIN_H

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#define AGAIN(call) __extension__ ({				\
	__typeof__(call) result_;				\
								\
	do							\
		result_ = (call);				\
	while (result_ == -1 && errno == EINTR);		\
	result_;						\
})

/* again_write - all n bytes; 0, or -1 with errno, when some may be written. */
static inline int
again_write(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t written = AGAIN(write(fd, bytes, n));

		if (written == -1)
			return -1;
		bytes += written;
		n -= (size_t)written;
	}
	return 0;
}

#endif
