#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cluster - of several gateways one holds the lease in etcd and polls, all hear
# what it heard: each verdict once, none missed, whoever dies, hangs or is cut off
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/etcd.sh

ttl=4000
rig_up cluster
rig_ca
rig_etcd_net
mkdir "$RIG/gw"
: >"$RIG/gw/polls"
: >"$RIG/gw/source"
for member in 1 2 3; do
	rig_etcd "$member" &
done
wait
for member in 1 2 3; do
	rig_wait "[ -e $RIG/pid/etcd$member ]" 5
done
rig_etcd_users

# poller [OPTIONS]: with what all gateways have
poller()
{
	"$TDC_BUILD/tests/tools/poller" -u "$etcd_urls" -a "$RIG/ca.pem" \
	    -c "$RIG/etcd.login" -d "$RIG/gw" -t "$ttl" "$@"
}
# gateway NAME [COMMAND...]: start it, in some other network when that is said
gateway()
{
	name=$1
	shift
	rig_start "$name" "$@" "$TDC_BUILD/tests/tools/poller" -u "$etcd_urls" \
	    -a "$RIG/ca.pem" -c "$RIG/etcd.login" -d "$RIG/gw" -t "$ttl" \
	    -n "$name"
	rig_wait "[ -s $RIG/err/$name.out ]" 10
}
said()			# NAME: its last line
{
	tail -n 1 "$RIG/err/$1.out"
}
holder()		# who polled last
{
	tail -n 1 "$RIG/gw/polls" | cut -d' ' -f2
}
holders()		# all that ever polled, in order: a poll by another in between
{			# would be seen
	cut -d' ' -f2 "$RIG/gw/polls" | uniq | tr '\n' ' '
}
verdict()		# ID WORD: the API has it now
{
	{
		grep -v "^$1 " "$RIG/gw/source"
		echo "$1 $2"
	} >"$RIG/gw/source.new"
	mv "$RIG/gw/source.new" "$RIG/gw/source"
	all="$all$1 $2 "
}
heard()			# NAME
{
	tr '\n' ' ' <"$RIG/gw/$1.heard"
}
has_heard()		# NAME: all there is
{
	[ "$(heard "$1")" = "$all" ]
}
# all_heard NAME...: each verdict, once, in order
all_heard()
{
	for one in "$@"; do
		rig_wait "has_heard $one" 10
		is "$(heard "$one")" "$all" "$one has heard all, each once"
	done
}
# takes_over OLD: another one polls; how long that took is $took (ms)
takes_over()
{
	began=$(date +%s%3N)
	rig_wait "[ \"\$(holder)\" != $1 ]" 20
	took=$(($(date +%s%3N) - began))
	diag "another one polls after $took ms"
}
all=

# ---- who may ask at all ----

is "$(poller -1)" "" "etcd lets us in"
printf 'user = tdc\npassword = wrong\n' >"$RIG/bad.login"
chmod 600 "$RIG/bad.login"
is "$(poller -1 -c "$RIG/bad.login")" "NEVER: cluster_credentials_file: etcd \
https://10.9.0.1:2379: etcdserver: authentication failed, invalid user ID or \
password" "a wrong password"
chmod 644 "$RIG/bad.login"
like "$(poller -1 -c "$RIG/bad.login")" 'NEVER: .*bad.login: can be read by' \
    "a password that everybody may read"
printf 'user = tdc\n\npasswort = geheim\n' >"$RIG/bad.login"
chmod 600 "$RIG/bad.login"
is "$(poller -1 -c "$RIG/bad.login")" "NEVER: $RIG/bad.login:3: not 'user =' or \
'password =' and a value" "a file with something else, which is not shown"
like "$(poller -1 -c '')" 'NEVER: etcd .*: user name is empty' "no login"
like "$(poller -1 -p /other/)" 'NEVER: etcd .*: permission denied' \
    "a prefix that the user has no right to"
etcdctl role grant-permission tdc --prefix=true read /read/ >/dev/null
like "$(poller -1 -p /read/)" 'NEVER: etcd .*: permission denied' \
    "or only to read"
like "$(poller -1 -a /etc/ssl/certs/ca-certificates.crt)" \
    'NEVER: etcd: 10.9.0.1:2379: TLS: ' "an unknown CA"
like "$(poller -1 -u "https://localhost:1 http://10.9.0.1:2379")" \
    'LATER: etcd: localhost:1: connect' "nobody there"
is "$(poller -1 -u "10.9.0.1:2379")" "NEVER: '10.9.0.1:2379' is no URL of etcd \
(https://...)" "what is no URL"

# ---- one polls, all hear ----

# a has a network of its own, which can be cut off
rig_start a_net unshare --net sleep 600
net=$(rig_pid a_net)
rig_wait "[ \"\$(readlink /proc/$net/ns/net)\" != \"\$(readlink \
    /proc/self/ns/net)\" ]" 5
ip link add a_here type veth peer name a_there netns "$net"
ip addr add 10.9.1.1/24 dev a_here
ip link set a_here up
nsenter -t "$net" -n sh -c 'ip addr add 10.9.1.2/24 dev a_there
    ip link set a_there up; ip link set lo up
    ip route add 10.9.0.0/24 via 10.9.1.1'
