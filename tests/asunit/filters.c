/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters of system calls, one for each directive, as systemd makes them.  What is
 * refused is so with EPERM; a call that carries its flags in memory, where no
 * filter can look, does not exist (ENOSYS), and libraries take the older one.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "tests/asunit/asunit.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
/* The argument of clone(2) that has flags. */
#if defined(__s390__) || defined(__s390x__)
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

#define REFUSED SCMP_ACT_ERRNO(EPERM)
#define MISSING SCMP_ACT_ERRNO(ENOSYS)

static scmp_filter_ctx made[16];
static size_t count;

/* filter - the next one */
static scmp_filter_ctx
filter(uint32_t otherwise)
{
	scmp_filter_ctx new = seccomp_init(otherwise);

	if (new == NULL || count == sizeof(made) / sizeof(*made))
		errx(EX_OSERR, "no filter");
	return made[count++] = new;
}

/* rule - a call that this architecture does not have needs none */
static void
rule(scmp_filter_ctx to, uint32_t action, const char *name,
    const struct scmp_arg_cmp *conditions, unsigned number)
{
	int call = seccomp_syscall_resolve_name(name);
	int error;

	if (call == __NR_SCMP_ERROR)
		return;
	error = seccomp_rule_add_array(to, action, call, number, conditions);
	if (error != 0)
		errx(EX_OSERR, "a filter for %s: %s", name, strerror(-error));
}

static void
refuse(scmp_filter_ctx to, const char *name)
{
	rule(to, REFUSED, name, NULL, 0);
}

/* refuse_flags - if the argument has all of them */
static void
refuse_flags(scmp_filter_ctx to, const char *name, unsigned argument,
    uint64_t flags)
{
	const struct scmp_arg_cmp has = SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ,
	    flags, flags);

	rule(to, REFUSED, name, &has, 1);
}

static void
refuse_if(scmp_filter_ctx to, const char *name, unsigned argument,
    enum scmp_compare how, uint64_t value)
{
	const struct scmp_arg_cmp is = SCMP_CMP64(argument, how, value, 0);

	rule(to, REFUSED, name, &is, 1);
}

static void
refuse_group(const char *group, const char *groups)
{
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);
	struct words calls = { 0 };

	calls_group(&calls, group, groups);
	for (size_t i = 0; i < calls.count; i++)
		refuse(to, calls.word[i]);
}

static void
refuse_writable_code(void)
{
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

	refuse_flags(to, "mmap", 2, PROT_EXEC | PROT_WRITE);
	refuse_flags(to, "mmap2", 2, PROT_EXEC | PROT_WRITE);
	refuse_flags(to, "mprotect", 2, PROT_EXEC);
	refuse_flags(to, "pkey_mprotect", 2, PROT_EXEC);
	refuse_flags(to, "shmat", 2, SHM_EXEC);
}

static void
refuse_namespaces(void)
{
	static const uint64_t kinds[] = { CLONE_NEWCGROUP, CLONE_NEWIPC,
		CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER,
		CLONE_NEWUTS, CLONE_NEWTIME };
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		refuse_flags(to, "unshare", 0, kinds[i]);
		/* of clone(2) its bit is one of the signal */
		if (kinds[i] != CLONE_NEWTIME)
			refuse_flags(to, "clone", CLONE_FLAGS, kinds[i]);
	}
	refuse(to, "setns");
	rule(to, MISSING, "clone3", NULL, 0);
}

static void
refuse_realtime(void)
{
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

	refuse_if(to, "sched_setscheduler", 1, SCMP_CMP_EQ, SCHED_FIFO);
	refuse_if(to, "sched_setscheduler", 1, SCMP_CMP_EQ, SCHED_RR);
	refuse_if(to, "sched_setscheduler", 1, SCMP_CMP_GT, SCHED_IDLE);
}

