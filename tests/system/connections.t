#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# connections - how many the forwarder opens and when it closes them; what it
# does with a queue while the intake is away, will not have as many, or hangs
# up between messages; and with a spool that cannot be written
. "$(dirname "$0")/../rig/rig.sh"

rig_up connections
rig_ca
rig_dns
rig_intake intake
rig_conf <<-EOF
	idle_timeout = 500ms
	retry_delay = 2s
EOF

fill()			# COUNT
{
	rig_fill "$1" -s 2000
}

opened()		# connections that the intake has seen
{
	grep -c ' E open$' "$RIG/intake.journal"
}

at_once()		# the most that said MAIL at one time
{
	awk '$5 == "MAIL" && !($2 in open) { open[$2]; if (++n > most) most = n }
	    $4 == "E" && $5 == "close" && $2 in open { delete open[$2]; n-- }
	    END { print most + 0 }' "$RIG/intake.journal"
}

afresh()		# [OPTIONS]: another intake, with an empty journal
{
	rig_stop intake
	rm -f "$RIG/intake.journal"
	rig_intake intake "$@"
}

drained()
{
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
}

spool_ready()		# OWNER MODE
{
	chown "$1" "$RIG/spool/ready"
	chmod "$2" "$RIG/spool/ready"
}

kept()
{
	find "$RIG/spool/failed" -type f | wc -l
}

quit()			# connections that were ended in order
{
	grep -c ' C QUIT' "$RIG/intake.journal"
}

# One copy needs one connection; as soon as another waits there are three, and
# for every four that wait one, if that is more.
for copies in 1 2 3 10; do
	rig_stop forwarder
	afresh
	fill $copies
	rig_forwarder
	ok "copies at once: $copies" drained
	ok "their connections are closed when nothing comes" \
	    rig_wait '[ "$(rig_counter connections_out)" = 0 ] &&
	    [ "$(opened)" = "$(quit)" ]' 5
	wanted=3
	[ $copies -gt 1 ] || wanted=1
	is "$(opened) $(rig_count intake)" "$wanted $copies" \
	    "connections: $wanted"
	rm -rf "$RIG/intake"
done

# One after the other they all go by one that is open yet.
afresh
for copy in 1 2 3; do
	fill 1
	drained
done
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 5
is "$(opened)" 1 "copies that come one after the other share one connection"

afresh -R "final=delay:0.05"
fill 1000
ok "a thousand copies are delivered" drained
is "$(at_once)" 20 "over max_connections"
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 5

afresh -m 2
before=$(rig_log | wc -l)
fill 200
ok "an intake that wants two connections gets all copies" drained
is "$(at_once)" 2 "over two"
refused()
{
	sed -n 's/^connections_refused //p' "$RIG/intake.stats"
}
rig_wait '[ -n "$(refused)" ]' 5
diag "it refused $(refused)"
ok "and is not asked for more again and again" [ "$(refused)" -le 3 ]
unlike "$(rig_log | tail -n "+$((before + 1))")" \
    'Connection Error|Delayed|delivery failed' \
    "nobody suffers from the others, nor reads of them"
is "$(rig_counter soft_bounced)" 0 "nor is an attempt counted"

# Three are opened together, and any of them may be the two too many.
for round in 1 2 3 4 5 6; do
	rig_stop forwarder
	afresh -m 1
	fill 20
	rig_forwarder
	drained || diag "round $round: not all are delivered"
done
unlike "$(rig_log | tail -n "+$((before + 1))")" \
    'Connection Error|Delayed|delivery failed' \
    "nor from an intake that wants one, whichever comes first"
is "$(rig_counter soft_bounced)" 0 "at any time"

# The intake hangs up on connections that rest.
rig_stop forwarder
sed -i 's/^idle_timeout.*/idle_timeout = 30s/' "$RIG/tdc.cf"
afresh -w 1
rig_forwarder
fill 1
drained
ok "a connection that the intake closes at rest is seen to be closed" \
    rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 5
fill 1
ok "the next copy gets another one" drained
is "$(rig_counter soft_bounced)" 0 "and was not tried in vain"

# It does so at the very moment when there is another copy.
rig_stop forwarder
afresh -R "mail+1=close*1"
sed -i 's/^\(idle_timeout.*\)/\1\nmin_connections = 1/' "$RIG/tdc.cf"
rig_forwarder
fill 1
drained
fill 1
ok "one that is closed by then" drained
is "$(opened) $(rig_counter soft_bounced)" "2 0" \
    "costs the copy no attempt, but another connection"
rig_stop forwarder
sed -i '/^min_connections/d' "$RIG/tdc.cf"
rig_forwarder

# Nobody listens for a while.
rig_stop intake
delivered=$(rig_counter delivered)
fill 300
ok "a site that is down has its star" \
    rig_wait 'tdcctl tophosts | grep -Eq "^ *1\* +the.tdc.queue +300 "' 5
rig_wait '[ "$(rig_counter soft_bounced)" -ge 3 ]' 10
is "$(find "$RIG/spool/ready" -name '*.[2-9]' | wc -l)" 0 \
    "nobody is tried more often than retry_limit allows"
ok "and most not at all" \
    [ "$(find "$RIG/spool/ready" -name '*.0*' | wc -l)" -gt 250 ]
rig_intake intake
ok "when it is back, everything is delivered" drained
is "$(($(rig_counter delivered) - delivered)) $(rig_counter hard_bounced)" "300 0" \
    "every copy"
ok "a few of them were tried in vain" [ "$(rig_counter soft_bounced)" -lt 20 ]
ok "the star is gone" \
    rig_wait 'tdcctl tophosts | grep -Eq "^ *1  +the.tdc.queue "' 5

# A spool that cannot be written.
rig_stop forwarder
afresh
fill 3
spool_ready root 555
before=$(rig_log | wc -l)
rig_forwarder
rig_wait '[ "$(rig_log | tail -n +$((before + 1)) |
    grep -c "Message finished .* done")" = 3 ]' 5
like "$(rig_log)" 'Warning: spool: .*unlink' "a file that cannot go is told of"
spool_ready nobody 700
ok "it goes later" drained
is "$(grep -c ' C MAIL' "$RIG/intake.journal")" 3 \
    "its message was sent once"

# Given up, kept, and removed when its time is over.
rig_stop forwarder
printf 'undelivered = keep\nkept_lifetime = 1s\n' >>"$RIG/tdc.cf"
afresh -R "final=550 5.7.1 no"
rig_forwarder
fill 2
drained
is "$(kept)" 2 "given up, and kept"
ok "for kept_lifetime" rig_wait '[ "$(kept)" = 0 ]' 20

# The end: what hangs is left after a while, untried.
rig_stop forwarder
afresh -R "final=hang"
soft=$(rig_counter soft_bounced)
rig_forwarder
fill 1
rig_wait 'grep -q " C BDAT" "$RIG/intake.journal"' 5
rig_stop forwarder
is "$(rig_waiting) $(rig_counter soft_bounced)" "1 $soft" \
    "a message under way at the end stays, untried"
like "$(rig_log | tail -n 1)" 'tdc-forwarder stopped$' \
    "though the intake never answers"
done_testing
