#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# families - intakes with addresses of both families, of which one may
# swallow everything; where connections come from; and what is our own
# shortage, and not the intake's
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ] || ! ip -6 addr add fd00::21/128 dev lo 2>/dev/null
then
	echo "1..0 # SKIP no network of its own here, with IPv6 and port 25"
	exit 0
fi
for n in 22 23 24 25; do
	ip -6 addr add fd00::$n/128 dev lo
done
rig_up families
rig_ca
RIG_MX=yes
rig_cert cert mx.intake.example mx.six.example mx.four.example \
    mx.many.example mx.crowd.example
# shellcheck disable=SC2046
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.21,fd00::21 \
    mx-host=four.example,mx.four.example,10 \
    host-record=mx.four.example,127.0.0.21 \
    mx-host=six.example,mx.six.example,10 \
    host-record=mx.six.example,fd00::21 \
    mx-host=crowd.example,mx.crowd.example,10 \
    $(for n in 31 32 33 34 35 36 37 38 39; do
	echo "host-record=mx.crowd.example,127.0.0.$n"
    done) \
    host-record=mx.crowd.example,fd00::21 \
    mx-host=many.example,mx.many.example,10 \
    host-record=mx.many.example,127.0.0.22,fd00::22 \
    host-record=mx.many.example,127.0.0.23,fd00::23 \
    host-record=mx.many.example,127.0.0.24,fd00::24
conf()
{
	rig_conf <<-EOF
		min_connections = 1
		idle_timeout = 100ms
		undelivered = keep
		$*
	EOF
}
conf
# far beyond what is asserted, far below connect_timeout, which is 30 s
soon=10

# carry DOMAIN - one copy, on a new connection; how long it took is in $took,
# in ms
carry()
{
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
	before=$(rig_log | wc -l)
	began=$(date +%s%3N)
	rig_fill 1 -i "copy@$1.example"
	rig_wait 'since | grep -q "Message finished"' "${2:-40}"
	took=$(($(date +%s%3N) - began))
	diag "$1: $took ms"
}

# since - the log since the copy was made
since()
{
	rig_log | tail -n "+$((before + 1))"
}

# lines - what is told of connections, addresses alone
lines()
{
	since | sed -n 's/.*New SMTP .* interface \([^ ]*\) address \([^ ]*\).*/\2 from \1/p
	    s/.*Connection Error: .* IP: \(.*\) port: .*details: \(.*\) interface: \(.*\) reason.*/\1 from \3: \2/p'
}

rig_forwarder
rig_intake four -l 127.0.0.21:25
rig_silent hole fd00::21 25
carry intake
is "$(lines)" "127.0.0.21 from 127.0.0.1" "IPv6 is silent: IPv4 serves"
ok "soon" [ "$took" -lt ${soon}000 ]
carry four
is "$(lines)" "127.0.0.21 from 127.0.0.1" "a host with IPv4 alone"
rig_stop four
rig_stop hole

rig_intake six -l '[fd00::21]:25'
rig_silent hole 127.0.0.21 25
carry intake
is "$(lines)" "fd00::21 from fd00::21" \
    "IPv4 is silent: IPv6 serves, and nothing else is told"
ok "soon" [ "$took" -lt ${soon}000 ]
ok "but the first had its chance" [ "$took" -ge 250 ]
rig_stop hole
carry intake
is "$(lines)" "127.0.0.21 from 127.0.0.1: [Errno 111] Connection refused
fd00::21 from fd00::21" "what failed is told of"
carry six
is "$(lines)" "fd00::21 from fd00::21" "a host with IPv6 alone"
carry crowd
like "$(lines)" "^fd00::21 from fd00::21$" \
    "nine addresses of IPv4 do not hide the one of IPv6"
rig_stop six

# Who answers and says no is left for the others.
rig_intake busy -l 127.0.0.21:25 -R "greeting=421 4.3.2 busy"
rig_intake six -l '[fd00::21]:25'
carry intake
is "$(lines)" "127.0.0.21 from 127.0.0.1
127.0.0.21 from 127.0.0.1: 421-'4.3.2 busy'
fd00::21 from fd00::21" "one that greets with 421 is left for the other family"
rig_stop busy
rig_stop six

# Five of six addresses swallow everything.
for n in 22 23 24; do
	rig_silent "hole$n" 127.0.0.$n 25
	[ $n = 24 ] || rig_silent "hole6$n" fd00::$n 25
done
rig_intake six -l '[fd00::24]:25'
carry many
is "$(lines)" "fd00::24 from fd00::24" \
    "five of six addresses are silent: the sixth serves"
