/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox - a daemon gives up what it will not need, for good
 *
 *	const struct sandbox sandbox = { .program = SANDBOX_MILTER,
 *	    .conf_file = path, .conf = conf };
 *
 *	if (sandbox_enter(&sandbox, &err) == -1)
 *		log_event(sandbox_lacks, err.text);	-- and go on
 *
 * Once it is the user that it shall be, and before it has threads.  From then
 * on, in all of the process and whatever becomes of it:
 *
 * - It executes nothing.  The starter does that, and only what the configuration
 *   has asked for (starter.h).
 * - System calls that it has no use for are refused by the kernel (seccomp-bpf, by
 *   libseccomp): EPERM, not the end, since mail goes on.  Nor are there sockets
 *   but of UNIX and the Internet, memory that can be written and run, or a new
 *   process.
 * - Files are out of reach but those of the system (/etc, /usr, /run, /proc, to
 *   read), what the configuration names, and where this program writes (Landlock,
 *   of Linux 5.19 or newer).  That cannot be widened: a reload that names another
 *   directory takes a restart, and sandbox_explain() says so.
 *
 * What a kernel or a build lacks is not in force, and said.  With
 * AddressSanitizer and its like, which do what is refused here, nothing is.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/conf/conf.h"
#include "base/err.h"

enum sandbox_program { SANDBOX_MILTER, SANDBOX_FORWARDER, SANDBOX_REMEDIATOR };

struct sandbox {
	enum sandbox_program program;
	const char	*conf_file;	/* absolute */
	const struct conf *conf;
	const char	*tables;	/* others that it reads: texts with paths in
					   them; or NULL */
};

/* sandbox_enter - as far as it can; nothing with sandbox = no.  -1: not all of
 * it, and the err says what is not in force, and why. */
int	sandbox_enter(const struct sandbox *, struct err *);

/* sandbox_explain - after a reload that was refused: where the configuration
 * names what is out of reach, the err says that, too. */
void	sandbox_explain(struct err *);

#endif
