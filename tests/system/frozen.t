#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# frozen - a spool whose disk does not answer (fsfreeze), and whoever holds a
# lock in it and stands still: no original is held up for longer than
# spool_timeout, later ones not at all; and when it is over nothing is left of
# what was promised to nobody
. "$(dirname "$0")/../rig/rig.sh"

no()
{
	echo "1..0 # SKIP $1"
	exit 0
}
[ -n "$RIG_ALONE" ] || no "no mount here"

rig_up frozen
image=$RIG/image
truncate -s 64M "$image"
mkfs.ext4 -q -F "$image" 2>"$RIG/err/mkfs" || no "mkfs.ext4 fails"
mkdir "$RIG/spool"
mount -o loop "$image" "$RIG/spool" 2>"$RIG/err/mount" || no "no loop device"
thaw()
{
	fsfreeze -u "$RIG/spool" 2>/dev/null
}
# a file system that stays frozen cannot be unmounted
trap 'rig_code=$?; thaw; (exit "$rig_code"); rig_down' EXIT
rmdir "$RIG/spool/lost+found"
chown nobody "$RIG/spool"
chmod 700 "$RIG/spool"
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	spool_timeout = 2s
EOF
rig_milter
rig_forwarder
sent=0
without=0

give()			# NAME COUNT MOST [OPTIONS]: none takes longer than MOST ms
{
	name=$1
	count=$2
	most=$3
	shift 3
	rig_give -n "$count" -p 4 -m 1 -t user@corp.example "$@" >"$RIG/said"
	is $? 0 "$name: all originals are accepted"
	sent=$((sent + count))
	slowest=$(awk '{ print $4 - $3 }' "$RIG/said" | sort -n | tail -n 1)
	diag "$name: slowest $slowest ms"
	ok "$name: none waits too long" [ "$slowest" -lt "$most" ]
}

give "all is well" 8 2000
ok "all is well: delivered" rig_wait '[ "$(rig_count intake)" = 8 ]' 20

for size in 1000 300000; do
	fsfreeze -f "$RIG/spool" || no "fsfreeze fails"
	give "frozen, $size bytes" 8 8000 -s $size
	give "still frozen, $size bytes" 8 1500 -s $size
	like "$(rig_log | grep 'without a copy' | tail -n 1)" \
	    'spool: (no answer within 2 s|the disk has not answered)' \
	    "the log says so"
	milter=$(rig_pid milter)
	ok "no more threads than had something to do" \
	    [ "$(ls "/proc/$milter/task" | wc -l)" -lt 40 ]
	thaw
	without=$((without + 16))
	ok "thawed: what was promised to nobody is gone" \
	    rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	ok "thawed: those without a copy are counted" \
	    rig_wait '[ "$(rig_counter failed_open)" = "$without" ]' 20
	give "thawed" 8 2000 -s $size
	ok "thawed: delivered" rig_wait \
	    '[ "$(rig_count intake)" = $((sent - without)) ]' 20
done
rig_wait '[ "$(rig_counter delivered)" = "$(rig_counter enqueued)" ]' 10
is "$(rig_counter enqueued) $(rig_counter delivered) $(rig_counter messages)" \
    "$((sent - without)) $((sent - without)) $sent" "all of it adds up"

# ---- whoever holds a lock, and stands still ----

rig_start holder flock -F "$RIG/spool/counters" sleep 600
rig_wait '! flock -n "$RIG/spool/counters" true' 5
kill -STOP "$(rig_pid forwarder)"
# more than a block of MIDs would take a while; so it is a new one
rig_stop milter
began=$(date +%s%3N)
ok "a lock is held: the milter starts" rig_milter
ok "and does not wait for it" [ $(($(date +%s%3N) - began)) -lt 10000 ]
give "a lock is held, the forwarder stands" 8 2000
kill -CONT "$(rig_pid forwarder)"
rig_stop holder
ok "both go on: delivered" rig_wait \
    '[ "$(rig_count intake)" = $((sent - without)) ]' 20
is "$(rig_log | sed -n 's/^TDC: MID \([0-9]*\) queue-id.*/\1/p' | sort |
    uniq -d)" "" "no MID is given twice"
ok "every original arrives" rig_wait '[ "$(rig_inbox user)" = "$sent" ]' 30
rig_stop milter
rig_stop forwarder
umount "$RIG/spool"
done_testing
