#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# counters - the files that are mapped, counters and sites, damaged, locked,
# gone, or cut short under mail: no original waits, every copy is delivered,
# no MID comes twice, and the next seconds have whole files again
. "$(dirname "$0")/../rig/rig.sh"

rig_up counters
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
sent=0

give()			# NAME [COUNT]: so many messages, all delivered
{
	rig_give -n "${2:-5}" -p 4 -m 1 -t user@corp.example >"$RIG/said"
	is $? 0 "$1: all originals are accepted"
	sent=$((sent + ${2:-5}))
	ok "$1: all copies are delivered" \
	    rig_wait '[ "$(rig_count intake)" -ge "$sent" ]' 30
}

whole()			# FILE: it is there, and not cut short
{
	[ "$(stat -c %s "$RIG/spool/$1" 2>/dev/null || echo 0)" -gt 4000 ]
}

warnings()		# how many of the counters
{
	rig_log | grep -c "Warning: .*counters"
}

give "all is well"
rig_wait '[ "$(rig_counter delivered)" = 5 ]' 5
is "$(rig_counter enqueued) $(rig_counter delivered)" "5 5" "and counted"

# ---- while they run ----

rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -x "ADDR=192.0.2.10" -n 0 -p 2 -m 1 -t user@corp.example
rig_wait '[ "$(rig_count intake)" -ge 20 ]' 20
milter=$(rig_pid milter)
forwarder=$(rig_pid forwarder)
for file in counters sites; do
	: >"$RIG/spool/$file"
	ok "$file cut short under load: it is made anew" \
	    rig_wait "whole $file" 60
done
rm "$RIG/spool/counters"
ok "counters removed under load: it is made anew" rig_wait 'whole counters' 60
rig_stop load
sent=$((5 + $(wc -l <"$RIG/err/load.out")))
is "$(awk '$2 != 250' "$RIG/err/load.out")" "" "every original is accepted"
ok "every copy is delivered" \
    rig_wait '[ "$(rig_count intake)" -ge "$sent" ]' 60
ok "both still run" [ -d "/proc/$milter" -a -d "/proc/$forwarder" ]
like "$(rig_log | grep "Warning: .*counters" | head -n 1)" \
    'counters.*(in memory|MIDs go on from [0-9]+)' "and say how they go on"
like "$(tdcctl status)" 'enqueued' "tdcctl can read them"
like "$(tdcctl hoststatus intake.example)" 'Host up' "and the sites"
give "afterwards"
rig_stop milter
rig_stop forwarder

# ---- at a start ----

damaged()		# NAME: both start all the same, and count
{
	before=$(warnings)
	ok "$1: milter starts" rig_milter
	ok "$1: forwarder starts" rig_forwarder
	give "$1" 1
	ok "$1: counted" rig_wait '[ "$(rig_counter enqueued)" -ge 1 ] &&
	    [ "$(rig_counter delivered)" -ge 1 ]' 5
	ok "$1: one warning" rig_wait '[ "$(warnings)" -eq $((before + 1)) ]' 5
	rig_stop milter
	rig_stop forwarder
}

: >"$RIG/spool/counters"
damaged "empty"
ok "the damaged file is kept" [ -e "$RIG/spool/counters.damaged" ]
head -c 4096 /dev/zero >"$RIG/spool/counters"
damaged "zeroed"
printf 'X' | dd of="$RIG/spool/counters" conv=notrunc 2>/dev/null
damaged "another magic"
# the last MID is the seventh word
printf '\200' | dd of="$RIG/spool/counters" bs=1 seek=55 conv=notrunc \
    2>/dev/null
damaged "a high bit in the last MID"
rm "$RIG/spool/counters"
: >"$RIG/spool/failed/8000000000000000"
damaged "gone, and a name with an absurd MID"
rm "$RIG/spool/failed/8000000000000000"
rm -f "$RIG/spool/counters" "$RIG/spool/counters.damaged"
mkdir "$RIG/spool/counters"
damaged "a directory"
rmdir "$RIG/spool/counters.damaged"
chown root "$RIG/spool/counters"
chmod 000 "$RIG/spool/counters"
damaged "not readable"
rig_start holder flock -F "$RIG/spool/counters" sleep 600
rig_wait '! flock -n "$RIG/spool/counters" true' 5
rig_milter
ok "locked: the milter says so" rig_wait 'rig_log |
    grep -q "Warning: counters is locked: counting goes on in memory"' 5
ok "locked: forwarder starts" rig_forwarder
give "locked"
rig_stop holder
is "$(find "$RIG/spool" -name 'counters.*' | wc -l)" 1 \
    "no more than one is set aside"

is "$(rig_log | sed -n 's/^TDC: MID \([0-9]*\) queue-id.*/\1/p' | sort |
    uniq -d)" "" "no MID is given twice"
is "$(rig_log | sed -n 's/.*New SMTP DCID \([0-9]*\) .*/\1/p' | sort |
    uniq -d)" "" "no DCID is given twice"
is "$(rig_log | grep -c 'without a copy')" 0 "no message is without a copy"
done_testing
