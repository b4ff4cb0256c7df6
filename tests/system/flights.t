#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# flights - how many round trips letters take, counted where they arrive; what
# becomes of each letter of a flight; and how many are sent twice at most
. "$(dirname "$0")/../rig/rig.sh"

rig_up flights
rig_ca
rig_dns
rig_intake intake

# flying COUNT NAME=VALUE... - the forwarder, with so many connections; the
# queue is there before it is
connections=1
flying()
{
	copies=$1
	shift
	rig_stop forwarder
	printf '%s\n' "min_connections = $connections" \
	    "max_connections = $connections" "$@" |
		rig_conf
	: >"$RIG/tdc.log"
	rig_fill "$copies"
	before="$(rig_counter delivered) $(rig_counter soft_bounced) \
$(rig_counter hard_bounced)"
	rig_forwarder
}

# afresh [OPTIONS] - an intake with an empty journal
afresh()
{
	rig_stop intake
	rm -rf "$RIG/intake.journal" "$RIG/intake"
	rig_intake intake "$@"
}

drained()
{
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
}

# since - delivered, soft_bounced and hard_bounced
since()
{
	echo "$(rig_counter delivered) $(rig_counter soft_bounced) \
$(rig_counter hard_bounced) $before" |
		awk '{ print $1 - $4, $2 - $5, $3 - $6 }'
}

# flights - between the first MAIL and the last message, each on a line with
# what came in it
flights()
{
	awk '$4 == "C" && $5 ~ /^(RSET|MAIL|RCPT|DATA|BDAT)$/ ||
	    $4 == "E" && $5 == "message" {
		if ($2 $3 != flight) {
			if (flight != "")
				print line
			flight = $2 $3
			line = ""
		}
		line = line substr($5, 1, 1) }
	    END { print line }' "$RIG/intake.journal"
}

# ---- what is offered, and what it costs ----

afresh -o STARTTLS
flying 2
ok "step by step" drained
is "$(flights | tr '\n' ' ')" "M R D m M R D m " "four flights a letter"
afresh -o STARTTLS,CHUNKING
flying 2
ok "CHUNKING" drained
is "$(flights | tr '\n' ' ')" "M R Bm M R Bm " "three"
afresh -o STARTTLS,PIPELINING
flying 2 "flight_messages = 5"
ok "PIPELINING" drained
is "$(flights | tr '\n' ' ')" "MRD m MRD m " "two"
afresh
flying 2
ok "both" drained
is "$(flights | tr '\n' ' ')" "MRBm MRBm " "one"

# The intake says nothing to MAIL before five letters have come.
afresh -H 5
flying 10 "flight_messages = 5"
ok "both, and five letters at once" drained
is "$(flights | tr '\n' ' ')" \
    "MRBmRMRBmRMRBmRMRBmRMRBm MRBmRMRBmRMRBmRMRBmRMRBm " \
    "two flights for ten letters"
is "$(sed -n 's/^violations //p' "$RIG/intake.stats")" 0 \
    "nothing in them that was not offered"
is "$(since) $(rig_count intake)" "10 0 0 10" "all ten are there, once"
started=$(rig_log | sed -n 's/^TDC: Delivery start.* MID //p')
is "$(rig_log | sed -n 's/^TDC: MID \([0-9]*\) success.*/\1/p')" "$started" \
    "they are told of in the order in which they were said"
is "$(rig_log | sed -n 's/^TDC: Delivery start.*/s/p; s/.* done$/d/p' |
    tr -d '\n')" "sssssdddddsssssddddd" "flight by flight"

afresh
flying 30 "flight_messages = 10" "max_messages_per_connection = 7"
ok "seven letters a connection" drained
is "$(grep -c ' E open$' "$RIG/intake.journal")" 5 "take five of them for thirty"

# ---- as many as it has shown to take ----

# sizes - how many letters each flight had, with one connection
sizes()
{
	rig_log | awk '/^TDC: Delivery start/ { n++; next }
	    n > 0 { printf "%d ", n; n = 0 }'
}

many="max_messages_per_connection = 1000"
afresh
flying 30 "$many"
ok "with auto" drained
is "$(sizes)" "1 2 4 8 10 5 " "flights are doubled, up to ten"
is "$(since) $(rig_count intake)" "30 0 0 30" "all are there, once"
afresh
flying 17
ok "ten for each connection" drained
is "$(sizes)" "1 2 4 3 7 " "there is no more in a flight than it may have yet"

