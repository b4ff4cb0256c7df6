/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/behalf.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"

static bool streams;	/* are places for lines */

/* log_streams - from now on */
void
log_streams(void)
{
	streams = true;
}

/* stream_number - that of one of our own descriptors, or -1 */
static int
stream_number(const char *path)
{
	static const struct { const char *name; int fd; } names[] = {
		{ "/dev/stdout", STDOUT_FILENO },
		{ "/dev/stderr", STDERR_FILENO },
		{ "/dev/fd/1", STDOUT_FILENO },
		{ "/dev/fd/2", STDERR_FILENO },
		{ "/proc/self/fd/1", STDOUT_FILENO },
		{ "/proc/self/fd/2", STDERR_FILENO },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(path, names[i].name) == 0)
			return names[i].fd;
	return -1;
}

/* open_stream - by its name, which leads to what may be no file at all */
static int
open_stream(const char *path, struct log_place *out, struct err *err)
{
	if (!streams)
		return err_set(err, ERR_NEVER, "%s is for a program in the "
		    "foreground (-f) alone", path);
	return log_place_stream(stream_number(path), out, err);
}

/* is_taken - a file of ours, or a device: not what may stand still for want of
 * somebody who reads */
static int
is_taken(int fd, const char *path, struct stat *st, struct err *err)
{
	if (fstat(fd, st) == -1)
		return err_sys(err, "look at %s", path);
	if (S_ISREG(st->st_mode) || S_ISCHR(st->st_mode))
		return 0;
	return err_set(err, ERR_NEVER, "%s is neither a file nor a device",
	    path);
}

/* may_make - a file of that name, as whoever we act for */
static int
may_make(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	own(str) char *dir = slash == NULL ? mem_text(".") :
	    mem_bytes(path, (size_t)(slash - path) + (slash == path));

	return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0 ? 0 :
	    err_sys(err, "open %s", path);
}

/* Open a file as whoever we are; as root no link is followed. */
typedef int opening(const char *path, bool root, int *out, struct err *);

enum { FLAGS = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static int
cannot_open(const char *path, struct err *err)
{
	if (errno == ENXIO)
		return err_set(err, ERR_NEVER, "%s is neither a file nor a "
		    "device", path);
	if (errno == ELOOP)
		return err_set(err, ERR_NEVER, "%s is a link, which root does "
		    "not follow", path);
	return err_sys(err, "open %s", path);
}

static int
open_file(const char *path, bool root, int *out, struct err *err)
{
	const int flags = FLAGS | (root ? O_NOFOLLOW : 0);

	/* One that is there opens also where nothing can be made now. */
	*out = open(path, flags);
	if (*out == -1 && errno == ENOENT)
		*out = open(path, flags | O_CREAT, 0660);
	return *out != -1 ? 0 : cannot_open(path, err);
}

/* look_file - likewise, but one that is not there stays so: *out is -1.  What
 * is no file is not opened, for somebody may read the other end. */
static int
look_file(const char *path, bool root, int *out, struct err *err)
{
	struct stat st;

	*out = -1;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISCHR(st.st_mode))
		return err_set(err, ERR_NEVER, "%s is neither a file nor a "
		    "device", path);
	*out = open(path, FLAGS | (root ? O_NOFOLLOW : 0));
	if (*out != -1)
		return 0;
	return errno == ENOENT ? may_make(path, err) : cannot_open(path, err);
}

/* look_for_room - where the file is not there any more; devices stay */
static int
look_for_room(const char *path, bool root, int *out, struct err *err)
{
	struct stat st;

	(void)root;
	*out = -1;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) ? 0 :
	    may_make(path, err);
}

/* open_for - for a later user, which may control where the path leads */
static int
open_for(const char *path, const struct passwd *user, opening *open_it,
    int *out, struct err *err)
{
	struct behalf behalf;
	int result;

	if (user == NULL)
		return open_it(path, geteuid() == 0, out, err);
	if (behalf_safe(path, user))
		return open_it(path, true, out, err);
	if (behalf_begin(&behalf, user, err) == -1)
		return -1;
	result = open_it(path, false, out, err);
	behalf_end(&behalf);
	return result == 0 ? 0 : err_wrap(err, "as user %s", user->pw_name);
}

/* log_place_open - a file to append to, or a stream by its name */
int
log_place_open(const char *path, const struct passwd *user,
    struct log_place *out, struct err *err)
{
	own(fd) int fd = -1;
	struct stat st;

	if (stream_number(path) != -1)
		return open_stream(path, out, err);
	if (open_for(path, user, open_file, &fd, err) == -1 ||
	    is_taken(fd, path, &st, err) == -1)
		return -1;
	/* another group is that of the directory, for several users */
	if (user != NULL && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    st.st_size == 0 && st.st_nlink == 1 && fchown(fd, user->pw_uid,
	    st.st_gid == getegid() ? user->pw_gid : (gid_t)-1) == -1)
		return err_sys(err, "chown %s", path);
	*out = (struct log_place){ LOG_TO_FILE, .fd = fd_give(&fd) };
	return 0;
}

/* log_place_look - what opening it would find wrong */
int
log_place_look(const char *path, const struct passwd *user, bool moved,
    struct err *err)
{
	own(fd) int fd = -1;

	return stream_number(path) != -1 ? 0 : open_for(path, user, moved ?
	    look_for_room : look_file, &fd, err);
}

/* log_place_stream - a descriptor of ours */
int
log_place_stream(int fd, struct log_place *out, struct err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (copy == -1)
		return err_sys(err, "descriptor %d", fd);
	*out = (struct log_place){ LOG_TO_STREAM, .fd = copy };
	return 0;
}

/* log_place_close - it is LOG_PLACE_NONE then */
void
log_place_close(struct log_place *place)
{
	if (place->fd != -1)
		close(place->fd);
	*place = LOG_PLACE_NONE;
}
