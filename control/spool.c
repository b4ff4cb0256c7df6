/* SPDX-License-Identifier: BSD-2-Clause */
/* The spool as an operator finds it: there may be none yet. */
#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "control/control.h"

/* is_user - are we, or have we become, the user of the programs? */
static bool
is_user(const struct conf *conf)
{
	const struct passwd *user = getpwnam(conf->user);

	return user != NULL && user->pw_uid == geteuid();
}

/* in_words - what the error means for this directory, for a reader of copies or
 * of the status alone */
static int
in_words(const struct conf *conf, bool status, struct err *err)
{
	const char *dir = conf->spool_directory;

	if (err->sys == ENOENT && access(dir, F_OK) == -1)
		return err_set(err, ERR_LATER, "spool_directory %s does not "
		    "exist: was tdc-milter ever started?", dir);
	if (err->sys == ENOENT)
		return err_set(err, ERR_LATER, "spool_directory %s was never "
		    "used: was tdc-milter ever started?", dir);
	if (err->sys == EACCES && is_user(conf))
		return err_set(err, ERR_LATER, "spool_directory %s: user %s "
		    "has no access", dir, conf->user);
	if (err->sys == EACCES)
		return err_set(err, ERR_LATER, "spool_directory %s: "
		    "permission denied: run tdcctl as root or user %s%s",
		    dir, conf->user, status ?
		    ", or as a member of its group (see Status in tdcctl(8))" :
		    "");
	return err_wrap(err, "spool_directory %s", dir);
}

/* explain - and let a caller still see what the system said */
static int
explain(const struct conf *conf, bool status, struct err *err)
{
	int sys = err->sys;

	(void)in_words(conf, status, err);
	err->sys = sys;
	return -1;
}

/* look_into_spool - to read it */
int
look_into_spool(const struct conf *conf, struct spool **out, struct err *err)
{
	return spool_peek(conf->spool_directory, out, err) == 0 ? 0 :
	    explain(conf, false, err);
}

/* look_at_status - to read what is told of it */
int
look_at_status(const struct conf *conf, struct spool **out, struct err *err)
{
	return spool_glance(conf->spool_directory, out, err) == 0 ? 0 :
	    explain(conf, true, err);
}

/* look_at_counters - likewise */
int
look_at_counters(const struct conf *conf, const struct spool *spool,
    struct counters **out, struct err *err)
{
	return counters_peek(spool_dirfd(spool), out, err) == 0 ? 0 :
	    explain(conf, true, err);
}
