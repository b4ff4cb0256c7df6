#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# suspend - an operator wants no copies sent to an intake for a time: none goes,
# none grows older, whatever is killed meanwhile; all go when that is over
. "$(dirname "$0")/../rig/rig.sh"

rig_up suspend
rig_ca
rig_dns
rig_intake intake

rig_conf <<-EOF
	queue_lifetime = 3s
	retry_limit = 1000
	retry_delay = 200ms
	idle_timeout = 100ms
	undelivered = keep
EOF

# ctl ARGUMENT... - exit code in $code, what it said in $said
ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
}

lines()			# PATTERN: how many
{
	rig_log | grep -Ec "$1"
}

all_delivered()		# COUNT TITLE
{
	ok "$2" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
	is "$(rig_counter delivered) $(rig_counter hard_bounced)" "$1 0" \
	    "$2: each was delivered"
}

rig_fill 1
rig_forwarder
rig_wait '[ "$(rig_waiting)" = 0 ]' 10

# ---- one of two, and for longer than a copy lives ----

ctl suspend intake.example --reason "the intake is being moved"
is "$code $said" "0 intake.example is suspended until it is resumed" "suspend"
rig_fill 5
rig_fill 5 -i journal@other.example
ok "the other intake gets its copies" \
    rig_wait '[ "$(rig_waiting)" = 5 ]' 10
is "$(lines 'delivery to intake.example is suspended until it is resumed by uid 0: the intake is being moved$')" \
    1 "the log tells of it, and why"
is "$(find "$RIG/spool/suspended" -printf '%m %u')" "600 nobody" \
    "the file is the daemons'"
ctl queue
like "$said" 'next try when its intake is resumed' "queue tells of it"
is "$(tdcctl queue --json | grep -c '"suspended":true')" 5 "so does its JSON"
like "$(tdcctl status)" \
    '^Suspended: +intake.example until it is resumed: the intake is being moved$' \
    "status"
is "$(tdcctl status --json | python3 -c 'import json, sys
for one in json.load(sys.stdin)["suspended"]:
    print(one["intake"], one["until"], one["uid"], one["reason"])')" \
    "intake.example None 0 the intake is being moved" "its JSON"
for what in "hoststatus intake.example" "hoststatus the.tdc.queue" tophosts; do
	# shellcheck disable=SC2086
	like "$(tdcctl $what)" '^Suspended: +intake.example ' "$what"
done
like "$(tdcctl check --nagios)" \
    ', intake.example is suspended until it is resumed: the intake is being moved |' \
    "nor do monitors let anyone forget it"
like "$(tdcctl report)" \
    '^intake.example is suspended until it is resumed: the intake is being moved\.$' \
    "it is in the report"
like "$(tdcctl top -n 1)" ' suspended +intake.example$' "and in top"
unlike "$(tdcctl hoststatus other.example)" Suspended "not the other one"
ctl flush intake.example
is "$code $said" "65 tdcctl: intake.example is suspended: tdcctl resume intake.example" \
    "a flush says so"
ctl flush
like "$code $said" '^0 ' "a flush of all does nothing for it"
like "$said" '^intake.example is suspended: its copies wait$' "and says so"
sleep 2.5
is "$(rig_waiting) $(rig_counter hard_bounced)" "5 0" \
    "after longer than queue_lifetime no copy has gone, either way"

# ---- killed, and not there, while that lasts ----

rig_stop forwarder KILL
sleep 1
rig_forwarder
sleep 0.5
is "$(rig_waiting) $(rig_counter hard_bounced)" "5 0" "nor after kill -9"
is "$(lines 'delivery to intake.example is suspended')" 2 "it tells again"
ctl resume intake.example
is "$code $said" "0 intake.example is resumed" "resume"
all_delivered 11 "all go at once"
is "$(lines 'delivery to intake.example is resumed$')" 1 "the log tells of that"

# ---- their clock stood, and goes on ----

rig_stop intake
rig_fill 4
rig_wait '[ "$(rig_counter soft_bounced)" -ge 1 ]' 10
tdcctl suspend intake.example >/dev/null
sleep 3
rig_stop forwarder KILL
tdcctl resume intake.example >/dev/null
began=$(date +%s%3N)
rig_intake intake
rig_forwarder
all_delivered 15 "killed at the resume: older than their lifetime, and alive"
rig_stop intake
rig_fill 2
sleep 1.5
tdcctl suspend intake.example >/dev/null
sleep 2
tdcctl resume intake.example >/dev/null
began=$(date +%s%3N)
ok "after it they die, as ever" \
    rig_wait '[ "$(rig_counter hard_bounced)" = 2 ]' 10
