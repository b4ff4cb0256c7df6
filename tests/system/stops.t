#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# stops - SIGTERM and SIGHUP to the forwarder, under load and at each step of
# a conversation: nothing is lost, nothing is sent twice, no attempt counted
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up stops
rig_ca
RIG_MX=yes

# ---- at each step ----

# An intake for each, that is slow at it or silent, and what it must have seen.
cat >"$RIG/steps" <<-EOF
	greeting|E open|
	ehlo|C EHLO|
	starttls|C STARTTLS|
	handshake|C STARTTLS|
	mail|C MAIL|-o STARTTLS
	rcpt|C RCPT|-o STARTTLS
	data|C DATA|-o STARTTLS
	final|C BDAT|
EOF
names=$(cut -d'|' -f1 "$RIG/steps")
set --
certs=cert
n=100
for name in load $names; do
	set -- "$@" "mx-host=$name.example,mx.$name.example,10" \
	    "host-record=mx.$name.example,127.0.0.$((n += 1))"
	certs="$certs mx.$name.example"
done
# shellcheck disable=SC2086
rig_cert $certs
rig_dns "$@"
rig_conf <<-EOF
	min_connections = 1
	idle_timeout = 100ms
EOF

# intakes ACTION - at its step each does this
intakes()
{
	n=101
	while IFS='|' read -r name seen options; do
		: $((n += 1))
		rig_stop "$name"
		rm -rf "${RIG:?}/$name.journal" "${RIG:?}/$name"
		# shellcheck disable=SC2086
		rig_intake "$name" -l 127.0.0.$n:25 $options -R "$name=$1" ||
			diag "no intake $name"
	done <"$RIG/steps"
}

# there - all are at their step
there()
{
	while IFS='|' read -r name seen options; do
		grep -q " $seen" "$RIG/$name.journal" || return 1
	done <"$RIG/steps"
}

# got - those intakes that have not one copy
got()
{
	for name in $names; do
		[ "$(rig_count "$name")" = 1 ] ||
			echo "$name $(rig_count "$name")"
	done
}

# tried - copies in the spool by attempts, "COUNT ATTEMPTS"
tried()
{
	find "$RIG/spool/ready" -type f | sed 's,.*/[^.]*\.,,
	    s/[,.].*//' | sort | uniq -c |
	    sed 's/^ *//'
}

each()			# one copy for each
{
	for name in $names; do
		rig_fill 1 -s 1000 -i "copy@$name.example"
	done
}

count=$(echo "$names" | wc -w)
intakes hang
each
rig_forwarder
ok "at each step there is an intake that says nothing" rig_wait there 20
began=$(date +%s%3N)
rig_stop forwarder
took=$(($(date +%s%3N) - began))
diag "stopped after $took ms"
ok "SIGTERM: stopped, when ten seconds are over" [ "$took" -lt 14000 ]
is "$(tried) $(rig_counter soft_bounced)" "$count 0 0" \
    "all copies are there, untried"

# Slow, but not so slow: who is at a letter may end it.
intakes delay:1
rig_forwarder
ok "intakes that are slow at each step" rig_wait there 20
rig_stop forwarder
diag "$(rig_waiting) of $count left"
ok "SIGTERM: letters that were begun are sent" \
    [ "$(rig_waiting)" -lt "$count" ]
rig_forwarder
ok "and the others by the next" rig_wait '[ "$(rig_waiting)" = 0 ]' 30
is "$(got)" "" "each copy once"
is "$(rig_counter soft_bounced)" 0 "at its first attempt"

rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
intakes delay:1
each
ok "once more" rig_wait there 20
kill -HUP "$(rig_pid forwarder)"
ok "SIGHUP meanwhile" rig_wait 'rig_log | grep -q "configuration reloaded"' 10
ok "all are sent" rig_wait '[ "$(rig_waiting)" = 0 ]' 30
is "$(got)" "" "each copy once"
is "$(rig_counter soft_bounced)" 0 "at its first attempt"
rig_stop forwarder

# A connection that rests does not outlive the configuration it was made by.
rig_stop final
rm -f "$RIG/final.journal"
rig_intake final -l "127.0.0.109:25"
sed -i 's/^idle_timeout.*/idle_timeout = 60s/' "$RIG/tdc.cf"
rig_forwarder
rig_fill 1 -s 1000 -i copy@final.example
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
sed -i 's/^helo_name.*/helo_name = other.example/' "$RIG/tdc.cf"
kill -HUP "$(rig_pid forwarder)"
ok "SIGHUP: what rests is closed" \
    rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
rig_fill 1 -s 1000 -i copy@final.example
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(sed -n 's/.* C EHLO //p' "$RIG/final.journal" | uniq | tr '\n' ' ')" \
    "gateway.example other.example " "and the next copy goes as the new one says"
rig_stop forwarder
sed -i 's/^idle_timeout.*/idle_timeout = 100ms/' "$RIG/tdc.cf"

# ---- under load ----

arrived()
{
	sed -n 's/^messages //p' "$RIG/load.stats"
}

rig_intake load -l 127.0.0.101:25 -q -R final=delay:0.005
rig_fill 4000 -s 3000 -i copy@load.example
round=0
while [ "$round" -lt 12 ]; do
	round=$((round + 1))
	rig_forwarder || tap 1 "round $round: the forwarder starts"
	dice=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
	sleep "0.$(printf %03d $((dice % 100)))"
	rig_stop forwarder
done
left=$(rig_waiting)
diag "$left of 4000 left after $round rounds"
ok "there was load" [ "$left" -gt 0 -a "$left" -lt 4000 ]
rig_wait '[ "$(arrived)" -ge $((4000 - left)) ]' 5
is "$(arrived)" $((4000 - left)) "SIGTERM under load: what is gone has arrived"
rig_forwarder
reloads=0
while [ "$(rig_waiting)" -gt 0 ] && [ "$reloads" -lt 500 ]; do
	kill -HUP "$(rig_pid forwarder)"
	reloads=$((reloads + 1))
	sleep 0.03
done
diag "$reloads reloads"
ok "SIGHUP under load: all are sent" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
rig_wait '[ "$(arrived)" -ge 4000 ]' 5
is "$(arrived)" 4000 "each once"
is "$(rig_counter soft_bounced)" 0 "at its first attempt"
done_testing
