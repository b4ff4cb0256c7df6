#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cluster-failover - three tdc-remediators with a history each, a real etcd and a
# real Dovecot: whoever polls loses etcd, loses the whole network, hangs or dies;
# another polls within the lease, and each message is removed once, by the gateway
# that journaled it
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/etcd.sh

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name spaces: no network of one's own for a gateway"
	exit 0
fi
rig_up cluster-failover
rig_ca
rig_etcd_net
for member in 1 2 3; do
	rig_etcd "$member" &
done
wait
rig_dns
rig_intake intake

# The API and the mail store are where a gateway with a network of its own can
# get to them.
ip addr add 10.9.0.9/32 dev lo
for one in etd mailstore; do
	rig_ext="subjectAltName=DNS:localhost,IP:10.9.0.9,IP:127.0.0.1"
	rig_cert "$one" localhost
done
etd_address=10.9.0.9
rig_etd
rig_mailstore "listen = 10.9.0.9, 127.0.0.1"
rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp" || exit 1
rig_etcd_users
chown nobody "$RIG/etcd.login"
cat >"$RIG/profiles" <<-END
	profile store type=dovecot url=https://10.9.0.9:$doveadm_port
	    key="$rig_mailstore_key" quarantine=quarantine@corp.example
END
chown nobody "$RIG/profiles"
chmod 600 "$RIG/profiles"
install -d -o nobody -g nogroup -m 750 "$RIG/kept"

conf()			# N: the tdc.cf of gateway N
{
	[ -e "$RIG/gw$1.log" ] || install -o nobody /dev/null "$RIG/gw$1.log"
	rig_conf <<-END
		default_policy = DEFAULT
		history_database = $RIG/kept/history$1.db
		$(rig_etd_conf | sed "s/state.db/state$1.db/
		    s,https://localhost:,https://10.9.0.9:,")
		api_poll_interval = 60s
		remediation_mode = act
		remediation_action = delete
		remediation_profiles = $RIG/profiles
		remediation_domain_map = inline:{ corp.example=store }
		remediation_gateways = gateway.example
		maillog_file = ${2:-$RIG/gw$1.log}
		mail_logs_file =
		cluster = etcd
		cluster_urls = $etcd_urls
		cluster_credentials_file = $RIG/etcd.login
		cluster_ca_file = $RIG/ca.pem
		cluster_lease = 10s
	END
	cp "$RIG/tdc.cf" "$RIG/gw$1.cf"
}

# ---- each gateway journals its own mail; all of it is in the same mailboxes ----

# deliver N SUBJECT TO - a message by way of gateway N
deliver()
{
	rig_letter "$RIG/letter" "$2" "Date: Thu, 26 Nov 2026 09:00:00 +0000"
	rig_carry "$3" -F "$RIG/letter"
	rig_wait "tdcctl history --json --mid $rig_mid 2>/dev/null |
	    grep -q delivered" 10
}
# Which gateway it is, is whose history the forwarder writes.
for number in 1 2 3; do
	conf "$number" "$RIG/tdc.log"
	rig_milter && rig_forwarder || exit 1
	for subject in before lost cut hung dead after; do
		deliver "$number" "$subject $number" alice@corp.example
	done
	rig_stop forwarder
	rig_stop milter
done
for number in 1 2 3; do
	conf "$number"
done
is "$(rig_in alice@corp.example)" 18 "six messages by each of three gateways"

# verdict SUBJECT - the API has it now for the message of each gateway
verdict()
{
	for number in 1 2 3; do
		rig_etd_message "$1$number" "<$1.$number@client.example>" \
		    phishing alice@corp.example
	done
	left=$((left - 3))
}
left=18
# start N [COMMAND...] - tdc-remediator of gateway N, on a host of that name
start()
{
	gateway=$1
	shift
	# shellcheck disable=SC2016
	rig_start "gw$gateway" "$@" unshare --uts sh -c 'hostname "$1.example"
	    shift; exec "$@"' sh "gw$gateway" "$TDC_BUILD/tdc-remediator" -f \
	    -c "$RIG/gw$gateway.cf"
	rig_wait "grep -q 'cluster: ' $RIG/gw$gateway.log" 10
}
begun()			# N: how often it began to poll
{
	grep -c 'cluster: this gateway polls the API now' "$RIG/gw$1.log"
}
begins()		# all of them
{
	echo "$(begun 1) $(begun 2) $(begun 3)"
}
# watch OLD - what comes now makes another one poll
watch()
{
	old=$1
	began=$(date +%s%3N)
	others=$(for one in 1 2 3; do
		[ "$one" = "$old" ] || echo "$one $(begun "$one")"
	done)
}
# takes_over WHY - one of the others polls, within the lease: its number is $next
takes_over()
{
	next=
	rig_wait 'next=$(echo "$others" | while read -r one count; do
	    [ "$(begun "$one")" = "$count" ] || echo "$one"; done)
	    [ -n "$next" ]' 25
	took=$(($(date +%s%3N) - began))
	diag "$1: gateway $next polls after $took ms"
	[ -n "$next" ] || diag "$(tail -n 5 "$RIG"/gw?.log)"
	ok "$1: another one polls within the lease" [ "$took" -lt 14000 ]
	is "$(echo "$next" | wc -w)" 1 "and one alone"
}
gone()			# WHAT - all that is known to be bad, and nothing else
{
	rig_wait '[ "$(rig_in alice@corp.example)" = "$left" ]' 30
	is "$(rig_in alice@corp.example)" "$left" "$1"
}
asked()			# by the gateway with a network of its own
{
	grep -c '"peer": "10.9.1.2"' "$RIG/etd/log"
}

