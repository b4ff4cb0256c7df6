/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/changes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/mem.h"

enum {
	MOST = 4 << 20,		/* bytes of a file */
	SETTLED = 3		/* seconds.  Postfix's programs wait until a
				   main.cf is two seconds old, for it may be
				   half written.  Ours never is. */
};

static bool
equal(const struct buf *one, const struct buf *other)
{
	return one->len == other->len &&
	    memcmp(one->data, other->data, one->len) == 0;
}

/* directory_of - a path's, opened; *out_name is the rest of it */
static int
directory_of(const char *path, const char **out_name)
{
	const char *slash = strrchr(path, '/');
	own(str) char *directory = mem_bytes(path, (size_t)(slash + 1 - path));

	*out_name = slash + 1;
	return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* change_read - whole */
int
change_read(const char *path, struct buf *out, struct err *err)
{
	const char *name;
	own(fd) int directory = directory_of(path, &name);

	if (directory == -1)
		return err_sys(err, "%s", ESCAPE(path));
	switch (atomic_file_load(directory, name, MOST, out, err)) {
	case -1:
		return err_wrap(err, "%s", ESCAPE(path));
	case 0:
		errno = ENOENT;
		return err_sys(err, "%s", ESCAPE(path));
	}
	return 0;
}

/* read_one - by its name, which may be a link */
static int
read_one(struct change *change, const char *path, struct err *err)
{
	char real[PATH_MAX];

	if (realpath(path, real) == NULL || stat(real, &change->like) == -1)
		return err_sys(err, "%s", ESCAPE(path));
	change->path = mem_text(real);
	if (change_read(real, &change->was, err) == -1)
		return -1;
	buf_bytes(&change->is, change->was.data, change->was.len);
	return 0;
}

/* changes_read - all three */
int
changes_read(struct changes *changes, const char *config_directory,
    const char *conf_file, struct err *err)
{
	own(str) char *main_cf = mem_format("%s/main.cf", config_directory);
	own(str) char *master_cf = mem_format("%s/master.cf",
	    config_directory);

	return (conf_file == NULL ||
	    read_one(&changes->files[CHANGE_TDC], conf_file, err) == 0) &&
	    read_one(&changes->files[CHANGE_MAIN], main_cf, err) == 0 ?
	    read_one(&changes->files[CHANGE_MASTER], master_cf, err) : -1;
}

/* change_any - of one that is there */
bool
change_any(const struct change *change)
{
	return change->path != NULL && !equal(&change->was, &change->is);
}

/* changes_any - of all */
bool
changes_any(const struct changes *changes)
{
	for (int i = 0; i < CHANGE_FILES; i++)
		if (change_any(&changes->files[i]))
			return true;
	return false;
}

/* put - bytes in the place of the file, if that has the others; 1: it has
 * neither, and is left alone; 0: it has the new ones now */
static int
put(const struct change *change, const struct buf *from, const struct buf *to,
    const struct stat *like, struct err *err)
{
	own(buf) struct buf now = BUF;
	const char *name;
	own(fd) int directory = directory_of(change->path, &name);

	if (directory == -1)
		return err_sys(err, "%s", ESCAPE(change->path));
	if (change_read(change->path, &now, err) == -1)
		return -1;
	if (equal(&now, to))
		return 0;
	if (!equal(&now, from))
		return 1;
	return atomic_file_change(directory, name, to, like, err) == 0 ? 0 :
	    err_wrap(err, "%s", ESCAPE(change->path));
}

/* changes_install - one after the other */
int
changes_install(const struct changes *changes, struct err *err)
{
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_sec -= SETTLED;
	for (int i = 0; i < CHANGE_FILES; i++) {
		const struct change *change = &changes->files[i];
		struct stat like = change->like;

		if (!change_any(change))
			continue;
		like.st_mtim = when;
		switch (put(change, &change->was, &change->is,
		    change->back != NULL ? change->back : &like, err)) {
		case -1:
			return -1;
		case 1:
			return err_set(err, ERR_LATER, "%s: somebody else "
			    "changed it just now", ESCAPE(change->path));
		}
	}
	return 0;
}

/* changes_tidy - the hidden files have but one name each */
void
changes_tidy(const struct changes *changes)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		own(str) char *hidden = NULL;
		const char *name;
		own(fd) int directory = -1;

		if (changes->files[i].path == NULL)
			continue;
		directory = directory_of(changes->files[i].path, &name);
		hidden = mem_format(".%s" ATOMIC_FILE_CHANGED, name);
		(void)unlinkat(directory, hidden, 0);
	}
}

/* changes_undo - all of them, whatever becomes of one */
int
changes_undo(const struct changes *changes, struct err *err)
{
	int result = 0;

	for (int i = CHANGE_FILES; i-- > 0; ) {
		const struct change *change = &changes->files[i];

		if (change_any(change) && put(change, &change->is,
		    &change->was, &change->like, err) == -1)
			result = -1;
	}
	changes_tidy(changes);
	return result;
}

/* changes_drop - empty afterwards */
void
changes_drop(struct changes *changes)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		free(changes->files[i].path);
		buf_drop(&changes->files[i].was);
		buf_drop(&changes->files[i].is);
	}
	*changes = (struct changes)CHANGES;
}
