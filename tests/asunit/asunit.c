/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asunit - execute a program under the restrictions of a systemd unit
 *
 *	asunit [-g GROUPS] [-u USER] [-r DIRECTORY] [-w DIRECTORY]... UNIT
 *	    PROGRAM [ARGUMENT...]
 *
 * UNIT is a .service as it is installed.  What it forbids is forbidden here, in
 * the same way, by seccomp, mounts, capabilities and limits; systemd is not
 * needed.  A directive that this program does not know is an error, so that no
 * unit grows past it; those that only mean something under systemd are in
 * directives.c, and why.
 *
 * -u	in place of User= and Group=, whose names this machine may not have, nor all
 *	of SupplementaryGroups=
 * -r	it can be read, even where the unit hides everything (/home, /tmp)
 * -w	... and written; in the place of the unit's ReadWritePaths
 * -g	the groups of system calls, as "systemd-analyze syscall-filter" prints
 *	them; by default tests/asunit/groups
 *
 * The pid is the program's.  Mounts that the test makes afterwards reach it where
 * the test's own are shared, as under systemd.  Started by somebody else than
 * root it does what everyone may do, which leaves out mounts, capabilities and
 * the user.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/asunit/asunit.h"

static void
usage(void)
{
	fputs("usage: asunit [-g GROUPS] [-u USER] [-r DIRECTORY]... "
	    "[-w DIRECTORY]... UNIT PROGRAM [ARGUMENT...]\n", stderr);
	exit(EX_USAGE);
}

/* absolute - nothing else means the same after chdir(2) */
static const char *
absolute(const char *path)
{
	if (*path != '/')
		errx(EX_USAGE, "%s: not an absolute path", path);
	return path;
}

int
main(int argc, char **argv)
{
	const char *groups = "tests/asunit/groups", *user = NULL;
	struct words calls = { 0 };
	struct places places = { 0 };
	struct unit unit = { 0 };
	int option;

	while ((option = getopt(argc, argv, "+g:u:r:w:")) != -1)
		switch (option) {
		case 'g': groups = optarg; break;
		case 'u': user = optarg; break;
		case 'r': words_add(&places.read, absolute(optarg)); break;
		case 'w': words_add(&places.write, absolute(optarg)); break;
		default: usage();
		}
	if (argc - optind < 2)
		usage();
	unit.path = argv[optind++];
	unit_read(&unit);
	calls_choose(&calls, &unit.calls, groups);
	filters_make(&unit, &calls, groups);
	if (geteuid() == 0) {
		places_apart(&unit, &places);
		identity_take(&unit, user);
	}
	limits_take(&unit);
	if (unit.no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err(EX_OSERR, "no_new_privs");
	filters_load();
	execv(absolute(argv[optind]), argv + optind);
	err(EX_UNAVAILABLE, "%s", argv[optind]);
}