# Gateway 1 has a network of its own, which can be cut off.
rig_start net unshare --net sleep 600
net=$(rig_pid net)
rig_wait "[ \"\$(readlink /proc/$net/ns/net)\" != \"\$(readlink \
    /proc/self/ns/net)\" ]" 5
ip link add here type veth peer name there netns "$net"
ip addr add 10.9.1.1/24 dev here
ip link set here up
there()
{
	nsenter -t "$net" -n "$@"
}
there sh -c 'ip addr add 10.9.1.2/24 dev there; ip link set there up
    ip link set lo up; ip route add 10.9.0.0/24 via 10.9.1.1'
echo 1 >/proc/sys/net/ipv4/ip_forward

verdict before
start 1 nsenter -t "$net" -n
rig_wait '[ "$(begun 1)" = 1 ]' 10
start 2
start 3
gone "each gateway acts on what it journaled itself"
is "$(begins)" "1 0 0" "and one polls"

# ---- the holder loses etcd alone: it could go on asking the API ----

watch 1
for member in 1 2 3; do
	there ip route add blackhole "10.9.0.$member/32"
done
takes_over "etcd is out of reach"
second=$next
rig_wait "grep -q 'does not poll the API any more' $RIG/gw1.log" 15
verdict lost
before=$(asked)
kill -HUP "$(rig_pid "gw$second")"
left=$((left + 1))
gone "what the next one hears reaches all but the one that is cut off"
is "$(asked)" "$before" "which asks the API no more, though it could"
for member in 1 2 3; do
	there ip route del blackhole "10.9.0.$member/32"
done
left=$((left - 1))
gone "and that one as soon as it is back"

# ---- the holder loses the network, hangs, dies ----

# to N - who polls stops, until N does
to()
{
	while [ "$next" != "$1" ]; do
		watch "$next"
		rig_stop "gw$old"
		takes_over "gateway $old is stopped"
		[ -n "$next" ] || exit 1
		if [ "$old" = 1 ]; then
			start 1 nsenter -t "$net" -n
		else
			start "$old"
		fi
	done
}
to 1
watch 1
ip link set here down
takes_over "the network is gone"
second=$next
verdict cut
left=$((left + 1))
kill -HUP "$(rig_pid "gw$second")"
gone "the others go on"
ip link set here up
left=$((left - 1))
gone "and the one that was away does its own when it is back"

watch "$second"
kill -STOP "$(rig_pid "gw$second")"
takes_over "SIGSTOP"
third=$next
verdict hung
left=$((left + 1))
kill -HUP "$(rig_pid "gw$third")"
gone "a gateway that hangs keeps nobody else waiting"
before=$(begins)
kill -CONT "$(rig_pid "gw$second")"
left=$((left - 1))
gone "one that wakes up hears what it missed"
is "$(begins)" "$before" "and does not poll"

watch "$third"
rig_stop "gw$third" KILL
takes_over "kill -9"
verdict dead
left=$((left + 1))
kill -HUP "$(rig_pid "gw$next")"
gone "a gateway that is dead keeps nobody else waiting"
if [ "$third" = 1 ]; then
	start 1 nsenter -t "$net" -n
else
	start "$third"
fi
left=$((left - 1))
gone "and does its own when it is started again"
verdict after
kill -HUP "$(rig_pid "gw$next")"
gone "all of them, once more"

# ---- each once ----

rig_wait '[ "$(cat "$RIG"/gw?.log |
    grep -c "Remediation status: Remediated")" = 18 ]' 10
for number in 1 2 3; do
	rig_stop "gw$number"
done
is "$(cat "$RIG"/gw?.log | grep -c 'Remediation status: Remediated')" 18 \
    "each message was remediated"
is "$(cat "$RIG"/gw?.log | sed -n \
    's/.*: Message \([0-9]*\) was processed.*/\1/p' | sort | uniq -d)" "" \
    "none of them twice"
is "$(cat "$RIG"/gw?.log | grep -c 'Remediation status: Failed')" 0 "none failed"
done_testing
