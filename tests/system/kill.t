#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# kill - kill -9 of the milter and of the forwarder at random moments under
# load: what got its 250 from a living milter is delivered, whole, no MID is
# used twice, and no connection brings more than flight_messages copies that
# come again: one in the first third of the rounds, five in the second.  In the
# last, with auto, there is more than one connection, and so a kill may also find
# what waits to be removed (removals.t).  Whatever was cut in two, the counters
# hold together
#
# TDC_ROUNDS: how often one of them is killed, default 20.
. "$(dirname "$0")/../rig/rig.sh"

rig_up kill
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	idle_timeout = 100ms
	min_connections = 1
	max_connections = 1
	flight_messages = 1
	queue_lifetime = 1h
EOF
size=3000
rounds=${TDC_ROUNDS:-20}
now()
{
	date +%s%3N
}
rig_by_hand=some	# what a kill cuts in two is not counted, or done twice
rig_milter
born=$(now)
rig_forwarder
rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -x "ADDR=192.0.2.10" -n 0 -p 4 -m 1 -s $size -t user@corp.example

# As others see it, all the time.
cat >"$RIG/look" <<-EOF
	while [ ! -e "$RIG/seen" ]; do
		"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" metrics
		for i in 1 2 3 4 5; do
			"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" status --json
		done
	done
EOF
rig_start look sh "$RIG/look"

# The times in which the milter lived, "BORN DIED".
round=0
flight=1
kills=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	case $round in
	$((rounds / 3)) | $((2 * rounds / 3)))
		perl tests/helpers/copies.pl twice "$RIG/intake" >"$RIG/twice.$flight"
		flight=$([ "$flight" = 1 ] && echo 5 || echo auto)
		sed -i "s/^flight_messages.*/flight_messages = $flight/" \
		    "$RIG/tdc.cf"
		[ "$flight" = 5 ] || sed -i "s/^\(.*_connections\) .*/\1 = 2/" \
		    "$RIG/tdc.cf"
		kill -HUP "$(rig_pid forwarder)"
	esac
	dice=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
	sleep "0.$(printf %03d $((dice % 400)))"
	if [ $((dice / 400 % 2)) = 0 ]; then
		kills=$((kills + 1))
		rig_stop forwarder KILL
		rig_forwarder || tap 1 "round $round: the forwarder starts"
	else
		echo "$born $(now)" >>"$RIG/lives"
		rig_stop milter KILL
		rig_milter || tap 1 "round $round: the milter starts"
		born=$(now)
	fi
done
rig_stop load
: >"$RIG/seen"
wait "$(rig_pid look)" || :
rm "$RIG/pid/look"
echo "$born $(now)" >>"$RIG/lives"
ok "all copies are sent" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
rig_stop forwarder

load=$RIG/err/load.out
is "$(awk '$2 != 250' "$load")" "" "every message is accepted"

# Those that a living milter saw from beginning to end.
awk 'NR == FNR { born[NR] = $1; died[NR] = $2; n = NR; next }
	{ for (i = 1; i <= n; i++)
		if ($3 >= born[i] && $4 <= died[i]) print $1 }' \
    "$RIG/lives" "$load" | sort >"$RIG/promised"
perl tests/helpers/copies.pl "$RIG/intake" $size >"$RIG/copies"
grep -v damaged "$RIG/copies" | cut -d' ' -f1 | sort -u >"$RIG/there"
diag "$rounds rounds, $(wc -l <"$load") messages, $(wc -l <"$RIG/promised") promised, \
$(wc -l <"$RIG/copies") copies of $(wc -l <"$RIG/there")"

ok "there was load" [ "$(wc -l <"$RIG/promised")" -gt "$rounds" ]
is "$(comm -23 "$RIG/promised" "$RIG/there" | tr '\n' ' ')" "" \
    "every message that got its 250 has its copy delivered"
is "$(grep damaged "$RIG/copies")" "" "no copy is damaged"
is "$(sort -u "$RIG/copies" | cut -d' ' -f2 | sort | uniq -d)" "" \
    "no MID stands for two messages"
is "$(rig_log | sed -n 's/^TDC: MID \([0-9]*\) queue-id.*/\1/p' | sort |
    uniq -d)" "" "no MID is given twice"
is "$(rig_log | sed -n 's/.*New SMTP DCID \([0-9]*\) .*/\1/p' | sort |
    uniq -d)" "" "no DCID is given twice"
perl tests/helpers/copies.pl twice "$RIG/intake" >"$RIG/twice"
is "$(awk '$2 > 1' "$RIG/twice.1")" "" \
    "one by one, no connection brings more than one that comes again"
is "$(awk '$2 > 5' "$RIG/twice.5")" "" "nor, five by five, more than five"
count()			# FILE
{
	awk '{ n += $2 } END { print n + 0 }' "$1"
}
ok "and two connections not more than two flights, and what may wait" \
    [ "$(count "$RIG/twice")" -le $((kills * (257 + 2 * 10))) ]
diag "sent twice: $(count "$RIG/twice.1") one by one, \
$(count "$RIG/twice.5") with fives, $(count "$RIG/twice") in all"
# A forwarder that is killed after its unlinking, before its counting, has not
# counted that copy.
enqueued=$(rig_counter enqueued)
delivered=$(rig_counter delivered)
diag "enqueued $enqueued, delivered $delivered"
ok "no more is delivered than enqueued" [ "$delivered" -le "$enqueued" ]
tdcctl status --json >>"$RIG/err/look.out"
perl tests/helpers/counts.pl <"$RIG/err/look.out" >"$RIG/counts"
diag "seen $(tail -n 1 "$RIG/counts")"
is "$(sed '$d' "$RIG/counts" | head -n 5)" "" \
    "whatever was told of the counters holds together"
ok "and much was" [ "$(grep -c '^}' "$RIG/err/look.out")" -ge 30 ]
is "$(find "$RIG/spool/failed" -type f | wc -l)" 0 "nothing was given up"
unlike "$(rig_log)" 'Warning: spool file' "no file in the spool is damaged"
done_testing
