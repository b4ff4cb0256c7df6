/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/daemon/daemon_private.h"
#include "base/daemon/notify.h"
#include "base/daemon/successor.h"
#include "base/libc.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/thread.h"

static _Atomic bool hushed;	/* see daemon_hush() */

static _Noreturn void
usage(const struct daemon *daemon, FILE *out, int exit_code)
{
	fprintf(out, "usage: %s [-c FILE] [-n] [-f] [-v] [-h | -V]%s\n"
	    "  -c FILE  configuration, in place of " CONF_FILE "\n"
	    "  -n       %s\n"
	    "  -f       stay in the foreground\n"
	    "  -v       log more; with -f also on standard error\n"
	    "  -h       print this and leave\n"
	    "  -V       print versions and leave\n", daemon->name,
	    daemon->words != NULL ? daemon->words : "",
	    daemon->check != NULL ? daemon->check :
	    "check the configuration and leave");
	for (const struct daemon_option *own = daemon->own; own != NULL &&
	    own->letter != '\0'; own++)
		fprintf(out, "  %s\n", own->usage);
	exit(exit_code);
}

/* null_fds - nobody shall ever get one of the first three numbers */
static void
null_fds(bool all)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd < 3)
		fd = open("/dev/null", O_RDWR);
	for (int i = 0; all && i < 3; i++)
		dup2(fd, i);
	if (fd >= 3)
		close(fd);
}

/* confine - nothing of the parent's, nothing that a core dump would show of
 * messages and keys, and no program that may do more than we, unless we are to
 * start one */
