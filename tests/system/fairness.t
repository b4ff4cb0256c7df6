#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fairness - several intake domains, of which one has very many copies, and
# answers slowly or not at all: the others do not wait for it
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up fairness
rig_ca
RIG_MX=yes
set --
n=0
for name in slow one two three; do
	set -- "$@" "mx-host=$name.example,mx.$name.example,10" \
	    "host-record=mx.$name.example,127.0.0.$((n += 1))"
done
rig_cert cert mx.slow.example mx.one.example mx.two.example mx.three.example
rig_dns "$@"
conf()
{
	rig_conf <<-EOF
		idle_timeout = 300ms
		max_connections = 10
		$*
	EOF
}
# A connection that closes while the next one opens would count twice.
conf "max_messages_per_connection = 1000"

fill()			# NAME COUNT
{
	rig_fill "$2" -s 1000 -i "copy@$1.example"
}

has()			# NAME COUNT: so many have arrived
{
	[ "$(sed -n 's/^messages //p' "$RIG/$1.stats")" -ge "$2" ]
}

stat()			# NAME STATISTIC
{
	sed -n "s/^$2 //p" "$RIG/$1.stats"
}

for name in one two three; do
	case $name in
	one) rig_intake one -l 127.0.0.2:25 -q ;;
	two) rig_intake two -l 127.0.0.3:25 -q ;;
	three) rig_intake three -l 127.0.0.4:25 -q -R "final=delay:0.01" ;;
	esac
done

# command_timeout is 60 s: until then who answers nothing keeps what he has.
rig_intake slow -l 127.0.0.1:25 -q -R final=hang
fill slow 2000
rig_forwarder
ok "an intake is met that answers nothing" \
    rig_wait '[ "$(stat slow mail)" -ge 1 ]' 10
fill one 300
fill two 300
began=$(date +%s%3N)
ok "another gets all its copies meanwhile" rig_wait 'has one 300' 30
ok "and so does a third" rig_wait 'has two 300' 30
diag "after $(($(date +%s%3N) - began)) ms"
is "$(stat slow connections_max)" 3 \
    "who has not answered a letter yet gets min_connections"
is "$(stat slow messages)" 0 "(it has taken nothing)"
rig_stop forwarder KILL			# it would wait for the silent one
rig_discard

# One that answers, takes what it can get, and then falls silent.
rig_stop slow
rig_intake slow -l 127.0.0.1:25 -q -R final+500=hang
rig_forwarder
fill one 1
rig_wait 'has one 301' 10
fill slow 3000
ok "an intake takes 500 copies, and then nothing" \
    rig_wait 'has slow 500' 30
sleep 0.5
fill one 300
began=$(date +%s%3N)
ok "another gets all its copies meanwhile" rig_wait 'has one 601' 30
diag "after $(($(date +%s%3N) - began)) ms"
is "$(stat slow connections_max)" 9 \
    "who answers gets all but one for each of the others"
rig_stop forwarder KILL			# it would wait for the silent one
rig_discard

# All are busy: they share.
rig_stop slow
rig_stop three
rig_intake slow -l 127.0.0.1:25 -q -R final=delay:0.01
rig_intake three -l 127.0.0.4:25 -q -R final=delay:0.01
rig_forwarder
fill slow 4000
rig_wait 'has slow 300' 30
fill three 300
ok "a small queue beside a long one" rig_wait 'has three 300' 30
ok "is through before it" [ "$(stat slow messages)" -lt 4000 ]
is "$(stat three connections_max)" 5 "each has its share of the connections"
ok "and the long one ends, too" rig_wait 'has slow 4000' 60
ok "all are gone" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
rig_stop forwarder

# max_messages_per_connection
rig_stop one
rig_intake one -l 127.0.0.2:25 -q
conf "max_messages_per_connection = 7"
rig_forwarder
fill one 100
ok "a hundred copies, seven for each connection" \
    rig_wait 'has one 100 && [ "$(stat one connections_now)" = 0 ]' 20
is "$(stat one mail_per_connection_max)" 7 "at most"
ok "so there were fifteen connections" [ "$(stat one connections)" -ge 15 ]
is "$(rig_counter soft_bounced)" 0 "nobody was tried in vain"
done_testing
