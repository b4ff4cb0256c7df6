/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asunit - what the files of asunit.c share
 *
 *	struct unit unit = { .path = path };
 *
 *	unit_read(&unit);
 *	calls_choose(&calls, &unit.calls, groups);
 *	filters_make(&unit, &calls, groups);
 *	places_apart(&unit, &places);		-- mounts
 *	identity_take(&unit, user);		-- capabilities, user
 *	limits_take(&unit);
 *	filters_load();				-- system calls
 *
 * Whatever fails ends the program with a line and a status of sysexits.h: what is
 * started with less than its unit has would show nothing.
 */
#ifndef TESTS_ASUNIT_H
#define TESTS_ASUNIT_H

#include <stdbool.h>
#include <stddef.h>

/* Any number of words.  Of a list that begins with "~" each has one. */
struct words {
	char	**word;
	size_t	 count;
	bool	 given;			/* it may be empty, and that is meant */
};

/* [Service] of a unit, as far as it holds outside systemd. */
struct unit {
	const char *path;
	/* rights */
	bool	 no_new_privileges;
	bool	 lock_personality, memory_deny_write_execute;
	bool	 restrict_namespaces, restrict_realtime, restrict_suid;
	bool	 native;
	struct words bounding, ambient, calls, families;
	char	*error;			/* of a call that is not allowed */
	char	*user, *group;
	struct words groups;
	/* places */
	bool	 protect_system, protect_home, protect_proc;
	bool	 protect_clock, protect_cgroups, protect_hostname;
	bool	 protect_logs, protect_modules, protect_tunables;
	bool	 private_tmp, private_devices, private_network;
	struct words read_write, read_only, inaccessible, no_exec;
	/* what a process has */
	char	*umask, *core, *files;
};

void	 words_add(struct words *, const char *);
void	 words_split(struct words *, char *text);	/* each of them */
void	 words_remove(struct words *, const char *);
bool	 words_have(const struct words *, const char *);

/* unit_read - a directive that is not known here ends the program, as does a
 * value that is. */
void	 unit_read(struct unit *);

/* calls_choose - the system calls that are left by the lists of a unit; their
 * groups are in a file, as "systemd-analyze syscall-filter" prints it.  calls_group
 * adds what is in one. */
void	 calls_choose(struct words *calls, const struct words *lists,
	    const char *groups);
void	 calls_group(struct words *calls, const char *name, const char *groups);

/* What the test needs beside what the unit has: directories that can be read even
 * where a unit hides everything, and that can be written. */
struct places {
	struct words read, write;
};

void	 places_apart(const struct unit *, const struct places *);

/* identity_take - user in place of the unit's, if it is not NULL. */
void	 identity_take(const struct unit *, const char *user);
void	 limits_take(const struct unit *);

/* filters_make - while the file of groups can be read; filters_load puts them in
 * force, after which only what the unit allows can be called. */
void	 filters_make(const struct unit *, const struct words *calls,
	    const char *groups);
void	 filters_load(void);

#endif
