/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sandbox/sandbox_reader.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/sandbox/sandbox_private.h"
#include "base/sanitized.h"

enum { MB = 1 << 20 };

/* bound - never more than before */
static void
bound(int what, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) == -1)
		return;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(what, &limit);
}

/* bound_all - by the size of the file; without one it is not there */
static void
bound_all(const char *path)
{
	struct stat st = { .st_size = 0 };
	rlim_t size;

	(void)stat(path, &st);
	size = (rlim_t)st.st_size;
	bound(RLIMIT_AS, READER_SPACE + 4 * size);
	bound(RLIMIT_CPU, READER_SECONDS + size / MB);
}

/* sandbox_reader - as far as it can */
void
sandbox_reader(const char *path)
{
	struct place file = { path, REACH_READ };
	const struct places places = { .list = &file, .count = 1 };
	struct err ignored;

	if (SANITIZED)
		return;
	bound_all(path);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)sandbox_files(&places, &ignored);
	(void)sandbox_calls_of_reader(&ignored);
}
