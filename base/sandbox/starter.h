/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * starter - the process that executes programs for one that may not
 *
 *	int fd = starter_begin("/etc/tdc/tdc.cf", &err);
 *
 *	if (fd != -1)
 *		start_by(fd);
 *
 * This very program, started again (/proc/self/exe) under another name, which
 * tells it before main() what it is for; so it holds nothing of the memory of the
 * one that asks: no message, no key.  It is the same user, outside of the
 * sandbox, and ends when nobody can ask it any more.
 *
 * What may be executed follows from the configuration file, which it reads itself,
 * and never from the request, but for what stands here:
 *
 *	a reader of tables	this program, as a reader of one file: which one
 *				the request says, of the name that databases
 *				have; it can do nothing else
 *				(sandbox_reader.h)
 *	postconf		from the system's directories, one parameter
 *	the type of tables	postconf, as the path of the environment finds it
 *	an alert		alert_command; the environment is what alerts have
 *	sendmail		remediation_sendmail, or what Postfix's
 *				sendmail_path says, one mail
 *
 * Each request has a process of its own, which waits for the program, tells how
 * it ended, and kills it when nobody waits any more.
 */
#ifndef BASE_STARTER_H
#define BASE_STARTER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/start/start.h"

/* starter_begin - the descriptor for start_by(), or -1. */
int	starter_begin(const char *conf_file, struct err *);

/* What the configuration allows.  starter_rules_load - again; what it cannot
 * read stays as it was.  starter_may - whether that is allowed. */
struct starter_rules {
	const char	*conf_file;
	char		*alert;		/* new, or NULL */
	char		*sendmail;
};
void	starter_rules_load(struct starter_rules *);
bool	starter_may(const struct starter_rules *, const struct start *);

#endif
