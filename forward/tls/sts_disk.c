/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/sts_disk.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/mem.h"
#include "base/own.h"
#include "forward/tls/sts_kept.h"

static int
open_directory(const char *spool, bool make)
{
	own(str) char *path = mem_format("%s/sts", spool);

	if (make)
		(void)mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* sts_disk_load - what was saved for a domain */
void
sts_disk_load(const char *spool, const char *domain, struct buf *out)
{
	own(fd) int directory = open_directory(spool, false);
	struct err ignored;

	if (directory != -1 && atomic_file_load(directory, domain, STS_KEPT_MAX,
	    out, &ignored) != 1)
		buf_cut(out, 0);
}

/* sts_disk_save - in place of what was there */
int
sts_disk_save(const char *spool, const char *domain, const struct buf *file,
    struct err *err)
{
	own(fd) int directory = open_directory(spool, true);

	if (directory == -1)
		return err_sys(err, "open 'sts'");
	return atomic_file_save(directory, domain, file->data, file->len, err);
}