/* refuse_modes - set-user-id and set-group-id, wherever a mode is given */
static void
refuse_modes(void)
{
	static const struct {
		const char *name;
		unsigned mode;
		int	 flags;		/* that have O_CREAT, or -1 */
	} calls[] = {
		{ "chmod", 1, -1 }, { "fchmod", 1, -1 }, { "fchmodat", 2, -1 },
		{ "fchmodat2", 2, -1 }, { "mkdir", 1, -1 },
		{ "mkdirat", 2, -1 }, { "mknod", 1, -1 }, { "mknodat", 2, -1 },
		{ "creat", 1, -1 }, { "open", 2, 1 }, { "openat", 3, 2 },
	};
	static const uint64_t bits[] = { S_ISUID, S_ISGID };
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		for (size_t k = 0; k < 2; k++) {
			const struct scmp_arg_cmp has[] = {
				SCMP_CMP64(calls[i].mode, SCMP_CMP_MASKED_EQ,
				    bits[k], bits[k]),
				SCMP_CMP64((unsigned)calls[i].flags,
				    SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
			};

			rule(to, REFUSED, calls[i].name, has,
			    calls[i].flags == -1 ? 1 : 2);
		}
	rule(to, MISSING, "openat2", NULL, 0);
}

static int
family_number(const char *name)
{
	static const struct {
		const char *name;
		int	 number;
	} families[] = {
		{ "AF_UNIX", 1 }, { "AF_INET", 2 }, { "AF_INET6", 10 },
		{ "AF_NETLINK", 16 }, { "AF_PACKET", 17 },
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (strcmp(families[i].name, name) == 0)
			return families[i].number;
	errx(EX_CONFIG, "RestrictAddressFamilies=%s is not known here", name);
}

/* refuse_families - all but these; what is 0 or above all that there are, too */
static void
refuse_families(const struct words *allowed)
{
	enum { FAMILIES = 64 };
	bool may[FAMILIES] = { false };
	scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < allowed->count; i++)
		may[family_number(allowed->word[i])] = true;
	for (uint64_t i = 0; i < FAMILIES; i++)
		if (!may[i])
			refuse_if(to, "socket", 0, SCMP_CMP_EQ, i);
	refuse_if(to, "socket", 0, SCMP_CMP_GE, FAMILIES);
}

/* allow_calls - nothing else, as SystemCallFilter has it */
static void
allow_calls(const struct unit *unit, const struct words *calls)
{
	scmp_filter_ctx to;

	if (!calls->given)
		return;
	if (unit->error == NULL || strcmp(unit->error, "EPERM") != 0)
		errx(EX_CONFIG, "%s: SystemCallErrorNumber=%s is not known here",
		    unit->path, unit->error != NULL ? unit->error : "");
	for (size_t i = 0; i < unit->calls.count; i++) {
		const char *name = unit->calls.word[i];

		if (*name != '~' && *name != '@' &&
		    seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
			errx(EX_CONFIG, "%s: SystemCallFilter: there is no "
			    "call %s", unit->path, name);
	}
	to = filter(REFUSED);
	for (size_t i = 0; i < calls->count; i++)
		rule(to, SCMP_ACT_ALLOW, calls->word[i], NULL, 0);
}

static void
filters_of_kernel(const struct unit *unit, const char *groups)
{
	if (unit->protect_clock)
		refuse_group("@clock", groups);
	if (unit->protect_modules)
		refuse_group("@module", groups);
	if (unit->private_devices)
		refuse_group("@raw-io", groups);
	if (unit->protect_logs)
		refuse(filter(SCMP_ACT_ALLOW), "syslog");
	if (unit->protect_tunables)
		refuse(filter(SCMP_ACT_ALLOW), "_sysctl");
	if (unit->protect_hostname) {
		scmp_filter_ctx to = filter(SCMP_ACT_ALLOW);

		refuse(to, "sethostname");
		refuse(to, "setdomainname");
	}
}

void
filters_make(const struct unit *unit, const struct words *calls,
    const char *groups)
{
	/* each of them ends who calls by another architecture's numbers */
	if (!unit->native)
		errx(EX_CONFIG, "%s: without SystemCallArchitectures=native it "
		    "cannot be followed here", unit->path);
	filter(SCMP_ACT_ALLOW);
	if (unit->families.given)
		refuse_families(&unit->families);
	if (unit->memory_deny_write_execute)
		refuse_writable_code();
	if (unit->restrict_realtime)
		refuse_realtime();
	if (unit->restrict_suid)
		refuse_modes();
	if (unit->restrict_namespaces)
		refuse_namespaces();
	filters_of_kernel(unit, groups);
	if (unit->lock_personality)
		refuse_if(filter(SCMP_ACT_ALLOW), "personality", 0, SCMP_CMP_NE,
		    (unsigned)personality(0xffffffff));
	/* after which there may be no seccomp(2) */
	allow_calls(unit, calls);
}

void
filters_load(void)
{
	for (size_t i = 0; i < count; i++) {
		int error = seccomp_load(made[i]);

		if (error != 0)
			errx(EX_OSERR, "seccomp: %s", strerror(-error));
	}
}
