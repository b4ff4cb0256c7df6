#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# limits - an intake that takes so many messages over one connection, and says
# so in one way or another: no copy is lost, none loses an attempt, each comes
# once, and soon; and what is refused for its own sake follows the retry table
. "$(dirname "$0")/../rig/rig.sh"

rig_up limits
rig_ca
rig_dns
copies=300

# meet PARAMETERS OPTIONS - another intake, and a forwarder that knows of none
meet()
{
	given=$1
	shift
	rig_stop forwarder
	rig_stop intake
	rm -rf "$RIG/spool" "$RIG/intake" "$RIG/intake.journal"
	: >"$RIG/tdc.log"
	rig_intake intake "$@"
	case $given in
	*retry_delay*) ;;
	*) given="retry_delay = 60s
$given" ;;
	esac
	echo "$given" | rig_conf
}

stat()			# NAME
{
	sed -n "s/^$1 //p" "$RIG/intake.stats"
}

opened()		# connections that the intake has seen
{
	grep -c ' E open$' "$RIG/intake.journal"
}

# fates - delivered, soft_bounced and hard_bounced
fates()
{
	echo "$(rig_counter delivered) $(rig_counter soft_bounced) \
$(rig_counter hard_bounced)"
}

# once - how many came, and how many different ones
once()
{
	sed -n 's/^Message-ID: <\([0-9a-f]\{16\}\)\..*/\1/p' \
	    "$RIG"/intake/*.eml | sort >"$RIG/mids"
	echo "$(wc -l <"$RIG/mids") $(sort -u "$RIG/mids" | wc -l)"
}

# most - the most that one connection brought to its end
most()
{
	awk '$4 == "E" && $5 == "message" && $NF != "refused" {
		if (++n[$2] > most) most = n[$2] }
	    END { print most + 0 }' "$RIG/intake.journal"
}

drained()
{
	rig_wait '[ "$(rig_waiting)" = 0 ] || ! rig_alive forwarder' 30 &&
		rig_alive forwarder
}

# all_of NAME - so many copies go to it: without a loss, an attempt that is
# counted, or a second time.  Any of those would wait a minute for its retry.
all_of()
{
	rig_fill "$copies" -s 1000
	rig_forwarder
	began=$(date +%s%3N)
	ok "$1: all are delivered" drained
	diag "$1: $(($(date +%s%3N) - began)) ms, $(opened) connections"
	rig_stop forwarder
	is "$(fates)" "$copies 0 0" "$1: at the first attempt"
	is "$(once)" "$copies $copies" "$1: each once"
	unlike "$(rig_log)" 'Delayed|Connection Error|Warning' \
	    "$1: and nobody complains"
}

# ---- with all parameters as they are: as many as we send, and fewer ----

meet "" -R "mail/10=452 4.5.3 too many messages"
all_of "ten messages"
is "$(most)" 10 "ten messages: that is the limit"
is "$(stat refused) $(stat mail_per_connection_max)" "0 10" \
    "ten messages: which it need not tell"
for n in 7 1; do
	for rule in "mail/$n=452 4.5.3 too many messages" \
	    "rcpt/$n=450 4.7.1 too many messages" \
	    "rcpt/$n=451 4.7.1 too many messages" \
	    "data/$n=452 4.5.3 too many messages" \
	    "final/$n=451 4.7.0 too many messages" \
	    "final/$n=452 4.5.3 too many messages" \
	    "mail/$n=421 4.7.0 too many messages" \
	    "rcpt/$n=421 4.7.0 too many messages" \
	    "data/$n=421 4.7.0 too many messages" \
	    "final/$n=421 4.7.0 too many messages" \
	    "final/$((n - 1))=bye" "mail/$n=close"; do
		case $rule in
		data*) offer=-CHUNKING,-BINARYMIME ;;
		*) offer=-SIZE ;;
		esac
		meet "" -o "$offer" -R "$rule"
		all_of "$rule"
		ok "$rule: that is the limit" [ "$(most)" -le "$n" ]
	done
done

# ---- where we would send more ----

# One that is learnt in the middle of a flight: all after it are refused, and
# go back.
for parameters in "" "flight_messages = 1" "flight_messages = 32" \
    "flight_messages = 32
min_connections = 1
max_connections = 1"; do
	for rule in "mail/10=452 4.5.3 too many messages" \
	    "final/10=451 4.7.0 too many messages" \
	    "rcpt/10=421 4.7.0 too many messages" "final/9=bye" \
	    "rset/9=421 4.7.0 too many messages" "rset/9=close"; do
		meet "max_messages_per_connection = 1000
$parameters" -R "$rule"
		name="$rule, $(echo "$parameters" | tr '\n' ' ')"
		all_of "$name"
		case $rule$parameters in
		rset*"flight_messages = 1") ;;		# there is none without a flight
		*) ok "$name: that is the limit" [ "$(most)" -le 10 ] ;;
		esac
	done
done

# ---- where it is announced (RFC 9422) ----

copies=600		# so that each connection comes to its limit
for n in 1 5 10 25; do
	meet "max_messages_per_connection = 1000
flight_messages = 8" -M "$n"
	all_of "MAILMAX=$n"
	is "$(most) $(stat mail_per_connection_max) $(stat violations)" \
	    "$n $n 0" "MAILMAX=$n: and exactly that"
done

# ---- what is refused for its own sake ----

meet "retry_delay = 300ms
undelivered = keep" -R "mail/10=452 4.5.3 too many messages" \
    -R "rcpt~other@=451 4.7.1 not you"
rig_fill 300 -s 1000
rig_fill 1 -s 1000 -i other@intake.example
rig_fill 300 -s 1000
rig_forwarder
ok "one that is always refused: the others are delivered" drained
rig_stop forwarder
is "$(fates)" "600 2 1" "one that is always refused: has two attempts"
is "$(once)" "600 600" "one that is always refused: each other comes once"
asked=$(grep -c ' C RCPT TO:<other@' "$RIG/intake.journal")
ok "one that is always refused: is asked for no more than three times" \
    [ "$asked" -ge 2 -a "$asked" -le 3 ]

# It is not the connection that the intake has had enough of.
meet "min_connections = 1
max_connections = 1
max_messages_per_connection = 1000
retry_delay = 300ms" -R "rcpt+4=451 4.7.1 not now*1"
rig_fill 20 -s 1000
rig_forwarder
ok "refused once: all are delivered" drained
is "$(fates)" "20 0 0" "refused once: it goes by another connection"
like "$(rig_log)" "^TDC: DCID 1 took 4 messages for intake.example, and no more on one connection: \
451-'4.7.1 not now'$" "refused once: the log tells of it"
done_testing
