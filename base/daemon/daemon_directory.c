/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories of the configured user. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/behalf.h"
#include "base/daemon/daemon.h"
#include "base/daemon/daemon_private.h"
#include "base/own.h"

/* give_directory - which root has just made where nobody else could */
static int
give_directory(const char *dir, const struct passwd *user, struct err *err)
{
	own(fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	if (fd == -1)
		return err_sys(err, "open %s", dir);
	if (fchown(fd, user->pw_uid, user->pw_gid) == -1)
		return err_sys(err, "chown %s", dir);
	return 0;
}

/* make_as - where the user has a hand in where dir leads */
static int
make_as(const char *dir, const struct passwd *user, struct err *err)
{
	struct behalf behalf;
	int result;

	if (behalf_begin(&behalf, user, err) == -1)
		return -1;
	result = mkdir(dir, 0700);
	behalf_end(&behalf);
	return result == 0 || errno == EEXIST ? 0 :
	    err_sys(err, "as user %s: mkdir %s", user->pw_name, dir);
}

/* is_ours_alone - whoever may write there may have anything copied */
static int
is_ours_alone(const char *dir, struct err *err)
{
	struct stat st;

	if (stat(dir, &st) == -1)
		return err_sys(err, "look at %s", dir);
	return (st.st_mode & S_IWOTH) == 0 ? 0 : err_set(err, ERR_LATER,
	    "%s may be written by everyone (mode %04o): chmod 700 %s", dir,
	    (unsigned)st.st_mode & 07777, dir);
}

/* make_directory - when it is not there */
static int
make_directory(const struct conf *conf, const char *dir, struct err *err)
{
	const struct passwd *user = NULL;

	if (geteuid() == 0 && *conf->user != '\0') {
		if (daemon_user(conf, &user, err) == -1)
			return -1;
		if (!behalf_safe(dir, user))
			return make_as(dir, user, err);
	}
	if (mkdir(dir, 0700) == -1)
		return errno == EEXIST ? 0 : err_sys(err, "mkdir %s", dir);
	return user == NULL ? 0 : give_directory(dir, user, err);
}

/* daemon_directory - a directory of the configured user */
int
daemon_directory(const struct conf *conf, const char *dir, struct err *err)
{
	if (make_directory(conf, dir, err) == -1)
		return -1;
	return is_ours_alone(dir, err);
}
