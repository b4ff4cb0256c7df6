/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the file system is in reach: Landlock. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

#include "base/own.h"
#include "base/sandbox/sandbox_private.h"

#if defined(LANDLOCK_ACCESS_FS_REFER) && defined(SYS_landlock_restrict_self)

/* Newer than some headers. */
#define TRUNCATE (UINT64_C(1) << 14)	/* ABI 3, Linux 6.2 */

enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define REMOVE (READ | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define APPEND (REMOVE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
    LANDLOCK_ACCESS_FS_MAKE_REG | TRUNCATE)
#define WRITE (APPEND | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REFER)
/* What nobody has a use for is refused everywhere. */
#define HANDLED (WRITE | LANDLOCK_ACCESS_FS_EXECUTE | \
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
    LANDLOCK_ACCESS_FS_MAKE_SYM)
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | \
    LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)

static const uint64_t rights[] = {
	[REACH_READ] = READ, [REACH_REMOVE] = REMOVE,
	[REACH_APPEND] = APPEND, [REACH_WRITE] = WRITE
};

/* no_place - an open(2) failed because of the path, and not for want of memory or
 * descriptors, which may be there a moment later: then it would be out of reach
 * for as long as we live */
static bool
no_place(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES ||
	    error == ELOOP || error == ENAMETOOLONG;
}

/* allow - one place; one that is not there, or that we may not see, is none */
static int
allow(int ruleset, const struct place *place, uint64_t handled,
    struct err *err)
{
	own(fd) int fd = open(place->path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr attr = { .parent_fd = fd,
		.allowed_access = rights[place->reach] & handled };
	struct stat st;

	if (fd == -1)
		return no_place(errno) ? 0 : err_sys(err, "open %s", place->path);
	if (fstat(fd, &st) == -1)
		return err_sys(err, "look at %s", place->path);
	if (!S_ISDIR(st.st_mode))
		attr.allowed_access &= OF_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	    &attr, 0) == -1)
		return err_sys(err, "landlock_add_rule %s", place->path);
	return 0;
}

/* sandbox_files - for this thread, and those that it will make */
int
sandbox_files(const struct places *places, struct err *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = HANDLED };
	own(fd) int ruleset = -1;

	if (abi == -1)
		return err_sys(err, errno == ENOSYS || errno == EOPNOTSUPP ?
		    "the kernel has no Landlock" : "Landlock");
	/* which would let no file be moved to another directory */
	if (abi < ABI_REFER)
		return err_set(err, ERR_NEVER, "the kernel's Landlock is too "
		    "old");
	if (abi < ABI_TRUNCATE)
		attr.handled_access_fs &= ~TRUNCATE;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr), 0);
	if (ruleset == -1)
		return err_sys(err, "landlock_create_ruleset");
	for (size_t i = 0; i < places->count; i++)
		if (allow(ruleset, &places->list[i], attr.handled_access_fs,
		    err) == -1)
			return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		return err_sys(err, "landlock_restrict_self");
	return 0;
}

#else

/* sandbox_files - not with these headers */
int
sandbox_files(const struct places *places, struct err *err)
{
	(void)places;
	return err_set(err, ERR_NEVER, "this build has no Landlock");
}

#endif
