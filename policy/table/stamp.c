/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/stamp.h"

#include <stddef.h>
#include <sys/stat.h>

#include "base/clock.h"

#define NS(t) ((int64_t)(t).tv_sec * 1000000000 + (t).tv_nsec)

/* is_fresh - less than a tick ago?  File systems have ticks of up to 10 ms;
 * those that never show a fraction, of up to 2 s. */
static bool
is_fresh(int64_t ctime)
{
	int64_t tick = ctime % 1000000000 == 0 ? 2000 : 50;
	int64_t age = clock_wall() - ctime / 1000000;

	return age > -tick && age < tick;
}

/* stamp_take - how the file looks now */
void
stamp_take(const char *path, struct stamp *out)
{
	struct stat status;

	*out = (struct stamp){ 0 };
	if (path == NULL || stat(path, &status) == -1)
		return;
	*out = (struct stamp){
		.dev = status.st_dev,
		.ino = status.st_ino,
		.size = status.st_size,
		.mtime = NS(status.st_mtim),
		.ctime = NS(status.st_ctim),
		.fresh = is_fresh(NS(status.st_ctim)),
	};
}

/* stamp_same - the same file, and not written to in between */
bool
stamp_same(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->mtime == b->mtime && a->ctime == b->ctime;
}
