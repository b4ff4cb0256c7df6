/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemon - what every long-running program does at its start and end
 *
 *	struct daemon daemon = { .own = NULL };
 *
 *	daemon_options(&daemon, "tdc-forwarder", argc, argv, versions);
 *	if (conf_load(daemon.conf_file, &conf, &err) == -1)
 *		daemon_refuse(&daemon, EX_CONFIG, err.text);
 *	daemon.conf = &conf;
 *	daemon_begin(&daemon);		-- fds 0-2, background unless -f
 *	... open sockets and locks that need root ...
 *	if (daemon_drop(&conf, &err) == -1)		-- to conf.user
 *		daemon_refuse(&daemon, EX_OSERR, err.text);
 *	daemon_confine(&daemon, SANDBOX_FORWARDER, NULL);
 *	daemon_ready(&daemon);		-- parent exits 0, systemd is notified
 *
 * What the parent left open is closed, and a crash leaves no core.
 * Descriptors 0 to 2 stay open, on /dev/null in the background, so that no
 * library ever writes into a socket that got such a number.  In the
 * background the parent waits until the child is ready, so a start that
 * fails is an exit code and one line, never a silence.
 */
#ifndef BASE_DAEMON_H
#define BASE_DAEMON_H

#include <stdbool.h>

#include "base/conf/conf.h"
#include "base/daemon/given.h"
#include "base/err.h"
#include "base/sandbox/sandbox.h"

/* An option of one program alone, with an argument. */
struct daemon_option {
	char		 letter;
	const char	*usage;		/* "-t ADDRESS  ...", for -h */
	const char	**out;		/* stays as it is where it is not given */
};

struct daemon {
	const char	*name;
	const struct daemon_option *own; /* set before daemon_options(), or
					    NULL; ends with letter 0 */
	const char	*conf_file;	/* -c, default CONF_FILE */
	const struct conf *conf;	/* the program's, once it is loaded; NULL;
					   borrowed: it says where the log is */
	bool		 check_only;	/* -n */
	bool		 foreground;	/* -f */
	bool		 verbose;	/* -v */
	const char	*words;		/* set before daemon_options(), of what
					   may come after the options: for the
					   usage, with a blank before it; NULL:
					   nothing may */
	const char	*check;		/* set before daemon_options(): what -n does,
					   for the usage; NULL: as with most */
	bool		 submits;	/* set before daemon_options(): it starts
					   Postfix's sendmail, whose postdrop(1)
					   has a group of its own */
	bool		 listens;	/* set before daemon_options(): it takes a
					   listening socket that was opened for it */
	struct given	 given;		/* that; else there is none */
	int		 argc;		/* those words */
	char		**argv;
	int		 ready_fd;	/* to the waiting parent, or -1 */
};

/* What -V prints below the program's own version: one library a line. */
typedef void daemon_versions(void);

/* daemon_options - read the common options; -h, -V and wrong usage end the
 * process (EX_OK, EX_OK, EX_USAGE). */
void	daemon_options(struct daemon *, const char *name, int argc,
	    char **argv, daemon_versions *);

/* daemon_usage - print it, and EX_USAGE. */
void	daemon_usage(const struct daemon *) __attribute__((noreturn));

/* daemon_refuse - "NAME: text" on stderr and, not with -n, in the maillog, then
 * exit.  The maillog is that of daemon->conf; syslog while there is none, or
 * when that one cannot be opened.  Who waits at a socket that was opened for us
 * is shown out. */
void	daemon_refuse(struct daemon *, int exit_code, const char *text)
	    __attribute__((noreturn));

/* daemon_check - what each of them would fail on later: an unknown user,
 * an unknown facility. */
int	daemon_check(const struct conf *, struct err *);

void	daemon_begin(struct daemon *);

/* daemon_drop - become conf->user for good, with its groups.  Not root:
 * nothing to do when the user is the same, or conf->other_user, or empty; else
 * an error. */
int	daemon_drop(const struct conf *, struct err *);

/* daemon_try - call look(arg, err), which changes nothing, as conf->user, and
 * stay what we are; "as user NAME: " stands before what it finds wrong.  Not
 * root: as who we are.  Before there are threads. */
typedef int daemon_look(void *arg, struct err *);
int	daemon_try(const struct conf *, daemon_look *, void *arg,
	    struct err *);

/* daemon_load - call load(arg, err), which opens files, so that root opens none
 * that conf->user, as run_as() or tdc.cf says, may not read: what is wrong with
 * a line of a file is told with its words, and others than root see that.  It may
 * be in the place of another file by a link.  What load() may not open is "as
 * user NAME: ...", too.  Not root: as who we are.  No such user: daemon->conf is for
 * daemon_refuse().  Before there are threads. */
typedef void daemon_run_as(struct conf *);
int	daemon_load(struct daemon *, daemon_run_as *, daemon_look *load,
	    void *arg, struct err *);

/* daemon_may_try - are we root or conf->user, so that what daemon_try() finds
 * is what the programs will? */
bool	daemon_may_try(const struct conf *);

/* daemon_look_at_logs - for -n: -1 if a start could not open a log file.  What
 * may be there later is a warning on stderr: its directory, as is what a reload
 * could not open because it is not root any more; a note, if it could when the
 * log had not been moved away.  Nothing is made.  Without daemon_may_try()
 * nothing is looked at. */
int	daemon_look_at_logs(const struct daemon *, const struct conf *,
	    struct err *);

/* daemon_confine - enter the sandbox (sandbox.h) with daemon->conf, and go on
 * without what this system does not have of it; the threads of the log begin,
 * which wait since daemon_begin().  After daemon_drop(). */
void	daemon_confine(struct daemon *, enum sandbox_program,
	    const char *tables);

void	daemon_ready(struct daemon *);
void	daemon_notify(const char *state);	/* "WATCHDOG=1", ... */
void	daemon_hush(bool);	/* or not: another is the main process */

/* daemon_idle - what the service manager shows beside the state of the unit:
 * why there is nothing to do, and what to do about that; "": there is */
void	daemon_idle(const char *why);

int	daemon_watchdog(void);	/* ms between "WATCHDOG=1", 0: not wanted */

/* daemon_directory - make dir (0700, owned by conf->user) when it is not
 * there: in a directory that is root's, or as that user.  Its parent must
 * exist.  One that everyone may write is refused. */
int	daemon_directory(const struct conf *, const char *dir, struct err *);

#endif
