/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/secret_file.h"

#include <string.h>
#include <unistd.h>

#include "base/again.h"
#include "base/own.h"
#include "base/regular.h"
#include "base/secret.h"

enum { FILE_MAX = 1 << 20 };	/* octets */

/* take_memory - pages that no core dump has */
static int
take_memory(struct secret_file *file, size_t size, struct err *err)
{
	char *pages = secret_pages(2 * size);

	if (pages == NULL)
		return err_sys(err, "memory");
	file->text = pages;
	file->room = file->text + size;
	file->mapped = 2 * size;
	return 0;
}

/* judge_owner - who else could change it, or read it; root has only a look at
 * what another user will read */
static int
judge_owner(const struct stat *st, struct err *err)
{
	uid_t us = geteuid();
	unsigned mode = (unsigned)st->st_mode & 07777;

	if (us == 0)
		return 0;
	if (st->st_uid != 0 && st->st_uid != us)
		return err_set(err, ERR_NEVER, "belongs to user %lu (mode "
		    "%04o), neither root nor us", (unsigned long)st->st_uid,
		    mode);
	if ((mode & 0040) != 0 && st->st_gid != getegid())
		return err_set(err, ERR_NEVER, "can be read by group %lu (mode "
		    "%04o), which is not our own: chmod g=",
		    (unsigned long)st->st_gid, mode);
	return 0;
}

/* judge - others may not read it, nor write to it */
static int
judge(const struct stat *st, enum secret_owner owner, struct err *err)
{
	if ((st->st_mode & 0027) != 0)
		return err_set(err, ERR_NEVER, "can be %s by others (mode "
		    "%04o): chmod o=,g-w", (st->st_mode & 0022) != 0 ?
		    "written" : "read", (unsigned)st->st_mode & 07777);
	if (owner == SECRET_OURS && judge_owner(st, err) == -1)
		return -1;
	if (st->st_size > FILE_MAX)
		return err_set(err, ERR_NEVER, "larger than %d bytes",
		    FILE_MAX);
	return 0;
}

/* read_text - as much as there was when we looked */
static int
read_text(int fd, struct secret_file *file, size_t size, struct err *err)
{
	ssize_t got;

	while (file->length < size && (got = AGAIN(read(fd,
	    file->text + file->length, size - file->length))) != 0) {
		if (got == -1)
			return err_sys(err, "read");
		file->length += (size_t)got;
	}
	if (memchr(file->text, '\0', file->length) != NULL)
		return err_set(err, ERR_NEVER, "not a text file");
	return 0;
}

/* secret_file_read - all of it, with a NUL after it */
int
secret_file_read(const char *path, enum secret_owner owner,
    struct secret_file *out, struct err *err)
{
	struct secret_file file = SECRET_FILE;
	struct stat st;
	own(fd) int fd = regular_stat(path, &st, err);

	if (fd == -1)
		return err->sys == 0 ? -1 : err_wrap(err, "open");
	if (judge(&st, owner, err) == -1 ||
	    take_memory(&file, (size_t)st.st_size + 1, err) == -1)
		return -1;
	if (read_text(fd, &file, (size_t)st.st_size, err) == -1) {
		secret_file_drop(&file);
		return -1;
	}
	*out = file;
	return 0;
}

/* secret_file_drop - nothing of it is left in memory */
void
secret_file_drop(struct secret_file *file)
{
	if (file->text != NULL)
		secret_unmap(file->text, file->mapped);
	*file = (struct secret_file)SECRET_FILE;
}
