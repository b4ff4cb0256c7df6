#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# failopen - whatever fails of ours, the original is accepted, as fast, and
# what had a copy is delivered when the forwarder comes back in time
. "$(dirname "$0")/../rig/rig.sh"

rig_up failopen
rig_ca
rig_dns
if [ -n "$RIG_ALONE" ]; then
	RIG_MX=yes
	set -- -l 127.0.0.1:25
fi
rig_intake intake "$@"
rig_postfix
mkdir "$RIG/spool"
[ -z "$RIG_ALONE" ] || mount -t tmpfs -o size=8m tdc-spool "$RIG/spool"
chown nobody "$RIG/spool"
chmod 700 "$RIG/spool"
echo "corp.example DEFAULT" >"$RIG/policy"
postmap "hash:$RIG/policy"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/policy
	command_timeout = 20s
	retry_delay = 500ms
EOF
rig_milter
rig_forwarder

sent=0
copies=0

# give NAME - 40 messages, a connection each: all accepted, none slow.  The
# measure is the median of the first time, when all is well.
give()
{
	rig_give -n 40 -p 4 -m 1 -t user@corp.example >"$RIG/said"
	is $? 0 "$1: all are accepted"
	sent=$((sent + 40))
	awk '{ print $4 - $3 }' "$RIG/said" | sort -n >"$RIG/times"
	median=$(sed -n 20p "$RIG/times")
	slowest=$(tail -n 1 "$RIG/times")
	normal=${normal:-$median}
	diag "$1: median $median ms, slowest $slowest ms"
	ok "$1: as fast" \
	    [ "$median" -le $((2 * normal + 50)) -a "$slowest" -lt 2000 ]
}

# delivered N NAME - so many more copies come
delivered()
{
	wanted=$((copies + $1))
	rig_wait '[ "$(rig_count intake)" -ge "$wanted" ] &&
	    [ "$(rig_waiting)" = 0 ]' 20
	copies=$(rig_count intake)
	is "$copies" "$wanted" "$2"
}

# warned PATTERN NAME - the maillog says for each of the last 40 messages why
# there is no copy
warned()
{
	cut -d' ' -f5 "$RIG/said" | sort >"$RIG/ids"
	rig_log | sed -En "s/^TDC: Warning: queue-id ([0-9A-F]+) accepted without a copy: ${1}$/\1/p" |
		sort >"$RIG/told"
	is "$(comm -12 "$RIG/ids" "$RIG/told" | wc -l)" 40 "$2"
}

give "all is well"
delivered 40 "all is well: every copy is delivered"

rig_stop forwarder KILL
give "no forwarder"
is "$(rig_waiting)" 40 "no forwarder: the copies wait"
rig_forwarder
delivered 40 "the forwarder comes back: they are delivered"

if [ -n "$RIG_ALONE" ]; then
	dd if=/dev/zero of="$RIG/spool/ballast" bs=4k 2>"$RIG/err/dd"
	give "spool full"
	warned "spool: .*No space left on device" "spool full: said of each"
	rm "$RIG/spool/ballast"
	give "room again"
	delivered 40 "room again: every copy is delivered"
fi

echo "min_free_space = 900T" >"$RIG/min"
sed -i '/^min_free_space/d' "$RIG/tdc.cf"
cp "$RIG/tdc.cf" "$RIG/tdc.cf.roomy"
cat "$RIG/min" >>"$RIG/tdc.cf"
kill -HUP "$(rig_pid milter)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
give "less than min_free_space"
warned "spool: .*(free|space).*" "less than min_free_space: said of each"
cp "$RIG/tdc.cf.roomy" "$RIG/tdc.cf"
echo "min_free_space = 0" >>"$RIG/tdc.cf"
kill -HUP "$(rig_pid milter)"
rig_wait '[ $(rig_log | grep -c "configuration reloaded") = 2 ]' 10
delivered 0 "less than min_free_space: no copy is made"

chown root "$RIG/spool/ready"
chmod 555 "$RIG/spool/ready"
give "spool read-only"
warned "spool: .*Permission denied" "spool read-only: said of each"
delivered 0 "spool read-only: no copy is made"
chown nobody "$RIG/spool/ready"
chmod 700 "$RIG/spool/ready"
failed=$(tdcctl status --json | sed -n 's/.*"failed_open": \([0-9]*\).*/\1/p')
is "$failed" "$([ -n "$RIG_ALONE" ] && echo 120 || echo 80)" \
    "each message without a copy is counted"
is "$(rig_log | grep -c ' accepted without a copy: ')" "$failed" \
    "and has one line"

mv "$RIG/policy.db" "$RIG/kept.db"
rig_wait 'rig_log | grep -q "Warning: table hash:$RIG/policy: "' 5
give "table missing"
delivered 40 "table missing: the old one stays in force"
head -c 5000 /dev/urandom >"$RIG/policy.db"
rig_wait '[ $(rig_log | grep -c "Warning: table hash:$RIG/policy: ") -ge 2 ]' 5
is "$(rig_log | grep -c 'old one stays in force$')" 2 \
    "table damaged: each state is told once"
give "table damaged"
delivered 40 "table damaged: the old one stays in force"
mv "$RIG/kept.db" "$RIG/policy.db"

rig_stop intake
rig_intake intake "$@" -R greeting=hang
give "intake hangs"
rig_stop intake
rig_intake intake "$@"
delivered 40 "the intake answers again: every copy is delivered"

rig_stop dns
give "no DNS"
rig_dns
delivered 40 "DNS is back: every copy is delivered"

rig_stop milter KILL
give "no milter"
delivered 0 "no milter: no copy"
rig_milter
give "the milter is back"
delivered 40 "the milter is back: every copy is delivered"

ok "every original arrives" rig_wait '[ "$(rig_inbox user)" = "$sent" ]' 20
umount "$RIG/spool" 2>/dev/null
done_testing
