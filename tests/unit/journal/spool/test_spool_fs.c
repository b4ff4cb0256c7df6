/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of which file systems fsync of a file commits its name, by what the kernel says of
 * them; where it says nothing certain ready/ is synced, too
 *
 * WRAP: fstat fstatfs openat readlink
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "journal/spool/spool_private.h"
#include "tests/unit/opened.h"

#define QUIET "fc stats:\n0 commits\n0 ineligible\n"

enum { DIRECTORY = 1000 };		/* a descriptor that is none */

/* What the kernel says of it; NULL: nothing, with EACCES. */
static struct world {
	unsigned long	 type;		/* 0: that it does not tell */
	const char	*device;	/* where /sys/dev/block/8:1 leads to */
	const char	*task, *commits; /* files of ext4 */
	bool		 no_stat;
} world;

static unsigned interrupted;		/* so many calls are, first */

static bool
fails(bool known)
{
	errno = interrupted > 0 ? EINTR : EACCES;
	if (interrupted == 0)
		return !known;
	interrupted--;
	return true;
}

int	__real_fstat(int, struct stat *);
int	__wrap_fstat(int, struct stat *);
int
__wrap_fstat(int fd, struct stat *st)
{
	if (fd != DIRECTORY)
		return __real_fstat(fd, st);
	if (fails(!world.no_stat))
		return -1;
	*st = (struct stat){ .st_dev = makedev(8, 1) };
	return 0;
}

int	__wrap_fstatfs(int, struct statfs *);
int
__wrap_fstatfs(int fd, struct statfs *fs)
{
	assert_int_equal(fd, DIRECTORY);
	if (fails(world.type != 0))
		return -1;
	*fs = (struct statfs){ .f_type = (__typeof__(fs->f_type))world.type };
	return 0;
}

ssize_t	__wrap_readlink(const char *, char *, size_t);
ssize_t
__wrap_readlink(const char *path, char *out, size_t size)
{
	size_t n = world.device != NULL ? strlen(world.device) : 0;

	assert_string_equal(path, "/sys/dev/block/8:1");
	errno = EACCES;
	if (world.device == NULL)
		return -1;
	memcpy(out, world.device, n < size ? n : size);
	return (ssize_t)(n < size ? n : size);
}

/* file_of - with that text */
static int
file_of(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

int	__wrap_openat(int, const char *, int, ...);
int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	const char *text = strcmp(path, "/sys/fs/ext4/sda1/journal_task") == 0 ?
	    world.task : strcmp(path, "/proc/fs/ext4/sda1/fc_info") == 0 ?
	    world.commits : NULL;

	(void)dir, (void)flags;
	return fails(text != NULL) ? -1 : file_of(text);
}

static const char long_device[] =
    "/0123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012"
    "0123456789012345678901234567890123456789012345678901234567890123456789012"
    "0123456789012345678901234567890123456789012345678901234567890123456789012";

#define SDA1 "../../devices/pci/block/sda/sda1"

static void
test_worlds(void **state)
{
	static const struct {
		struct world	world;
		bool		commits;
	} rows[] = {
		{ { XFS_SUPER_MAGIC, NULL, NULL, NULL, false }, true },
		{ { BTRFS_SUPER_MAGIC, NULL, NULL, NULL, false }, true },
		{ { TMPFS_MAGIC, NULL, NULL, NULL, false }, false },
		{ { OVERLAYFS_SUPER_MAGIC, NULL, NULL, NULL, false }, false },
		{ { 0, SDA1, "123\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "123\n", QUIET, false }, true },
		{ { EXT4_SUPER_MAGIC, SDA1, "0\n", QUIET, false }, true },
		{ { EXT4_SUPER_MAGIC, SDA1, "<none>\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "-1\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, NULL, QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "123\n", NULL, false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "123\n", "", false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "123\n", "fc stats:\n1 commits\n"
		    "0 ineligible\n", false }, false },
		{ { EXT4_SUPER_MAGIC, SDA1, "123\n", QUIET, true }, false },
		{ { EXT4_SUPER_MAGIC, NULL, "123\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, "", "123\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, "sda1", "123\n", QUIET, false }, false },
		{ { EXT4_SUPER_MAGIC, long_device, "123\n", QUIET, false }, false },
	};
	int before = opened();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (unsigned n = 0; n < 3; n++) {
			world = rows[i].world;
			interrupted = n;
			if (spool_fs_commits_names(DIRECTORY) != rows[i].commits)
				fail_msg("row %zu, %u interrupted", i, n);
		}
	assert_int_equal(opened(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worlds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
