/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nameservers - the name servers that the system asks (resolv.conf(5))
 *
 *	struct nameservers seen = NAMESERVERS;
 *
 *	if (nameservers_look(&seen, RESOLV_CONF))
 *		... ask seen.list from now on ...
 *	nameservers_drop(&seen);
 *
 * The list changes when an interface comes up or a virtual machine moves, and
 * often in the first seconds after the machine has started.  A file that names
 * none means the one on this host.  So does a file that is not there or cannot
 * be read, but only at the first look; later the list stays as it was.
 */
#ifndef FORWARD_NAMESERVERS_H
#define FORWARD_NAMESERVERS_H

#include <stdbool.h>
#include <sys/stat.h>

#define RESOLV_CONF "/etc/resolv.conf"

struct nameservers {
	char		*list;		/* addresses, separated by blanks; NULL
					   before the first look */
	int		 error;		/* why the file was not read; 0: it was */
	struct stat	 stamp;		/* of what was read */
};
#define NAMESERVERS { .list = NULL }

/* nameservers_look - true: the list is another than at the last look.  Costs
 * one stat(2) while the file is the same. */
bool	nameservers_look(struct nameservers *, const char *path);
void	nameservers_drop(struct nameservers *);	/* as after NAMESERVERS */

#endif
