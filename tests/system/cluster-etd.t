#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cluster-etd - three tdc-remediators and a real etcd: one polls the API, all know
# what it says, and when it dies or leaves another one polls at once
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/etcd.sh

rig_up cluster-etd
rig_ca
rig_etcd_net
for member in 1 2 3; do
	rig_etcd "$member" &
done
wait
rig_etd
rig_etcd_users
chown nobody "$RIG/etcd.login"

conf()			# N [LINE...]: the tdc.cf of gateway N, and of tdcctl
{
	number=$1
	shift
	: >>"$RIG/gw$number.log"
	chown nobody "$RIG/gw$number.log"
	{
		rig_etd_conf | sed "s/state.db/state$number.db/"
		cat <<-END | awk -v given="$*" 'index(given, $1 " =") == 0'
			api_poll_interval = 1h
			maillog_file = $RIG/gw$number.log
			mail_logs_file =
			cluster = etcd
			cluster_urls = $etcd_urls
			cluster_credentials_file = $RIG/etcd.login
			cluster_ca_file = $RIG/ca.pem
			cluster_lease = 10s
		END
		printf '%s\n' "$@"
	} >"$RIG/lines"
	rig_conf <"$RIG/lines"
	cp "$RIG/tdc.cf" "$RIG/gw$number.cf"
}
# on N WORD...: tdc-remediator of that gateway, on a host of that name
on()
{
	gateway=gw$1
	shift
	# shellcheck disable=SC2016
	unshare --uts sh -c 'hostname "$1.example"; shift; exec "$@"' sh \
	    "$gateway" "$TDC_BUILD/tdc-remediator" -c "$RIG/$gateway.cf" "$@" 2>&1
}
start()			# N
{
	# shellcheck disable=SC2016
	rig_start "gw$1" unshare --uts sh -c 'hostname "$1.example"; shift
	    exec "$@"' sh "gw$1" "$TDC_BUILD/tdc-remediator" -f \
	    -c "$RIG/gw$1.cf"
	rig_wait "grep -q 'cluster: ' $RIG/gw$1.log" 10
}
known()			# N: ids that it knows
{
	sqlite3 "$RIG/remediate/state$1.db" "SELECT group_concat(id, ' ')
	    FROM (SELECT id FROM messages ORDER BY id)" 2>/dev/null
}
# all_know IDS N...
all_know()
{
	ids=$1
	shift
	for one in "$@"; do
		rig_wait "[ \"\$(known $one)\" = '$ids' ]" 10
		is "$(known "$one")" "$ids" "gateway $one knows $ids"
	done
}
lines()			# N: what it says of the cluster
{
	sed -n 's/.*: TDC: \(cluster: .*\)/\1/p' "$RIG/gw$1.log"
}
polls()			# N: did it come to poll, so many times?
{
	lines "$1" | grep -c 'this gateway polls the API now'
}
searches()
{
	grep -c '/search"' "$RIG/etd/log"
}
for number in 1 2 3; do
	conf "$number"
done

# ---- the configuration ----

is "$(on 1 -n | sed -n 's/^API: //p' | sed 's/.*; //')" "etcd: ok, nobody polls" \
    "-n asks etcd, too"
conf 1 "cluster_credentials_file = $RIG/none"
like "$(on 1 -n)" 'gw1.cf:[0-9]+: cluster: .*none: open: No such file' \
    "a file of credentials that is not there"
conf 1 "cluster_urls = etcd.example"
like "$(on 1 -f; echo "status $?")" "gw1.cf:[0-9]+: cluster_urls: 'etcd.example' is \
not https://HOST" "no URL: it does not start"
conf 1 "cluster_urls ="
like "$(on 1 -n)" 'gw1.cf.*: etcd needs cluster_urls' "nor without any"
conf 1

# ---- one polls, all hear ----

rig_etd_message 1 '<1@client.example>' phishing user@corp.example
start 1
all_know 1 1
before=$(searches)
start 2
start 3
all_know 1 2 3
is "$(searches)" "$before" "which cost no request"
is "$(lines 1) $(lines 2)" "cluster: this gateway polls the API now cluster: \
'gw1.example' polls the API" "who polls stands in the log"
for number in 1 2; do
	is "$(perl tests/helpers/remembers.pl -w "$(rig_pid gw$number)" \
	    Etcd-s3cret 'pass=word #1 %' Key0123456789 'Bearer eyJ' 2>&1)" "" \
	    "a core dump of gateway $number would have no secret of etcd or the API"
done
is "$(on 2 -n | sed -n 's/^API: //p' | sed 's/.*; //')" \
    "etcd: ok, gw1.example polls" "and in the answer to -n"

# ---- the one that polls dies, another leaves ----

rig_etd_message 2 '<2@client.example>' scam user@corp.example
began=$(date +%s%3N)
rig_stop gw1 KILL
rig_wait '[ $(($(polls 2) + $(polls 3))) = 1 ]' 20
took=$(($(date +%s%3N) - began))
diag "another one polls after $took ms"
ok "kill -9: another one polls within the lease" [ "$took" -lt 14000 ]
all_know "1 2" 2 3
next=2 last=3
[ "$(polls 2)" = 1 ] || next=3 last=2
rig_etd_message 3 '<3@client.example>' bec user@corp.example
before=$(searches)
rig_stop "gw$next"
rig_wait "[ \$(polls $last) = 1 ]" 8
is "$(polls $last)" 1 "one that is stopped lets another poll at once"
all_know "1 2 3" "$last"
ok "which has asked for as long ago as ever" \
    [ "$(searches)" = $((before + 1)) ]
start 1
all_know "1 2 3" 1
is "$(known "$next")" "1 2" "one that is down knows no more than it did"
start "$next"
all_know "1 2 3" "$next"

# ---- no etcd ----

rig_stop etcd1 KILL
rig_stop etcd2 KILL
rig_wait "lines $last | tail -n 1 | grep -q 'does not poll'" 15
like "$(lines "$last" | tail -n 1)" 'this gateway does not poll the API any more' \
    "without a majority of etcd nobody polls"
rig_wait "grep -q 'Warning: remediation: etcd' $RIG/gw$last.log" 15
like "$(cat "$RIG/gw$last.log")" 'Warning: remediation: etcd' "and says why"
rig_stop "gw$last"
on "$last" once >"$RIG/said"
is "$?" 75 "once fails, for now"
like "$(cat "$RIG/said")" etcd "and says why"

for number in 1 2 3; do
	rig_stop "gw$number"
done
done_testing
