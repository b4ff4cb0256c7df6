#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# replaced - ready/, or the whole spool, is removed and made anew, or has a
# file system mounted over it, while both daemons run: the next copies go by
# the new one, and what happened is told
. "$(dirname "$0")/../rig/rig.sh"

rig_up replaced
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
rig_milter
rig_forwarder
copies=0

give()			# NAME: 5 messages, all delivered
{
	rig_give -n 5 -p 2 -m 1 -t user@corp.example >"$RIG/said"
	is $? 0 "$1: all originals are accepted"
	copies=$((copies + 5))
	# sooner than the next scan of all of it: inotify sees the new one
	ok "$1: all copies are delivered" \
	    rig_wait '[ "$(rig_count intake)" -ge "$copies" ]' 20
	is "$(rig_count intake)" "$copies" "$1: each once"
}

told()			# PROGRAM NAME: that it says so
{
	ok "$2: $1 says so" rig_wait "grep -q '$1.*Warning: spool: .* was \
removed or replaced' $RIG/tdc.log" 10
}

anew()			# the forwarder has found it: it looks each second at most
{
	rig_wait '[ "$(readlink "/proc/$(rig_pid forwarder)/fd/"* |
	    grep -c "$RIG/spool/ready$")" = 1 ] &&
	    ! readlink "/proc/$(rig_pid forwarder)/fd/"* | grep -q deleted' 20
}

give "all is well"
rm -rf "$RIG/spool/ready"
install -d -o nobody -m 700 "$RIG/spool/ready"
give "ready made anew"
told tdc-milter "ready made anew"
ok "the forwarder has the new one" anew
told tdc-forwarder "ready made anew"
rm -rf "$RIG/spool/ready"
give "ready removed"
mv "$RIG/spool/ready" "$RIG/aside"
install -d -o nobody -m 700 "$RIG/spool/ready"
sleep 1.1		# what is not removed is looked at each second
give "another ready"
if [ -n "$RIG_ALONE" ]; then
	mount -t tmpfs -o mode=700 tmpfs "$RIG/spool/ready"
	chown nobody "$RIG/spool/ready"
	sleep 1.1
	give "mounted over"
	umount -l "$RIG/spool/ready"
	sleep 1.1
	give "unmounted"
fi
mv "$RIG/spool" "$RIG/spool.old"
install -d -o nobody -m 700 "$RIG/spool"
sleep 1.1
give "another spool"
# but for what one counted in the old one while the other had left it
rig_by_hand=some
ok "another spool: the counters came along" rig_wait '
    [ "$(rig_counter delivered)" -ge $((copies - 5)) ] &&
    [ "$(rig_counter enqueued)" -ge $((copies - 5)) ]' 20
diag "enqueued $(rig_counter enqueued), delivered $(rig_counter delivered)"
like "$(tdcctl status)" 'Forwarder: *running' "and the forwarder's lock"
like "$(tdcctl status)" 'Milter: *running' "and the milter's"
is "$(rig_log | grep -c 'without a copy')" 0 "no message is without a copy"
is "$(find "$RIG/aside" "$RIG/spool.old/ready" -type f | wc -l)" 0 \
    "nothing is left in the old ones"
done_testing
