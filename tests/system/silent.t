#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# silent - the first of two MX does not answer at all: it costs the first
# connection a moment, and those behind it nothing
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up silent
# A net where nobody is: what goes there is never heard of again.
ip route add 10.9.0.0/24 dev lo
rig_ca
RIG_MX=yes
rig_cert cert mx1.first.example mx2.first.example mx1.mute.example \
    mx2.mute.example
rig_dns mx-host=first.example,mx1.first.example,10 \
    mx-host=first.example,mx2.first.example,20 \
    host-record=mx1.first.example,10.9.0.2 \
    host-record=mx1.first.example,10.9.0.3 \
    host-record=mx2.first.example,127.0.0.12 \
    mx-host=mute.example,mx1.mute.example,10 \
    mx-host=mute.example,mx2.mute.example,20 \
    host-record=mx1.mute.example,127.0.0.13 \
    host-record=mx2.mute.example,127.0.0.12
# Each copy has a connection of its own.
rig_conf <<-EOF
	connect_timeout = 60s
	command_timeout = 3s
	queue_lifetime = 300s
	min_connections = 1
	max_connections = 1
	max_messages_per_connection = 1
EOF
rig_intake second -l 127.0.0.12:25
rig_intake mute -l 127.0.0.13:25 -R greeting=hang
rig_forwarder

# carry DOMAIN [COUNT] - so many copies one after the other; how long they took
# is in $took, in ms, and all that was told of connections in $where
carry()
{
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
	before=$(rig_log | wc -l)
	began=$(date +%s%3N)
	rig_fill "${2:-1}" -i "copy@$1.example"
	rig_wait '[ "$(rig_waiting)" = 0 ]' 100
	took=$(($(date +%s%3N) - began))
	where=$(rig_log | tail -n "+$((before + 1))" |
	    sed -n 's/.*New SMTP .* address \([^ ]*\).*/\1/p
	    s/.*Connection Error: .* IP: \(.*\) port: .*details: \(.*\) interface.*/\1 \2/p' |
	    sort | uniq -c | sed 's/^ *//')
	diag "$1, ${2:-1}: $took ms"
}

carry first
is "$where" "1 10.9.0.2 timeout
1 10.9.0.3 timeout
1 127.0.0.12" "the first MX swallows everything: the second serves"
ok "the first had its chance" [ "$took" -ge 5000 ]
ok "but not all of connect_timeout" [ "$took" -lt 40000 ]
carry first 8
is "$where" "8 127.0.0.12" "the next eight do not wait for the first"
ok "not even a moment" [ "$took" -lt 5000 ]

carry mute
is "$where" "1 127.0.0.12
1 127.0.0.13
1 127.0.0.13 timeout" "one that accepts and says nothing: the second serves"
carry mute 8
is "$where" "8 127.0.0.12" "the next eight do not wait for it"

# What was remembered ends with a reload.
ip addr add 10.9.0.2/32 dev lo
rig_intake first -l 10.9.0.2:25
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
carry first 3
is "$where" "3 10.9.0.2" "one that comes back is the first again"

# With nobody else there, the silent one is waited for.
rig_stop first
ip addr del 10.9.0.2/32 dev lo
carry first
like "$where" "10.9.0.2 timeout" "silent again"
rig_stop second
ip addr add 10.9.0.2/32 dev lo
rig_intake first -l 10.9.0.2:25
carry first
is "$where" "1 10.9.0.2
1 127.0.0.12 [Errno 111] Connection refused" \
    "when the second is down, the silent one is tried all the same"
rig_intake second -l 127.0.0.12:25
carry first 3
is "$where" "3 10.9.0.2" "it answered, and is the first again"
done_testing
