/* SPDX-License-Identifier: BSD-2-Clause */
/* May smtpd(8) connect to our unix socket?  It needs the right to write it, and
 * to search the directories that lead there. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/behalf.h"
#include "base/daemon/daemon.h"
#include "base/own.h"
#include "control/doctor/doctor.h"
#include "control/doctor/sockname.h"

/* will_have - the user and group that the socket gets at a start; false: they
 * are not known */
static bool
will_have(const struct conf *conf, uid_t *out_user, gid_t *out_group)
{
	const char *name = conf_milter_user(conf);
	const struct passwd *user = NULL;
	const struct group *group;

	*out_user = geteuid();
	*out_group = getegid();
	if (*name != '\0') {
		user = getpwnam(name);
		if (user == NULL)
			return false;
		*out_user = user->pw_uid;
		*out_group = user->pw_gid;
	}
	if (*conf->milter_socket_group == '\0')
		return true;
	group = getgrnam(conf->milter_socket_group);
	if (group != NULL)
		*out_group = group->gr_gid;
	return group != NULL;
}

/* doctor_socket_lacks - by its user, its group, or everybody's bit */
mode_t
doctor_socket_lacks(const struct conf *conf, const char *owner)
{
	const struct passwd *user;
	mode_t bit;
	uid_t uid;
	gid_t gid;

	if (!will_have(conf, &uid, &gid))
		return 0;
	/* only now: what getpwnam() returns is overwritten by the next call */
	user = getpwnam(owner);
	if (user == NULL || user->pw_uid == 0)
		return 0;
	bit = user->pw_uid == uid ? S_IWUSR :
	    behalf_has_group(user, gid) ? S_IWGRP :
	    S_IWOTH;
	return bit & ~conf->milter_socket_mode;
}

/* look_at_mode - that the parameters ask for */
static void
look_at_mode(const struct conf *conf, const char *owner,
    struct findings *findings)
{
	const char *group = conf->milter_socket_group;
	const struct passwd *user;
	uid_t uid;
	gid_t gid;

	if (!will_have(conf, &uid, &gid))
		return;
	user = getpwnam(owner);
	if (user != NULL && user->pw_uid != 0 && user->pw_uid == uid)
		finding_warn(findings, "user: %s is Postfix's own user, from "
		    "whose processes nothing of ours is safe: use another, "
		    "such as tdc", owner);
	if (doctor_socket_lacks(conf, owner) != 0)
		finding_stop(findings, "milter_socket: smtpd, which is user "
		    "%s, may not connect: the socket will have %s%s and mode "
		    "%04o: set milter_socket_group = %s and milter_socket_mode = "
		    "0660", owner, *group != '\0' ? "group " :
		    "the group of its user", group, conf->milter_socket_mode,
		    owner);
}

/* may_search - each directory that leads to the path */
static int
may_search(void *arg, struct err *err)
{
	const char *path = arg;

	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		own(str) char *dir = mem_bytes(path, (size_t)(slash - path));

		if (access(dir, X_OK) == -1)
			return err_sys(err, "%s", dir);
	}
	return 0;
}

/* may_connect - to the socket that is there now, if there is one */
static int
may_connect(void *arg, struct err *err)
{
	const char *path = arg;

	return access(path, W_OK) == 0 || errno == ENOENT ? 0 :
	    err_sys(err, "%s", path);
}

/* look_at_way - as smtpd, which only root can become */
static void
look_at_way(const char *path, const char *owner, struct findings *findings)
{
	struct conf smtpd = { .user = owner };
	own(str) char *plain = sockname_plain(path);
	struct err err;

	if (daemon_try(&smtpd, may_search, plain, &err) == -1)
		finding_stop(findings, "milter_socket: %s: smtpd must get into "
		    "that directory: chgrp %s and chmod g+x", err.text, owner);
	else if (daemon_try(&smtpd, may_connect, plain, &err) == -1)
		finding_stop(findings, "milter_socket: %s: tdc-milter runs "
		    "with other parameters: restart it", err.text);
}

/* doctor_socket - may smtpd(8) connect to it? */
void
doctor_socket(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	const char *path = sockname_path(conf->milter_socket);
	own(str) char *dir = NULL;

	if (path == NULL)
		return;
	dir = mem_bytes(path, (size_t)(strrchr(path, '/') - path));
	if (*dir != '\0' && access(dir, F_OK) == -1) {
		findings->no_copies = true;	/* tdc-milter has warned */
		return;
	}
	if (!postfix->known || getpwnam(postfix->mail_owner) == NULL)
		return;
	look_at_mode(conf, postfix->mail_owner, findings);
	if (geteuid() == 0)
		look_at_way(path, postfix->mail_owner, findings);
}
