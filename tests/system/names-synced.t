#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# names-synced - ready/ is synced for each copy, unless the file system is one
# whose fsync of a file commits its name; an ext4 is no such one by itself
. "$(dirname "$0")/../rig/rig.sh"

no()
{
	echo "1..0 # SKIP $1"
	exit 0
}
[ -n "$RIG_ALONE" ] || no "no mount here"
command -v strace >/dev/null || no "no strace"
rig_up names-synced
fill=$TDC_BUILD/tests/tools/fill
copies=60

# syncs TYPE [OPTION...] - how often ready/ is synced for those copies
syncs()
{
	type=$1
	shift
	rm -f "$RIG/image"
	truncate -s 384M "$RIG/image"
	"mkfs.$type" "$@" "$RIG/image" >>"$RIG/err/mkfs" 2>&1 || return
	mkdir -p "$RIG/disk"
	mount -o loop "$RIG/image" "$RIG/disk" 2>>"$RIG/err/mount" || return
	install -d -o nobody -m 700 "$RIG/disk/spool"
	strace -f -y -e trace=fsync -o "$RIG/calls" "$fill" -n $copies -S \
	    "$RIG/disk/spool" >"$RIG/said" 2>&1 || cat "$RIG/said"
	grep -c '/ready>) *= 0' "$RIG/calls"
	umount "$RIG/disk"
}

truncate -s 64M "$RIG/image"
mkfs.ext4 -q -F "$RIG/image" >"$RIG/err/mkfs" 2>&1 || no "no mkfs.ext4"
mkdir "$RIG/disk"
mount -o loop "$RIG/image" "$RIG/disk" 2>"$RIG/err/mount" || no "no loop device"
umount "$RIG/disk"

first=16			# until it is known: SPOOL_FS_SYNCS
is "$(syncs ext4 -q -F)" $first "ext4 with a journal: no more"
is "$(syncs ext4 -q -F -O fast_commit)" $copies "with fast_commit: for each"
is "$(syncs ext4 -q -F -O ^has_journal)" $copies "without a journal: for each"
is "$(syncs ext2 -q -F)" $copies "ext2: for each"
for type in xfs btrfs; do
	if ! grep -qw $type /proc/filesystems || ! command -v mkfs.$type >/dev/null; then
		tap 0 "$type # SKIP the kernel or the machine has none"
		continue
	fi
	is "$(syncs $type -q -f)" $first "$type: no more"
done
done_testing
