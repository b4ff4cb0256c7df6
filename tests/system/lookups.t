#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# lookups - both families of a host are asked for at once, and an answer that
# does not come delays nobody for long who can do without it
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, with IPv6 and port 25"
	exit 0
fi
rig_up lookups
rig_ca
RIG_MX=yes
set --
hosts=
for name in each a aaaa late gone spare; do
	set -- "$@" "mx-host=$name.example,mx.$name.example,10" \
	    "host-record=mx.$name.example,127.0.0.1,::1"
	hosts="$hosts mx.$name.example"
done
# Two more MX: one behind the host that is there, one before it.
set -- "$@" "mx-host=spare.example,silent.spare.example,20" \
    "host-record=silent.spare.example,127.0.0.8" \
    "mx-host=gone.example,silent.gone.example,5" \
    "host-record=silent.gone.example,127.0.0.8"
# shellcheck disable=SC2086
rig_cert cert $hosts
rig_dns "$@"
slow_port=$(rig_port)
rig_start slow perl tests/helpers/slowdns.pl "$slow_port" "$dns_port" \
    mx.each.example/A=after:AAAA mx.each.example/AAAA=after:A \
    mx.aaaa.example/AAAA=never mx.a.example/A=never \
    mx.late.example/A=4000 \
    silent.spare.example/A=never silent.spare.example/AAAA=never \
    silent.gone.example/A=never silent.gone.example/AAAA=never
rig_wait "grep -qs ready $RIG/err/slow.out" 10
dns_port=$slow_port
# far beyond what is asserted, but less than what it takes libunbound to give up
soon=5

# conf TIME - with that connect_timeout
conf()
{
	rig_conf <<-EOF
		connect_timeout = $1
		min_connections = 1
		idle_timeout = 100ms
	EOF
}

# carry DOMAIN - one copy, on a new connection; how long it took is in $took,
# in ms, and where it went in $where
carry()
{
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
	before=$(rig_log | wc -l)
	began=$(date +%s%3N)
	rig_fill 1 -i "copy@$1.example"
	rig_wait 'since | grep -q "Message finished"' 50
	took=$(($(date +%s%3N) - began))
	where=$(since | sed -n 's/.*New SMTP .* address \([^ ]*\).*/\1/p
	    s/.*Connection Error: .*/failed/p')
	diag "$1: $took ms"
}

# since - the log since the copy was made
since()
{
	rig_log | tail -n "+$((before + 1))"
}

conf 40s
rig_intake four -l 127.0.0.1:25
rig_intake six -l '[::1]:25'
rig_forwarder

carry each
is "$where" 127.0.0.1 "neither question waits for the other's answer"
ok "soon" [ "$took" -lt ${soon}000 ]

carry aaaa
is "$where" 127.0.0.1 "no answer about IPv6: IPv4 serves"
ok "soon" [ "$took" -lt ${soon}000 ]
carry aaaa
is "$where" 127.0.0.1 "and the next time"
ok "as soon" [ "$took" -lt ${soon}000 ]

carry a
is "$where" ::1 "no answer about IPv4: IPv6 serves"
ok "soon" [ "$took" -lt ${soon}000 ]

carry spare
is "$where" 127.0.0.1 "no answer about another MX: this one serves"
ok "soon" [ "$took" -lt ${soon}000 ]

rig_stop forwarder
conf 4s
rig_forwarder
carry gone
is "$where" 127.0.0.1 "no answer about the first MX: there is time for the next"

# What there is no way to is nothing to be content with.
rig_stop forwarder
rig_stop six
conf 40s
rig_forwarder
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
carry late
is "$where" 127.0.0.1 "without IPv6 here, IPv4 is waited for"
ok "as long as it takes" [ "$took" -ge 4000 ]
done_testing
