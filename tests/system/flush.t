#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# flush - copies with one attempt left, and an operator who asks again and again
# that they go: an intake that is down costs none of them that attempt, whatever
# it is that it does not do; once it is up all go
. "$(dirname "$0")/../rig/rig.sh"

rig_up flush
rig_ca
rig_dns
rig_intake intake
rig_stop intake

conf()			# [LINE]
{
	rig_conf <<-EOF
		retry_limit = 1
		retry_delay = 1h
		queue_lifetime = 1d
		idle_timeout = 100ms
		undelivered = keep
		${1:-}
	EOF
}

# tried COUNT - so many copies, each of which has failed once just now
tried()
{
	rig_stop forwarder
	rig_fill "$1" -s 2000
	for file in "$RIG"/spool/ready/*.0*; do
		mv "$file" "${file%.0*}.1"
	done
	rig_forwarder
	rig_wait "tdcctl status | grep -q '^Forwarder: *running'" 10
}

lines()			# PATTERN: how many
{
	rig_log | grep -Ec "$1"
}

# flush_in_vain TITLE PATTERN - five times, and each is answered by such a line
flush_in_vain()
{
	for round in 1 2 3 4 5; do
		before=$(lines "$2")
		tdcctl flush >/dev/null || diag "$1: flush failed"
		rig_wait "[ \$(lines '$2') -gt $before ]" 10 ||
			diag "$1: round $round came to nothing"
	done
	ok "$1: the log tells of it" [ "$(lines "$2")" -ge 5 ]
	is "$(find "$RIG/spool/ready" -name '*.1' | wc -l)" 20 \
	    "$1: no copy lost its last attempt"
	is "$(rig_counter soft_bounced) $(rig_counter hard_bounced)" "0 0" \
	    "$1: none was tried, none given up"
}

# nobody listens
conf
tried 20
flush_in_vain "refused" 'Connection Error: DCID .*Connection refused'
is "$(lines 'flush of all intake domains: 20 retries due')" 5 \
    "the log tells of each"
ok "the intake is down" \
    rig_wait 'tdcctl tophosts | grep -Eq "^ *1\* +the.tdc.queue +20 "' 5

# it hangs up, or speaks no TLS
rig_intake intake -R greeting=close
flush_in_vain "closed" 'Connection Error: DCID .*details: EOF'
rig_stop intake
rig_intake intake -o PIPELINING
flush_in_vain "no TLS" 'TLS failed: STARTTLS not offered'
rig_stop intake

# it is not known in DNS; a probe is all that asks
conf "intake_route = [nobody.intake.example]:2525"
kill -HUP "$(rig_pid forwarder)"
rig_wait '[ $(lines "configuration reloaded") = 1 ]' 10
flush_in_vain "unknown" 'DNS Error nobody.intake.example A - NXDomain'
conf
kill -HUP "$(rig_pid forwarder)"
rig_wait '[ $(lines "configuration reloaded") = 2 ]' 10

# It lets us in and then wants no mail: the copy that finds out is one too many,
# and the others wait for their hour again.
rig_intake intake -R "mail=421 4.3.2 not now"
tdcctl flush >/dev/null
ok "an intake that says 421 later costs a copy its attempt" \
    rig_wait '[ "$(rig_counter hard_bounced)" -ge 1 ]' 10
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
sleep 1.5
is "$(rig_waiting) $(rig_counter hard_bounced)" "19 1" "one copy"
rig_stop intake

rig_intake intake
tdcctl flush >/dev/null
ok "when it is up, all others go" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_count intake) $(rig_counter delivered)" "19 19" "each once"

# A connection rests when the intake goes away, and nobody knows it yet.
conf
sed -i 's/^idle_timeout.*/idle_timeout = 1m/' "$RIG/tdc.cf"
tried 20
for round in 1 2 3; do
	rig_fill 1
	ok "round $round: a connection is open" \
	    rig_wait '[ "$(rig_waiting)" = 20 ]' 10
	refused=$(lines 'Connection refused')
	rig_stop intake KILL
	tdcctl flush >/dev/null
	ok "round $round: the log tells of it" \
	    rig_wait "[ \$(lines 'Connection refused') -gt $refused ]" 10
	is "$(find "$RIG/spool/ready" -name '*.1' | wc -l) $(rig_counter hard_bounced)" \
	    "20 1" "round $round: no copy lost its last attempt"
	rig_intake intake
done
tdcctl flush >/dev/null
ok "nor was any lost" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_counter delivered)" 42 "each was delivered"

# A flush of copies that were never tried costs them nothing either.
rig_stop intake
rig_fill 20 -s 2000
rig_wait '[ "$(rig_counter soft_bounced)" -ge 1 ]' 10
before=$(lines 'flush of')
for round in 1 2 3 4 5; do
	tdcctl flush >/dev/null
done
is "$(($(lines 'flush of') - before))" 5 "untried ones: five more"
rig_intake intake
tdcctl flush >/dev/null
ok "all are delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_counter hard_bounced)" 1 "none was given up"
done_testing
