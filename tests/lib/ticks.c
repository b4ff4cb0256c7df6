/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/lib/ticks.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"

/* ticks_open - map the number */
_Atomic uint64_t *
ticks_open(const char *path, bool raise)
{
	own(fd) int fd = open(path, O_CLOEXEC |
	    (raise ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY), 0644);
	void *map;

	if (fd == -1 || (raise && ftruncate(fd, sizeof(uint64_t)) == -1))
		return NULL;
	map = mmap(NULL, sizeof(uint64_t),
	    raise ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}
