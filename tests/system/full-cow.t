#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# full-cow - a full disk whose file system copies on write (btrfs): it has no
# room for a page that is written to in memory, blocks reserved or not.  Both
# daemons live on, and count; copies that were promised leave it
. "$(dirname "$0")/../rig/rig.sh"

no()
{
	echo "1..0 # SKIP $1"
	exit 0
}
[ -n "$RIG_ALONE" ] || no "no mount here"
grep -qw btrfs /proc/filesystems || no "the kernel has no btrfs"
command -v mkfs.btrfs >/dev/null || no "no mkfs.btrfs"

rig_up full-cow
image=$RIG/image
truncate -s 128M "$image"
mkfs.btrfs -q -M "$image" 2>"$RIG/err/mkfs" || no "mkfs.btrfs fails"
mkdir "$RIG/spool"
mount -o loop "$image" "$RIG/spool" 2>"$RIG/err/mount" || no "no loop device"
chown nobody "$RIG/spool"
chmod 700 "$RIG/spool"
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
rig_milter
rig_forwarder
give()			# COUNT NAME
{
	rig_give -n "$1" -p 4 -m 1 -t user@corp.example >"$RIG/said"
	is $? 0 "$2: all originals are accepted"
}
give 5 "room"
ok "room: delivered" rig_wait '[ "$(rig_count intake)" = 5 ]' 20
rig_stop forwarder
give 3 "no forwarder"
is "$(rig_waiting)" 3 "three copies wait"

fill()
{
	dd if=/dev/zero of="$RIG/spool/ballast" bs=1M 2>>"$RIG/err/dd"
	dd if=/dev/zero of="$RIG/spool/ballast2" bs=4k 2>>"$RIG/err/dd"
	sync -f "$RIG/spool"
}
fill
fill
milter=$(rig_pid milter)
give 20 "full"
ok "full: the milter says why there is no copy" rig_wait 'rig_log |
    grep -q "accepted without a copy: .*No space left on device"' 10
ok "full: the milter lives" [ -d "/proc/$milter" ]
ok "full: the forwarder starts" rig_forwarder
ok "full: what was promised is delivered" \
    rig_wait '[ "$(rig_count intake)" -ge 8 ]' 30
ok "full: the forwarder lives" rig_alive forwarder
diag "$(rig_log | grep 'Warning: .*counters' | head -n 3)"
rm -f "$RIG/spool/ballast" "$RIG/spool/ballast2"
sync -f "$RIG/spool"
copies=$(rig_count intake)
# a file of the counters again; and the spool itself may need a moment
rig_wait 'rig_give -n 1 -t user@corp.example >/dev/null &&
    [ "$(rig_count intake)" -gt "$copies" ]' 30
copies=$(($(rig_count intake) + $(rig_waiting)))
give 5 "room again"
ok "room again: delivered" \
    rig_wait '[ "$(rig_count intake)" -ge $((copies + 5)) ]' 20
ok "room again: both count in the file" rig_wait '
    [ "$(rig_counter enqueued)" -ge 13 -a "$(rig_counter delivered)" -ge 13 ]' 20
ok "and what the milter could not copy was counted" \
    [ "$(rig_counter failed_open)" -ge 1 ]
is "$(rig_log | sed -n 's/^TDC: MID \([0-9]*\) queue-id.*/\1/p' | sort |
    uniq -d)" "" "no MID is given twice"
rig_stop milter
rig_stop forwarder
umount "$RIG/spool"
done_testing
