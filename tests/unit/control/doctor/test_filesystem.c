/* SPDX-License-Identifier: BSD-2-Clause */
/* filesystem: kinds by number, those that cannot be mounted in a test, too */
#include "control/doctor/filesystem.h"

#include <linux/magic.h>

#include "tests/unit/scratch.h"

static void
test_kinds(void **state)
{
	static const struct {
		long		 type;
		const char	*name;
		enum fs_where	 where;
	} cases[] = {
		{ TMPFS_MAGIC, "tmpfs", FS_MEMORY },
		{ RAMFS_MAGIC, "ramfs", FS_MEMORY },
		{ (int)RAMFS_MAGIC, "ramfs", FS_MEMORY },
		{ OVERLAYFS_SUPER_MAGIC, "overlay", FS_LAYER },
		{ NFS_SUPER_MAGIC, "nfs", FS_NETWORK },
		{ SMB_SUPER_MAGIC, "smb", FS_NETWORK },
		{ CEPH_SUPER_MAGIC, "ceph", FS_NETWORK },
		{ 0xfe534d42, "smb2", FS_NETWORK },
		{ 0xff534d42, "cifs", FS_NETWORK },
		{ (int)0xff534d42, "cifs", FS_NETWORK },
		{ AFS_SUPER_MAGIC, "afs", FS_NETWORK },
		{ FUSE_SUPER_MAGIC, "fuse", FS_PROGRAM },
		{ V9FS_MAGIC, "9p", FS_PROGRAM },
		{ EXT4_SUPER_MAGIC, "disk", FS_DISK },
		{ XFS_SUPER_MAGIC, "disk", FS_DISK },
		{ BTRFS_SUPER_MAGIC, "disk", FS_DISK },
		{ 0, "disk", FS_DISK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct fs_kind *kind = filesystem_kind(cases[i].type);

		assert_string_equal(kind->name, cases[i].name);
		assert_int_equal(kind->where, cases[i].where);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
