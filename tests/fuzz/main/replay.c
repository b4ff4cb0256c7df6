/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay - give a fuzzer files that it knows: fuzz_x FILE|DIRECTORY...
 *
 * Every file named, and every file in every directory named.  Prints how many;
 * none at all is an error.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/fuzz/fuzz.h"

static void
refuse(const char *path)
{
	perror(path);
	exit(EX_NOINPUT);
}

/* replay_file - from memory that ends where the file ends */
static size_t
replay_file(const char *path)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	own(str) char *bytes = NULL;
	struct stat st;
	size_t size;

	if (fd == -1 || fstat(fd, &st) == -1)
		refuse(path);
	size = (size_t)st.st_size;
	bytes = malloc(size > 0 ? size : 1);
	if (bytes == NULL || read(fd, bytes, size) != st.st_size)
		refuse(path);
	LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
	return 1;
}

static size_t
replay_directory(const char *path)
{
	own(dir) DIR *dir = opendir(path);
	const struct dirent *file;
	size_t count = 0;

	if (dir == NULL)
		refuse(path);
	while ((file = readdir(dir)) != NULL) {
		own(str) char *inside = NULL;

		if (file->d_name[0] == '.')
			continue;
		inside = mem_format("%s/%s", path, file->d_name);
		count += replay_file(inside);
	}
	return count;
}

int
main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == -1)
			refuse(argv[i]);
		count += S_ISDIR(st.st_mode) ? replay_directory(argv[i]) :
		    replay_file(argv[i]);
	}
	printf("%zu replayed\n", count);
	return count > 0 ? EX_OK : EX_USAGE;
}
