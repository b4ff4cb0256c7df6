#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# requeue-range - the intake was down, and what was kept since goes: by when it
# was given up, by intake, shown before it is done
. "$(dirname "$0")/../rig/rig.sh"

rig_up requeue-range
rig_ca
rig_dns
rig_intake intake
rig_stop intake
rig_conf <<-EOF
	queue_lifetime = 300ms
	undelivered = keep
	idle_timeout = 100ms
EOF

# ctl ARGUMENT... - exit code in $code, what it said in $said
ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
}

kept()
{
	find "$RIG/spool/failed" -type f | wc -l
}

# give_up COUNT [OPTIONS] - so many copies that nobody takes
give_up()
{
	before=$(kept)
	rig_fill "$@"
	rig_wait "[ \$(kept) = $((before + $1)) ]" 10 || diag "not given up"
}

rig_fill 0
rig_forwarder
give_up 3
sleep 1.1
first=$(date '+%Y-%m-%d %H:%M:%S')
sleep 0.1
give_up 4
give_up 2 -i journal@other.example
sleep 1.1
second=$(date +%Y-%m-%dT%H:%M:%S)
sleep 0.1
give_up 1

ctl requeue -n --since "$first" --until "$second"
is "$code $(echo "$said" | tail -n 1)" "0 6 would be requeued" \
    "-n: what was given up in between"
is "$(echo "$said" | grep -c '^MID [0-9]*  given up .*  accepted .*  from <')" 6 \
    "and which"
is "$(kept)" 10 "nothing was done"
ctl requeue --dry-run --until "$first"
is "$code $(echo "$said" | tail -n 1)" "0 3 would be requeued" "before"
ctl requeue -n --since "$second"
is "$code $(echo "$said" | tail -n 1)" "0 1 would be requeued" "after"
ctl requeue -n --since 1h --intake other.example
is "$code $(echo "$said" | tail -n 1)" "0 2 would be requeued" "a domain"
ctl requeue -n --intake Journal@Other.example
is "$code $(echo "$said" | tail -n 1)" "0 2 would be requeued" "an address"
ctl requeue -n --intake a@other.example
is "$code $said" "0 0 would be requeued" "another address"
ctl requeue -n ALL
is "$code $(echo "$said" | tail -n 1)" "0 10 would be requeued" "all"

sed -i 's/^queue_lifetime.*/queue_lifetime = 1h/' "$RIG/tdc.cf"
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
rig_intake intake
ctl requeue --since "$first" --until "$second" --intake intake.example
is "$code $said" "0 4 requeued" "requeue a range"
ok "they are delivered" rig_wait '[ "$(rig_counter delivered)" = 4 ]' 10
is "$(rig_waiting) $(kept)" "0 6" "no others"
ctl requeue --since "$first" --until "$second" --intake intake.example
is "$code $said" "0 0 requeued" "once"
ctl requeue ALL
is "$code $said" "0 6 requeued" "the rest"
ok "all are delivered" rig_wait '[ "$(rig_counter delivered)" = 10 ]' 10
is "$(rig_count intake) $(rig_counter requeued) $(kept)" "10 10 0" \
    "each once, and counted"

for call in "" -n "1 --since" "--since soon" "--until" "--since 1h 7" "1 2" \
    "-n 7" "--intake" "--all" "--since 1h --until 2h"; do
	# shellcheck disable=SC2086
	ctl requeue $call
	is "$code $(echo "$said" | sed -n '2s/\[--json.*//p')" \
	    "64 usage: tdcctl [-c FILE] [-v] requeue " "requeue $call: usage"
done
done_testing
