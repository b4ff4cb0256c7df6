/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/wiring_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "control/doctor/doctor.h"
#include "control/doctor/sockname.h"
#include "control/postfix/wiring_private.h"

static bool
any_chrooted(const struct conf *conf, const struct postfix *postfix)
{
	for (size_t i = 0; i < postfix->count; i++)
		if (postfix->services[i].chrooted &&
		    !wiring_stays_out(conf, &postfix->services[i]))
			return true;
	return false;
}

/* place - below the queue directory, where it has to be there */
static int
place(const struct conf *conf, const struct postfix *postfix,
    struct wiring *out, struct err *err)
{
	const char *path = sockname_path(conf->milter_socket);
	own(str) char *below = sockname_below(postfix, path);
	const char *queue = postfix->queue_directory;
	struct sockaddr_un sun;

	if (path == NULL || below != NULL || !any_chrooted(conf, postfix))
		return 0;
	out->socket = mem_format("unix:%s/tdc/milter.sock", queue);
	if (strlen(out->socket + 5) >= sizeof(sun.sun_path))
		return err_set(err, ERR_NEVER, "smtpd is chrooted, and a "
		    "socket in %s would have too long a name: set "
		    "milter_socket = inet:8891", queue);
	return 0;
}

/* wiring_socket - the doctor knows who may connect */
int
wiring_socket(const struct conf *conf, const struct postfix *postfix,
    struct wiring *out, struct err *err)
{
	const struct passwd *owner;
	const struct group *group;

	if (place(conf, postfix, out, err) == -1)
		return -1;
	if (sockname_path(conf->milter_socket) == NULL ||
	    doctor_socket_lacks(conf, postfix->mail_owner) == 0)
		return 0;
	owner = getpwnam(postfix->mail_owner);
	group = owner == NULL ? NULL : getgrgid(owner->pw_gid);
	if (group == NULL)
		return err_set(err, ERR_NEVER, "%s, Postfix's mail_owner, has "
		    "no group: set milter_socket_group", postfix->mail_owner);
	if (strcmp(conf->milter_socket_group, group->gr_name) != 0)
		out->group = mem_text(group->gr_name);
	if ((conf->milter_socket_mode & S_IWGRP) == 0)
		out->mode = mem_text("0660");
	return 0;
}

/* wiring_directory - of the socket, as it will be */
char *
wiring_directory(const struct conf *conf, const struct postfix *postfix,
    const struct wiring *wiring)
{
	const char *path = sockname_path(wiring->socket != NULL ?
	    wiring->socket : conf->milter_socket);
	own(str) char *below = sockname_below(postfix, path), *dir = NULL;

	if (below == NULL || strchr(below, '/') == NULL)
		return NULL;
	dir = mem_bytes(path, (size_t)(strrchr(path, '/') - path));
	return access(dir, F_OK) == 0 ? NULL : str_give(&dir);
}

/* make - it is searched by its own user and smtpd alone */
static int
make(const char *dir, uid_t uid, gid_t gid, struct err *err)
{
	own(fd) int fd = -1;

	if (mkdir(dir, 0700) == -1)
		return err_sys(err, "mkdir %s", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fchown(fd, uid, gid) == -1 || fchmod(fd, 0750) == -1)
		return err_sys(err, "%s", dir);
	return 0;
}

/* wiring_make - in the queue directory, which is root's */
int
wiring_make(const struct conf *conf, const struct postfix *postfix,
    const char *dir, struct err *err)
{
	const char *user = conf_milter_user(conf);
	const struct passwd *found = getpwnam(user);
	uid_t uid = found != NULL ? found->pw_uid : 0;

	if (found == NULL && *user != '\0')
		return err_set(err, ERR_NEVER, "user: no user '%s', to whom "
		    "%s would belong", user, dir);
	found = getpwnam(postfix->mail_owner);
	if (found == NULL)
		return err_set(err, ERR_NEVER, "mail_owner: no user '%s'",
		    postfix->mail_owner);
	return make(dir, uid, found->pw_gid, err);
}
