/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/filesystem.h"

#include <stddef.h>
#include <stdint.h>

static const struct fs_kind kinds[] = {
	{ 0x01021994, FS_MEMORY, "tmpfs" },
	{ 0x858458f6, FS_MEMORY, "ramfs" },
	{ 0x794c7630, FS_LAYER, "overlay" },
	{ 0x61756673, FS_LAYER, "aufs" },
	{ 0x00006969, FS_NETWORK, "nfs" },
	{ 0x0000517b, FS_NETWORK, "smb" },
	{ 0xfe534d42, FS_NETWORK, "smb2" },
	{ 0xff534d42, FS_NETWORK, "cifs" },
	{ 0x00c36400, FS_NETWORK, "ceph" },
	{ 0x5346414f, FS_NETWORK, "afs" },
	{ 0x0bd00bd0, FS_NETWORK, "lustre" },
	{ 0x65735546, FS_PROGRAM, "fuse" },
	{ 0x01021997, FS_PROGRAM, "9p" },
	{ 0x786f4256, FS_PROGRAM, "vboxsf" },
	{ 0, FS_DISK, "disk" }
};

/* filesystem_kind - the last, if it is no other; the kernel's number may have
 * been extended by its sign */
const struct fs_kind *
filesystem_kind(long type)
{
	const struct fs_kind *kind = kinds;

	while (kind->type != 0 && (uint32_t)kind->type != (uint32_t)type)
		kind++;
	return kind;
}