took=$(($(date +%s%3N) - began))
ok "when what was left of their life is over ($took ms)" \
    [ "$took" -gt 300 -a "$took" -lt 2700 ]
tdcctl delete ALL >/dev/null
rig_intake intake

# ---- a time ----

ctl suspend journal@intake.example --for 2s
like "$code $said" \
    '^0 journal@intake.example is suspended until 2[0-9-]* [0-9:]*$' "--for"
rig_fill 3
rig_fill 1 -i another@intake.example
ok "an address: another of its domain goes" \
    rig_wait '[ "$(rig_waiting)" = 3 ]' 5
ok "and it ends by itself" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
is "$(lines 'delivery to journal@intake.example is resumed$')" 1 "it says so"
tdcctl suspend ALL --for 1s >/dev/null
rig_fill 3
rig_stop forwarder KILL
sleep 1.5
rig_forwarder
ok "also while no forwarder runs" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
is "$(rig_counter delivered) $(rig_counter hard_bounced)" "22 2" \
    "all were delivered"

# ---- what cannot be ----

tdcctl suspend ALL >/dev/null
ctl resume intake.example
is "$code $said" "65 tdcctl: intake.example is suspended with ALL: tdcctl resume ALL" \
    "a part of all cannot be resumed"
tdcctl resume ALL >/dev/null
ctl resume intake.example
is "$code $said" "65 tdcctl: intake.example is not suspended" "nothing to resume"
for call in "" "--for 1h" "a b" "intake.example --for soon" \
    "intake.example --for 0s" "intake.example --never"; do
	# shellcheck disable=SC2086
	ctl suspend $call
	is "$code $(echo "$said" | sed -n '2s/\[--json.*//p')" \
	    "64 usage: tdcctl [-c FILE] [-v] suspend " "suspend $call: usage"
done
for name in @ a@ "a b" "<a@b>"; do
	ctl suspend "$name"
	is "$code $said" "65 tdcctl: '$name' is neither an intake domain nor an intake address" \
	    "'$name' is no intake"
done
ctl suspend intake.example --reason "$(printf 'a\033[31mb')"
like "$code $said" '^65 tdcctl: a reason is one line' "no control characters"
ctl suspend intake.exmaple
like "$said" '^note: no copy for intake.exmaple is on record$' "a wrong name"
tdcctl resume intake.exmaple >/dev/null

# ---- a damaged file ----

tdcctl suspend intake.example >/dev/null
rig_fill 2
sleep 3.2
rig_stop forwarder KILL
rig_stop intake
sed -i 's/"from":/"from":x/' "$RIG/spool/suspended"
rig_forwarder
sleep 1
is "$(rig_waiting) $(rig_counter hard_bounced)" "2 2" \
    "damaged: no copy is given up because of its age"
is "$(lines "Warning: spool: 'suspended': line 1: .*: tdcctl resume ALL")" 1 \
    "one warning"
ctl suspend intake.example
like "$code $said" "^65 tdcctl: spool: 'suspended': line 1:" "nothing is added"
like "$(tdcctl status 2>&1)" "warning: spool: 'suspended'" "status warns"
ctl resume ALL
is "$code $said" "0 ALL is resumed" "resume ALL mends it"
ok "it is kept for a person" [ -s "$RIG/spool/suspended.damaged" ]
rig_intake intake
ok "and the copies go" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
is "$(rig_counter delivered) $(rig_counter hard_bounced)" "24 2" "none is lost"
rig_stop intake
tdcctl suspend intake.example >/dev/null
rig_fill 2
sleep 3.2
sed -i 's/"uid":/"uid":y/' "$RIG/spool/suspended"
ok "damaged while it is in force" rig_wait \
    '[ "$(lines "Warning: spool: .suspended.: line [0-9]*:")" = 2 ]' 10
rm "$RIG/spool/suspended"
rig_intake intake
ok "and removed: the copies go" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
is "$(rig_counter delivered) $(rig_counter hard_bounced)" "26 2" "none is lost"

# ---- killed at any moment ----

rig_by_hand=some	# what a kill cuts in two is counted twice
# a start may take longer than those copies live
sed -i 's/^queue_lifetime.*/queue_lifetime = 60s/' "$RIG/tdc.cf"
for round in 1 2 3 4 5 6; do
	tdcctl suspend intake.example >/dev/null
	rig_fill 10
	tdcctl resume intake.example >/dev/null &
	sleep "0.0$round"
	rig_stop forwarder KILL
	wait $!
	rig_forwarder
done
ok "killed at the moment of a resume" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_counter hard_bounced)" 2 "no copy is given up"
ok "each has arrived" [ "$(rig_count intake)" -ge 86 ]
done_testing
