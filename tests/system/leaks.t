#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# leaks - very many messages of every fate, and both programs hold what they
# held before: memory, descriptors, files
#
# TDC_MESSAGES: how many, default 5000; Postfix itself brings 2,000 more.
. "$(dirname "$0")/../rig/rig.sh"

rig_up leaks
rig_ca
rig_dns
intake_port=$(rig_port)
rig_start sink "$TDC_BUILD/tests/intake/intake" -q -l "127.0.0.1:$intake_port" \
    -C "$RIG/cert.pem" -K "$RIG/cert.key"
rig_postfix
printf '%s\n' "none@corp.example NO" \
    "two@corp.example two@intake.example" >"$RIG/policy"
postmap "hash:$RIG/policy"
rig_conf <<-EOF
	default_policy = DEFAULT
	policy_maps = check_recipient hash:$RIG/policy
	spool_sync = no
	queue_lifetime = 1h
	max_connections = 4
	idle_timeout = 100ms
EOF
messages=${TDC_MESSAGES:-5000}
warm_up=5000
# kB.  Without a leak memory still moves, by what malloc() makes of threads,
# and by a few bytes a message as its heap is cut up.
bound=$((480 + messages * 6 / 1000))
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# give N - so many; their copies are delivered, and the forwarder rests
expected=0
give()
{
	taken=$(perl tests/helpers/mta.pl "$RIG/milter.sock" "$1")
	set -- "$1" $taken
	is "$1 $2 $3 $4 $6" \
	    "$1 none $(($1 / 5)) user two" "$1 messages are taken"
	expected=$((expected + $5 + $7))
	rests
}

counter()
{
	tdcctl status --json | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}

rests()
{
	ok "$expected copies are delivered" rig_wait '[ "$(rig_waiting)" = 0 ] &&
	    [ "$(counter delivered)" = "$expected" ]' 300
	ok "and their connections end" rig_wait \
	    '[ "$(counter connections_out)" = 0 ]' 10
}

rss()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(rig_pid "$1")/status"
}

fds()
{
	find "/proc/$(rig_pid "$1")/fd" -mindepth 1 2>/dev/null | wc -l
}

# same PROGRAM MEMORY DESCRIPTORS - as it was; with a sanitizer built in the
# first of the numbers means nothing
same()
{
	now=$(rss "$1")
	diag "tdc-$1: $2 kB before, $now kB after"
	case $TDC_BUILD in
	*/build) ok "tdc-$1: memory as before" [ "$now" -le $(($2 + bound)) ] ;;
	*) ok "tdc-$1: memory # SKIP sanitizer" true ;;
	esac
	ok "tdc-$1: $3 descriptors as before" \
	    rig_wait "[ \$(fds $1) = $3 ]" 10
}

# round - all of it once
round()
{
	give "$messages"
	smtp-source -d -s 10 -m 2000 -l 3000 -f sender@client.example \
	    -t user@corp.example "127.0.0.1:$smtp_port"
	is $? 0 "2000 messages of Postfix are taken"
	expected=$((expected + 2000))
	rests
}

milter_fds=$(fds milter)
give $warm_up
milter_rss=$(rss milter)
forwarder_rss=$(rss forwarder)
forwarder_fds=$(fds forwarder)

round
# malloc() may take a piece more once; a leak takes one again.
if [ "$(rss forwarder)" -gt $((forwarder_rss + bound)) ] ||
    [ "$(rss milter)" -gt $((milter_rss + bound)) ]; then
	diag "once more: $milter_rss and $forwarder_rss kB before," \
	    "$(rss milter) and $(rss forwarder) kB after"
	milter_rss=$(rss milter)
	forwarder_rss=$(rss forwarder)
	round
fi
same milter "$milter_rss" "$milter_fds"
same forwarder "$forwarder_rss" "$forwarder_fds"
is "$(find "$RIG/spool/ready" "$RIG/spool/failed" -type f)" "" \
    "no file is left"
is "$(counter failed_open) $(counter hard_bounced)" "0 0" \
    "nothing went without a copy, none was given up"
done_testing
