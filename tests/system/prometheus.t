#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# prometheus - a real one scrapes us while mail flows, as the samples have it, by
# HTTP and by a node_exporter; the rules and the dashboard ask it for what it has
. "$(dirname "$0")/../rig/rig.sh"

rig_up prometheus
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name space of its own here, so no groups"
	exit 0
fi
rig_ca
rig_cert client gateway.example
cat "$RIG/client.key" >>"$RIG/client.pem"
rig_dns
rig_intake intake -q
rig_postfix
groups=64901
{
	cat /etc/group
	echo "tdcstatus:x:$groups:nobody"
} >"$RIG/group"
mount --bind "$RIG/group" /etc/group
rig_conf <<-EOT
	policy_maps = check_recipient inline:{corp.example=DEFAULT}
	tls_cert_file = $RIG/client.pem
	api_region = us
	api_credentials_file = $RIG/credentials
	api_polling = yes
	remediation_user = nobody
	remediation_database = $RIG/remediate/state.db
EOT
mkdir "$RIG/remediate"
printf 'note\twindow.hours\t%s000\n' "$(date +%s)" |
    "$TDC_BUILD/tests/tools/remedied" "$RIG/remediate/state.db"
chown -R nobody "$RIG/remediate"
# as tdc-remediator has it open
rig_start remediator setpriv --reuid=nobody --clear-groups /usr/bin/python3 -c '
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
db.execute("select * from notes").fetchall()
time.sleep(600)' "$RIG/remediate/state.db"
install -d -o nobody -g "$groups" -m 710 "$RIG/spool"
rig_milter
rig_forwarder

# ---- the rules by themselves ----

samples=contrib/prometheus
is "$(promtool check rules "$samples/tdc.rules.yml" 2>&1 | grep -c SUCCESS)" 1 \
    "promtool takes the rules"
# fires DIRECTORY - as the tests of the rules there want it
fires()
{
	(cd "$1" && promtool test rules tdc.rules.test.yml) >"$RIG/fires" 2>&1
}
ok "each alert fires when it should" fires "$samples" || diag "$(cat "$RIG/fires")"
is "$(sed -n 's/^ *- alert: //p' "$samples/tdc.rules.yml" | sort -u)" \
    "$(sed -n 's/^\.It Sy \(TDC[A-Za-z]*\)$/\1/p' man/tdcctl.8 | sort -u)" \
    "the manual has a paragraph for each"
sed 's/> 90$/> 91/' "$samples/tdc.rules.yml" >"$RIG/tdc.rules.yml"
cp "$samples/tdc.rules.test.yml" "$RIG"
ok "a rule that is off by one would be noticed" \
    eval '! fires "$RIG"'

# ---- who is scraped: as the units have it ----

# command UNIT - its command, with the paths of this place
command_of()
{
	sed -n "s,^ExecStart=/usr/local/sbin/tdcctl,$TDC_BUILD/tdcctl,p" \
	    "contrib/systemd/$1" | sed "s,/etc/tdc/tdc.cf,$RIG/tdc.cf,
	    s,/var/lib/prometheus/node-exporter,$RIG/collector,"
}
http_port=$(sed -n 's/^ListenStream=127.0.0.1://p' \
    contrib/systemd/tdc-metrics.socket)
# shellcheck disable=SC2046
rig_start inetd perl tests/helpers/inetd.pl 127.0.0.1 "$http_port" \
    setpriv --reuid=daemon --regid=daemon --groups="$groups" \
    $(command_of tdc-metrics@.service)

mkdir "$RIG/collector"
rights=$(sed -n 's/^CapabilityBoundingSet=CAP_//p' \
    contrib/systemd/tdc-metrics.service | tr 'A-Z' 'a-z')
# timer - what tdc-metrics.timer does, more often
timer()
{
	while :; do
		# shellcheck disable=SC2046
		setpriv --bounding-set="-all,+$rights" --inh-caps=-all \
		    $(command_of tdc-metrics.service)
		sleep 0.5
	done
}
rig_start timer timer
node_port=$(rig_port)
rig_start node prometheus-node-exporter --collector.disable-defaults \
    --collector.textfile --collector.textfile.directory="$RIG/collector" \
    --web.listen-address="127.0.0.1:$node_port"

# ---- who scrapes ----

{
	cat "$samples/tdc.scrape.yml"
	echo "global: { evaluation_interval: 500ms }"
} | sed "s/scrape_interval: .*/scrape_interval: 500ms/
    s,- tdc.rules.yml,- $PWD/$samples/tdc.rules.yml,
    s,^rule_files:,  - job_name: node\\n    scrape_interval: 500ms\\n    static_configs: [targets: [\"127.0.0.1:$node_port\"]]\\n&," \
    >"$RIG/prometheus.yml"
port=$(rig_port)
rig_start prometheus prometheus --config.file="$RIG/prometheus.yml" \
    --storage.tsdb.path="$RIG/tsdb" --web.listen-address="127.0.0.1:$port" \
    --log.level=warn
asked()			# EXPRESSION: its value
{
	/usr/bin/python3 tests/helpers/promql.py "127.0.0.1:$port" \
	    -q "$1" 2>/dev/null
}
judged()		# DASHBOARD
{
	/usr/bin/python3 tests/helpers/promql.py "127.0.0.1:$port" "$1" 2>&1
}
ok "both ways are open" rig_wait '[ "$(asked "sum(up)")" = 2 ]' 20

# ---- mail flows ----

rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -x "ADDR=192.0.2.10 NAME=client.example" -n 0 -p 2 -m 20 -w 20 \
    -f 'a%d@client.example' -t user@corp.example
ok "Prometheus sees mail" rig_wait \
    '[ "$(asked "sum(increase(tdc_copies_delivered_total[10s])) > bool 20")" = 1 ]' 20
ok "by each way" rig_wait '[ "$(asked \
    "count(rate(tdc_delivery_seconds_count[10s]) > 0)")" = 2 ]' 20
rig_stop load
is "$(judged contrib/grafana/tdc.json | sed 's/^[3-9][0-9] e/all e/')" \
    "all expressions, $(grep -c '^ *- alert:' "$samples/tdc.rules.yml") rules" \
    "all that the dashboard and the rules ask has an answer"
sed 's/tdc_queue_bytes/tdc_queue_octets/; s/sum(rate(tdc_messages_aborted/smu(&/' \
    contrib/grafana/tdc.json >"$RIG/wrong.json"
is "$(judged "$RIG/wrong.json" | grep -c 'names tdc_queue_octets, which\|: 1:[0-9]*: parse error')" \
    2 "one that had none would be noticed"
ok "all is delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
ok "Prometheus has the number that we have" rig_wait \
    '[ "$(asked tdc_copies_delivered_total | sort -u)" = "$(rig_counter delivered)" ]' 10
is "$(asked 'count(ALERTS)')" "" "no alert, while all is well"
rig_stop forwarder
ok "one, when something does not run" rig_wait '[ "$(asked "count by (program) \
    (ALERTS{alertname=\"TDCDown\",program=\"tdc-forwarder\"})")" = 2 ]' 15
is "$(asked 'count(ALERTS{alertname!="TDCDown"})')" "" "and no other"
for name in timer node inetd prometheus; do
	rig_stop "$name"
done
is "$(grep -ivE 'level=warn|^$' "$RIG/err/prometheus")" "" \
    "Prometheus had nothing to say"
umount /etc/group
done_testing