static void
confine(struct daemon *daemon)
{
	unsigned first = 3;

	daemon->given = (struct given){ .socket = -1, .ready = -1 };
	if (daemon->listens)
		first = given_take(&daemon->given);
	null_fds(false);
	(void)close_range(first, ~0U, 0);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (!daemon->submits)
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* letters - of all options, for getopt(3) */
static void
letters(const struct daemon *daemon, struct buf *out)
{
	buf_text(out, "c:nfvhV");
	for (const struct daemon_option *own = daemon->own; own != NULL &&
	    own->letter != '\0'; own++)
		buf_format(out, "%c:", own->letter);
}

/* take_own - an option of this program alone; false: it is none */
static bool
take_own(const struct daemon *daemon, int letter, const char *argument)
{
	const struct daemon_option *own = daemon->own;

	while (own != NULL && own->letter != '\0' && own->letter != letter)
		own++;
	if (own == NULL || own->letter == '\0')
		return false;
	*own->out = argument;
	return true;
}

/* daemon_options - read the common options */
void
daemon_options(struct daemon *daemon, const char *name, int argc,
    char **argv, daemon_versions *versions)
{
	own(buf) struct buf known = BUF;
	int c;

	confine(daemon);
	*daemon = (struct daemon){ .name = name, .own = daemon->own,
	    .words = daemon->words, .check = daemon->check,
	    .submits = daemon->submits, .listens = daemon->listens,
	    .given = daemon->given,
	    .conf_file = CONF_FILE, .ready_fd = -1 };
	letters(daemon, &known);
	while ((c = getopt(argc, argv, known.data)) != -1) {
		switch (c) {
		case 'c':
			daemon->conf_file = optarg;
			break;
		case 'n':
			daemon->check_only = true;
			break;
		case 'f':
			daemon->foreground = true;
			break;
		case 'v':
			daemon->verbose = true;
			break;
		case 'V':
			printf("%s %s\n", name, VERSION);
			versions();
			exit(EX_OK);
		case 'h':
			usage(daemon, stdout, EX_OK);
		default:
			if (!take_own(daemon, c, optarg))
				usage(daemon, stderr, EX_USAGE);
		}
	}
	daemon->argc = argc - optind;
	daemon->argv = argv + optind;
	if (daemon->argc > 0 && daemon->words == NULL)
		usage(daemon, stderr, EX_USAGE);
	/* in the background we stand elsewhere; what is not there is reported
	 * when it is read */
	daemon->conf_file = mem_absolute(daemon->conf_file);
}

/* daemon_usage - the call was wrong */
void
daemon_usage(const struct daemon *daemon)
{
	usage(daemon, stderr, EX_USAGE);
}

/* open_log - for the last words, if nobody has opened one yet */
static void
open_log(const struct daemon *daemon)
{
	struct err ignored;

	if (log_is_open() || daemon->check_only)
		return;
	if (daemon->conf == NULL || log_open(daemon->name, daemon->conf, false,
	    &ignored) == -1)
		log_open_plain(daemon->name);
}

/* daemon_refuse - one line, and the end */
void
daemon_refuse(struct daemon *daemon, int exit_code, const char *text)
{
	unsigned char code = (unsigned char)exit_code;

	fprintf(stderr, "%s: %s\n", daemon->name, text);
	(void)thread_release();
	if (daemon->given.held && daemon->given.ready == -1 &&
	    !daemon->check_only)
		given_show_out(daemon->given.socket);
	open_log(daemon);
	if (log_is_open()) {
		log_to_stderr(false);	/* it stands there already */
		log_event(fatal, text);
		log_flush();
	}
	if (daemon->given.ready != -1)
		successor_refuse(daemon->given.ready, text);
	else if (daemon->ready_fd != -1 &&
	    write(daemon->ready_fd, &code, 1) != 1)
		exit(EX_OSERR);
	exit(exit_code);
}

/* wait_for_child - the parent's whole life after the fork */
static _Noreturn void
wait_for_child(const struct daemon *daemon, int fd)
{
	unsigned char code;
	ssize_t n = AGAIN(read(fd, &code, 1));

	if (n != 1)
		fprintf(stderr, "%s: it ended before it was ready\n",
		    daemon->name);
	_exit(n == 1 ? code : EX_SOFTWARE);
}

/* daemon_begin - descriptors, and the background unless -f */
void
daemon_begin(struct daemon *daemon)
{
	int pipe_fds[2];

	thread_hold();
	if (daemon->foreground) {
		log_streams();
		if (daemon->verbose)
			log_to_stderr(true);
	}
	if (daemon->given.ready != -1) {
		daemon_hush(true);
		(void)setsid();
	}
	if (daemon->foreground || daemon->given.ready != -1)
		return;
	if (pipe2(pipe_fds, O_CLOEXEC) == -1)
		daemon_refuse(daemon, EX_OSERR, "pipe: cannot be made");
	switch (fork()) {
	case -1:
		daemon_refuse(daemon, EX_OSERR, "fork: not possible");
	case 0:
		break;
	default:
		close(pipe_fds[1]);
		wait_for_child(daemon, pipe_fds[0]);
	}
	close(pipe_fds[0]);
	daemon->ready_fd = pipe_fds[1];
	setsid();
}

/* daemon_ready - tell whoever waits, and leave the terminal */
void
daemon_ready(struct daemon *daemon)
{
	static const unsigned char code = EX_OK;

	(void)thread_release();
	if (daemon->ready_fd != -1) {
		null_fds(true);
		if (chdir("/") == -1 || write(daemon->ready_fd, &code, 1) != 1)
			_exit(EX_OSERR);
		close(daemon->ready_fd);
		daemon->ready_fd = -1;
	}
	if (daemon->given.ready != -1) {
		successor_await(daemon->given.ready);
		daemon->given.ready = -1;
		daemon_hush(false);
	}
	daemon_notify("READY=1");
}

/* daemon_notify - tell systemd, when it listens */
void
daemon_notify(const char *state)
{
	if (!hushed)
		notify_send(state);
}

/* daemon_hush - systemd does not listen to any but the main process */
void
daemon_hush(bool hush)
{
	hushed = hush;
}

/* daemon_idle - for who asks systemctl status */
void
daemon_idle(const char *why)
{
	own(str) char *state = mem_format("STATUS=%s", why);

	daemon_notify(state);
}

/* daemon_watchdog - half of the time that systemd allows, in ms */
int
daemon_watchdog(void)
{
	uint64_t ms = notify_watchdog() / 2000;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* daemon_user - who we are to become */
int
daemon_user(const struct conf *conf, const struct passwd **out,
    struct err *err)
{
	errno = 0;
	*out = getpwnam(conf->user);
	/* Whoever keeps the users may be away; an unknown one is no error. */
	if (*out == NULL && errno != 0 && errno != ENOENT && errno != ESRCH) {
		err_sys(err, "user %.60s", conf->user);
		return err_wrap(err, "%s: %s", conf_where(conf,
		    conf->user_parameter), conf->user_parameter);
	}
	if (*out == NULL)
		return err_set(err, ERR_NEVER, "%s: %s: no user '%.60s'",
		    conf_where(conf, conf->user_parameter),
		    conf->user_parameter, conf->user);
	return 0;
}

/* daemon_check - before anything is begun */
int
daemon_check(const struct conf *conf, struct err *err)
{
	const struct passwd *ignored;

	if (*conf->user != '\0' && daemon_user(conf, &ignored, err) == -1)
		return -1;
	return log_check(conf, err);
}

/* is_other - started as a user that does as well */
static bool
is_other(const struct conf *conf)
{
	const struct passwd *other = conf->other_user != NULL ?
	    getpwnam(conf->other_user) : NULL;

	return other != NULL && other->pw_uid == geteuid();
}

/* daemon_become - for good */
int
daemon_become(const struct passwd *user)
{
	if (initgroups(user->pw_name, user->pw_gid) == -1 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == -1 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == -1)
		return -1;
	/* Which the kernel forgot just now. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	return 0;
}

/* daemon_drop - become the configured user for good */
int
daemon_drop(const struct conf *conf, struct err *err)
{
	const struct passwd *user;

	if (*conf->user == '\0')
		return 0;
	if (daemon_user(conf, &user, err) == -1)
		return -1;
	if (geteuid() != 0) {
		if (user->pw_uid == geteuid() || is_other(conf))
			return 0;
		return err_set(err, ERR_NEVER, "must be started as root or as "
		    "user %.60s (%s)", conf->user, conf_where(conf,
		    conf->user_parameter));
	}
	return daemon_become(user) == -1 ? err_sys(err, "become user %s",
	    conf->user) : 0;
}
