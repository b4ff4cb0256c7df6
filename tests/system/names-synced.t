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

# The same by the milter, from inside its sandbox.
truncate -s 64M "$RIG/image"
mkfs.ext4 -q -F "$RIG/image" && mkdir "$RIG/spool" &&
	mount -o loop "$RIG/image" "$RIG/spool" || exit 1
chown nobody "$RIG/spool"
chmod 700 "$RIG/spool"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
rig_milter
strace -f -y -e trace=fsync -o "$RIG/calls" -p "$(rig_pid milter)" \
    2>"$RIG/err/strace.out" &
tracer=$!
rig_wait 'grep -qs attached "$RIG/err/strace.out"' 10
rig_give -n $copies -p 1 -m 10 -t user@corp.example >"$RIG/said"
is "$? $(rig_waiting)" "0 $copies" "so many messages are taken"
kill "$tracer"
wait "$tracer" 2>/dev/null
is "$(grep -c '/ready>) *= 0' "$RIG/calls")" $first "by the milter: no more"
rig_stop milter
umount "$RIG/spool"
done_testing
