/* SPDX-License-Identifier: BSD-2-Clause */
/* What the configured user may do, before we are that user. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/again.h"
#include "base/behalf.h"
#include "base/daemon/daemon.h"
#include "base/daemon/daemon_private.h"
#include "base/log/log.h"

/* try - in the child: what came of it goes to the parent as it is */
static _Noreturn void
try(const struct conf *conf, daemon_look *look, void *arg, int fd)
{
	struct err err = { .kind = ERR_LATER };
	int status = daemon_drop(conf, &err);

	if (status == 0) {
		status = look(arg, &err);
		if (status == -1)
			err_wrap(&err, "as user %s", conf->user);
	}
	if (status == -1 && write(fd, &err, sizeof(err)) != sizeof(err))
		_exit(EX_OSERR);
	_exit(status == 0 ? EX_OK : EX_CONFIG);
}

/* daemon_try - as it will be when we are the configured user */
int
daemon_try(const struct conf *conf, daemon_look *look, void *arg,
    struct err *err)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	if (geteuid() != 0 || *conf->user == '\0')
		return look(arg, err);
	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(err, "pipe");
	pid = fork();
	if (pid == 0)
		try(conf, look, arg, fds[1]);
	close(fds[1]);
	if (pid == -1) {
		close(fds[0]);
		return err_sys(err, "fork");
	}
	n = AGAIN(read(fds[0], err, sizeof(*err)));
	close(fds[0]);
	if (AGAIN(waitpid(pid, &status, 0)) != pid || !WIFEXITED(status) ||
	    (WEXITSTATUS(status) != EX_OK && n != (ssize_t)sizeof(*err)))
		return err_set(err, ERR_LATER, "cannot look as user %s",
		    conf->user);
	return WEXITSTATUS(status) == EX_OK ? 0 : -1;
}

/* load_as - what may not be read is told apart from what is wrong in it */
static int
load_as(const struct passwd *user, daemon_look *load, void *arg,
    struct err *err)
{
	struct behalf behalf;
	int result;

	if (behalf_begin(&behalf, user, err) == -1)
		return -1;
	result = load(arg, err);
	behalf_end(&behalf);
	if (result == -1 && err->sys == EACCES)
		err_wrap(err, "as user %s", user->pw_name);
	return result;
}

/* daemon_load - tdc.cf twice, since it says who that is */
int
daemon_load(struct daemon *daemon, daemon_run_as *run_as, daemon_look *load,
    void *arg, struct err *err)
{
	static struct conf conf;
	const struct passwd *user;
	int result;

	if (geteuid() != 0)
		return load(arg, err);
	if (conf_load(daemon->conf_file, &conf, err) == -1)
		return -1;
	if (run_as != NULL)
		run_as(&conf);
	if (*conf.user != '\0' && daemon_user(&conf, &user, err) == -1) {
		daemon->conf = &conf;	/* with the log that it names */
		return -1;
	}
	result = *conf.user == '\0' ? load(arg, err) :
	    load_as(user, load, arg, err);
	conf_drop(&conf);
	return result;
}

/* daemon_may_try - are we root, or the user already? */
bool
daemon_may_try(const struct conf *conf)
{
	const struct passwd *user;

	if (geteuid() == 0 || *conf->user == '\0')
		return true;
	user = getpwnam(conf->user);
	return user != NULL && user->pw_uid == geteuid();
}

static int
may_log(void *arg, struct err *err)
{
	return log_look(arg, false, err);
}

static int
may_log_anew(void *arg, struct err *err)
{
	return log_look(arg, true, err);
}

/* daemon_look_at_logs - as a start, and as a reload, will find them */
int
daemon_look_at_logs(const struct daemon *daemon, const struct conf *conf,
    struct err *err)
{
	struct conf copy = *conf;
	struct err later;

	if (!daemon_may_try(conf))
		return 0;
	if (log_look(conf, false, err) == -1) {
		if (err->sys != ENOENT)
			return -1;
		fprintf(stderr, "%s: warning: %s: make its directory, or start "
		    "by the service unit if that does\n", daemon->name,
		    err->text);
	} else if (daemon_try(conf, may_log, &copy, &later) == -1) {
		fprintf(stderr, "%s: warning: %s, so a start or a reload as "
		    "that user is refused, and a log that was moved away still "
		    "gets the lines: let it write there\n", daemon->name,
		    later.text);
	} else if (daemon_try(conf, may_log_anew, &copy, &later) == -1) {
		fprintf(stderr, "%s: note: when the log is moved away, whoever "
		    "does so has to make a new one, such as logrotate with "
		    "\"create\": %s\n", daemon->name, later.text);
	}
	return 0;
}