# odd NAME RULE FATES LEFT - the second of the third flight, the first one of
# four, has an odd answer; after that it is one for good, for those that are left
odd()
{
	afresh -R "$2"
	flying 30 "$many" "retry_delay = 100ms"
	ok "auto, $1" drained
	is "$(sizes)" "1 2 4 $(printf '1 %.0s' $(seq "$4"))" \
	    "auto, $1: then one by one"
	is "$(since) $(rig_count intake)" "$3" "auto, $1: each has its fate"
}
odd "a letter refused in the middle" "final+4=550 5.7.1 no*1" "29 0 1 29" 23
odd "one refused for now" "rcpt+4=451 4.7.1 no*1" "30 0 0 30" 24
odd "421 in the middle" "mail+4=421 4.7.1 no*1" "30 0 0 30" 26
odd "garbage in the middle" "rcpt+4=garbage*1" "30 3 0 32" 26
odd "the line broken" "final+4=lost*1" "30 3 0 31" 26

# One by one as well: a letter alone that is refused is no odd answer.
afresh -R "final=550 5.7.1 no*1"
flying 30 "$many"
ok "auto, the first is refused" drained
is "$(sizes)" "1 1 2 4 8 10 4 " "auto, the first is refused: others fly"

# ---- each its own verdict ----

for rule in "mail+2=550 5.7.1 no*1" "rcpt+2=550 5.1.1 no*1" \
    "bdat+2=550 5.6.0 no*1" "final+2=554 5.6.0 no*1"; do
	afresh -R "$rule"
	flying 5 "flight_messages = 5"
	ok "refused: $rule" drained
	is "$(since) $(rig_count intake)" "4 0 1 4" "the four others are there"
	is "$(grep -c ' E open$' "$RIG/intake.journal")" 1 "by one connection"
done

afresh -R "rcpt+2=451 4.7.1 later*1"
flying 5 "flight_messages = 5" "retry_delay = 100ms"
ok "refused for now" drained
is "$(since) $(rig_count intake)" "5 0 0 5" "comes later, once"
is "$(grep -c ' E open$' "$RIG/intake.journal")" 2 \
    "by another connection, without a lost attempt"

# Again: then it is its own fault.
afresh -R "rcpt+2=451 4.7.1 later*1" -R "rcpt+4=451 4.7.1 later*1"
flying 5 "flight_messages = 5" "retry_delay = 100ms"
ok "refused for now, also there" drained
is "$(since) $(rig_count intake)" "5 1 0 5" "comes later, once, as a retry"

# ---- the end in the middle ----

# The third is taken, but nobody says so.
afresh -R "final+2=lost*1"
flying 5 "flight_messages = 5" "retry_delay = 100ms"
ok "the line breaks after the second answer" drained
is "$(since)" "5 3 0" "three have lost an attempt"
is "$(rig_count intake)" 6 "one was sent twice"
is "$(rig_log | grep -c '^TDC: Connection Error')" 1 "one line tells of it"

afresh -R "final+2=421 4.3.2 closing*1"
flying 5 "flight_messages = 5" "retry_delay = 100ms"
ok "421 in place of the third answer" drained
is "$(since)" "5 0 0" "none has lost an attempt: it has had enough"
is "$(rig_count intake)" 5 "none was sent twice"

# It hung up on a connection that rested.
afresh -w 2
flying 1 "flight_messages = 5" "idle_timeout = 10s"
drained
rig_wait 'grep -q " E close" "$RIG/intake.journal"' 5
rig_fill 5
ok "an intake that hung up meanwhile" drained
is "$(since)" "6 0 0" "costs nobody an attempt"

# ---- no more than is there, and than it may be ----

afresh -R "final=delay:1*1"
connections=4
flying 40 "flight_messages = 32"
ok "four connections" drained
is "$(rig_log | awk '/Delivery start/ && (!first || $5 == first) {
	first = $5; mine[$7]; n++ }
    /Message finished/ && $5 in mine || /successfully/ && $3 in mine {
	print (n <= 10); exit }')" 1 \
    "share what waits, though one was there first"
is "$(since)" "40 0 0" "every copy"

connections=1

# The intake goes silent with five letters under way: they stay.
afresh -R "final=hang"
flying 5 "flight_messages = 5"
rig_wait '[ "$(grep -c " C BDAT" "$RIG/intake.journal")" -ge 1 ]' 10
rig_stop forwarder
is "$(since) $(rig_waiting)" "0 0 0 5" "at the end what is under way stays, untried"
done_testing
