/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file from its first byte to its name: the accept of the table in spool.h.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/libc.h"
#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

/* new_nameless - a file that vanishes unless it gets a name; -1 and
 * hidden_names when the file system has none */
static int
new_nameless(struct spool *spool)
{
	int fd = spool_open_new(spool, ".", O_TMPFILE | O_RDWR);

	if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR))
		spool->hidden_names = true;
	return fd;
}

/* new_hidden - the same under a name that nobody reads */
static int
new_hidden(struct spool *spool, struct spool_file *file)
{
	uint64_t number;
	int fd;

	do {
		if (AGAIN(getrandom(&number, sizeof(number), 0)) == -1)
			return -1;
		snprintf(file->hidden, sizeof(file->hidden), ".%016" PRIx64,
		    number);
		fd = spool_open_new(spool, file->hidden,
		    O_CREAT | O_EXCL | O_RDWR);
	} while (fd == -1 && errno == EEXIST);
	if (fd == -1)
		file->hidden[0] = '\0';
	return fd;
}

/* is_lost - what a call in ready/ says when that is not there any more; the
 * new one has taken its place now, if there is one, by us or by another */
static bool
is_lost(struct spool *spool)
{
	struct err ignored;
	int error = errno;
	bool found = (error == ENOENT || error == ESTALE || error == EPERM) &&
	    spool_look(spool, &ignored) != -1;

	errno = error;
	return found;
}

static int
open_new(struct spool *spool, struct spool_file *out)
{
	if (!spool->hidden_names)
		out->fd = new_nameless(spool);
	if (out->fd == -1 && spool->hidden_names)
		out->fd = new_hidden(spool, out);
	return out->fd == -1 ? -1 : 0;
}

/* claim - lock it against readers and sweepers: 1, or 0 when a sweeper was
 * there between our creating and our locking it */
static int
claim(const struct spool_file *file)
{
	struct stat st;

	if (AGAIN(flock(file->fd, LOCK_EX | LOCK_NB)) == -1)
		return errno == EWOULDBLOCK ? 0 : -1;
	if (file->hidden[0] == '\0')
		return 1;
	return AGAIN(fstat(file->fd, &st)) == -1 ? -1 : st.st_nlink > 0;
}

/* spool_file_new - a file to write, which nobody finds yet */
int
spool_file_new(struct spool *spool, struct spool_file *out, struct err *err)
{
	spool_look_again(spool);
	for (int tries = 0; tries < 10; tries++) {
		struct spool_file file = SPOOL_FILE;
		int claimed;

		if (open_new(spool, &file) == -1 && (!is_lost(spool) ||
		    open_new(spool, &file) == -1))
			return err_sys(err, "spool");
		claimed = claim(&file);
		if (claimed == 1) {
			*out = file;
			return 0;
		}
		if (claimed == -1)
			err_sys(err, "spool: flock");
		spool_file_drop(spool, &file);
		if (claimed == -1)
			return -1;
	}
	return err_set(err, ERR_LATER, "spool: new files are always locked");
}

/* spool_file_drop - close it, which ends the lock */
void
spool_file_drop(struct spool *spool, struct spool_file *file)
{
	if (file->hidden[0] != '\0')
		(void)AGAIN(unlinkat(spool->ready, file->hidden, 0));
	if (file->fd != -1)
		(void)close(file->fd);
	*file = (struct spool_file)SPOOL_FILE;
}

/* give_name - to a file that has none, or instead of its hidden one; never in
 * place of another copy, where the file system can tell */
static int
give_name(struct spool *spool, struct spool_file *file, const char *name)
{
	char path[32];
	int status;

	if (file->hidden[0] == '\0') {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
		return AGAIN(linkat(AT_FDCWD, path, spool->ready, name,
		    AT_SYMLINK_FOLLOW));
	}
	status = AGAIN(renameat2(spool->ready, file->hidden, spool->ready,
	    name, RENAME_NOREPLACE));
	if (status == -1 && (errno == EINVAL || errno == ENOSYS))
		status = AGAIN(renameat(spool->ready, file->hidden,
		    spool->ready, name));
	if (status == 0)
		file->hidden[0] = '\0';
	return status;
}

/* spool_file_take_back - the name, or where that fails too, what makes it a
 * copy */
void
spool_file_take_back(struct spool *spool, int fd,
    const struct spool_entry *entry)
{
	char name[SPOOL_NAME];

	spool_name(SPOOL_READY, entry, name);
	if (AGAIN(unlinkat(spool->ready, name, 0)) == -1)
		(void)AGAIN(ftruncate(fd, 0));
}

/* sync_accepted - the file, and its name: where the one does not commit the
 * other, by a sync of the directory that is shared with others */
static int
sync_accepted(struct spool *spool, int fd, bool renamed, struct err *err)
{
	bool alone = spool->names_commit && !spool->strict && !renamed;
	uint64_t named = alone ? 0 : group_sync_ticket(&spool->names);

	if (AGAIN(fsync(fd)) == -1)
		return err_sys(err, "spool: fsync");
	if (alone)
		return 0;
	if (group_sync_wait(&spool->names, spool->ready, named) == -1)
		return err_sys(err, "spool: fsync directory");
	if (atomic_fetch_add(&spool->names_synced, 1) + 1 == SPOOL_FS_SYNCS)
		spool_learn_ways(spool);
	return 0;
}

/* spool_file_publish - the accept */
int
spool_file_publish(struct spool *spool, struct spool_file *file,
    const struct spool_entry *entry, struct err *err)
{
	bool renamed = file->hidden[0] != '\0';
	char name[SPOOL_NAME];

	spool_name(SPOOL_READY, entry, name);
	if (give_name(spool, file, name) == -1 && (!is_lost(spool) ||
	    give_name(spool, file, name) == -1))
		return err_sys(err, "spool: link '%s'", name);
	if (!spool->sync ||
	    sync_accepted(spool, file->fd, renamed, err) == 0)
		return 0;
	spool_file_take_back(spool, file->fd, entry);
	return -1;
}

static bool
is_hidden(const char *name)
{
	return name[0] == '.' && strlen(name) == 17 &&
	    strspn(name + 1, "0123456789abcdef") == 16;
}

static void
sweep_one(const struct spool *spool, const char *name)
{
	own(fd) int fd = spool_openat(spool->ready, name,
	    O_RDONLY | O_NONBLOCK);

	if (fd != -1 && AGAIN(flock(fd, LOCK_EX | LOCK_NB)) == 0)
		(void)AGAIN(unlinkat(spool->ready, name, 0));
}

/* spool_sweep - only tidying: what cannot be removed now harms nobody, and
 * the next start tries again */
void
spool_sweep(const struct spool *spool)
{
	own(dir) DIR *dir = spool_opendir(spool, SPOOL_READY);
	const struct dirent *file;

	while (dir != NULL && (file = readdir(dir)) != NULL)
		if (is_hidden(file->d_name))
			sweep_one(spool, file->d_name);
}
