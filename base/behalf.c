/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/behalf.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUPS = 64 };

/* behalf_has_group - one of all of its groups */
bool
behalf_has_group(const struct passwd *user, gid_t gid)
{
	gid_t groups[GROUPS];
	int n = GROUPS;

	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) == -1)
		return true;
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* is_roots - a directory, or a link, that the user cannot change */
static bool
is_roots(const char *path, const struct passwd *user)
{
	struct stat st;

	if (lstat(path, &st) == -1 || st.st_uid != 0)
		return false;
	/* Of a link the directory that it is in decides. */
	if (S_ISLNK(st.st_mode) || (st.st_mode & S_ISVTX) != 0)
		return true;
	return (st.st_mode & S_IWOTH) == 0 && ((st.st_mode & S_IWGRP) == 0 ||
	    !behalf_has_group(user, st.st_gid));
}

/* are_roots - all that lead to what path names */
static bool
are_roots(const char *path, const struct passwd *user)
{
	char part[PATH_MAX];

	for (const char *slash = path; slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		size_t n = slash == path ? 1 : (size_t)(slash - path);

		if (n >= sizeof(part))
			return false;
		memcpy(part, path, n);
		part[n] = '\0';
		if (!is_roots(part, user))
			return false;
	}
	return true;
}

/* behalf_safe - by its name, and by where links lead */
bool
behalf_safe(const char *path, const struct passwd *user)
{
	char parent[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (*path != '/' || strlen(path) >= sizeof(parent))
		return false;
	memcpy(parent, path, (size_t)(slash + 1 - path));
	parent[slash + 1 - path] = '\0';
	return are_roots(path, user) && realpath(parent, real) != NULL &&
	    are_roots(real, user) && is_roots(real, user);
}

/* behalf_begin - capabilities on files are lost with the user's number */
int
behalf_begin(struct behalf *behalf, const struct passwd *user,
    struct err *err)
{
	gid_t groups[GROUPS];
	int n = GROUPS;

	/* one of more groups is less than it will be */
	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) == -1) {
		groups[0] = user->pw_gid;
		n = 1;
	}
	behalf->count = getgroups(GROUPS, behalf->groups);
	if (behalf->count == -1 || setgroups((size_t)n, groups) == -1)
		return err_sys(err, "groups of user %s", user->pw_name);
	(void)setfsgid(user->pw_gid);
	(void)setfsuid(user->pw_uid);
	/* Neither reports a failure.  Called with -1, which is nobody, each returns who
	 * is in force. */
	if ((gid_t)setfsgid((gid_t)-1) == user->pw_gid &&
	    (uid_t)setfsuid((uid_t)-1) == user->pw_uid)
		return 0;
	behalf_end(behalf);
	return err_set(err, ERR_LATER, "not allowed to act as user %s",
	    user->pw_name);
}

/* behalf_end - what was root's before cannot be refused */
void
behalf_end(const struct behalf *behalf)
{
	int saved = errno;

	(void)setfsuid(geteuid());
	(void)setfsgid(getegid());
	if (setgroups((size_t)behalf->count, behalf->groups) == -1)
		abort();
	errno = saved;
}
