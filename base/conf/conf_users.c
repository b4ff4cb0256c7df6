/* SPDX-License-Identifier: BSD-2-Clause */
/* Which user a program is to be. */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "base/conf/conf.h"
#include "base/conf/conf_private.h"
#include "base/group_readable.h"
#include "base/own.h"

/* conf_milter_user - whoever set up the spool has decided, if nothing is set: a
 * user has a group of its name */
const char *
conf_milter_user(const struct conf *conf)
{
	own(fd) int spool = -1;
	const struct group *group;
	gid_t gid;

	if (*conf->milter_user != '\0')
		return conf->milter_user;
	if (*conf->user == '\0')
		return conf->user;
	spool = open(conf->spool_directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (spool == -1 || !group_writers(spool, &gid))
		return conf->user;
	group = getgrgid(gid);
	if (group == NULL || getpwnam(group->gr_name) == NULL)
		return conf->user;
	return arena_text(&conf->private->arena, group->gr_name);
}

/* conf_run_as_milter - which may have a user of its own */
void
conf_run_as_milter(struct conf *conf)
{
	const char *user = conf_milter_user(conf);

	if (strcmp(user, conf->user) == 0)
		return;
	conf->other_user = conf->user;
	conf->user = user;
	conf->user_parameter = "milter_user";
}

/* conf_run_as_remediator - which has one */
void
conf_run_as_remediator(struct conf *conf)
{
	conf->user = conf->remediation_user;
	conf->user_parameter = "remediation_user";
}
