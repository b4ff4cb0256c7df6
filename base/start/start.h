/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start - run another program, by ourselves or by the starter
 *
 *	const struct start start = { .what = START_POSTCONF, .path = path,
 *	    .argv = argv, .environment = environment, .fds = START_FDS };
 *	struct started started;
 *	int status, error = start_program(&start, &started);
 *
 *	... talk to it through the descriptors that it got ...
 *	if (!start_wait(&started, ms, &status)) {
 *		start_kill(&started);
 *		(void)start_wait(&started, -1, &status);
 *	}
 *
 * A program that runs in the sandbox (base/sandbox/sandbox.h) may execute
 * nothing; there a process that was started before, the starter, does it in its
 * place, and only what the program has reason to ask for: see starter.h.  Who
 * runs something does not see a difference.
 *
 * What is started has /dev/null where it got no descriptor, nothing else that we
 * have open, and all signals as they are at first.
 */
#ifndef BASE_START_H
#define BASE_START_H

#include <stdbool.h>
#include <sys/types.h>

/* What for: the starter has a rule for each. */
enum start_what { START_NOTHING, START_READER, START_POSTCONF, START_TYPE,
	START_ALERT, START_SENDMAIL, START_WHATS };

/* What it finds as its descriptors 0 to 3; -1: /dev/null, and of the last
 * none. */
enum { START_FDS_MAX = 4 };
#define START_FDS { -1, -1, -1, -1 }

/* Of START_READER: our own program, under a name by which it is a reader. */
#define START_SELF "/proc/self/exe"
#define START_READER_TITLE "tdc-table-reader"

/* START_TYPE: "sh -c" and this, for the type of tables that have none. */
#define START_SHELL "/bin/sh"
#define START_TYPE_COMMAND "PATH=$PATH:/usr/sbin:/sbin " \
    "exec postconf -h default_database_type 2>/dev/null"

/* What START_ALERT has in its environment, besides LC_ALL, TZ and TDC_... */
#define START_ALERT_PATH \
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct start {
	enum start_what	 what;
	const char	*path;
	char *const	*argv;
	char *const	*environment;	/* NULL: that of the process */
	int		 fds[START_FDS_MAX];
	bool		 group;		/* it leads a process group, which is
					   killed with it */
};

struct started {
	pid_t	pid;		/* our child, or 0 */
	int	fd;		/* else where the starter tells of it, or -1 */
	bool	group;
};

/* start_program - 0, or an errno; then there is nothing to wait for. */
int	start_program(const struct start *, struct started *out);

/* start_over - has it ended?  Returns at once, and may be asked again.
 * start_kill - it, or its group, by SIGKILL; start_wait() is still due.
 * start_wait - until it has ended, as waitpid(2) has the status, or for so many
 * ms (-1: for ever); what it has left in its group is killed then.  A status
 * that nobody knows is -1.  false: it is still there; once more then, or leave
 * it to start_leave(). */
bool	start_over(const struct started *);
void	start_kill(const struct started *);
bool	start_wait(struct started *, int ms, int *out_status);

/* start_leave - nobody will ask for it any more. */
void	start_leave(struct started *);

/* start_by - from now on by the starter, which reads requests there; the
 * descriptor is taken.  -1: by ourselves.
 * start_look - have the starter, if there is one, read the configuration now:
 * what it says is what may be run. */
void	start_by(int fd);
void	start_look(void);

#endif
