#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# removals - a directory in which no file goes for a while: sending goes on, but
# no more than 256 delivered copies wait to be removed; so many are sent twice at
# most when the forwarder is killed, and none when it stops or reloads; and who
# takes the name away decides what became of a copy
. "$(dirname "$0")/../rig/rig.sh"

rig_up removals
rig_ca
rig_dns
rig_intake intake
connections=4
flight=5
rig_conf <<-EOF
	min_connections = $connections
	max_connections = $connections
	flight_messages = $flight
	max_messages_per_connection = 1000
EOF
waiting=256		# of what is delivered, by tdc-forwarder(8)
copies=600

# hold - no file leaves ready/ for ten minutes, until it is let go
hold()
{
	rig_start holder strace -f -qq -o /dev/null -P "$RIG/spool/ready" \
	    -e trace=unlinkat -e inject=unlinkat:delay_enter=600000000 \
	    -p "$(rig_pid forwarder)"
	rig_wait '! grep -q "^TracerPid:[^0-9]*0$" \
	    "/proc/$(rig_pid forwarder)/status"' 20
}

let_go()
{
	rig_stop holder KILL
}

# arrived - messages that the intake took, each time that it did; it tells of
# them now and then
arrived()
{
	sed -n 's/^messages //p' "$RIG/intake.stats"
}

# lingering - those of them that are in ready/ yet
lingering()
{
	lingering_gone=$((filled - $(rig_waiting)))
	echo $(($(arrived) - lingering_gone))
}

fill()			# COUNT
{
	rig_fill "$1" -s 1000
	filled=$((${filled:-0} + $1))
}

# done_lines - how many the log has as delivered
done_lines()
{
	rig_log | grep -c '^TDC: Message finished MID [0-9]* done'
}

# ---- SIGTERM ----

rig_forwarder
ok "no file leaves the spool any more" hold
fill $copies
ok "but it goes on sending" rig_wait '[ "$(lingering)" -ge '$waiting' ]' 60
kill "$(rig_pid forwarder)"
let_go
rig_stop forwarder
rig_wait '[ "$(arrived)" = "$(done_lines)" ]' 10
is "$(lingering)" 0 "SIGTERM: what was delivered has left the spool"
is "$(done_lines) $(rig_counter delivered)" "$(arrived) $(arrived)" \
    "and is in the log, and counted"
diag "$(arrived) of $filled delivered"
ok "before all of it was sent" [ "$(rig_waiting)" -gt 0 ]
rig_forwarder
ok "the others by the next" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
rig_wait '[ "$(arrived)" -ge '$filled' ]' 10
is "$(arrived)" $filled "each copy arrived once"

# ---- SIGHUP, and an operator ----

hold
fill $copies
ok "once more" rig_wait '[ "$(lingering)" -ge '$waiting' ]' 60
kill -HUP "$(rig_pid forwarder)"
# The first in ready/ are delivered, and are to go one after the other.
mid=$((0x$(ls "$RIG/spool/ready" | sed -n '150s/\..*//p')))
is "$(tdcctl delete $mid)" "1 deleted" "one is deleted that is delivered"
let_go
ok "SIGHUP meanwhile: all leave the spool" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
ok "and it is heeded" rig_wait 'rig_log | grep -q "configuration reloaded"' 20
rig_wait '[ "$(arrived)" -ge '$filled' ]' 10
is "$(arrived)" $filled "each copy arrived once"
is "$(rig_log | sed -n "s/^TDC: MID $mid //p; /finished MID $mid /p" |
    sed "s/took it: .*/took it/")" "deleted by uid 0
was deleted while it was sent, and the intake took it" \
    "the one that was deleted is told of as deleted"
is "$(rig_counter delivered) $(rig_counter deleted) $(done_lines)" \
    "$((filled - 1)) 1 $((filled - 1))" "and is counted as that"

# ---- kill -9 ----

hold
fill $copies
ok "a third time" rig_wait '[ "$(lingering)" -ge '$waiting' ]' 60
sleep 1			# had it no limit, it would send all of it now
kill -KILL "$(rig_pid forwarder)"
let_go			# else its threads wait for their tracer
rig_stop forwarder
twice=$(lingering)
diag "$twice were delivered and not removed"
ok "killed: not more were delivered than may wait, or were under way" \
    [ "$twice" -le $((waiting + 1 + connections * flight)) ]
rig_forwarder
ok "the next one sends what is there" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
rig_stop forwarder
rig_wait '[ "$(arrived)" -ge '$((filled + twice))' ]' 10
is "$(arrived)" $((filled + twice)) "those twice, and all others once"
rig_by_hand=some	# the one that was cut in two is not counted
delivered=$(rig_counter delivered)
diag "$delivered counted as delivered, of $filled"
ok "each is counted once, but for the one that was just removed" \
    [ "$((delivered == filled - 1 || delivered == filled))" = 1 ]
done_testing
