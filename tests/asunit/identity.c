/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities, the user, limits. */
#include <err.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/asunit/asunit.h"

/* By their numbers. */
static const char *const capabilities[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
	"CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
	"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
	"CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};
#define CAPABILITIES (sizeof(capabilities) / sizeof(*capabilities))

/* is_kept - is this capability of the bounding set? */
static bool
is_kept(const struct unit *unit, const char *name)
{
	if (!unit->bounding.given)
		return true;
	if ((unit->protect_clock && (strcmp(name, "CAP_SYS_TIME") == 0 ||
	    strcmp(name, "CAP_WAKE_ALARM") == 0)) ||
	    (unit->protect_logs && strcmp(name, "CAP_SYSLOG") == 0) ||
	    (unit->protect_modules && strcmp(name, "CAP_SYS_MODULE") == 0) ||
	    (unit->private_devices && (strcmp(name, "CAP_MKNOD") == 0 ||
	    strcmp(name, "CAP_SYS_RAWIO") == 0)))
		return false;
	return words_have(&unit->bounding, name);
}

static void
bound(const struct unit *unit)
{
	for (size_t i = 0; i < unit->bounding.count; i++) {
		size_t at = 0;

		while (at < CAPABILITIES &&
		    strcmp(capabilities[at], unit->bounding.word[i]) != 0)
			at++;
		if (at == CAPABILITIES)
			errx(EX_CONFIG, "%s: CapabilityBoundingSet=%s is not "
			    "known here", unit->path, unit->bounding.word[i]);
	}
	if (unit->ambient.count > 0)
		errx(EX_CONFIG, "%s: AmbientCapabilities=%s is not known here",
		    unit->path, unit->ambient.word[0]);
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++) {
		bool kept = (size_t)i < CAPABILITIES ?
		    is_kept(unit, capabilities[i]) : !unit->bounding.given;

		if (!kept && prctl(PR_CAPBSET_DROP, i) == -1)
			err(EX_OSERR, "capability %d", i);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* inherit_nothing - for root: what it executes has the bounding set, no more */
static void
inherit_nothing(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &head, data) == -1)
		err(EX_OSERR, "capget");
	data[0].inheritable = data[1].inheritable = 0;
	if (syscall(SYS_capset, &head, data) == -1)
		err(EX_OSERR, "capset");
}

/* groups_of - the user's, and those that the unit adds; all of them, or those that
 * this machine has */
static void
groups_of(const struct unit *unit, const char *user, gid_t gid, bool all)
{
	int count = 256;
	gid_t *gids = mem_grow(NULL, (size_t)count + unit->groups.count,
	    sizeof(*gids));

	if (getgrouplist(user, gid, gids, &count) == -1)
		errx(EX_OSERR, "%s is in too many groups", user);
	for (size_t i = 0; i < unit->groups.count; i++) {
		const struct group *row = getgrnam(unit->groups.word[i]);

		if (row != NULL)
			gids[count++] = row->gr_gid;
		else if (all)
			errx(EX_NOUSER, "%s: there is no group %s here",
			    unit->path, unit->groups.word[i]);
	}
	if (setgroups((size_t)count, gids) == -1)
		err(EX_OSERR, "setgroups");
	free(gids);
}

void
identity_take(const struct unit *unit, const char *user)
{
	const char *name = user != NULL ? user : unit->user;
	const struct passwd *row = name != NULL ? getpwnam(name) : NULL;
	gid_t gid;
	uid_t uid;

	if (row == NULL)
		errx(EX_NOUSER, "%s: there is no user %s here", unit->path,
		    name != NULL ? name : "(none is given)");
	uid = row->pw_uid;
	gid = row->pw_gid;
	if (user == NULL && unit->group != NULL) {
		const struct group *group = getgrnam(unit->group);

		if (group == NULL)
			errx(EX_NOUSER, "%s: there is no group %s here",
			    unit->path, unit->group);
		gid = group->gr_gid;
	}
	bound(unit);
	groups_of(unit, name, gid, user == NULL);
	inherit_nothing();
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		err(EX_OSERR, "%s", name);
}

/* limit - as the unit has it; a test that wants less of it has less */
static void
limit(int what, const char *value, const char *name)
{
	struct rlimit old;
	unsigned long number;
	char *end;

	if (value == NULL)
		return;
	number = strtoul(value, &end, 10);
	if (*value == '\0' || *end != '\0')
		errx(EX_CONFIG, "%s=%s is not known here", name, value);
	if (getrlimit(what, &old) == -1)
		err(EX_OSERR, "getrlimit");
	if (number < old.rlim_max)
		old.rlim_cur = old.rlim_max = number;
	else
		old.rlim_cur = old.rlim_max;
	if (setrlimit(what, &old) == -1)
		err(EX_OSERR, "%s=%s", name, value);
}

void
limits_take(const struct unit *unit)
{
	limit(RLIMIT_CORE, unit->core, "LimitCORE");
	limit(RLIMIT_NOFILE, unit->files, "LimitNOFILE");
	if (unit->umask != NULL)
		umask((mode_t)strtoul(unit->umask, NULL, 8));
}