ok "soon" [ "$took" -lt ${soon}000 ]
rig_stop six

# All are silent: all wait at the same time, and that is one attempt.
rig_stop forwarder
rig_silent hole fd00::24 25
conf "connect_timeout = 2s
retry_limit = 0"
rig_forwarder
carry many
is "$(lines | sort)" "127.0.0.22 from 127.0.0.1: timeout
127.0.0.23 from 127.0.0.1: timeout
127.0.0.24 from 127.0.0.1: timeout
fd00::22 from fd00::22: timeout
fd00::23 from fd00::23: timeout
fd00::24 from fd00::24: timeout" "six silent addresses: each is told of"
ok "none before its time" [ "$took" -ge 2000 ]
ok "but all in the time of one and a little" [ "$took" -lt 10000 ]
like "$(since)" "delivery failed to .*: Connection Error" \
    "and the network has failed"
rig_stop forwarder

# ---- source_address ----

rig_intake four -l 127.0.0.21:25
rig_intake six -l '[fd00::21]:25'
conf "source_address = 127.0.0.9"
rig_forwarder
carry intake
is "$(lines)" "127.0.0.21 from 127.0.0.9" "source_address is used"
carry six
is "$(lines)" "fd00::21 from fd00::21" "and leaves the other family alone"
conf "source_address = [fd00::22], 127.0.0.8"
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
carry intake
is "$(lines)" "127.0.0.21 from 127.0.0.8" "one of each family: IPv4"
carry six
is "$(lines)" "fd00::21 from fd00::22" "one of each family: IPv6"
rig_stop forwarder

conf "source_address = 192.0.2.9"
"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>"$RIG/err/check"
is "$? $(sed -n 's/.*tdc.cf\(.*: source_address\)/tdc.cf\1/p' "$RIG/err/check")" \
    "0 tdc.cf:$(grep -n source "$RIG/tdc.cf" | cut -d: -f1): source_address \
192.0.2.9: [Errno 99] Cannot assign requested address" \
    "an address that is not ours now is warned of by -n"
failed=$(rig_counter soft_bounced)
rig_forwarder
carry four 2
is "$(since | sed 's/.*tdc.cf/tdc.cf/' | grep -v started)" \
    "TDC: Warning: connect to 127.0.0.21 port 25 for four.example: source_address 192.0.2.9: \
[Errno 99] Cannot assign requested address" "in use it is told of, once"
is "$(rig_waiting) $(rig_counter soft_bounced)" "1 $failed" \
    "the copy waits, untried"
ip addr add 192.0.2.9/32 dev lo
ok "when the address is there, it is delivered" \
    rig_wait '[ "$(rig_waiting)" = 0 ]' 30
like "$(lines)" "127.0.0.21 from 192.0.2.9" "from there"
rig_stop forwarder

for bad in 192.0.2 "192.0.2.1 192.0.2.2" gateway.example; do
	conf "source_address = $bad"
	"$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf" 2>"$RIG/err/bad"
	is $? 78 "source_address = $bad: refused"
	like "$(cat "$RIG/err/bad")" 'tdc.cf:[0-9]*: source_address: ' \
	    "with its place"
done

# ---- our own shortage ----

conf
rig_forwarder
echo "40000 40001" >/proc/sys/net/ipv4/ip_local_port_range
rig_start hold perl tests/helpers/silent.pl 127.0.0.21 25 2
rig_wait "grep -q silent $RIG/err/hold.out" 10
failed=$(rig_counter soft_bounced)
carry four 2
like "$(since)" "Warning: connect to 127.0.0.21 port 25 for four.example: .*requested address" \
    "no port is left: told of"
is "$(rig_waiting) $(rig_counter soft_bounced)" "1 $failed" \
    "and the copy waits, untried"
rig_stop hold
ok "when there is one, it is delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 30
unlike "$(since)" "Connection Error" "the network is not blamed"
echo "32768 60999" >/proc/sys/net/ipv4/ip_local_port_range

# Without any IPv6 address there is no way, which is no shortage.
rig_stop four
rig_stop six
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
rig_intake four -l 127.0.0.21:25 -R "greeting=421 4.3.2 busy*1"
carry intake
like "$(lines)" "^fd00::21 from -: .Errno (99|101). " \
    "a machine without IPv6 tells so"
is "$(rig_counter soft_bounced)" $((failed + 1)) "as a failed attempt"
is "$(rig_waiting)" 0 "and IPv4 serves at the next"
done_testing