echo 1 >/proc/sys/net/ipv4/ip_forward

verdict id1 phishing
gateway a nsenter -t "$net" -n
rig_wait '[ "$(holder)" = a ]' 10
gateway b
gateway c
is "$(said b)" "not mine: a" "the second one sees who polls"
verdict id2 scam
verdict id/3 'a "quoted" word'
rig_wait 'has_heard a' 10
verdict id1 neutral
all_heard a b c
is "$(holders)" "a " "only one polls"
is "$(etcdctl get --prefix --keys-only /tdc/ | grep . | tr '\n' ' ')" \
    "/tdc/poller /tdc/verdicts/id/3 /tdc/verdicts/id1 /tdc/verdicts/id2 " \
    "what stands in etcd"

# ---- the holder is cut off, hangs, dies ----

ip link set a_here down
takes_over a
ok "the network is gone: another polls within the lease" [ "$took" -lt 7500 ]
second=$(holder)
rig_wait 'said a | grep -q ^error' 10
like "$(said a)" '^error: etcd: 10.9.0.[123]:2379: connect' "and it knows why"
verdict id4 bec
ip link set a_here up
all_heard a b c
rig_stop "$second" KILL
takes_over "$second"
ok "kill -9: another polls within the lease" [ "$took" -lt 7500 ]
third=$(holder)
kill -STOP "$(rig_pid "$third")"
gateway "$second"
takes_over "$third"
ok "SIGSTOP: another polls within the lease" [ "$took" -lt 7500 ]
fourth=$(holder)
verdict id5 malicious
kill -CONT "$(rig_pid "$third")"
all_heard a b c
is "$(holders)" "a $second $third $fourth " \
    "no two ever polled at the same time, nor did one that woke up"

# ---- one leaves, an operator decides ----

rig_stop "$fourth"
takes_over "$fourth"
ok "who leaves does not let the others wait ($took ms)" [ "$took" -lt 2000 ]
fifth=$(holder)
etcdctl del /tdc/poller >/dev/null
takes_over "$fifth"
ok "the key is deleted: another polls" [ "$took" -lt 3500 ]
gateway "$fourth"

# ---- users, tokens, compaction ----

before=$(holders)
etcdctl role grant-permission tdc read /else >/dev/null
verdict id6 phishing
all_heard a b c
revision=$(etcdctl put /x y -w json | sed 's/.*"revision":\([0-9]*\).*/\1/')
etcdctl compact "$revision" >/dev/null
etcdctl del /tdc/verdicts/id2 >/dev/null
gateway d
rig_wait '[ "$(wc -l <"$RIG/gw/d.heard")" = 6 ]' 10
is "$(tr '\n' ' ' <"$RIG/gw/d.heard")" "id/3 a \"quoted\" word id1 neutral id4 \
bec id5 malicious id6 phishing id2 scam " \
    "after a compaction a new gateway hears all that stands there" ||
	diag "$all"

# ---- a verdict is taken back ----

verdict id9 '{"id":"id9","verdict":"phishing","subject":"x"}'
all_heard a b c
sed -i '/^id9 /d' "$RIG/gw/source"
is "$(poller -A id9; poller -A id9; poller -A nothing)" "" \
    "who is told that a verdict was taken back tells the others"
all=$all'id9 {"id":"id9","verdict":"neutral","subject":"x","timestamp":0,'
all=$all'"retro":false,"mailboxes":[]} '
all_heard a b c

# ---- members of etcd ----

rig_stop etcd1 KILL
verdict id7 scam
all_heard a b c
# Where that was their leader, the others may need longer for a new one than a
# lease lasts.
like "$(holders)" "^$before([abc] )?$" "without one member all goes on" ||
	diag "$before"
rig_stop etcd2 KILL
rig_wait 'said a | grep -q ^error && said b | grep -q ^error &&
    said c | grep -q ^error' 15
sleep 1
count=$(wc -l <"$RIG/gw/polls")
sleep 1
is "$(wc -l <"$RIG/gw/polls")" "$count" "without a majority nobody polls"
rig_etcd 1
rig_etcd 2
verdict id8 phishing
ok "with one, somebody does" rig_wait \
    "[ \$(wc -l <$RIG/gw/polls) -gt $count ]" 20
all_heard a b c

# ---- a certificate that has expired ----

for one in a b c d; do
	rig_stop "$one"
done
openssl x509 -req -in "$RIG/etcd.csr" -CA "$RIG/ca.pem" -CAkey "$RIG/ca.key" \
    -days -1 -extfile "$RIG/etcd.ext" -out "$RIG/old.pem" 2>>"$RIG/err/openssl"
cp "$RIG/etcd.key" "$RIG/old.key"
rig_stop etcd1
rig_etcd 1 old
rig_wait 'poller -1 -u "https://10.9.0.1:2379" | grep -q expired' 10
like "$(poller -1 -u "https://10.9.0.1:2379")" \
    '^NEVER: etcd: 10.9.0.1:2379: TLS: .*expired' "an expired certificate"
is "$(poller -1)" "" "the next member is asked"

done_testing
