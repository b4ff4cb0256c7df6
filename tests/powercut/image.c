/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * There are two of it: one that is kept, and a file in memory for whoever
 * mounts it.  What was written to the latter is found by comparing.
 */
#include "tests/powercut/image.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

#define BLOCK	4096

static char *kept, *shown;	/* mapped */
static uint64_t size;
static int shown_fd = -1;
static bool *used;		/* blocks of what is kept that may not be 0 */

/* note - blocks that may not be 0 */
static void
note(uint64_t at, size_t n)
{
	for (uint64_t b = at / BLOCK; b <= (at + n - 1) / BLOCK; b++)
		used[b] = true;
}

/* copy_data - all but holes, from the file */
static void
copy_data(int fd)
{
	off_t at = 0, end;

	while ((at = lseek(fd, at, SEEK_DATA)) != -1 &&
	    (uint64_t)at < size) {
		end = lseek(fd, at, SEEK_HOLE);
		if ((uint64_t)end > size)
			end = (off_t)size;
		memcpy(shown + at, kept + at, (size_t)(end - at));
		note((uint64_t)at, (size_t)(end - at));
		at = end;
	}
}

/* image_open - both of them as the file is */
int
image_open(const char *path, struct err *err)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(err, "%s", path);
	size = (uint64_t)st.st_size / BLOCK * BLOCK;
	used = mem_new(size / BLOCK);
	shown_fd = memfd_create("powercut", MFD_CLOEXEC);
	if (shown_fd == -1 || ftruncate(shown_fd, (off_t)size) == -1)
		return err_sys(err, "memfd_create");
	kept = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	shown = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, shown_fd,
	    0);
	if (kept == MAP_FAILED || shown == MAP_FAILED)
		return err_sys(err, "%s", path);
	copy_data(fd);
	return 0;
}

/* image_path - of the one to be mounted */
const char *
image_path(void)
{
	static char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", shown_fd);
	return path;
}

/* image_write - for good */
void
image_write(uint64_t at, const char *bytes, size_t n)
{
	memcpy(kept + at, bytes, n);
	memcpy(shown + at, bytes, n);
	note(at, n);
}

/* image_try - until image_back() */
void
image_try(uint64_t at, const char *bytes, size_t n)
{
	memcpy(shown + at, bytes, n);
}

static void
compare(uint64_t at)
{
	if (memcmp(shown + at, kept + at, BLOCK) != 0)
		memcpy(shown + at, kept + at, BLOCK);
}

/* image_back - the shown one as the kept one */
void
image_back(void)
{
	off_t at = 0, end;

	for (uint64_t b = 0; b < size / BLOCK; b++)
		if (used[b])
			compare(b * BLOCK);
	while ((at = lseek(shown_fd, at, SEEK_DATA)) != -1) {
		end = lseek(shown_fd, at, SEEK_HOLE);
		for (; at < end; at += BLOCK)
			if (!used[at / BLOCK])
				compare((uint64_t)at);
	}
}
